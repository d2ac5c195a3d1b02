package agents

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// office is a desk that runs, with karim and lina on telephones.
type office struct {
	*Desk
	t    *testing.T
	ctx  context.Context // of everybody
	mu   sync.Mutex
	got  []string // "conversation agent", in order
	busy map[string]Assignment
	gone sync.WaitGroup
}

func inOffice(t *testing.T, queues Queues, f func(o *office)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := NewDesk(DefaultDeskConfig(), Config{{Name: "karim", Title: "Karim", Addr: "sip:201@h", Skills: Can("litige", "suivi")}, {Name: "lina", Addr: "sip:202@h", Skills: []Skill{{"suivi", 2}}}}, time.Now)
		d.SetQueues(queues)
		ctx, cancel := context.WithCancel(t.Context())
		o := &office{Desk: d, t: t, ctx: ctx, busy: map[string]Assignment{}}
		o.gone.Go(func() { d.Run(ctx) })
		f(o)
		cancel()
		o.gone.Wait()
	})
}

// ask lets somebody wait; the result is told when it has come.
func (o *office) ask(req Request) (leave context.CancelFunc, done <-chan error) {
	if req.Wait == 0 {
		req.Wait = time.Hour
	}
	ctx, cancel := context.WithCancel(o.ctx)
	end := make(chan error, 1)
	o.gone.Go(func() {
		a, err := o.Offer(ctx, req)
		if err == nil {
			o.mu.Lock()
			o.got = append(o.got, req.Conv+" "+a.Agent)
			o.busy[req.Conv] = a
			o.mu.Unlock()
			a.Joined()
		}
		end <- err
	})
	synctest.Wait()
	return cancel, end
}

func (o *office) hangUp(conv string) {
	o.mu.Lock()
	a := o.busy[conv]
	o.mu.Unlock()
	a.Release()
	synctest.Wait()
}

func (o *office) want(got ...string) {
	o.t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if fmt.Sprint(o.got) != fmt.Sprint(got) {
		o.t.Errorf("served %q, want %q", o.got, got)
	}
}

// The order is that of the decision, not of who asks first or most often; a free agent is given at once.
func TestWhoWaitsIsServedInTurn(t *testing.T) {
	inOffice(t, nil, func(o *office) {
		litige := []string{"litige"}
		o.ask(Request{Conv: "a", Skills: litige})
		o.want("a karim")
		o.ask(Request{Conv: "b", Skills: litige})
		time.Sleep(time.Second)
		o.ask(Request{Conv: "c", Skills: litige})
		time.Sleep(time.Second)
		o.ask(Request{Conv: "vip", Skills: litige, VIP: true})
		for conv, before := range map[string]int{"vip": 0, "b": 1, "c": 2} {
			if p, ok := o.Place(conv); !ok || p.Before != before || p.Queue != "litige" || p.Estimate != 0 {
				t.Errorf("%s: %+v %v", conv, p, ok)
			}
		}
		for _, conv := range []string{"a", "vip", "b", "c"} {
			o.hangUp(conv)
		}
		o.want("a karim", "vip karim", "b karim", "c karim")
		if _, ok := o.Place("c"); ok {
			t.Error("who is served has a place still")
		}
	})
}

// Who was refused by an agent and asks again keeps the place of their first asking.
func TestWhoAsksAgainKeepsTheirPlace(t *testing.T) {
	inOffice(t, nil, func(o *office) {
		suivi := []string{"suivi"}
		o.ask(Request{Conv: "x", Skills: suivi})
		o.ask(Request{Conv: "y", Skills: suivi})
		since := time.Now()
		time.Sleep(time.Minute)
		o.ask(Request{Conv: "b", Skills: suivi})
		o.ask(Request{Conv: "a", Skills: suivi, Since: since, Tried: []string{"lina"}})
		o.hangUp("y") // lina: not for a
		o.want("x karim", "y lina", "b lina")
		o.hangUp("x")
		o.want("x karim", "y lina", "b lina", "a karim")
	})
}

