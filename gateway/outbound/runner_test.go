package outbound

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
)

// fakeLine answers as it is told, and writes down whom it rang.
type fakeLine struct {
	mu    sync.Mutex
	rung  []string
	ends  map[string]Result // by number; none: answered
	holds chan struct{}     // not nil: it rings until that is closed, or nobody wants it any more
}

func (l *fakeLine) Permit(number string) error             { return noPremium(number) }
func (l *fakeLine) Country() string                        { return "33" }
func (l *fakeLine) Zone(store.OutboundCall) *time.Location { return paris }

func (l *fakeLine) Ring(_ context.Context, c store.OutboundCall, t Try) Result {
	res, ok := l.ends[c.Number]
	if !ok {
		res = Result{Outcome: Answered, Conv: "conv-" + c.Number, Heard: "person", Score: 0.9}
	}
	if res.Outcome == "" {
		return res // no agent is free
	}
	if err := t.Begin(); err != nil {
		return Result{Outcome: Failed}
	}
	l.mu.Lock()
	l.rung = append(l.rung, c.Number)
	l.mu.Unlock()
	if l.holds != nil {
		select {
		case <-l.holds:
		case <-t.Ringing.Done():
			return Result{Outcome: Cancelled}
		}
	}
	if res.Conv != "" {
		t.Answered(res.Conv)
	}
	return res
}

func (l *fakeLine) list() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.rung)
}

// bench is a Runner on a clock of its own.
type bench struct {
	*Runner
	t    *testing.T
	st   *sqlite.Store
	line *fakeLine
	at   time.Time
	path string
}

func newBench(t *testing.T, change func(*Config)) *bench {
	t.Helper()
	b := &bench{t: t, line: &fakeLine{ends: map[string]Result{}}, at: monday, path: filepath.Join(t.TempDir(), "out.db")}
	b.open(change)
	return b
}

func (b *bench) open(change func(*Config)) {
	b.t.Helper()
	st, err := sqlite.Open(b.t.Context(), b.path)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = st.Close() })
	cfg := orders()
	if change != nil {
		change(&cfg)
	}
	b.st = st
	b.Runner = NewRunner(cfg, st, b.line, func() time.Time { return b.at }, slog.New(slog.DiscardHandler), nil)
}

