package referral

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var timers = Timers{Answer: 8 * time.Second, First: 5 * time.Second, Final: 45 * time.Second, After: 4 * time.Second}

const refer = 7 // CSeq of the REFER in every script

// play runs a script against a referral: steps "at event", the time in seconds since the REFER, and
// returns what it asked for, each with its time. Events: "202" and other answers (",N" sets the
// CSeq), "failed", "bye", "dropped", "looped"; "notify 180", with "end" for terminated, "none" or
// "broken" for the body, "id=N" for the event's id. Between steps time passes, and the clock rings.
func play(script string) (effects []string, results []Result) {
	begin := time.Unix(1000, 0)
	r := New(timers, refer, begin)
	now := begin
	note := func(e Effect) {
		at := func(format string, args ...any) {
			effects = append(effects, fmt.Sprintf("%.4g ", now.Sub(begin).Seconds())+fmt.Sprintf(format, args...))
		}
		switch {
		case e.Reply != 0:
			at("reply %d", e.Reply)
		case e.Quiet:
			at("quiet")
		case e.GaveUp:
			at("gave up")
		case e.HangUp:
			at("hang up")
		}
		if e.Status != 0 {
			at("progress %d", e.Status)
		}
		if e.Result != nil {
			at("%s", e.Result.Outcome)
			results = append(results, *e.Result)
		}
	}
	until := func(t time.Time) {
		for due := r.Due(); !due.IsZero() && !due.After(t); due = r.Due() {
			now = due
			note(r.Tick(now))
		}
		now = t
	}
	for _, step := range strings.Split(script, "; ") {
		at, what, _ := strings.Cut(step, " ")
		s, _ := strconv.ParseFloat(at, 64)
		until(begin.Add(time.Duration(s * float64(time.Second))))
		word, rest, _ := strings.Cut(what, " ")
		switch word {
		case "bye":
			note(r.Hung(now))
		case "dropped":
			note(r.Dropped(now))
		case "failed":
			note(r.Failed(now))
		case "looped":
			r.Looped()
		case "notify":
			note(r.Notified(now, notifyOf(rest)))
		default:
			status, seq, has := strings.Cut(word, ",")
			code, _ := strconv.Atoi(status)
			n := uint64(refer)
			if has {
				n, _ = strconv.ParseUint(seq, 10, 32)
			}
			wait := time.Duration(0)
			if v, ok := strings.CutPrefix(rest, "retry "); ok {
				wait, _ = time.ParseDuration(v)
			}
			note(r.Answered(now, code, uint32(n), wait))
		}
	}
	until(now.Add(10 * time.Minute))
	return effects, results
}

func notifyOf(words string) Notify {
	n := Notify{}
	for _, w := range strings.Fields(words) {
		switch id, isID := strings.CutPrefix(w, "id="); {
		case isID:
			v, _ := strconv.ParseUint(id, 10, 32)
			n.ID, n.HasID = uint32(v), true
		case w == "end":
			n.Terminated = true
		case w == "none":
		case w == "broken":
			n.Fragment = []byte("HTTP/1.1 200 OK\r\n")
		case strings.HasPrefix(w, "retry="):
			n.Fragment = append(n.Fragment, "Retry-After: "+w[6:]+"\r\n"...)
		default:
			n.Fragment = []byte("SIP/2.0 " + w + " Whatever\r\n")
		}
	}
	return n
}