// A hand-off that ends for a reason of its own says which.
func TestWhyTheyLeft(t *testing.T) {
	inOffice(t, nil, func(o *office) {
		o.ask(Request{Conv: "x", Skills: []string{"litige"}})
		ctx, leave := context.WithCancelCause(o.ctx)
		o.gone.Go(func() { _, _ = o.Offer(ctx, Request{Conv: "a", Skills: []string{"litige"}, Wait: time.Hour}) })
		o.ask(Request{Conv: "b", Skills: []string{"litige"}})
		leave(&Withdrawn{Outcome: Cancelled})
		synctest.Wait()
		if q := o.Queues()[0]; q.Left[Cancelled] != 1 || q.Left[CallerLeft] != 0 || q.Waiting != 1 {
			t.Errorf("%+v", q)
		}
	})
}

func TestWhoLeavesFreesNobodysTurn(t *testing.T) {
	inOffice(t, nil, func(o *office) {
		o.ask(Request{Conv: "x", Skills: []string{"litige"}})
		leave, done := o.ask(Request{Conv: "a", Skills: []string{"litige"}})
		o.ask(Request{Conv: "b", Skills: []string{"litige"}})
		leave()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		o.hangUp("x")
		o.want("x karim", "b karim")
		o.hangUp("b")
		if n := o.Free(); n != 2 {
			t.Errorf("%d are free, want both", n)
		}
	})
}

// What ends a wait without an agent, and when.
func TestAWaitEnds(t *testing.T) {
	hours := map[string]string{"mon-sun": "08:00-20:00"} // synctest begins at midnight UTC, one o'clock in Paris
	for name, tc := range map[string]struct {
		q     Queue
		more  []Queue
		req   Request
		how   Outcome
		to    string
		after time.Duration
	}{
		"the flow's bound":         {Queue{}, nil, Request{Wait: 40 * time.Second}, Timeout, "", 40 * time.Second},
		"the queue's bound":        {Queue{MaxWait: 30 * time.Second}, nil, Request{}, Timeout, "", 30 * time.Second},
		"overflow":                 {Queue{Overflow: Overflow{20 * time.Second, ToMessage, ""}}, nil, Request{}, Timeout, ToMessage, 20 * time.Second},
		"of who waited before":     {Queue{MaxWait: 30 * time.Second}, nil, Request{Since: time.Date(1999, 12, 31, 23, 59, 50, 0, time.UTC)}, Timeout, "", 20 * time.Second},
		"closed":                   {Queue{Hours: hours, Overflow: Overflow{0, ToCallback, ""}}, nil, Request{}, Closed, ToCallback, 0},
		"full":                     {Queue{MaxWaiting: 1, Overflow: Overflow{0, ToBot, ""}}, nil, Request{}, Full, ToBot, 0},
		"nobody":                   {Queue{Skills: []string{"poésie"}}, nil, Request{Queue: "q"}, Nobody, "", 0},
		"closed both":              {Queue{Hours: hours, Overflow: Overflow{0, ToQueue, "r"}}, []Queue{{Name: "r", Hours: hours}}, Request{}, Closed, "", 0},
		"all who could were asked": {Queue{}, nil, Request{Tried: []string{"karim"}}, Nobody, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			tc.q.Name = "q"
			if tc.q.Skills == nil {
				tc.q.Skills = []string{"litige"}
			}
			inOffice(t, append(Queues{tc.q}, tc.more...), func(o *office) {
				o.team.hire("karim")
				if tc.q.MaxWaiting > 0 {
					leave, _ := o.ask(Request{Conv: "first", Skills: []string{"litige"}})
					defer leave()
				}
				began := time.Now()
				tc.req.Conv, tc.req.Skills = "c", []string{"litige"}
				_, done := o.ask(tc.req)
				err := <-done
				l, ok := errors.AsType[*Left](err)
				if !ok || l.Outcome != tc.how || l.To != tc.to || l.Queue != "q" {
					t.Errorf("%v: %+v", err, l)
				} else if took := time.Since(began); took != tc.after {
					t.Errorf("after %v, want %v", took, tc.after)
				}
				if tc.how == Closed && l.Opens.Sub(began) != 7*time.Hour {
					t.Errorf("opens %v", l.Opens)
				}
				if errors.Is(err, ErrNobody) != (tc.how == Nobody) {
					t.Error(err)
				}
				if n := o.Queues()[0].Left[tc.how]; n != 1 {
					t.Errorf("counted %+v", o.Queues())
				}
			})
		})
	}
}

