package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
)

// table is a mind that answers by what it is told.
type table map[string]flows.Output

func (m table) Turn(_ context.Context, _ flows.State, in flows.Input) (flows.Output, error) {
	key := strings.TrimSpace(string(in.Kind) + " " + in.Text + in.Outcome)
	out, ok := m[key]
	if !ok {
		return out, fmt.Errorf("test: no answer for %q", key)
	}
	out.State = flows.State{Raw: json.RawMessage(`{}`)}
	return out, nil
}

// person types lines, one after the other, and then leaves; each is typed after a second.
type person struct {
	lines []string
	read  []string
	err   error // instead of io.EOF
	gone  error // of Send
}

func (p *person) Send(_ context.Context, m Message) error {
	if p.gone != nil {
		return p.gone
	}
	p.read = append(p.read, m.Text)
	return nil
}

func (p *person) Receive(ctx context.Context) (string, error) {
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	if len(p.lines) == 0 {
		if p.err != nil {
			return "", p.err
		}
		return "", io.EOF
	}
	l := p.lines[0]
	p.lines = p.lines[1:]
	return l, nil
}

type notes struct{ all []event.Body }

func (n *notes) Write(b event.Body) { n.all = append(n.all, b) }

func (n *notes) types() string {
	var s []string
	for _, b := range n.all {
		s = append(s, b.Type())
	}
	return strings.Join(s, " ")
}

type book struct {
	got []event.Callback
	err error
}

func (b *book) AddCallback(_ context.Context, c event.Callback) (int64, error) {
	b.got = append(b.got, c)
	return 1, b.err
}

type worker time.Duration

func (w worker) Spec() flows.Spec { return flows.Spec{Name: "http"} }
func (w worker) Run(ctx context.Context, args map[string]any) (flows.Done, error) {
	if w < 0 {
		panic("test")
	}
	select {
	case <-time.After(time.Duration(w)):
		key, _ := args["idempotency_key"].(string)
		return flows.Done{Outcome: "ok" + key}, nil
	case <-ctx.Done():
		return flows.Done{}, ctx.Err()
	}
}

func say(next flows.Next, text string) flows.Output {
	return flows.Output{Next: next, Say: []flows.Prompt{{Text: text, Voice: text}}}
}

func mind() table {
	act := say(flows.DoAct, "je regarde")
	act.Act = &flows.Act{Name: "http", Args: map[string]any{"name": "suivi"}, Deadline: 3 * time.Second, Filler: flows.Prompt{Text: "un instant"}}
	post := act
	post.Act = &flows.Act{Name: "http", IdempotencyKey: " k1", Deadline: 3 * time.Second}
	human := say(flows.HandOff, "je demande")
	human.Transfer = &flows.Transfer{Reason: "asked"}
	bye := say(flows.End, "au revoir")
	bye.Outcome = "resolved"
	cb := bye
	cb.Callback = &flows.Callback{Phone: "+33611111111", Window: "9h-18h"}
	voiceOnly := say(flows.Listen, "")
	return table{
		"start": say(flows.Listen, "bonjour"), "said bonjour": say(flows.Listen, "que puis-je faire"), "said colis": act, "said poster": post,
		"said humain": human, "said au revoir": bye, "said rappel": cb, "said muet": voiceOnly,
		"acted ok": say(flows.Listen, "il arrive demain"), "acted ok k1": say(flows.Listen, "posté"), "acted timeout": say(flows.Listen, "trop lent"),
		"acted error": say(flows.Listen, "en panne"), "returned nobody": say(flows.Listen, "personne"), "hangup": {Next: flows.End, Outcome: "abandoned"},
	}
}

