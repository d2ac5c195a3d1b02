package call

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
	"decroche/media"
	"decroche/media/mix"
	"decroche/media/tone"
	"decroche/tts"
)

// Everybody in these tests hums their own tone, so that who hears whom is a matter of measuring.
const (
	callerHz = 500.0
	botHz    = 800.0
	agentHz  = 1100.0
	bossHz   = 1400.0
	otherHz  = 1700.0
)

// hummer is a voice that hums, 300 ms a word.
type hummer struct{}

func (hummer) Speak(_ context.Context, u tts.Utterance) (media.Source, error) {
	return &humming{pcm: sing(botHz, time.Duration(len(strings.Fields(u.Text)))*300*time.Millisecond)}, nil
}

type humming struct{ pcm []int16 }

func (h *humming) ReadFrame() (media.Frame, error) {
	if len(h.pcm) < 160 {
		return media.Frame{}, io.EOF
	}
	f := media.Frame{PCM: h.pcm[:160], Rate: media.PhoneRate}
	h.pcm = h.pcm[160:]
	return f, nil
}

func (h *humming) Close() error { return nil }

func sing(hz float64, d time.Duration) []int16 { return tone.Sine(hz, media.PhoneRate, d, 0.2) }

// board is a call in which everybody hums, with people who supervise it.
type board struct {
	*handOffRig
	k Control
}

// supervised runs f with a call whose mind answers by answers; the agent is sip:karim.
func supervised(t *testing.T, answers map[string]flows.Output, f func(t *testing.T, b *board)) {
	t.Helper()
	test(t, func(t *testing.T) {
		b := &board{handOffRig: newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Rings: 0, Answers: time.Second}}, "karim")}
		for k, v := range answers {
			b.mind.answers[k] = v
		}
		b.s.Mouth, b.s.Control = hummer{}, &b.k
		b.start()
		f(t, b)
	})
}

// person is a supervisor's telephone that hums hz for a minute.
func person(hz float64) *legtest.Line {
	l := legtest.New(leg.Info{ID: fmt.Sprint(hz)})
	_ = l.Answer(context.Background())
	if hz > 0 {
		l.Speak(sing(hz, time.Minute))
	}
	return l
}

func (b *board) listen(who string, l leg.Leg) *Supervision {
	b.t.Helper()
	v, err := b.k.Listen(b.t.Context(), l, who)
	if err != nil {
		b.t.Fatalf("%s: %v", who, err)
	}
	return v
}

// heard says which of everybody's tones l is played over the next half second: "caller bot".
func heard(l *legtest.Line) string {
	time.Sleep(100 * time.Millisecond)
	from := l.Since()
	time.Sleep(500 * time.Millisecond)
	return tones(l.PCM(from))
}

func tones(pcm []int16) string {
	var out []string
	for _, w := range []struct {
		name string
		hz   float64
	}{{"caller", callerHz}, {"bot", botHz}, {"agent", agentHz}, {"boss", bossHz}, {"other", otherHz}} {
		if tone.Goertzel(pcm, media.PhoneRate, w.hz) > 0.02 {
			out = append(out, w.name)
		}
	}
	return strings.Join(out, " ")
}

// wants fails unless each of lines hears exactly what the test says.
func (b *board) wants(when string, want map[*legtest.Line]string) {
	b.t.Helper()
	got := map[*legtest.Line]chan string{}
	for l := range want {
		ch := make(chan string, 1)
		got[l] = ch
		go func() { ch <- heard(l) }()
	}
	for l, w := range want {
		if g := <-got[l]; g != w {
			b.t.Errorf("%s: %s hears %q, want %q", when, l.Info().ID, g, w)
		}
	}
}

func (b *board) acts() (out []string) {
	for _, e := range all[event.Supervised](b.notes) {
		out = append(out, strings.TrimSpace(e.Who+" "+e.Act+" "+e.Why))
	}
	return out
}