// A queue that is closed or full sends on to another; one that overflows keeps the place.
func TestOverflowIntoAnotherQueue(t *testing.T) {
	queues := Queues{
		{Name: "litige", Skills: []string{"litige"}, MaxWaiting: 1, Overflow: Overflow{30 * time.Second, ToQueue, "suivi"}},
		{Name: "suivi", Skills: []string{"suivi"}},
	}
	inOffice(t, queues, func(o *office) {
		o.team.hire("karim")
		o.ask(Request{Conv: "a", Skills: []string{"litige"}})
		o.want()
		o.ask(Request{Conv: "b", Skills: []string{"litige"}}) // full
		o.want("b lina")
		o.hangUp("b")
		time.Sleep(30 * time.Second)
		synctest.Wait()
		o.want("b lina", "a lina")
	})
}

// A hand-off that does not want to wait here gets who is free, or is told at once why not; nobody who
// waits is passed for it.
func TestAskingWithoutWaiting(t *testing.T) {
	inOffice(t, Queues{{Name: "litige", Skills: []string{"litige"}, RingFor: 9 * time.Second}, {Name: "nuit", Skills: []string{"suivi"}, Hours: map[string]string{"mon-sun": "closed"}}}, func(o *office) {
		now := func(req Request) error {
			req.Since = time.Now()
			a, err := o.Offer(o.ctx, req)
			if err == nil {
				o.busy["now"] = a
			}
			return err
		}
		if err := now(Request{Skills: []string{"litige"}}); err != nil || o.busy["now"].Agent != "karim" || o.busy["now"].RingFor != 9*time.Second {
			t.Errorf("%+v %v", o.busy["now"], err)
		}
		if err := now(Request{Skills: []string{"litige"}}); !errors.Is(err, ErrBusy) {
			t.Error(err)
		}
		if l, ok := errors.AsType[*Left](now(Request{Skills: []string{"suivi"}})); !ok || l.Outcome != Closed || !l.Opens.IsZero() {
			t.Errorf("%+v", l)
		}
		if err := now(Request{Skills: []string{"litige"}, Tried: []string{"karim"}}); !errors.Is(err, ErrNobody) {
			t.Error(err)
		}
		o.ask(Request{Conv: "a", Skills: []string{"litige"}})
		o.hangUp("now")
		o.want("a karim")
		for _, q := range o.Queues() {
			if q.Waiting != 0 || len(q.Left) != 0 {
				t.Errorf("%+v", q)
			}
		}
	})
}

// A group takes all who wait, one after the other, without another event.
func TestAGroupTakesAll(t *testing.T) {
	inOffice(t, nil, func(o *office) {
		o.team.hire("karim")
		for i := range 3 {
			o.ask(Request{Conv: fmt.Sprint("c", i), Skills: []string{"litige"}})
		}
		o.SetTeam(Config{{Name: "standard", Addr: "sip:600@pbx", Group: true, Skills: Can("litige")}})
		time.Sleep(time.Second)
		synctest.Wait()
		o.want("c0 standard", "c1 standard", "c2 standard")
	})
}

// The own agent is waited for, by name or as people call them, and not for ever.
func TestTheOwnAgent(t *testing.T) {
	inOffice(t, Queues{{Name: "suivi", Skills: []string{"suivi"}, OwnAgentFor: 10 * time.Second}}, func(o *office) {
		k := o.team.hire("karim")
		o.ask(Request{Conv: "a", Skills: []string{"suivi"}, Owner: "KARIM "})
		o.want()
		time.Sleep(9 * time.Second)
		k.Release()
		synctest.Wait()
		o.want("a karim")
		o.ask(Request{Conv: "b", Skills: []string{"suivi"}, Owner: "Karim"})
		time.Sleep(10 * time.Second)
		synctest.Wait()
		o.want("a karim", "b lina")
	})
}

