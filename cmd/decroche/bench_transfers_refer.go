package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"decroche/bench/agents"
	"decroche/bench/callers"
)

// A quarter of the agents are reached by REFER (agents' via: refer): the caller's own telephone system is
// asked to put the caller through, and what it does is drawn for each request.

const (
	referAgents    = "r"             // how their names begin
	benchLastWait  = 6 * time.Second // sip.transfer.final_notify
	benchReferWait = 4 * time.Second // sip.transfer.refer_answer
	benchReferBye  = 2 * time.Second // sip.transfer.bye
)

// systemOf are the ways of telephone systems with a REFER, by the names of the report.
var systemOf = map[agents.Behaviour]callers.System{
	"refer_through":    {Status: 202, Progress: true, Final: 200},
	"refer_busy":       {Status: 202, Progress: true, Final: 486},
	"refer_declined":   {Status: 202, Progress: true, Final: 603},
	"refer_drops_last": {Status: 202, Progress: true},
	"refer_drops_all":  {Status: 202},
	"refer_hangs_up":   {Status: 202, Leaves: true},
	"refer_deaf":       {},
}

// systemNames are the keys of systemOf in the order of the report.
var systemNames = []agents.Behaviour{"refer_through", "refer_busy", "refer_declined", "refer_drops_last", "refer_drops_all", "refer_hangs_up", "refer_deaf"}

// systemCaller is a Waiter behind a telephone system that is sent REFER.
type systemCaller struct {
	*callers.Waiter
	rnd  *rand.Rand
	drew []agents.Behaviour // one for each REFER
}

// System implements callers.Referee. Who hangs up while they wait is behind a system that reports: the
// hang-up of one that never does means "put through" (HOSTILE-TRANSFERS row 8), and nobody could tell them apart.
func (x *systemCaller) System(*callers.Call, string) callers.System {
	name := systemNames[x.rnd.IntN(len(systemNames))]
	if x.Leave > 0 && !systemOf[name].Progress {
		name = "refer_drops_last"
	}
	x.drew = append(x.drew, name)
	e := systemOf[name]
	e.Ring = time.Second + time.Duration(x.rnd.Int64N(int64(2*time.Second)))
	return e
}

// referOutcome says how an attempt by REFER ended, as the log of the caller's telephone system shows: the
// first word, and one that is right too because two ends crossed.
func referOutcome(x callers.Referral, left time.Time) []string {
	end, o := x.Asked, ""
	switch {
	case !x.HungUp.IsZero():
		return []string{"completed"} // their hang-up is how it says so
	case !x.Reported.IsZero():
		end, o = x.Reported, map[int]string{200: "completed", 486: "busy", 603: "refused"}[x.Final]
	case x.Status == 0:
		end, o = x.Asked.Add(benchReferWait), "timeout"
	default:
		end, o = x.Asked.Add(benchLastWait+benchReferBye), "timeout"
	}
	switch d := left.Sub(end); {
	case left.IsZero() || d >= agents.Near:
		return []string{o}
	case d <= -agents.Near:
		return []string{"caller_left"} // no result was reported before their BYE
	default:
		return []string{o, "caller_left"}
	}
}

// referred judges an attempt by REFER: k is its place among those of the call.
func (j *transferJudge) referred(i, k int, call *callers.Call, x *systemCaller, conv string, a *tried) {
	j.r.Attempts++
	if k >= len(call.Referrals) {
		if a.outcomes == 1 && a.Outcome == "caller_left" && call.LeftAt.Sub(a.began) < agents.Near { // before the REFER left
			j.r.Equal++
			j.r.Crossed++
			return
		}
		j.r.err("call %d (%s): no REFER for %s came, and the record says %s", i, conv, a.Agent, a.Outcome)
		return
	}
	ref := call.Referrals[k]
	row := j.row(x.drew[k])
	row.Attempts++
	row.Outcomes[a.Outcome]++
	want := referOutcome(ref, call.LeftAt)
	switch at := slices.Index(want, a.Outcome); {
	case !strings.Contains(ref.To, "sip:"+a.Agent+"@"):
		j.r.err("call %d (%s): the REFER names %s, the record %s", i, conv, ref.To, a.Agent)
	case a.outcomes != 1:
		j.r.err("call %d (%s), %s: %d outcomes in the record", i, conv, x.drew[k], a.outcomes)
	case at < 0:
		j.r.err("call %d (%s), %s: recorded %s %d, the caller's system saw %v: reported %v, the caller left %v after the REFER", i, conv, x.drew[k], a.Outcome, a.Status, want,
			ref.Reported.Sub(ref.Asked), call.LeftAt.Sub(ref.Asked))
	default:
		if at > 0 {
			j.r.Crossed++
		}
		j.r.Equal++
		row.Equal++
	}
}
