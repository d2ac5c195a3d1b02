package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
)

// table is a mind that answers by what it is told; its state counts the turns.
type table map[string]flows.Output

func (m table) Turn(_ context.Context, st flows.State, in flows.Input) (flows.Output, error) {
	key := strings.TrimSpace(string(in.Kind) + " " + in.Text + in.Digits + in.Outcome)
	out, ok := m[key]
	if !ok && in.Kind == flows.Said {
		out, ok = say(flows.Listen, "écho "+in.Text), true
	}
	if !ok {
		return out, fmt.Errorf("test: no answer for %q", key)
	}
	n := 0
	_ = json.Unmarshal(st.Raw, &n)
	out.State = flows.State{Raw: fmt.Appendf(nil, "%d", n+1)}
	return out, nil
}

func say(next flows.Next, texts ...string) flows.Output {
	o := flows.Output{Next: next, Trace: []flows.Step{{Flow: "f", Step: "s"}}, Expect: flows.Expect{Silence: time.Second}}
	for _, t := range texts {
		o.Say = append(o.Say, flows.Prompt{ID: "f/s", Text: t, Lang: "fr"})
	}
	return o
}

func act(text string) flows.Output {
	o := say(flows.DoAct, text)
	o.Act = &flows.Act{Name: "http", Args: map[string]any{"name": "suivi"}, IdempotencyKey: "k1", Deadline: 30 * time.Second,
		Filler: flows.Prompt{ID: "f/s", Text: "un instant"}}
	return o
}

func mind() table {
	handoff := say(flows.HandOff, "je demande")
	handoff.Transfer = &flows.Transfer{Skills: []string{"fr"}, Reason: "asked"}
	callback := say(flows.End, "au revoir")
	callback.Outcome, callback.Callback = "resolved", &flows.Callback{Phone: "+33600000001", Reason: "asked"}
	bye := say(flows.End, "au revoir")
	bye.Outcome = "resolved"
	question := say(flows.Listen, "oui ou non ?")
	question.Say[0].Quick = []string{"Oui", "Non"}
	taught := say(flows.Listen, "noté")
	taught.Rating = &flows.Rating{Survey: "csat", Score: 4, Scale: 5}
	taught.Unclear = []flows.Unclear{{Text: "euh", Why: "no_match"}}
	moved := say(flows.Listen, "reprenons")
	moved.Trace = []flows.Step{{Flow: "colis", Step: "numero", Note: "resumed for colis/lire"}}
	return table{
		"start": say(flows.Listen, "bonjour"), "said colis": act("je regarde"), "acted ok": say(flows.Listen, "il arrive demain"),
		"acted timeout": say(flows.Listen, "trop lent"), "acted error": say(flows.Listen, "en panne"),
		"said humain": handoff, "returned nobody": say(flows.Listen, "personne"), "said rappel": callback, "said au revoir": bye,
		"said question": question, "said Oui": say(flows.Listen, "d’accord"), "digits 123#": say(flows.Listen, "chiffres"),
		"said note": taught, "said ailleurs": moved, "said muet": say(flows.Listen), "said cassé": {Next: flows.HandOff},
		"hangup": {Next: flows.End, Outcome: "abandoned", Unclear: []flows.Unclear{{Text: "le dernier mot", Why: "no_match"}}},
	}
}

// worker takes so long; a negative one fails.
type worker time.Duration

func (w worker) Spec() flows.Spec { return flows.Spec{Name: "http"} }
func (w worker) Run(ctx context.Context, args map[string]any) (flows.Done, error) {
	if w < 0 {
		return flows.Done{}, errors.New("broken")
	}
	if args["idempotency_key"] != "k1" || args["name"] != "suivi" {
		return flows.Done{}, fmt.Errorf("arguments %v", args)
	}
	select {
	case <-time.After(time.Duration(w)):
		return flows.Done{Outcome: "ok"}, nil
	case <-ctx.Done():
		return flows.Done{}, context.Cause(ctx)
	}
}