// A reload keeps everybody in their place, under the new rules.
func TestWhoWaitsSurvivesAReload(t *testing.T) {
	inOffice(t, Queues{{Name: "litige", Skills: []string{"litige"}}}, func(o *office) {
		o.ask(Request{Conv: "x", Skills: []string{"litige"}})
		o.ask(Request{Conv: "a", Skills: []string{"litige"}})
		time.Sleep(time.Second)
		_, b := o.ask(Request{Conv: "b", Skills: []string{"litige"}})
		o.SetQueues(Queues{{Name: "neuve", Skills: []string{"litige"}, Announce: Announce{Every: time.Minute, Position: new(bool)}}})
		if p, ok := o.Place("b"); !ok || p.Queue != "neuve" || p.Before != 1 || p.Every != time.Minute || p.Position || !p.TellsEstimate {
			t.Errorf("%+v", p)
		}
		o.SetTeam(Config{{Name: "nora", Addr: "sip:203@h", Skills: Can("litige")}})
		synctest.Wait()
		o.want("x karim", "a nora")
		o.SetQueues(Queues{{Name: "neuve", Skills: []string{"litige"}, MaxWait: 5 * time.Second}})
		if err := <-b; err == nil || !strings.Contains(err.Error(), `queue "neuve": timeout`) {
			t.Error(err)
		}
	})
}

// An estimate is told when recent waits allow one, and is then about right.
func TestEstimate(t *testing.T) {
	inOffice(t, nil, func(o *office) {
		for i := range 30 { // a call takes karim a minute, somebody always waits
			o.ask(Request{Conv: fmt.Sprint("c", i), Skills: []string{"litige"}})
			if i >= 2 {
				time.Sleep(time.Minute)
				o.hangUp(fmt.Sprint("c", i-2))
			}
		}
		p, ok := o.Place("c29")
		if !ok || p.Before != 0 || p.Estimate < 30*time.Second || p.Estimate > 2*time.Minute {
			t.Errorf("%+v %v", p, ok)
		}
		if q := o.Queues()[0]; q.Waiting != 1 || q.EstimateS == 0 || q.Answered != 29 || q.InTime != 1 {
			t.Errorf("%+v", q)
		}
		for range 25 {
			o.hangUp("c28")
			time.Sleep(10 * time.Minute) // nobody knows any more
		}
		o.ask(Request{Conv: "d", Skills: []string{"litige"}})
		o.ask(Request{Conv: "e", Skills: []string{"litige"}})
		if p, _ := o.Place("e"); p.Estimate != 0 {
			t.Errorf("%+v", p)
		}
	})
}

func TestQueueMetrics(t *testing.T) {
	inOffice(t, Queues{{Name: "litige", Skills: []string{"litige"}}}, func(o *office) {
		reg := prometheus.NewRegistry()
		NewMetrics(reg, o.Desk)
		o.ask(Request{Conv: "x", Skills: []string{"litige"}})
		o.ask(Request{Conv: "a", Skills: []string{"litige"}})
		leave, done := o.ask(Request{Conv: "b", Skills: []string{"litige"}})
		time.Sleep(30 * time.Second)
		leave()
		<-done
		if err := testutil.GatherAndCompare(reg, strings.NewReader(`
# HELP decroche_queue_waiting Callers who wait in a queue now.
# TYPE decroche_queue_waiting gauge
decroche_queue_waiting{queue="litige"} 1
decroche_queue_waiting{queue="other"} 0
# HELP decroche_queue_longest_wait_seconds How long the one has waited who has waited longest.
# TYPE decroche_queue_longest_wait_seconds gauge
decroche_queue_longest_wait_seconds{queue="litige"} 30
decroche_queue_longest_wait_seconds{queue="other"} 0
# HELP decroche_queue_left_total Callers who left a queue without an agent, by how.
# TYPE decroche_queue_left_total counter
decroche_queue_left_total{outcome="caller_left",queue="litige"} 1
# HELP decroche_queue_answered_total Callers of a queue who spoke with an agent; in_time: within the time that counts for the service level.
# TYPE decroche_queue_answered_total counter
decroche_queue_answered_total{in_time="true",queue="litige"} 1
`), "decroche_queue_waiting", "decroche_queue_longest_wait_seconds", "decroche_queue_left_total", "decroche_queue_answered_total"); err != nil {
			t.Error(err)
		}
		o.hangUp("x")
	})
}

