package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/console"
	"decroche/gateway/leg"
	"decroche/internal/phone"
)

// queuesNow is GET /api/v1/queues.
type queuesNow struct {
	Queues        []agents.QueueState
	Configuration console.Settings
}

func (q queuesNow) waiting(name string) int {
	for _, s := range q.Queues {
		if s.Name == name {
			return s.Waiting
		}
	}
	return 0
}

// TestQueuesAreReadAgainWhileCallersWait changes the queues' file while two callers wait for an agent who
// talks with a third. SIGHUP puts them into the new queue, with their places; a file with a mistake leaves
// them there and says what is wrong; and the first of them gets the agent.
func TestQueuesAreReadAgainWhileCallersWait(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	tl := testTools(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	taken, leave := make(chan struct{}, 3), make(chan struct{})
	agent := openLine(t, func(ctx context.Context, l leg.Leg) {
		if l.Answer(ctx) != nil {
			return
		}
		p := &phone.Phone{Leg: l, Mouth: tl.mouth, Lang: "fr"}
		p.Start(ctx)
		if _, err := p.WaitSound(ctx, p.Mark()); err != nil {
			return
		}
		if err := l.(leg.Presser).SendDigits(ctx, "1"); err != nil {
			return
		}
		taken <- struct{}{}
		select {
		case <-leave:
			_ = p.Hangup(context.WithoutCancel(ctx))
		case <-p.Done():
		}
	})
	set := openScenery(t, agent.server.Addr(), "reload: {every: 0s}")
	file := filepath.Join(set.data, "decroche.yaml")
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	until := func(what string, f func(queuesNow) bool) {
		t.Helper()
		for {
			var q queuesNow
			if err := set.api().get(ctx, "/api/v1/queues", &q); err != nil {
				t.Fatal(err)
			}
			if f(q) {
				return
			}
			if pause := time.After(100 * time.Millisecond); ctx.Err() == nil {
				<-pause
				continue
			}
			t.Fatalf("%s did not come about: %+v\n%s", what, q, lastLines(set.procs[len(set.procs)-1].tail.String(), 10))
		}
	}
	reload := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(set.gatewayPID(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	caller := openLine(t, nil)
	rings := func() (*phone.Phone, string) {
		t.Helper()
		l, err := caller.server.Dial(ctx, leg.Invite{Addr: "sip:hotline@" + set.sip})
		if err != nil {
			t.Fatal(err)
		}
		p := &phone.Phone{Leg: l, Mouth: tl.mouth, Voice: "fr+f3", Lang: "fr"}
		p.Start(ctx)
		if _, err := p.Greeting(ctx, phone.Pace{}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := p.Say(ctx, "je voudrais parler à un conseiller"); err != nil {
			t.Fatal(err)
		}
		return p, l.Info().PeerTag
	}
	someone := func(who string) {
		t.Helper()
		select {
		case <-taken:
		case <-ctx.Done():
			t.Fatalf("the agent did not take %s\n%s", who, lastLines(set.procs[len(set.procs)-1].tail.String(), 10))
		}
	}
	talks, _ := rings()
	someone("the first caller")
	first, firstConv := rings()
	until("one waits", func(q queuesNow) bool { return q.waiting("fr") == 1 })
	second, secondConv := rings()
	until("two wait", func(q queuesNow) bool { return q.waiting("fr") == 2 })

	const more = "queues: [{name: accueil, skills: [fr], max_waiting: 5, hours: {mon-sun: \"00:00-24:00\"}}]\n"
	reload(string(src) + more)
	until("both wait in the new queue", func(q queuesNow) bool { return q.waiting("accueil") == 2 && q.waiting("fr") == 0 })
	reload(string(src) + strings.Replace(more, "max_waiting: 5", "max_waiting: lots", 1))
	until("the mistake is told", func(q queuesNow) bool {
		return strings.Contains(q.Configuration.Problem, "max_waiting") && q.waiting("accueil") == 2
	})
	if log := set.procs[len(set.procs)-1].tail.String(); !strings.Contains(log, "configuration not reloaded") {
		t.Errorf("the log does not say so:\n%s", lastLines(log, 5))
	}

	leave <- struct{}{}
	someone("who waited first")
	until("one is left", func(q queuesNow) bool { return q.waiting("accueil") == 1 })
	_ = talks.Hangup(context.WithoutCancel(ctx))
	_ = second.Hangup(context.WithoutCancel(ctx))
	_ = first.Hangup(context.WithoutCancel(ctx))
	for conv, want := range map[string]bool{firstConv: true, secondConv: false} {
		rec, err := waitRecord(ctx, set.api(), conv)
		if err != nil {
			t.Fatal(err)
		}
		if rec.transferred() != want {
			t.Errorf("%s: spoke with the agent: %v, want %v", fmt.Sprint(conv == firstConv), rec.transferred(), want)
		}
	}
}