// house is a host on a store of its own.
type house struct {
	*Host
	st *sqlite.Store
}

func newHouse(t *testing.T, w worker, change ...func(*Deps, *Config)) *house {
	t.Helper()
	return newHouseAt(t, ":memory:", w, change...)
}

func newHouseAt(t *testing.T, path string, w worker, change ...func(*Deps, *Config)) *house {
	t.Helper()
	st, err := sqlite.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	d := Deps{Memory: st, Actions: map[string]flows.Action{"http": w}, Metrics: NewMetrics(nil),
		Bots: func(name string) (Bot, bool) { return Bot{Name: "test", Mind: mind()}, name == "" || name == "test" }}
	cfg := DefaultConfig()
	for _, f := range change {
		f(&d, &cfg)
	}
	h := &house{New(d, cfg), st}
	t.Cleanup(func() { h.shut(); _ = st.Close() })
	return h
}

// shut cuts what runs, as a process that is killed.
func (h *house) shut() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	h.Close(ctx)
}

func (h *house) begin(t *testing.T, o Opening) Opened {
	t.Helper()
	c, err := h.Create(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// write sends lines and waits until the bot is no longer busy after each.
func (h *house) write(t *testing.T, conv string, lines ...string) {
	t.Helper()
	for _, l := range lines {
		p, err := h.Send(t.Context(), conv, Incoming{Text: l})
		if err != nil {
			t.Fatalf("%q: %v", l, err)
		}
		h.settleDown(t, conv, p)
	}
}

func (h *house) settleDown(t *testing.T, conv string, p Page) {
	t.Helper()
	for p.Working {
		var err error
		if p, err = h.Messages(t.Context(), conv, p.Next, time.Minute, &p); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *house) events(t *testing.T, conv string) (all []event.Event) {
	t.Helper()
	for e, err := range h.st.Events(context.Background(), conv, 0) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func types(evs []event.Event) string {
	var s []string
	for _, e := range evs {
		s = append(s, e.Body.Type())
	}
	return strings.Join(s, " ")
}

func read(evs []event.Event) (s []string) {
	for _, e := range evs {
		if p, ok := e.Body.(event.Prompted); ok {
			s = append(s, p.Text)
		}
	}
	return s
}

func TestConversations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines  []string
		takes  time.Duration
		phone  string
		read   []string
		ended  event.Ended // zero: it goes on, and is left
		booked int
	}{
		"leaves":        {[]string{"salut"}, 0, "", []string{"bonjour", "écho salut"}, event.Ended{Outcome: "abandoned", By: "caller", Cause: "left"}, 0},
		"bye":           {[]string{"au revoir"}, 0, "", []string{"bonjour", "au revoir"}, event.Ended{Outcome: "resolved", By: "bot"}, 0},
		"action":        {[]string{"colis"}, 0, "", []string{"bonjour", "je regarde", "il arrive demain"}, event.Ended{Outcome: "abandoned", By: "caller", Cause: "left"}, 0},
		"slow action":   {[]string{"colis"}, 2 * time.Second, "", []string{"bonjour", "je regarde", "un instant", "il arrive demain"}, event.Ended{Outcome: "abandoned", By: "caller", Cause: "left"}, 0},
		"late action":   {[]string{"colis"}, time.Minute, "", []string{"bonjour", "je regarde", "un instant", "trop lent"}, event.Ended{Outcome: "abandoned", By: "caller", Cause: "left"}, 0},
		"broken action": {[]string{"colis"}, -1, "", []string{"bonjour", "je regarde", "en panne"}, event.Ended{Outcome: "abandoned", By: "caller", Cause: "left"}, 0},
		"nothing shown": {[]string{"muet", "au revoir"}, 0, "", []string{"bonjour", "au revoir"}, event.Ended{Outcome: "resolved", By: "bot"}, 0},
		"human, number": {[]string{"humain"}, 0, "+33600000002", []string{"bonjour", "je demande", "Un collègue vous rappelle au +33600000002."}, event.Ended{Outcome: "callback", By: "bot"}, 1},
		"human, none":   {[]string{"humain", "au revoir"}, 0, "", []string{"bonjour", "je demande", "personne", "au revoir"}, event.Ended{Outcome: "resolved", By: "bot"}, 0},
		"callback":      {[]string{"rappel"}, 0, "", []string{"bonjour", "au revoir"}, event.Ended{Outcome: "callback", By: "bot"}, 1},
		"broken flow":   {[]string{"cassé"}, 0, "", []string{"bonjour", "Excusez-moi, j’ai un problème technique. Merci de réessayer un peu plus tard."}, event.Ended{Outcome: "failed", By: "gateway", Cause: "internal error"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t, worker(c.takes))
				o := h.begin(t, Opening{Phone: c.phone})
				h.write(t, o.ID, c.lines...)
				if err := h.End(t.Context(), o.ID); err != nil {
					t.Fatal(err)
				}
				evs := h.events(t, o.ID)
				if got := read(evs); !slices.Equal(got, c.read) {
					t.Errorf("read %q", got)
				}
				if got := evs[len(evs)-1].Body; got != event.Body(c.ended) {
					t.Errorf("ended %+v", got)
				}
				if u, ok := evs[len(evs)-2].Body.(event.Unclear); c.ended.Cause == "left" && (!ok || u.Text != "le dernier mot") {
					t.Errorf("before the end %+v; what the last message was about is lost", evs[len(evs)-2].Body)
				}
				n := 0
				for cb, err := range h.st.Callbacks(t.Context(), store.CallbackQuery{}) {
					if n++; err != nil || cb.Conv != o.ID {
						t.Errorf("callback %+v, %v", cb, err)
					}
				}
				if n != c.booked {
					t.Errorf("%d callbacks", n)
				}
				if _, err := h.Send(t.Context(), o.ID, Incoming{Text: "encore"}); !errors.Is(err, ErrEnded) {
					t.Errorf("after the end: %v", err)
				}
			})
		})
	}
}

