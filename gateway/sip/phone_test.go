package sip

import (
	"context"
	"errors"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
)

// TestDialPhones: an agent's phone in all its moods, over real sockets.
func TestDialPhones(t *testing.T) {
	t.Parallel()
	us := newRig(t, testConfig(), nil, nil)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()

	t.Run("answers", func(t *testing.T) {
		phone := peer.NewPhone(t, peer.Behaviour{Ring: 50 * time.Millisecond, Hum: 700})
		l, err := us.Dial(ctx, leg.Invite{Addr: phone.URI("201")})
		if err != nil {
			t.Fatal(err)
		}
		c := phone.Next(time.Second)
		say, stop := context.WithCancel(ctx)
		go hum(say, l, 440)
		if err := hears(ctx, l, 700); err != nil {
			t.Error(err)
		}
		if !c.Hears(440, 3*time.Second) {
			t.Error("the phone does not hear us")
		}
		stop()
		if err := l.(interface {
			SendDigits(context.Context, string) error
		}).SendDigits(ctx, "42#"); err != nil {
			t.Error(err)
		}
		if got := c.Digits(); got != "42#" {
			t.Errorf("the phone got keys %q", got)
		}
		l.Hangup(ctx, leg.Normal)
		<-c.Ended
	})
	t.Run("hangs up", func(t *testing.T) {
		phone := peer.NewPhone(t, peer.Behaviour{HangupAfter: 50 * time.Millisecond})
		l, err := us.Dial(ctx, leg.Invite{Addr: phone.URI("201")})
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = l.Receive(ctx)
		}
		if cause := context.Cause(l.(*line).ctx); !errors.Is(cause, leg.ErrHungUp) {
			t.Errorf("ended by %v", cause)
		}
	})
	for status, does := range map[int]peer.Behaviour{
		486: {Status: 486}, 603: {Status: 603, Ring: 20 * time.Millisecond}, 408: {Never: true}, 0: {Deaf: true},
	} {
		phone := peer.NewPhone(t, does)
		_, err := us.Dial(ctx, leg.Invite{Addr: phone.URI("201"), RingFor: 300 * time.Millisecond})
		var r *leg.Refused
		if !errors.As(err, &r) || r.Status != status {
			t.Errorf("want %d, got %v", status, err)
		}
		if does.Never {
			c := phone.Next(time.Second)
			<-c.Ended
			if !c.Cancelled() {
				t.Error("the phone was not cancelled")
			}
		}
	}
}