// The rows of the acceptance table that are decided here, and what lies between them.
var rows = []struct {
	name, script string
	effects      string // joined by "; "
	want         Result // Began and Ended are not compared
}{
	{"01 busy", "0.1 202; 0.2 notify 100; 1 notify 486 end",
		"0.2 reply 200; 0.2 progress 100; 1 reply 200; 1 busy", Result{Outcome: Busy, Status: 486}},
	{"02 no notify", "0.1 202", "5.1 quiet; 45.1 gave up; 49.1 timeout", Result{Outcome: Timeout, Reason: NoNotify}},
	{"02 late notify", "0.1 202; 47 notify 200 end", "5.1 quiet; 45.1 gave up; 47 reply 200; 47 completed; 51 hang up",
		Result{Outcome: Completed, Status: 200, Proof: ByNotify}},
	{"02 late bye", "0.1 202; 48 bye", "5.1 quiet; 45.1 gave up; 48 completed", Result{Outcome: Completed, Proof: ByBye}},
	{"02 late failure", "0.1 202; 0.2 notify 180; 47 notify 486 end", "0.2 reply 200; 0.2 progress 180; 45.1 gave up; 47 reply 200; 47 timeout",
		Result{Outcome: Timeout, Status: 486, Reason: NoFinalNotify, Rang: true}},
	{"02 bye after it closed", "0.1 202; 50 bye", "5.1 quiet; 45.1 gave up; 49.1 timeout", Result{Outcome: Timeout, Reason: NoNotify}},
	{"02 no final notify", "0.1 202; 0.2 notify 180", "0.2 reply 200; 0.2 progress 180; 45.1 gave up; 49.1 timeout",
		Result{Outcome: Timeout, Status: 180, Reason: NoFinalNotify, Rang: true}},
	{"03 no answer", "20 202; 21 notify 200 end", "8 timeout; 21 reply 481", Result{Outcome: Timeout, Reason: Unanswered}},
	{"04 answered 200", "0.1 200; 2 notify 200 end; 2.1 bye", "2 reply 200; 2 completed", Result{Outcome: Completed, Status: 200, Proof: ByNotify}},
	{"05 403", "0.1 403", "0.1 refused", Result{Outcome: Refused, Status: 403, NoRefer: true}},
	{"05 405", "0.1 405", "0.1 refused", Result{Outcome: Refused, Status: 405, NoRefer: true}},
	{"05 501", "0.1 501", "0.1 refused", Result{Outcome: Refused, Status: 501, NoRefer: true}},
	{"05 603", "0.1 603", "0.1 refused", Result{Outcome: Refused, Status: 603, NoRefer: true}},
	{"06 not believed", "0.1 401", "0.1 refused", Result{Outcome: Refused, Status: 401}},
	{"06 repeated with credentials", "0.1 202,8; 0.2 notify 100 id=8; 1 notify 200 end id=8; 2 bye",
		"0.2 reply 200; 0.2 progress 100; 1 reply 200; 1 completed", Result{Outcome: Completed, Status: 200, Proof: ByNotify}},
	{"07 481", "0.1 481", "0.1 caller_left", Result{Outcome: CallerLeft, Status: 481, Gone: true}},
	{"07 408", "0.1 408", "0.1 caller_left", Result{Outcome: CallerLeft, Status: 408, Gone: true}},
	{"08 bye after 202", "0.1 202; 1 bye", "1 completed", Result{Outcome: Completed, Proof: ByBye}},
	{"08 bye before the answer", "0.1 bye; 0.2 481", "0.1 caller_left", Result{Outcome: CallerLeft}},
	{"08 bye while it rings", "0.1 202; 0.2 notify 180; 2 bye", "0.2 reply 200; 0.2 progress 180; 6 unknown",
		Result{Outcome: Unknown, Status: 180, Reason: ByeTooEarly, Rang: true}},
	{"08 bye, then the report", "0.1 202; 0.2 notify 180; 2 bye; 2.1 notify 200 end", "0.2 reply 200; 0.2 progress 180; 2.1 reply 200; 2.1 completed",
		Result{Outcome: Completed, Status: 200, Proof: ByNotify, Rang: true}},
	{"08 bye, then a failure", "0.1 202; 0.2 notify 180; 2 bye; 2.1 notify 487 end", "0.2 reply 200; 0.2 progress 180; 2.1 reply 200; 2.1 caller_left",
		Result{Outcome: CallerLeft, Status: 487, Rang: true}},
	{"09 no terminated", "0.1 202; 1 notify 200; 1.5 bye", "1 reply 200; 1 completed", Result{Outcome: Completed, Status: 200, Proof: ByNotify}},
	{"09 no bye either", "0.1 202; 1 notify 200", "1 reply 200; 1 completed; 5 hang up", Result{Outcome: Completed, Status: 200, Proof: ByNotify}},
	{"10 no body", "0.1 202; 1 notify none end", "1 reply 200; 1 unknown", Result{Outcome: Unknown, Reason: NoSipfrag}},
	{"10 broken body", "0.1 202; 0.5 notify 100; 1 notify broken end", "0.5 reply 200; 0.5 progress 100; 1 reply 200; 1 unknown",
		Result{Outcome: Unknown, Status: 100, Reason: NoSipfrag}},
	{"10 ended while trying", "0.1 202; 1 notify 100 end", "1 reply 200; 1 progress 100; 1 unknown", Result{Outcome: Unknown, Status: 100, Reason: EndedEarly}},
	{"10 active without body", "0.1 202; 1 notify none; 2 notify 200 end; 3 bye", "1 reply 200; 2 reply 200; 2 completed",
		Result{Outcome: Completed, Status: 200, Proof: ByNotify}},
	{"11 another id", "0.1 202; 1 notify 486 end id=99; 2 notify 200 end id=7; 3 bye", "1 reply 481; 2 reply 200; 2 completed",
		Result{Outcome: Completed, Status: 200, Proof: ByNotify}},
	{"12 after the end", "0.1 202; 1 notify 486 end; 2 notify 200 end", "1 reply 200; 1 busy; 2 reply 481", Result{Outcome: Busy, Status: 486}},
	{"13 late ringing", "0.1 202; 1 notify 200; 1.1 notify 180; 2 notify 486 end; 2.5 bye",
		"1 reply 200; 1 completed; 1.1 reply 200; 2 reply 200", Result{Outcome: Completed, Status: 200, Proof: ByNotify}},
	{"13 failure first", "0.1 202; 1 notify 486; 1.1 notify 200", "1 reply 200; 1 busy; 1.1 reply 200", Result{Outcome: Busy, Status: 486}},
	{"15 nobody there", "0.1 202; 1 notify 404 end", "1 reply 200; 1 unreachable", Result{Outcome: Unreachable, Status: 404}},
	{"15 did not answer", "0.1 202; 1 notify 180; 30 notify 408 end", "1 reply 200; 1 progress 180; 30 reply 200; 30 no_answer",
		Result{Outcome: NoAnswer, Status: 408, Rang: true}},
	{"15 unavailable", "0.1 202; 1 notify 480 end", "1 reply 200; 1 unreachable", Result{Outcome: Unreachable, Status: 480}},
	{"15 overloaded", "0.1 202; 1 notify 503 retry=30 end", "1 reply 200; 1 unreachable", Result{Outcome: Unreachable, Status: 503, RetryAfter: 30 * time.Second}},
	{"15 the far end is overloaded", "0.1 503 retry 10s", "0.1 unreachable", Result{Outcome: Unreachable, Status: 503, RetryAfter: 10 * time.Second}},
	{"16 loop", "0.1 202; 1 notify 482 end", "1 reply 200; 1 refused", Result{Outcome: Refused, Status: 482, Reason: Loop}},
	{"16 loop by another name", "0.1 202; 0.5 looped; 1 notify 500 end", "1 reply 200; 1 refused", Result{Outcome: Refused, Status: 500, Reason: Loop}},
	{"22 consultation unknown", "0.1 202; 1 notify 481 end", "1 reply 200; 1 refused", Result{Outcome: Refused, Status: 481}},
	{"39 notify overtakes 202", "0.1 notify 100; 0.2 202; 1 notify 200 end; 2 bye", "0.1 reply 200; 0.1 progress 100; 1 reply 200; 1 completed",
		Result{Outcome: Completed, Status: 200, Proof: ByNotify}},
	{"given up by us", "0.1 202; 2 dropped; 3 notify 200 end; 4 bye", "2 cancelled; 3 reply 200", Result{Outcome: Cancelled}},
	{"not sent", "0 failed", "0 unreachable", Result{Outcome: Unreachable}},
}

