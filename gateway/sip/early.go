package sip

import (
	"context"

	msg "github.com/emiago/sipgo/sip"
)

// early takes a description in a provisional response into force (RFC 3960 §3.1) and lets who dialled
// hear what comes. With several forks the last one to send sound is heard; the 2xx decides anew.
func (l *line) early(out *dialling, res *msg.Response) {
	if out.sound == nil || res.StatusCode == 100 {
		return
	}
	body, err := sessionBody(res)
	if err != nil || body == nil {
		return
	}
	tag := tagOf(res.To().Params)
	l.mu.Lock()
	fresh := !l.over && !out.gaveUp && out.won == "" && (out.earlyTag != tag || out.earlyStop == nil)
	ok := fresh
	if fresh && !(out.answerAt && out.answerTag == tag) { // else a reliable one settled it
		ok = l.applyAnswer(res) == nil
	}
	if !ok {
		l.mu.Unlock()
		return
	}
	out.earlyTag = tag
	var ctx context.Context
	if out.earlyStop == nil {
		ctx, out.earlyStop = context.WithCancel(l.ctx)
		out.earlyDone = make(chan struct{})
	}
	l.mu.Unlock()
	if ctx != nil && !l.s.spawn(func() { l.hearEarly(ctx, out) }) {
		close(out.earlyDone)
	}
}

func (l *line) hearEarly(ctx context.Context, out *dialling) {
	defer close(out.earlyDone)
	for {
		h, err := l.media.Receive(ctx)
		if err != nil {
			return
		}
		if len(h.Frame.PCM) > 0 && h.Digit == 0 {
			out.sound(h.Frame)
		}
	}
}

// endEarly ends early sound: what comes from now on is for who owns the line.
func (l *line) endEarly() {
	l.mu.Lock()
	var stop context.CancelFunc
	var done chan struct{}
	if l.out != nil {
		stop, done = l.out.earlyStop, l.out.earlyDone
	}
	l.mu.Unlock()
	if stop != nil {
		stop()
		<-done
	}
}