func TestConversations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines  []string
		takes  time.Duration
		phone  string
		cbErr  error
		read   []string
		ended  event.Ended
		booked int
	}{
		"leaves":        {[]string{"bonjour"}, 0, "", nil, []string{"bonjour", "que puis-je faire"}, event.Ended{Outcome: "abandoned", By: "caller", Cause: "left"}, 0},
		"blank lines":   {[]string{"  ", "", " au revoir "}, 0, "", nil, []string{"bonjour", "au revoir"}, event.Ended{Outcome: "resolved", By: "bot"}, 0},
		"action":        {[]string{"colis", "au revoir"}, 0, "", nil, []string{"bonjour", "je regarde", "il arrive demain", "au revoir"}, event.Ended{Outcome: "resolved", By: "bot"}, 0},
		"slow action":   {[]string{"colis"}, 2 * time.Second, "", nil, []string{"bonjour", "je regarde", "un instant", "il arrive demain"}, event.Ended{Outcome: "abandoned", By: "caller", Cause: "left"}, 0},
		"late action":   {[]string{"colis"}, time.Minute, "", nil, []string{"bonjour", "je regarde", "un instant", "trop lent"}, event.Ended{Outcome: "abandoned", By: "caller", Cause: "left"}, 0},
		"broken action": {[]string{"colis"}, -1, "", nil, []string{"bonjour", "je regarde", "en panne"}, event.Ended{Outcome: "abandoned", By: "caller", Cause: "left"}, 0},
		"posts once":    {[]string{"poster"}, 0, "", nil, []string{"bonjour", "je regarde", "posté"}, event.Ended{Outcome: "abandoned", By: "caller", Cause: "left"}, 0},
		"nothing shown": {[]string{"muet", "au revoir"}, 0, "", nil, []string{"bonjour", "au revoir"}, event.Ended{Outcome: "resolved", By: "bot"}, 0},
		"human, number": {[]string{"humain"}, 0, "+33600000002", nil, []string{"bonjour", "je demande", "Un collègue vous rappelle au +33600000002."}, event.Ended{Outcome: "callback", By: "bot"}, 1},
		"human, none":   {[]string{"humain", "au revoir"}, 0, "", nil, []string{"bonjour", "je demande", "personne", "au revoir"}, event.Ended{Outcome: "resolved", By: "bot"}, 0},
		"human, broken": {[]string{"humain", "au revoir"}, 0, "+33600000002", errors.New("disk"), []string{"bonjour", "je demande", "personne", "au revoir"}, event.Ended{Outcome: "callback", By: "bot"}, 1},
		"callback":      {[]string{"rappel"}, 0, "", nil, []string{"bonjour", "au revoir"}, event.Ended{Outcome: "callback", By: "bot"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, n, b := &person{lines: c.lines}, &notes{}, &book{err: c.cbErr}
				s := &Session{Conv: "c1", Bot: "test", Lang: "fr", Phone: c.phone, Peer: p, Mind: mind(), Record: n, Callbacks: b,
					Actions: map[string]flows.Action{"http": worker(c.takes)}}
				if err := s.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(p.read, c.read) {
					t.Errorf("read %q", p.read)
				}
				if got := n.all[len(n.all)-1]; got != event.Body(c.ended) {
					t.Errorf("ended %+v", got)
				}
				if len(b.got) != c.booked {
					t.Errorf("callbacks %+v", b.got)
				}
			})
		})
	}
}

func TestTheRecordIsTheSameAsOnThePhone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &notes{}
		s := &Session{Conv: "c1", Lang: "fr", Peer: &person{lines: []string{"colis", "humain"}}, Mind: mind(), Record: n,
			Actions: map[string]flows.Action{"http": worker(0)}}
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := "started stepped prompted said stepped prompted acted stepped prompted said stepped prompted transfer_started transfer_ended stepped prompted ended"
		if got := n.types(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

func TestWhatGoesWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		p     *person
		mind  table
		want  event.Ended
		fails bool
	}{
		"mind":       {&person{lines: []string{"inconnu"}}, mind(), event.Ended{Outcome: "failed", By: "gateway", Cause: "internal error"}, true},
		"peer":       {&person{err: errors.New("network")}, mind(), event.Ended{Outcome: "failed", By: "gateway", Cause: "internal error"}, true},
		"send fails": {&person{gone: errors.New("network")}, mind(), event.Ended{Outcome: "failed", By: "gateway", Cause: "internal error"}, true},
		"send gone":  {&person{gone: io.ErrClosedPipe}, mind(), event.Ended{Outcome: "abandoned", By: "caller", Cause: "left"}, false},
		"panic":      {&person{lines: []string{"panique"}}, table{"start": say(flows.Listen, "bonjour"), "said panique": {Next: flows.HandOff}}, event.Ended{Outcome: "failed", By: "gateway", Cause: "internal error"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := &notes{}
				s := &Session{Conv: "c1", Lang: "en", Peer: c.p, Mind: c.mind, Record: n}
				if err := s.Run(t.Context()); (err != nil) != c.fails {
					t.Errorf("run: %v", err)
				}
				if got := n.all[len(n.all)-1]; got != event.Body(c.want) {
					t.Errorf("ended %+v", got)
				}
			})
		})
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		n := &notes{}
		s := &Session{Conv: "c1", Peer: &person{lines: []string{"colis"}}, Mind: mind(), Record: n, Actions: map[string]flows.Action{"http": worker(time.Minute)}}
		time.AfterFunc(2*time.Second, func() { cancel(errors.New("drained")) })
		if err := s.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if got := n.all[len(n.all)-1]; got != (event.Ended{Outcome: "failed", By: "gateway", Cause: "drained"}) {
			t.Errorf("ended %+v", got)
		}
	})
}

type fixed struct{ err error }

func (f fixed) Understand(context.Context, string, flows.Expect) (flows.Meaning, error) {
	return flows.Meaning{Intent: "suivi"}, f.err
}

type spy struct {
	table
	meanings []*flows.Meaning
}

func (s *spy) Turn(ctx context.Context, st flows.State, in flows.Input) (flows.Output, error) {
	s.meanings = append(s.meanings, in.Meaning)
	return s.table.Turn(ctx, st, in)
}

func TestTheUnderstanderIsAskedFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, broken := range []error{nil, errors.New("broken")} {
			m := &spy{table: mind()}
			s := &Session{Conv: "c1", Peer: &person{lines: []string{"bonjour"}}, Mind: m, Record: &notes{}, Understander: fixed{broken}}
			if err := s.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if (m.meanings[1] == nil) != (broken != nil) {
				t.Errorf("with error %v the mind was told %+v", broken, m.meanings[1])
			}
		}
	})
}