func TestQueuesAreChecked(t *testing.T) {
	t.Parallel()
	for want, q := range map[string]Queue{
		"name: \"Été\" is not a name":                 {Name: "Été"},
		"skills[0]: is empty":                         {Name: "a", Skills: []string{" "}},
		"languages[0]: \"français\" is not":           {Name: "a", Languages: []string{"français"}},
		"min_level: 6 is out of range":                {Name: "a", MinLevel: 6},
		"priority: -1 is out of range":                {Name: "a", Priority: -1},
		"loosen_every: there is nothing to loosen":    {Name: "a", LoosenEvery: time.Second},
		"max_wait: 1s is out of range":                {Name: "a", MaxWait: time.Second},
		"overflow.to: \"ailleurs\" is nowhere":        {Name: "a", Overflow: Overflow{To: "ailleurs"}},
		"overflow.to: is missing":                     {Name: "a", Overflow: Overflow{After: time.Minute}},
		"overflow.queue: \"b\" is no queue":           {Name: "a", Overflow: Overflow{To: ToQueue, Queue: "b"}},
		"overflow.queue: \"a\" overflows into itself": {Name: "a", Overflow: Overflow{To: ToQueue, Queue: "a"}},
		"overflow.queue: \"b\" gets nobody":           {Name: "a", Overflow: Overflow{To: ToBot, Queue: "b"}},
		"announce.every: 1s is out of range":          {Name: "a", Announce: Announce{Every: time.Second}},
	} {
		if out := (Queues{q}).Validate(); len(out) != 1 || !strings.HasPrefix(out[0], "[0]."+want) {
			t.Errorf("%+v: %q, want %s", q, out, want)
		}
	}
	if out := (Queues{{Name: "a"}, {Name: "a"}}).Validate(); len(out) != 1 || !strings.Contains(out[0], "already queue [0]") {
		t.Error(out)
	}
	if out := (Config{{Name: "a", Skills: []Skill{{"x", 6}}}}).Validate(); len(out) != 1 || !strings.Contains(out[0], "levels go from 1 to 5") {
		t.Error(out)
	}
}

// Which queue a hand-off waits in.
func TestWhichQueue(t *testing.T) {
	t.Parallel()
	c := Queues{{Name: "suivi", Skills: []string{"suivi"}}, {Name: "pro", Skills: []string{"Suivi", "pro"}}, {Name: "english", Languages: []string{"en"}}, {Name: "reste"}}
	for _, tc := range []struct {
		req  Request
		want int
	}{
		{Request{Skills: []string{"suivi", "fr"}, Lang: "fr"}, 0},
		{Request{Skills: []string{"pro", "suivi"}}, 1},
		{Request{Skills: []string{"pro"}, Lang: "fr"}, 3},
		{Request{Skills: []string{"pro"}, Lang: "en"}, 2},
		{Request{Queue: "pro", Skills: []string{"suivi"}}, 1},
		{Request{Queue: "inconnue", Skills: []string{"suivi"}}, 0},
	} {
		if got := c.find(tc.req); got != tc.want {
			t.Errorf("%+v: queue %d, want %d", tc.req, got, tc.want)
		}
	}
	if got := (Queues{}).find(Request{Skills: []string{"suivi"}}); got != -1 {
		t.Error(got)
	}
}