func TestReferral(t *testing.T) {
	t.Parallel()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			effects, results := play(row.script)
			if got := strings.Join(effects, "; "); got != row.effects {
				t.Errorf("effects\n got %s\nwant %s", got, row.effects)
			}
			if len(results) != 1 {
				t.Fatalf("%d results: %+v", len(results), results)
			}
			got := results[0]
			if got.Ended.Before(got.Began) {
				t.Errorf("ended %v before it began", got.Began.Sub(got.Ended))
			}
			got.Began, got.Ended = time.Time{}, time.Time{}
			if got != row.want {
				t.Errorf("result\n got %+v\nwant %+v", got, row.want)
			}
		})
	}
}

// TestOneResult: whatever comes, in whatever order, there is one result, and the clock runs out.
func TestOneResult(t *testing.T) {
	t.Parallel()
	events := []string{"202", "481", "notify 100", "notify 200", "notify 486 end", "notify none end", "notify 200 id=9", "bye", "dropped", "failed"}
	n := 0
	var try func(script []string)
	try = func(script []string) {
		if len(script) > 0 {
			n++
			if _, results := play(strings.Join(script, "; ")); len(results) != 1 {
				t.Fatalf("%d results after %q", len(results), script)
			}
		}
		if len(script) == 4 {
			return
		}
		for _, e := range events {
			try(append(slices.Clone(script), fmt.Sprintf("%d %s", 13*len(script), e)))
		}
	}
	try(nil)
	if n < 10000 {
		t.Errorf("only %d scripts", n)
	}
}

