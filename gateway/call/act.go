package call

import (
	"context"
	"errors"
	"fmt"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
)

// action is work of the flow that runs elsewhere.
type action struct {
	act    flows.Act
	began  time.Time
	cancel context.CancelFunc
	done   bool
	filled bool // the filler was said
	late   bool // the second one was
	result flows.Done
}

// act starts what the flow asked for, while its prompt is still being said.
func (c *conductor) act(a *flows.Act) {
	c.dropAction()
	if a.Deadline <= 0 {
		a.Deadline = 5 * time.Second
	}
	ctx, cancel := context.WithTimeoutCause(c.ctx, a.Deadline,
		fmt.Errorf("action %q took longer than %v", a.Name, a.Deadline))
	run := &action{act: *a, began: time.Now(), cancel: cancel}
	c.action = run
	worker := c.s.Actions[a.Name]
	late := make(chan struct{})
	c.spawn(func() {
		defer close(late)
		defer cancel()
		done, err := flows.Perform(ctx, worker, a)
		c.post(func() { c.acted(run, done, err) })
	})
	// A worker that overlooks its deadline must not hold the caller up: the answer is "timeout"
	// then, and what it brings later is dropped. Run still waits for it.
	c.spawn(func() {
		select {
		case <-late:
		case <-ctx.Done():
			c.post(func() { c.acted(run, flows.Done{Outcome: "timeout"}, nil) })
		}
	})
}

// acted takes an action's end, once.
func (c *conductor) acted(run *action, done flows.Done, err error) {
	if c.action != run || run.done {
		return
	}
	run.done = true
	if err = hushed(err, run.act); err != nil {
		c.s.Metrics.count(failures, "action")
		c.trouble("action", err, `told the flow "error"`)
		done = flows.Done{Outcome: "error"}
	}
	run.result = done
	c.s.Metrics.count(actions, bounded(done.Outcome))
	target, _ := run.act.Args["name"].(string)
	retries, _ := done.Result["retries"].(int)
	c.write(event.Acted{Name: run.act.Name, Target: target, Outcome: done.Outcome, TookMS: time.Since(run.began).Milliseconds(), Retries: retries})
	c.alarms.clear("filler", "late")
	c.proceed()
}

// bounded keeps a metric's labels few: outcomes are words or statuses that a flow may invent.
func bounded(outcome string) string {
	switch outcome {
	case "ok", "timeout", "error":
		return outcome
	}
	return "other"
}

// awaitAction goes on after the prompt that announced the action: with its result, or with the
// filler when that is late.
func (c *conductor) awaitAction() {
	if c.action == nil {
		c.mindBroke(errors.New("the flow waits for an action that was not begun"))
		return
	}
	if c.action.done {
		c.tellAction()
		return
	}
	a := c.action
	c.lateFiller(a)
	c.ourTurn()
	after := a.act.FillerAfter
	if after <= 0 {
		after = c.cfg.FillerAfter
	}
	if a.filled || c.filled || c.alarms.set("filler") || after <= 0 {
		return
	}
	c.alarms.in(after, "filler", func() {
		if c.mouth.idle() && c.action == a && !a.done {
			a.filled = true
			c.fill(a.act.Filler)
		}
	})
}

// canBeLate reports whether the flow has a second excuse for an action that was excused once.
func (a *action) canBeLate() bool { return !a.done && a.filled && !a.late && a.act.Late.Voice != "" }

// lateFiller says once more that we are there, when an action that was already excused takes long.
func (c *conductor) lateFiller(a *action) {
	if !a.canBeLate() || a.act.LateAfter <= 0 || c.alarms.set("late") {
		return
	}
	c.alarms.in(max(0, a.act.LateAfter-time.Since(a.began)), "late", func() {
		if c.mouth.idle() && c.action == a && !a.done {
			a.late = true
			c.waits = max(c.waits, 2)
			c.alarms.clear("watchdog") // its silence begins anew
			c.say("filler", []flows.Prompt{a.act.Late}, nil)
		}
	})
}

// tellAction tells the mind how the action ended.
func (c *conductor) tellAction() {
	a := c.action
	c.action = nil
	c.ourTurn()
	c.think(flows.Input{Kind: flows.Acted, Outcome: a.result.Outcome, Result: a.result.Result})
}

// dropAction abandons an action nobody will ask about.
func (c *conductor) dropAction() {
	if c.action != nil {
		c.action.cancel()
		c.action = nil
	}
	c.alarms.clear("filler", "late")
}