func TestTheRecordIsTheSameAsOnThePhone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 0)
		o := h.begin(t, Opening{})
		h.write(t, o.ID, "colis", "humain", "note", "ailleurs")
		want := "started stepped prompted said stepped prompted acted stepped prompted said stepped prompted transfer_started transfer_ended stepped prompted " +
			"said stepped rated unclear prompted said stepped moved prompted"
		if got := types(h.events(t, o.ID)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		for i, e := range h.events(t, o.ID) {
			if e.Seq != uint64(i+1) {
				t.Fatalf("event %d has number %d", i+1, e.Seq)
			}
		}
	})
}

// A message is taken once, however often it is sent; each time its answer comes back.
func TestARepeatedMessageIsTakenOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 0)
	o := h.begin(t, Opening{})
	for range 3 {
		p, err := h.Send(t.Context(), o.ID, Incoming{ID: "m1", Text: "salut"})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Messages[len(p.Messages)-1].Text; got != "écho salut" || p.Working {
			t.Fatalf("answered %+v", p)
		}
	}
	if got := types(h.events(t, o.ID)); got != "started stepped prompted said stepped prompted" {
		t.Errorf("record %s", got)
	}
}

// Many senders at once in one conversation: each message once, none lost, events in line.
func TestManySendersInOneConversation(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 0, func(_ *Deps, c *Config) { c.MaxQueue = 1000 })
	o := h.begin(t, Opening{})
	var wg sync.WaitGroup
	for i := range 50 {
		for range 2 { // and each twice
			wg.Go(func() {
				if _, err := h.Send(t.Context(), o.ID, Incoming{ID: fmt.Sprint(i), Text: fmt.Sprint("n", i)}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	seen := map[string]int{}
	evs := h.events(t, o.ID)
	for i, e := range evs {
		if e.Seq != uint64(i+1) {
			t.Fatalf("event %d has number %d", i+1, e.Seq)
		}
		if s, ok := e.Body.(event.Said); ok {
			seen[s.ID]++
			if p := evs[i+2].Body.(event.Prompted); p.Text != "écho "+s.Text {
				t.Fatalf("%q was answered by %q", s.Text, p.Text)
			}
		}
	}
	if len(seen) != 50 {
		t.Errorf("%d messages of 50", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s taken %d times", id, n)
		}
	}
}

// What is written while an action runs waits for it, in order, up to max_queue.
func TestMessagesDuringAnActionWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, worker(time.Second), func(_ *Deps, c *Config) { c.MaxQueue = 3 })
		o := h.begin(t, Opening{})
		last, err := h.Send(t.Context(), o.ID, Incoming{Text: "colis"})
		if err != nil || !last.Working || last.Messages[len(last.Messages)-1].Text != "je regarde" {
			t.Fatalf("%+v, %v", last, err)
		}
		for i, want := range []error{nil, nil, nil, ErrBusy} {
			p, err := h.Send(t.Context(), o.ID, Incoming{ID: fmt.Sprint(i), Text: fmt.Sprint("m", i)})
			if !errors.Is(err, want) || err == nil && (!p.Working || len(p.Messages) > 0) {
				t.Fatalf("message %d: %+v, %v", i, p, err)
			}
		}
		if _, err := h.Send(t.Context(), o.ID, Incoming{ID: "1", Text: "m1"}); err != nil {
			t.Fatalf("a repetition of one that waits: %v", err)
		}
		h.settleDown(t, o.ID, last)
		want := []string{"bonjour", "je regarde", "il arrive demain", "écho m0", "écho m1", "écho m2"}
		synctest.Wait()
		if got := read(h.events(t, o.ID)); !slices.Equal(got, want) {
			t.Errorf("read %q", got)
		}
	})
}