func FuzzNotify(f *testing.F) {
	f.Add("refer;id=7", "terminated;reason=noresource", "message/sipfrag;version=2.0", "SIP/2.0 200 OK\r\n")
	f.Add("refer", "active;expires=60", "", "\r\nSIP/2.0 503 Busy\r\nRetry-After: 120 (later)\r\n\r\n")
	f.Add(`REFER ;ID="7"`, "TERMINATED", "text/plain", "SIP/2.0 99 x")
	f.Fuzz(func(t *testing.T, event, state, kind, body string) {
		n, err := ParseNotify(event, state, kind, []byte(body))
		if err != nil {
			return
		}
		frag, err := ParseFragment(n.Fragment)
		if err == nil && (frag.Status < 100 || frag.Status > 699 || len(frag.Phrase) > maxPhrase || frag.RetryAfter < 0 || frag.RetryAfter > maxRetryAfter) {
			t.Errorf("%+v", frag)
		}
		r := New(timers, 1, time.Unix(0, 0))
		e := r.Notified(time.Unix(1, 0), n)
		if e.Reply != 200 && e.Reply != 481 {
			t.Errorf("answered %d", e.Reply)
		}
	})
}

func TestParseFragment(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Fragment{
		"SIP/2.0 200 OK":                                    {Status: 200, Phrase: "OK"},
		"SIP/2.0 486 Busy Here\r\n":                         {Status: 486, Phrase: "Busy Here"},
		"\r\n sip/2.0 180\n":                                {Status: 180},
		"SIP/2.0 503 No\r\nretry-after: 120 (x);duration=9": {Status: 503, Phrase: "No", RetryAfter: 2 * time.Minute},
		"SIP/2.0 503 No\r\nRetry-After: 99999999\r\n":       {Status: 503, Phrase: "No", RetryAfter: 24 * time.Hour},
		"SIP/2.0 200 Bj\xf6rk\x07":                          {Status: 200, Phrase: "Bjrk"},
		"":                                                  {}, "SIP/2.0": {}, "SIP/2.0 0 x": {}, "SIP/2.0 2000 x": {}, "SIP/2.0 -20 x": {}, "INVITE sip:a SIP/2.0": {}, "SIP/3.0 200 OK": {},
	} {
		got, err := ParseFragment([]byte(body))
		if got != want || (err == nil) != (want.Status != 0) {
			t.Errorf("%q: got %+v, %v; want %+v", body, got, err, want)
		}
	}
}