// tick lets d pass, and what begins then end.
func (b *bench) tick(d time.Duration) {
	b.t.Helper()
	b.at = b.at.Add(d)
	if err := b.Tick(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	b.wg.Wait()
}

func (b *bench) callback(phone, window string) int64 {
	b.t.Helper()
	id, err := b.st.AddCallback(b.t.Context(), store.Callback{Conv: "c", At: b.at, Phone: phone, Window: window, Lang: "fr"})
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func (b *bench) order(change func(*store.OutboundCall)) (store.OutboundCall, bool, error) {
	o := store.OutboundCall{Phone: "06 12 34 56 78", Lang: "fr", Plan: store.OutboundPlan{Consent: agreed()}}
	if change != nil {
		change(&o)
	}
	return b.Order(b.t.Context(), o)
}

func (b *bench) is(id int64, state, last string) store.OutboundCall {
	b.t.Helper()
	c, err := b.st.OutboundCall(b.t.Context(), id)
	if err != nil || c.State != state || c.Last != last {
		b.t.Errorf("call %d is %q, last %q, %v; want %q, %q", id, c.State, c.Last, err, state, last)
	}
	return c
}

func TestCallbackRingsByItself(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.callback("06 12 34 56 78", "cet après-midi")
	b.tick(0)
	if c := b.is(id, store.OutboundOpen, ""); !c.Due.Equal(monday.Add(2 * time.Hour)) {
		t.Errorf("due %v, want 13:00", c.Due)
	}
	b.line.ends["+33612345678"] = Result{Outcome: Busy, Detail: "486 Busy Here"}
	b.tick(2 * time.Hour)
	b.is(id, store.OutboundRetry, Busy)
	b.tick(4 * time.Minute)
	b.is(id, store.OutboundRetry, Busy)
	delete(b.line.ends, "+33612345678")
	b.tick(time.Minute)
	if c := b.is(id, store.OutboundDone, Answered); c.Call != "conv-+33612345678" {
		t.Errorf("answered in %q", c.Call)
	}
	tries, _ := b.st.Attempts(t.Context(), id)
	if len(tries) != 2 || tries[0].Outcome != Busy || tries[0].Detail != "486 Busy Here" || tries[1].Outcome != Answered || tries[1].By != "gateway" || tries[1].Heard != "person" {
		t.Errorf("attempts %+v", tries)
	}
	b.tick(24 * time.Hour)
	if got := b.line.list(); len(got) != 2 {
		t.Errorf("rung %v", got)
	}
}

func TestCallbackGivesUpAndNeverOutsideHours(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.line.ends["+33612345678"] = Result{Outcome: NoAnswer}
	id := b.callback("06 12 34 56 78", "")
	for range 7 * 24 * 4 { // a week, each quarter of an hour
		before := len(b.line.list())
		b.tick(15 * time.Minute)
		if len(b.line.list()) > before && !b.cfg.HoursOf(store.KindCallback).Open(b.at) {
			t.Errorf("rung at %v", b.at)
		}
	}
	b.is(id, store.OutboundGivenUp, NoAnswer)
	if got := b.line.list(); len(got) != 4 {
		t.Errorf("rung %d times, want 4", len(got))
	}
}

// A gateway that is killed with calls claimed, ringing and answered: the next one rings those that nobody
// had answered, each once, and nobody else.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.AtOnce = 5; c.CallbackHours = []string{"mon-sun 00:00-24:00"} })
	for i := range 20 {
		b.callback("+336000000"+string(rune('0'+i/10))+string(rune('0'+i%10)), "")
	}
	b.line.holds = make(chan struct{}) // they ring and ring
	if err := b.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	for len(b.line.list()) < 5 {
		time.Sleep(time.Millisecond)
	}
	first := b.line.list()
	dead, holds := b.Runner, b.line.holds
	if err := b.st.AnsweredAttempt(t.Context(), 1, 1, "talking"); err != nil {
		t.Fatal(err)
	}
	next := &fakeLine{ends: map[string]Result{}}
	b.line = next
	b.open(func(c *Config) { c.AtOnce = 50; c.CallbackHours = []string{"mon-sun 00:00-24:00"} }) // another process
	if n, err := b.Recover(t.Context()); n != 5 || err != nil {
		t.Errorf("took back %d, %v; want 5", n, err)
	}
	b.tick(0)
	b.tick(10 * time.Minute)
	b.tick(0)
	got := next.list()
	slices.Sort(got)
	if len(got) != 19 || len(slices.Compact(slices.Clone(got))) != 19 || slices.Contains(got, "+33600000000") {
		t.Errorf("after the kill %d were rung: %v; the five before were %v", len(got), got, first)
	}
	b.is(1, store.OutboundGivenUp, Unknown)
	close(holds)
	dead.wg.Wait()
	b.is(2, store.OutboundDone, Answered)
}

func TestOrders(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	code := func(err error) string {
		var no *Refusal
		if errors.As(err, &no) {
			return no.Code
		}
		return ""
	}
	first, again, err := b.order(func(o *store.OutboundCall) { o.Key = "k" })
	if err != nil || again || first.Number != "+33612345678" || !first.Due.Equal(monday) {
		t.Fatalf("%+v, %v, %v", first, again, err)
	}
	b.tick(0)
	b.is(first.ID, store.OutboundDone, Answered)
	if o, again, err := b.order(func(o *store.OutboundCall) { o.Key = "k" }); err != nil || !again || o.ID != first.ID {
		t.Errorf("the same order again, after the number's limit: %+v, %v, %v", o, again, err)
	}
	if _, _, err := b.order(nil); code(err) != "number_limit" {
		t.Errorf("a second call on one day: %v", err)
	}
	if _, _, err := b.order(func(o *store.OutboundCall) { o.Phone = "nobody" }); code(err) != "bad_number" {
		t.Errorf("no number: %v", err)
	}
	if _, _, err := b.order(func(o *store.OutboundCall) { o.Until = monday.Add(-time.Hour) }); code(err) != "window" {
		t.Errorf("a window that has passed: %v", err)
	}
	if _, err := b.st.AddNoCall(t.Context(), store.NoCall{Number: "+33600000001", At: monday, How: "said"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.order(func(o *store.OutboundCall) { o.Phone = "0600000001" }); code(err) != "do_not_call" {
		t.Errorf("who said stop: %v", err)
	}
	b.at = time.Date(2026, 11, 28, 11, 0, 0, 0, paris) // a Saturday
	o, _, err := b.order(func(o *store.OutboundCall) { o.Phone = "0600000002" })
	if err != nil || o.Due.In(paris).Format("Mon 15:04") != "Mon 10:00" {
		t.Errorf("on a Saturday: due %v, %v; want Monday at ten", o.Due, err)
	}
	b.cfg.Orders = false
	if _, _, err := b.order(nil); code(err) != "off" {
		t.Errorf("turned off: %v", err)
	}
}

// Who says stop between the order and the ring is not rung.
func TestStopBeforeItRings(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	o, _, err := b.order(func(o *store.OutboundCall) { o.From = monday.Add(time.Hour) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.st.AddNoCall(t.Context(), store.NoCall{Number: o.Number, At: monday, How: "said"}); err != nil {
		t.Fatal(err)
	}
	b.tick(2 * time.Hour)
	b.is(o.ID, store.OutboundDropped, StopCalling)
	id := b.callback("06 12 34 56 78", "") // they ask to be rung after all: people judge that
	b.tick(0)
	b.is(id, store.OutboundOpen, StopCalling)
	if conv, res, err := b.RingNow(t.Context(), id, "nadia"); conv != "" || res.Refused == nil || res.Refused.Code != StopCalling || err != nil {
		t.Errorf("by hand: %q, %+v, %v", conv, res, err)
	}
	b.is(id, store.OutboundOpen, StopCalling)
	if got := b.line.list(); len(got) != 0 {
		t.Errorf("rung %v", got)
	}
}

func TestWaitsForAnAgent(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.Callbacks = ByAgent })
	b.line.ends["+33612345678"] = Result{}
	id := b.callback("06 12 34 56 78", "")
	b.tick(0)
	if c := b.is(id, store.OutboundOpen, ""); c.Tries != 0 || !c.Due.Equal(monday.Add(15*time.Second)) {
		t.Errorf("nobody is free: %+v", c)
	}
	delete(b.line.ends, "+33612345678")
	b.tick(15 * time.Second)
	b.is(id, store.OutboundDone, Answered)
}

func TestCampaignPace(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	for i := range 5 {
		if _, _, err := b.order(func(o *store.OutboundCall) { o.Phone, o.Campaign = "060000000"+string(rune('0'+i)), "rappels" }); err != nil {
			t.Fatal(err)
		}
	}
	b.callback("06 12 34 56 78", "")
	for _, want := range []int{3, 3, 3, 5, 5, 6} { // two in a minute, and the callback
		b.tick(20 * time.Second)
		if got := b.line.list(); len(got) != want {
			t.Errorf("at %v %d were rung, want %d", b.at.Format("15:04:05"), len(got), want)
		}
		if want == 5 {
			b.at = b.at.Add(10 * time.Second)
		}
	}
}

func TestByHandAndDropped(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.Callbacks = ByHand })
	id := b.callback("06 12 34 56 78", "")
	b.line.ends["+33612345678"] = Result{Outcome: NoAnswer, Detail: "408"}
	if conv, res, err := b.RingNow(t.Context(), id, "nadia"); conv != "" || res.Outcome != NoAnswer || err != nil {
		t.Errorf("%q, %+v, %v", conv, res, err)
	}
	if c := b.is(id, store.OutboundOpen, NoAnswer); !c.Due.IsZero() {
		t.Errorf("by hand, and due %v", c.Due)
	}
	delete(b.line.ends, "+33612345678")
	conv, _, err := b.RingNow(t.Context(), id, "nadia")
	b.wg.Wait()
	if conv == "" || err != nil {
		t.Errorf("%q, %v", conv, err)
	}
	if _, _, err := b.RingNow(t.Context(), id, "nadia"); !errors.Is(err, ErrTaken) {
		t.Errorf("rung again: %v", err)
	}
	if _, _, err := b.RingNow(t.Context(), 99, "nadia"); err == nil {
		t.Error("no such callback was rung")
	}
	o, _, err := b.order(func(o *store.OutboundCall) { o.Phone = "0600000009" })
	if err != nil {
		t.Fatal(err)
	}
	b.line.holds = make(chan struct{})
	if err := b.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	for len(b.line.list()) < 3 {
		time.Sleep(time.Millisecond)
	}
	if err := b.Drop(t.Context(), o.ID, "cancelled"); err != nil {
		t.Fatal(err)
	}
	b.wg.Wait() // it stops ringing
	b.is(o.ID, store.OutboundDropped, "cancelled")
}

// A moment that was agreed on takes the place of the window, and counts by hand too.
func TestLater(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mode string
		prep func(b *bench, id int64)
		at   time.Duration
		due  time.Duration // from the beginning; 0: none
		err  error
	}{
		"by the machine":        {ByBot, nil, 2 * time.Hour, 2 * time.Hour, nil},
		"outside its hours":     {ByBot, nil, 12 * time.Hour, 21 * time.Hour, nil},
		"by hand":               {ByHand, nil, 2 * time.Hour, 0, nil},
		"somebody has taken it": {ByBot, func(b *bench, id int64) { _, _ = b.st.TakeOutbound(b.t.Context(), id, "nadia", false) }, 2 * time.Hour, 0, nil},
		"given up":              {ByBot, func(b *bench, id int64) { _ = b.st.SetOutbound(b.t.Context(), id, store.OutboundGivenUp, "fax") }, 2 * time.Hour, 2 * time.Hour, nil},
		"not to be called": {ByBot, func(b *bench, id int64) {
			_, _ = b.st.AddNoCall(b.t.Context(), store.NoCall{Number: "+33612345678", At: b.at})
			_ = b.st.SetOutbound(b.t.Context(), id, store.OutboundOpen, "")
		}, 2 * time.Hour, 0, nil},
		"done": {ByBot, func(b *bench, id int64) { _ = b.st.SetOutbound(b.t.Context(), id, store.OutboundDone, "") }, 2 * time.Hour, 0, ErrTaken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, func(cfg *Config) { cfg.Callbacks = c.mode })
			id := b.callback("06 12 34 56 78", "demain matin")
			if err := b.plan(t.Context(), b.at); err != nil {
				t.Fatal(err)
			}
			if c.prep != nil {
				c.prep(b, id)
			}
			at := b.at.Add(c.at)
			if err := b.Later(t.Context(), id, at); !errors.Is(err, c.err) {
				t.Fatal(err)
			}
			if c.err != nil {
				return
			}
			got, err := b.st.OutboundCall(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if got.State != store.OutboundOpen || !got.From.Equal(at) || !got.Until.IsZero() || got.Number != "+33612345678" || got.Window != "demain matin" {
				t.Errorf("%+v", got)
			}
			if want := b.at.Add(c.due); c.due == 0 != got.Due.IsZero() || c.due > 0 && !got.Due.Equal(want) {
				t.Errorf("due %v, want %v", got.Due, want)
			}
		})
	}
	b := newBench(t, nil)
	if err := b.Later(t.Context(), 99, b.at); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
}