// A message that waits gets an ID of ours when its sender gave none; nobody is shown it.
func TestAnIDOfOursIsNotShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, worker(time.Second))
		o := h.begin(t, Opening{})
		var last Page
		for _, m := range []Incoming{{Text: "colis"}, {Text: "sans"}, {ID: "own-1", Text: "avec"}} {
			var err error
			if last, err = h.Send(t.Context(), o.ID, m); err != nil {
				t.Fatal(err)
			}
		}
		h.settleDown(t, o.ID, last)
		synctest.Wait()
		p, err := h.Messages(t.Context(), o.ID, 0, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, m := range p.Messages {
			if m.From == FromUser {
				got[m.Text] = m.ID
			}
		}
		if len(got) != 3 || got["sans"] != "" || got["avec"] != "own-1" {
			t.Errorf("%q", got)
		}
	})
}

// The process dies with an action out and a message waiting; the next one asks again, under the
// same key, and answers both.
func TestAnotherProcessGoesOn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record.db")
	first := newHouseAt(t, path, worker(time.Hour))
	o := first.begin(t, Opening{From: "api"})
	idle := first.begin(t, Opening{From: "api"})
	for _, m := range []string{"colis", "et après"} {
		if p, err := first.Send(t.Context(), o.ID, Incoming{ID: m, Text: m}); err != nil || !p.Working {
			t.Fatalf("%+v, %v", p, err)
		}
	}
	first.shut()
	if _, err := first.Send(t.Context(), o.ID, Incoming{Text: "trop tard"}); !errors.Is(err, ErrClosed) {
		t.Fatalf("after Close: %v", err)
	}
	if err := first.st.Close(); err != nil {
		t.Fatal(err)
	}

	second := newHouseAt(t, path, worker(0))
	if n, err := second.st.Recover(t.Context(), time.Now()); n != 0 || err != nil {
		t.Fatalf("recover closed %d paused conversations, %v", n, err)
	}
	if n, err := second.Resume(t.Context()); n != 1 || err != nil {
		t.Fatalf("resumed %d, %v", n, err)
	}
	p, err := second.Messages(t.Context(), o.ID, 0, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	second.settleDown(t, o.ID, p)
	if got := read(second.events(t, o.ID)); !slices.Equal(got, []string{"bonjour", "je regarde", "il arrive demain", "écho et après"}) {
		t.Errorf("read %q", got)
	}
	if got := types(second.events(t, o.ID)); !strings.Contains(got, "moved acted") {
		t.Errorf("the record does not say that another process went on: %s", got)
	}
	if err := second.Open(t.Context(), o.ID, o.Token); err != nil {
		t.Errorf("the token of before: %v", err)
	}
	second.write(t, idle.ID, "salut")
	if got := types(second.events(t, idle.ID)); got != "started stepped prompted moved said stepped prompted" {
		t.Errorf("idle one: %s", got)
	}
}

func TestButtonsAndKeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 0)
	o := h.begin(t, Opening{})
	p, err := h.Send(t.Context(), o.ID, Incoming{Text: "question"})
	if err != nil || !slices.Equal(p.Messages[len(p.Messages)-1].Quick, []Quick{{"Oui", "Oui"}, {"Non", "Non"}}) {
		t.Fatalf("%+v, %v", p, err)
	}
	var bad *InputError
	if _, err := h.Send(t.Context(), o.ID, Incoming{Quick: "3"}); !errors.As(err, &bad) || bad.Status != 422 {
		t.Fatalf("button 3 of 2: %v", err)
	}
	for _, in := range []Incoming{{Quick: "1"}, {Text: "question"}, {Quick: "oui"}, {Digits: "123#"}, {Quick: "ancien bouton"}} {
		if _, err := h.Send(t.Context(), o.ID, in); err != nil {
			t.Fatalf("%+v: %v", in, err)
		}
	}
	want := []string{"bonjour", "oui ou non ?", "d’accord", "oui ou non ?", "d’accord", "chiffres", "écho ancien bouton"}
	if got := read(h.events(t, o.ID)); !slices.Equal(got, want) {
		t.Errorf("read %q", got)
	}
}

// A hotline that got another name leaves its conversations without a bot: they wait for it, and
// can be ended.
func TestABotThatIsGone(t *testing.T) {
	t.Parallel()
	var gone atomic.Bool
	h := newHouse(t, 0, func(d *Deps, _ *Config) {
		bots := d.Bots
		d.Bots = func(name string) (Bot, bool) {
			if gone.Load() {
				return Bot{}, false
			}
			return bots(name)
		}
	})
	kept, left := h.begin(t, Opening{}), h.begin(t, Opening{})
	gone.Store(true)
	if _, err := h.Send(t.Context(), kept.ID, Incoming{Text: "question"}); !errors.Is(err, ErrNoBot) {
		t.Errorf("without a bot: %v", err)
	}
	if err := h.End(t.Context(), left.ID); err != nil {
		t.Errorf("the person left: %v", err)
	}
	if p, err := h.Messages(t.Context(), left.ID, 0, 0, nil); err != nil || !p.Ended || p.Outcome != "abandoned" {
		t.Errorf("%+v, %v", p, err)
	}
	gone.Store(false)
	h.write(t, kept.ID, "question")
}