// A supervisor hears caller and bot, in the middle of a prompt, and nobody hears the supervisor; the
// first sound is there within a tenth of a second. A second one may listen too. Their hanging up ends
// their listening and nothing else.
func TestListen(t *testing.T) {
	long := listen(strings.Repeat("mot ", 40))
	supervised(t, map[string]flows.Output{"start": long}, func(t *testing.T, b *board) {
		b.line.Speak(sing(callerHz, 30*time.Second))
		time.Sleep(2 * time.Second)
		boss, other := person(bossHz), person(otherHz)
		from := boss.Since()
		v := b.listen("paule", boss)
		first, ok := boss.FirstSound(from)
		for !ok {
			time.Sleep(media.FrameTime)
			first, ok = boss.FirstSound(from)
		}
		if d := first - from; d > 100*time.Millisecond {
			t.Errorf("the first sound came after %v", d)
		}
		b.listen("sami", other)
		b.wants("two listen", map[*legtest.Line]string{boss: "caller bot", other: "caller bot", b.line: "bot"})
		if st, err := b.k.State(t.Context()); err != nil || len(st.Supervisors) != 2 || st.Impossible["whisper"] != WhyNoAgent || st.With != "bot" {
			t.Errorf("%+v, %v", st, err)
		}
		if err := v.SetRole(t.Context(), Whisperer); !isNotNow(err, WhyNoAgent) {
			t.Errorf("whisper to the bot: %v", err)
		}
		if err := v.SetRole(t.Context(), "shout"); err == nil {
			t.Error("a role that is none")
		}
		boss.HangUp()
		<-v.Ended()
		b.wants("one has left", map[*legtest.Line]string{other: "caller bot", b.line: "bot"})
		b.line.HangUp()
		b.over()
		if _, _, ok := other.HungUp(); !ok {
			t.Error("the listener's line was left open")
		}
		if err := v.Leave(t.Context()); !errors.Is(err, ErrOver) {
			t.Errorf("after the call: %v", err)
		}
		if got := fmt.Sprint(b.acts()); got != "[paule listen sami listen paule leave hung up sami leave the call is over]" {
			t.Error(got)
		}
	})
}

func isNotNow(err error, code string) bool {
	no, ok := errors.AsType[*NotNow](err)
	return ok && no.Code == code
}

// Every role with an agent on the line: exactly those hear whom the table of package mix lets them.
func TestWhoHearsWhomWithAnAgent(t *testing.T) {
	supervised(t, nil, func(t *testing.T, b *board) {
		b.await("a bridge", b.bridged)
		b.line.Speak(sing(callerHz, 30*time.Second))
		b.agent.Speak(sing(agentHz, 30*time.Second))
		boss, other := person(bossHz), person(otherHz)
		v := b.listen("paule", boss)
		b.listen("sami", other)
		who := map[string]mix.Role{"caller": mix.Caller, "agent": mix.Agent, "other": mix.Listener}
		for _, r := range []Role{Listener, Whisperer, Joiner, Listener} {
			if err := v.SetRole(t.Context(), r); err != nil {
				t.Fatalf("%s: %v", r, err)
			}
			who["boss"] = mixed[r]
			want := map[*legtest.Line]string{}
			for l, me := range map[*legtest.Line]string{b.line: "caller", b.agent: "agent", boss: "boss", other: "other"} {
				var hears []string
				for _, speaker := range []string{"caller", "agent", "boss", "other"} {
					if speaker != me && mix.Hears(who[me], who[speaker]) {
						hears = append(hears, speaker)
					}
				}
				want[l] = strings.Join(hears, " ")
			}
			b.wants(string(r), want)
		}
		_ = v.SetRole(t.Context(), Joiner)
		b.agent.HangUp() // who spoke in between only listens now
		time.Sleep(100 * time.Millisecond)
		if st, err := b.k.State(t.Context()); err == nil && st.Supervisors[0].Role != Listener {
			t.Errorf("%+v", st)
		}
		b.over()
	})
}

// While something sensitive is asked for, those who listen hear neither side, recording or not.
func TestListenersDoNotHearSecrets(t *testing.T) {
	secret := listen(strings.Repeat("mot ", 40))
	secret.Expect.Sensitive = true
	supervised(t, map[string]flows.Output{"start": secret}, func(t *testing.T, b *board) {
		b.line.Speak(sing(callerHz, 30*time.Second))
		time.Sleep(time.Second)
		boss := person(0)
		b.listen("paule", boss)
		b.wants("a secret", map[*legtest.Line]string{boss: "", b.line: "bot"})
		if st, _ := b.k.State(t.Context()); !st.Muted {
			t.Error("nobody is told why")
		}
		b.line.HangUp()
		b.over()
	})
}

// A listener whose line takes nothing costs the call nothing: not a frame of the caller's comes later.
func TestAStuckListenerDisturbsNobody(t *testing.T) {
	supervised(t, map[string]flows.Output{"start": listen(strings.Repeat("mot ", 40))}, func(t *testing.T, b *board) {
		time.Sleep(time.Second)
		boss := person(0)
		b.listen("paule", stuck{boss})
		time.Sleep(5 * time.Second)
		from := time.Duration(-1)
		for _, p := range b.line.Played() {
			if from >= 0 && p.At-from != media.FrameTime && p.At < 6*time.Second {
				t.Fatalf("a frame came %v after the one before", p.At-from)
			}
			from = p.At
		}
		b.line.HangUp()
		b.over()
	})
}

