package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"decroche/bench"
	"decroche/bench/agents"
	"decroche/bench/callers"
)

// killReport is what --kill --json prints; scripts rely on the names.
type killReport struct {
	Calls   int     `json:"calls"`
	Ringing int     `json:"attempts_open"` // telephones that rang when the gateway was killed
	Records int     `json:"records"`       // conversations that are there after it, and closed
	Closed  int     `json:"attempts_unknown"`
	Ended   int     `json:"transfers_ended"` // once each
	Hooks   int     `json:"webhooks"`        // of these calls that the other system got, and no other
	Owed    int     `json:"webhooks_owed"`   // that the records say it should get
	Again   int     `json:"webhooks_again"`  // that came twice, with the same ID and body
	Seconds float64 `json:"back_after_s"`

	owed   map[string]bool
	Errors []string `json:"errors,omitempty"`
}

// kill kills the gateway under callers who wait in a queue, starts it again on the same data, and reads what
// it kept.
func (c *benchTransfersCmd) kill(ctx context.Context) error {
	phones, err := agents.Open(agents.Options{Seed: c.Seed, Deck: []agents.Behaviour{agents.RingsOut}})
	if err != nil {
		return err
	}
	defer phones.Close()
	ear, err := newHookEar()
	if err != nil {
		return err
	}
	defer ear.Close()
	list := []string{"agents:"}
	for i := range max(1, c.Kill/5) {
		name := fmt.Sprintf("a%d", i)
		list = append(list, fmt.Sprintf("- {name: %s, addr: %q, skills: [fr], languages: [fr]}", name, phones.Addr(name)))
	}
	list = append(list, ear.config(), "queues:\n- {name: all}", "call: {ring_for: 2m, max_wait: 10m, key_gap: 500ms}")
	set, err := startGateway(ctx, bench.Desk{}, c.Kill, []string{"bench", "gateway", "--wish"}, list...)
	if err != nil {
		return err
	}
	defer set.stop()
	rung, hangUp := context.WithCancel(ctx)
	defer hangUp()
	type rang struct {
		res *callers.Result
		err error
	}
	over := make(chan rang, 1)
	go func() {
		res, err := callers.Run(rung, callers.Options{
			Target: "sip:bench@" + set.sip, Calls: c.Kill, Rate: c.Rate, Stay: 10 * time.Minute, MayEnd: true,
			Script: func(int) callers.Script {
				return &callers.Waiter{Key: '0', After: time.Second, Hz: agents.ToneHz, Level: 1500, Bored: time.Hour}
			},
		})
		over <- rang{res, err}
	}()
	err = c.waitQueued(ctx, set)
	began := time.Now()
	if err == nil {
		err = set.killGateway(ctx)
	}
	back := time.Since(began)
	hangUp()
	calls := <-over
	if err = errors.Join(err, calls.err); err != nil {
		return err
	}
	r := killReport{Calls: c.Kill, Seconds: back.Seconds(), owed: map[string]bool{}}
	for i, call := range calls.res.Calls {
		r.read(ctx, set, i, call.Tag)
	}
	if err := r.readHooks(ctx, ear); err != nil {
		return err
	}
	return c.printKill(r)
}

// waitQueued waits until every caller is rung for or waits.
func (c *benchTransfersCmd) waitQueued(ctx context.Context, set *scenery) error {
	busy := float64(max(1, c.Kill/5))
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		waits := metric(ctx, set, `decroche_queue_waiting{queue="all"} `)
		progress("callers in the queue", int(waits+busy), c.Kill)
		switch {
		case waits+busy >= float64(c.Kill):
			return nil
		case time.Now().After(deadline):
			return fmt.Errorf("only %.0f of %.0f callers wait in the queue", waits, float64(c.Kill)-busy)
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
	}
}