func TestLimits(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 0, func(_ *Deps, c *Config) { c.MaxOpen = 1 })
	if _, err := h.Create(t.Context(), Opening{Bot: "autre"}); !errors.Is(err, ErrNoBot) {
		t.Errorf("unknown bot: %v", err)
	}
	o := h.begin(t, Opening{})
	if _, err := h.Create(t.Context(), Opening{}); !errors.Is(err, ErrFull) {
		t.Errorf("second of one: %v", err)
	}
	if err := h.Open(t.Context(), o.ID, "faux"); !errors.Is(err, ErrNotFound) {
		t.Errorf("wrong token: %v", err)
	}
	for _, err := range []error{h.Open(t.Context(), "nulle", o.Token), h.End(t.Context(), "nulle")} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("unknown conversation: %v", err)
		}
	}
	if err := h.End(t.Context(), o.ID); err != nil {
		t.Error(err)
	}
	h.begin(t, Opening{})
}

// A conversation nobody writes in is ended and forgotten; its record stays.
func TestSweep(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	h := newHouse(t, 0, func(d *Deps, _ *Config) { d.Now = func() time.Time { return now } })
	o := h.begin(t, Opening{})
	now = now.Add(6 * 24 * time.Hour)
	if n, err := h.Sweep(t.Context()); n != 0 || err != nil {
		t.Fatalf("swept %d, %v", n, err)
	}
	h.write(t, o.ID, "salut")
	now = now.Add(8 * 24 * time.Hour)
	if n, err := h.Sweep(t.Context()); n != 1 || err != nil {
		t.Fatalf("swept %d, %v", n, err)
	}
	evs := h.events(t, o.ID)
	if got := evs[len(evs)-1].Body; got != event.Body(event.Ended{Outcome: "abandoned", By: "gateway", Cause: "nothing was written for 168h0m0s"}) {
		t.Errorf("ended %+v", got)
	}
	if _, err := h.Send(t.Context(), o.ID, Incoming{Text: "salut"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("afterwards: %v", err)
	}
}

// A watcher sees a message as soon as it is durable, and waits no longer than asked.
func TestWatching(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 0)
		o := h.begin(t, Opening{})
		began := time.Now()
		p, err := h.Messages(t.Context(), o.ID, o.Next, 20*time.Second, nil)
		if err != nil || len(p.Messages) != 0 || time.Since(began) != 20*time.Second {
			t.Fatalf("%+v, %v after %v", p, err, time.Since(began))
		}
		go func() {
			time.Sleep(time.Second)
			_, _ = h.Send(t.Context(), o.ID, Incoming{Text: "salut"})
		}()
		p, err = h.Messages(t.Context(), o.ID, o.Next, 20*time.Second, nil)
		if err != nil || len(p.Messages) != 2 || time.Since(began) != 21*time.Second {
			t.Fatalf("%+v, %v after %v", p, err, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := h.Messages(ctx, o.ID, p.Next, 20*time.Second, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled: %v", err)
		}
		if n := len(h.rooms.by); n != 0 {
			t.Errorf("%d rooms stay", n)
		}
	})
}

type fixed struct{ err error }

func (f fixed) Understand(context.Context, string, flows.Expect) (flows.Meaning, error) {
	return flows.Meaning{Intent: "suivi"}, f.err
}

type spy struct {
	table
	meanings *[]*flows.Meaning
}

func (s spy) Turn(ctx context.Context, st flows.State, in flows.Input) (flows.Output, error) {
	*s.meanings = append(*s.meanings, in.Meaning)
	return s.table.Turn(ctx, st, in)
}

func TestTheUnderstanderIsAskedFirst(t *testing.T) {
	t.Parallel()
	for _, broken := range []error{nil, errors.New("broken")} {
		var meanings []*flows.Meaning
		h := newHouse(t, 0, func(d *Deps, _ *Config) {
			d.Bots = func(string) (Bot, bool) {
				return Bot{Name: "test", Mind: spy{mind(), &meanings}, Understander: fixed{broken}}, true
			}
		})
		h.write(t, h.begin(t, Opening{}).ID, "salut")
		if (meanings[1] == nil) != (broken != nil) {
			t.Errorf("with error %v the mind was told %+v", broken, meanings[1])
		}
	}
}