// stuck is a line that never takes a frame.
type stuck struct{ *legtest.Line }

func (stuck) Send(ctx context.Context, _ media.Frame) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// Taking over: within half a second caller and supervisor hear each other, while the bot says who
// comes; the record reads like a hand-off. The second who asks is told. Handing back: the bot goes on
// where the flow says, and the supervisor listens again.
func TestTakeOverAndHandBack(t *testing.T) {
	back := listen("où en étions nous")
	supervised(t, map[string]flows.Output{"start": listen(strings.Repeat("mot ", 40)),
		"taken":  {Next: flows.HandOff, Transfer: &flows.Transfer{Reason: "taken_over"}},
		"resume": back, "silence": end("au revoir", "resolved"),
	}, func(t *testing.T, b *board) {
		b.line.Speak(sing(callerHz, 30*time.Second))
		time.Sleep(time.Second)
		boss, other := person(bossHz), person(otherHz)
		v, w := b.listen("paule", boss), b.listen("sami", other)
		at := b.line.Since()
		if err := v.TakeOver(t.Context(), "Paule"); err != nil {
			t.Fatal(err)
		}
		if err := w.TakeOver(t.Context(), "Sami"); err == nil || !strings.Contains(err.Error(), "paule") {
			t.Errorf("the second was told %v", err)
		}
		time.Sleep(600 * time.Millisecond)
		if d := firstTone(b.line, at, bossHz) - at; d <= 0 || d > 500*time.Millisecond {
			t.Errorf("the caller hears the supervisor after %v", d)
		}
		b.wants("the bot says who comes", map[*legtest.Line]string{other: "caller bot boss"})
		b.wants("taken over", map[*legtest.Line]string{b.line: "boss", boss: "caller", other: "caller boss"})
		if st, _ := b.k.State(t.Context()); st.TakenBy != "paule" || st.With != "supervisor" {
			t.Errorf("%+v", st)
		}
		if _, err := b.k.Hint(t.Context(), "sami", "bonjour", false); !isNotNow(err, WhyWithAgent) {
			t.Errorf("a hint while nobody could use it: %v", err)
		}
		if err := b.k.HandBack(t.Context(), "paule", "suivi/numero", map[string]string{"numero": "45"}); err != nil {
			t.Fatal(err)
		}
		b.mind.mu.Lock()
		last := b.mind.told[len(b.mind.told)-1]
		b.mind.mu.Unlock()
		if last.Kind != flows.Resume || last.Step != "suivi/numero" || last.Slots["numero"] != "45" {
			t.Errorf("the flow was told %+v", last)
		}
		b.wants("handed back", map[*legtest.Line]string{b.line: "bot", boss: "caller bot", other: "caller bot"})
		b.over()
		if got := b.outcomes(); got != "paule completed = completed" {
			t.Errorf("outcomes: %s", got)
		}
		if br := all[event.Bridged](b.notes); len(br) != 1 || br[0].Agent != "paule" {
			t.Errorf("bridged %+v", br)
		}
		var said []string
		for _, p := range all[event.Prompted](b.notes) {
			said = append(said, p.Text)
		}
		if got := strings.Join(said, " | "); !strings.Contains(got, "Je vous passe Paule.") || !strings.Contains(got, "Je vous repasse l’assistant automatique.") {
			t.Errorf("said %s", got)
		}
	})
}

// firstTone is when the first frame with hz in it left at or after from.
func firstTone(l *legtest.Line, from time.Duration, hz float64) time.Duration {
	for _, p := range l.Played() {
		if p.At >= from && tone.Goertzel(p.PCM, media.PhoneRate, hz) > 0.05 {
			return p.At
		}
	}
	return -1
}

// Taking over from an agent frees the agent; a supervisor who then hangs up leaves the caller to the flow,
// which goes on as after any agent.
func TestTakeOverFromAnAgent(t *testing.T) {
	supervised(t, nil, func(t *testing.T, b *board) {
		b.await("a bridge", b.bridged)
		boss := person(bossHz)
		v := b.listen("paule", boss)
		if err := v.TakeOver(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1500 * time.Millisecond) // the bot says who comes
		b.wants("taken over", map[*legtest.Line]string{b.line: "boss"})
		if _, _, ok := b.agent.HungUp(); !ok || !b.desk.free() {
			t.Error("the agent was not let go")
		}
		boss.HangUp()
		if e := b.over(); e.Outcome != "transferred" {
			t.Errorf("ended %+v", e)
		}
		if got := b.outcomes(); got != "karim completed, paule completed = completed" {
			t.Errorf("outcomes: %s", got)
		}
	})
}