// killGateway ends the gateway with SIGKILL and starts it again on the same data.
func (s *scenery) killGateway(ctx context.Context) error {
	p := s.procs[len(s.procs)-1]
	if err := p.cmd.Process.Kill(); err != nil {
		return err
	}
	<-p.done
	s.procs = s.procs[:len(s.procs)-1]
	return s.restart(ctx)
}

// hooksWait is how long deliveries that were refused may take to come again: their pause, several times.
const hooksWait = time.Minute

// readHooks waits for what the records say the other system is owed.
func (r *killReport) readHooks(ctx context.Context, ear *hookEar) error {
	lacks := ear.lacks(r.owed)
	for deadline := time.Now().Add(hooksWait); len(lacks) > 0 && time.Now().Before(deadline); lacks = ear.lacks(r.owed) {
		progress("webhooks", len(r.owed)-len(lacks), len(r.owed))
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	r.Owed, r.Hooks = len(r.owed), len(r.owed)-len(lacks)
	for _, id := range lacks[:min(len(lacks), 5)] {
		r.Errors = append(r.Errors, "webhook "+id+" never came")
	}
	if n := ear.strangers(r.owed); n > 0 {
		r.Errors = append(r.Errors, fmt.Sprintf("%d webhooks came of what no record has", n))
	}
	ear.mu.Lock()
	defer ear.mu.Unlock()
	if r.Again = ear.again; ear.changed > 0 {
		r.Errors = append(r.Errors, fmt.Sprintf("%d webhooks came again with another body", ear.changed))
	}
	return nil
}

// read reads one record.
func (r *killReport) read(ctx context.Context, set *scenery, i int, conv string) {
	say := func(format string, args ...any) {
		if len(r.Errors) < 20 {
			r.Errors = append(r.Errors, fmt.Sprintf("call %d (%s): ", i, conv)+fmt.Sprintf(format, args...))
		}
	}
	rec, err := set.api().conversation(ctx, conv)
	if err != nil || rec.Outcome == "" {
		say("no closed record: %v", err)
		return
	}
	r.Records++
	var ringing, attempts, ended []string
	for _, e := range rec.Events {
		var b struct{ Outcome string }
		_ = json.Unmarshal(e.Body, &b)
		if told(e.Type) {
			r.owed[fmt.Sprintf("msg_%s_%d", conv, e.Seq)] = true
		}
		switch e.Type {
		case "transfer_ringing":
			ringing = append(ringing, e.Type)
		case "transfer_attempt":
			attempts = append(attempts, b.Outcome)
		case "transfer_ended":
			ended = append(ended, b.Outcome)
		}
	}
	r.Ringing += len(ringing)
	if len(attempts) == len(ringing) && !slices.ContainsFunc(attempts, func(o string) bool { return o != "unknown" }) {
		r.Closed += len(attempts)
	} else {
		say("%d telephones rang, and the attempts are %s", len(ringing), strings.Join(attempts, ", "))
	}
	if len(ended) == 1 && ended[0] == "unknown" {
		r.Ended++
	} else {
		say("the transfer ended %q, want unknown once", ended)
	}
}

func (c *benchTransfersCmd) printKill(r killReport) error {
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
			return err
		}
	} else {
		fmt.Printf("killed under %d callers in a queue, %s\n\n  records closed            %d\n  attempts closed, unknown  %d of %d\n  transfers ended, once     %d\n  webhooks                  %d of %d (%d came again)\n  back after                %.1f s\n",
			r.Calls, machine(), r.Records, r.Closed, r.Ringing, r.Ended, r.Hooks, r.Owed, r.Again, r.Seconds)
		for _, e := range r.Errors {
			fmt.Println("  error:", e)
		}
	}
	if r.Records < r.Calls || r.Closed < r.Ringing || r.Ended < r.Calls || r.Ringing == 0 || r.Hooks < r.Owed || r.Owed < 3*r.Calls || len(r.Errors) > 0 {
		return asAsked("not as asked: something of these calls is lost")
	}
	return nil
}