// What a decision costs with everything around it: 1,000 agents at desks, 500 callers who wait.
func BenchmarkDeskDecides(b *testing.B) {
	now := morning
	team := make(Config, 1000)
	for i := range team {
		team[i] = Agent{Name: fmt.Sprint("agent", i), Skills: []Skill{{fmt.Sprint("s", i%8), 1 + i%MaxLevel}, {"fr", 0}}, Languages: []string{"fr"}}
	}
	d := NewDesk(DefaultDeskConfig(), team, func() time.Time { return now })
	for _, a := range team {
		d.Beat(a.Name, "", "tab", true, true)
		if err := d.Set(a.Name, "", Available, "", ""); err != nil {
			b.Fatal(err)
		}
		d.seats[a.Name].Join(now, "other") // all in calls
	}
	for i := range 500 {
		d.join(Request{Conv: fmt.Sprint("c", i), Skills: []string{fmt.Sprint("s", i%8)}, Lang: "fr", Since: now.Add(time.Duration(i) * time.Second), Wait: time.Hour, Priority: i % 11})
	}
	b.ReportAllocs()
	for b.Loop() {
		d.decide(now)
	}
	if len(d.hall.waiting) != 500 {
		b.Fatal(len(d.hall.waiting))
	}
}

// An hour over the desk itself: 900 callers and eight telephones, everybody a goroutine, some without
// patience. No agent ever has two callers, nobody who stays is left without an end, nobody is passed by
// who came more than ten minutes later, and at the end everybody is free.
func TestAnHourAtTheDesk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(1, 7))
		team := make(Config, 8)
		for i := range team {
			team[i] = Agent{Name: fmt.Sprint("agent", i), Addr: fmt.Sprintf("sip:%d@h", i), Skills: Can("suivi")}
			if i%2 == 0 {
				team[i].Skills = append(team[i].Skills, Skill{"litige", 1 + i/2})
			}
		}
		d := NewDesk(DefaultDeskConfig(), team, time.Now)
		d.SetQueues(Queues{{Name: "suivi", Skills: []string{"suivi"}}, {Name: "litige", Skills: []string{"litige"}, MinLevel: 3, LoosenEvery: 20 * time.Second, Priority: 2}})
		ctx, cancel := context.WithCancel(t.Context())
		var desk, people sync.WaitGroup
		desk.Go(func() { d.Run(ctx) })
		type visit struct {
			came, served time.Time
			queue, how   string
		}
		visits := make([]visit, 900)
		var mu sync.Mutex
		talking := map[string]bool{}
		for i := range visits {
			v := &visits[i]
			v.queue = []string{"suivi", "litige"}[rnd.IntN(2)]
			comes, talks, patience := time.Duration(rnd.Int64N(int64(time.Hour))), time.Duration(5+rnd.IntN(50))*time.Second, time.Duration(0)
			if rnd.IntN(3) == 0 {
				patience = time.Duration(rnd.IntN(300)) * time.Second
			}
			req := Request{Conv: fmt.Sprint(i), Skills: []string{v.queue}, Priority: rnd.IntN(11), VIP: rnd.IntN(30) == 0, Wait: 2 * time.Hour}
			people.Go(func() {
				time.Sleep(comes)
				v.came = time.Now()
				ctx, hangUp := context.WithCancel(ctx)
				defer hangUp()
				if patience > 0 {
					time.AfterFunc(patience, hangUp)
				}
				a, err := d.Offer(ctx, req)
				v.served = time.Now()
				if err != nil {
					v.how = err.Error()
					return
				}
				mu.Lock()
				if talking[a.Agent] {
					t.Errorf("%s has two callers", a.Agent)
				}
				talking[a.Agent] = true
				mu.Unlock()
				a.Joined()
				time.Sleep(talks)
				mu.Lock()
				talking[a.Agent] = false
				mu.Unlock()
				a.Release()
			})
		}
		people.Wait()
		longest := time.Duration(0)
		for i, v := range visits {
			longest = max(longest, v.served.Sub(v.came))
			if v.how != "" && v.how != context.Canceled.Error() {
				t.Errorf("caller %d ended with %s", i, v.how)
			}
			for _, o := range visits {
				if o.queue == v.queue && o.how == "" && o.came.Sub(v.came) > 30*HeadStart && o.served.Before(v.served) {
					t.Errorf("caller %d, of %v, was passed by one of %v", i, v.came, o.came)
				}
			}
		}
		if n := d.Free(); n != 8 {
			t.Errorf("%d agents are free at the end", n)
		}
		for _, q := range d.Queues() {
			if q.Waiting != 0 {
				t.Errorf("%+v", q)
			}
		}
		t.Logf("longest wait %v", longest)
		cancel()
		desk.Wait()
	})
}