// A flow that cannot be told of a take-over ends with the supervisor; one that refuses a step leaves them
// where they are.
func TestHandBackThatTheFlowRefuses(t *testing.T) {
	supervised(t, map[string]flows.Output{"start": listen("bonjour")}, func(t *testing.T, b *board) {
		time.Sleep(time.Second)
		if err := b.k.HandBack(t.Context(), "paule", "", nil); !isNotNow(err, WhyNoAgent) {
			t.Errorf("nothing to hand back: %v", err)
		}
		boss := person(bossHz)
		v := b.listen("paule", boss)
		if err := v.TakeOver(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1500 * time.Millisecond)
		if err := b.k.HandBack(t.Context(), "paule", "", nil); err == nil {
			t.Error("the flow knows nothing of it and nobody was told")
		}
		b.wants("still with them", map[*legtest.Line]string{b.line: "boss"})
		if err := v.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		if e := b.over(); e.Outcome != "transferred" {
			t.Errorf("ended %+v", e)
		}
	})
}

// A hint goes with the caller's next turn, and both what was used and what could not be is told; words
// are said at the next pause, as the supervisor's.
func TestHints(t *testing.T) {
	used := listen("merci")
	used.Hint = flows.HintUsed
	supervised(t, map[string]flows.Output{"start": listen("bonjour"), "silence": used}, func(t *testing.T, b *board) {
		time.Sleep(200 * time.Millisecond)
		if _, err := b.k.Hint(t.Context(), "paule", " \n", false); err == nil {
			t.Error("an empty hint")
		}
		id, err := b.k.Hint(t.Context(), "paule", "commande 45", false)
		if err != nil {
			t.Fatal(err)
		}
		said, err := b.k.Hint(t.Context(), "paule", "un instant madame", true)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		ps := all[event.Prompted](b.notes)
		if len(ps) != 2 || ps[1].Text != "un instant madame" || ps[1].Author != "paule" || ps[0].Cut {
			t.Fatalf("said %+v", ps)
		}
		time.Sleep(6 * time.Second) // the caller is silent
		b.mind.mu.Lock()
		b.mind.answers["silence"] = end("au revoir", "resolved")
		b.mind.mu.Unlock()
		for range 5 {
			_, _ = b.k.Hint(t.Context(), "paule", "zut", false)
		}
		if _, err := b.k.Hint(t.Context(), "paule", "zut", false); !isNotNow(err, WhyTooMany) {
			t.Errorf("one too many: %v", err)
		}
		b.over()
		var got []string
		for _, e := range all[event.Supervised](b.notes) {
			got = append(got, fmt.Sprint(e.Act, " ", e.ID, " ", e.Turn, " ", e.Why))
		}
		text := strings.Join(got, "|")
		for _, want := range []string{"hint_used " + id + " 1 ", "said " + said + " 0 ", "hint_unused h3 2 not_understood", "hint_unused h7 2 the call is over"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in %s", want, text)
			}
		}
		if in := b.mind.told[1]; in.Hint != "commande 45" {
			t.Errorf("the flow was told %+v", in)
		}
	})
}

// Somebody ends the call: the caller is told, in the middle of a prompt and of a talk with an agent.
func TestEndACall(t *testing.T) {
	for name, agent := range map[string]bool{"bot": false, "agent": true} {
		t.Run(name, func(t *testing.T) {
			answers := map[string]flows.Output{"start": listen(strings.Repeat("mot ", 40))}
			if agent {
				answers = nil
			}
			supervised(t, answers, func(t *testing.T, b *board) {
				if agent {
					b.await("a bridge", b.bridged)
				} else {
					b.agent = nil
					time.Sleep(time.Second)
				}
				if err := b.k.End(t.Context(), "paule", "menaces"); err != nil {
					t.Fatal(err)
				}
				if err := b.k.End(t.Context(), "paule", "menaces"); !isNotNow(err, WhyEnding) {
					t.Errorf("twice: %v", err)
				}
				at := b.line.Since()
				if e := b.over(); e.By != "supervisor" || e.Cause != "menaces" {
					t.Errorf("ended %+v", e)
				}
				if !strings.Contains(tones(b.line.PCM(at)), "bot") {
					t.Error("the caller was told nothing")
				}
			})
		})
	}
}

// Nobody reaches a call before it has begun or after it has ended.
func TestControlOutsideTheCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var k Control
		if _, err := k.State(t.Context()); !isNotNow(err, WhyNotAnswered) {
			t.Errorf("before: %v", err)
		}
		l := person(0)
		if _, err := k.Listen(t.Context(), l, "paule"); err == nil {
			t.Error("listened to nothing")
		}
		if _, _, ok := l.HungUp(); !ok {
			t.Error("a line that nobody needs was left open")
		}
	})
}
