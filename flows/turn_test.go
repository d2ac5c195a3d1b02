package flows_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"decroche/flows"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// talk is a conversation at work.
type talk struct {
	testing.TB
	engine *flows.Engine
	out    flows.Output
}

func begin(t testing.TB, b *flows.Bot, in flows.Input) *talk {
	t.Helper()
	tk := &talk{TB: t, engine: b.Engine()}
	in.Kind = flows.Start
	return tk.turn(in)
}

func (tk *talk) turn(in flows.Input) *talk {
	tk.Helper()
	in.Now = noon
	out, err := tk.engine.Turn(context.Background(), tk.out.State, in)
	if err != nil {
		tk.Fatal(err)
	}
	if !json.Valid(out.State.Raw) {
		tk.Fatalf("the state is not JSON: %q", out.State.Raw)
	}
	tk.out = out
	return tk
}

func (tk *talk) says(text string) *talk {
	tk.Helper()
	return tk.turn(flows.Input{Kind: flows.Said, Text: text, Confidence: 1})
}

func (tk *talk) keys(d string) *talk {
	tk.Helper()
	return tk.turn(flows.Input{Kind: flows.Digits, Digits: d})
}

func (tk *talk) acted(outcome string, body any) *talk {
	tk.Helper()
	return tk.turn(flows.Input{Kind: flows.Acted, Outcome: outcome, Result: map[string]any{"status": 200, "body": body}})
}

// said is what the bot says, with the spaces and apostrophes of a keyboard.
func (tk *talk) said() string {
	var s []string
	for _, p := range tk.out.Say {
		s = append(s, p.Text)
	}
	return typed.Replace(strings.Join(s, " "))
}

var typed = strings.NewReplacer("\u202f", " ", "’", "'")

func load(t testing.TB, fs fstest.MapFS) *flows.Bot {
	t.Helper()
	b, err := flows.Load(fs, flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGreetingAndExpect(t *testing.T) {
	t.Parallel()
	tk := begin(t, colibri(t), flows.Input{Channel: flows.Voice, Lang: "fr", Caller: "+33612345678"})
	if p := tk.out.Say[0]; p.ID != "policy/greeting" || !strings.Contains(p.Voice, "assistant automatique") || !p.Barge {
		t.Errorf("greeting %+v", p)
	}
	if tk.out.Next != flows.Listen || tk.out.Expect.Silence != 5*time.Second || tk.out.Expect.Entity != "" {
		t.Errorf("next %q, expect %+v", tk.out.Next, tk.out.Expect)
	}
	tk.says("où est mon colis")
	if e := tk.out.Expect; e.Entity != "digits" || e.Digits != 8 || e.Slot != "numero_commande" || e.Silence != 8*time.Second || !e.DTMF {
		t.Errorf("expect %+v", e)
	}
	if tk.out.Intent != "suivi_colis" {
		t.Errorf("intent %q", tk.out.Intent)
	}
	tk.turn(flows.Input{Kind: flows.Said, Text: "quarante-cinq douze soixante-dix-huit zéro deux", Confidence: 0.5})
	if e := tk.out.Expect; e.Entity != "yes_no" || e.Slot != "numero_commande" || !slices.Contains(e.Hints, "oui") {
		t.Errorf("expect %+v", e)
	}
	if v := tk.out.Slots[0]; v.Value != "45127802" || v.Confirmed {
		t.Errorf("slot %+v", v)
	}
}

func TestActCarriesTheRequest(t *testing.T) {
	t.Parallel()
	tk := begin(t, colibri(t), flows.Input{}).says("où est mon colis").keys("45127802")
	a := tk.out.Act
	if tk.out.Next != flows.DoAct || a == nil {
		t.Fatalf("next %q", tk.out.Next)
	}
	h, _ := a.Args["headers"].(map[string]any)
	if a.Name != "http" || a.Args["url"] != "http://127.0.0.1:8093/colibri/orders/45127802" || h["Authorization"] != "secret:ORDERS_TOKEN" {
		t.Errorf("args %v", a.Args)
	}
	if a.Deadline < 6*time.Second || a.FillerAfter != 1200*time.Millisecond || a.Filler.Voice == "" || a.IdempotencyKey != "" {
		t.Errorf("act %+v", a)
	}
}

// A wrong kind of input at a wrong time is an error and leaves the conversation as it was.
func TestHostMistakes(t *testing.T) {
	t.Parallel()
	b := colibri(t)
	e := b.Engine()
	ctx := context.Background()
	if _, err := e.Turn(ctx, flows.State{}, flows.Input{Kind: flows.Said, Text: "x"}); err == nil {
		t.Error("said before start")
	}
	if _, err := e.Turn(ctx, flows.State{Raw: []byte("{")}, flows.Input{Kind: flows.Start}); err == nil {
		t.Error("a state that is not JSON")
	}
	if _, err := e.Turn(ctx, flows.State{Raw: []byte(`{"v":99}`)}, flows.Input{Kind: flows.Start}); err == nil {
		t.Error("a state of another version")
	}
	tk := begin(t, b, flows.Input{})
	for _, in := range []flows.Input{{Kind: flows.Start}, {Kind: flows.Acted}, {Kind: flows.Returned}, {Kind: "other"}} {
		if _, err := e.Turn(ctx, tk.out.State, in); err == nil {
			t.Errorf("%q at a question", in.Kind)
		}
	}
	tk.says("où est mon colis").keys("45127802")
	if _, err := e.Turn(ctx, tk.out.State, flows.Input{Kind: flows.Said, Text: "allô"}); err == nil {
		t.Error("said while a request is out")
	}
	tk.turn(flows.Input{Kind: flows.Hangup})
	if tk.out.Next != flows.End || tk.out.Outcome != "abandoned" {
		t.Errorf("%q %q", tk.out.Next, tk.out.Outcome)
	}
	if _, err := e.Turn(ctx, tk.out.State, flows.Input{Kind: flows.Said, Text: "x"}); err == nil {
		t.Error("said after the end")
	}
}

// Three failed steps in one call, each at its first failure, are enough.
func TestThreeFailedStepsFetchAPerson(t *testing.T) {
	t.Parallel()
	tk := begin(t, colibri(t), flows.Input{Channel: flows.Voice}).says("tralala pouet")
	tk.says("où est mon colis").says("tralala pouet").keys("45127802").acted("ok", map[string]any{"status": "delivered"})
	if !strings.Contains(tk.said(), "reçu") {
		t.Fatal(tk.said())
	}
	tk.says("tralala pouet")
	if tk.out.Next != flows.HandOff || tk.out.Transfer.Reason != "not_understood" {
		t.Errorf("next %q, said %q", tk.out.Next, tk.said())
	}
}

// A bot nobody can reach a person with lets go at last, and says so.
func TestHandoffsEnd(t *testing.T) {
	t.Parallel()
	tk := begin(t, colibri(t), flows.Input{Channel: flows.Voice})
	for range 20 {
		switch tk.out.Next {
		case flows.Listen:
			tk.says("tralala pouet")
		case flows.HandOff:
			tk.turn(flows.Input{Kind: flows.Returned, Outcome: "unreachable"})
		case flows.End:
			if tk.out.Outcome != "failed" {
				t.Errorf("outcome %q", tk.out.Outcome)
			}
			return
		}
	}
	t.Error("the conversation never ends")
}

// "Confirmed" is what the caller said yes to, not what was merely heard well.
func TestBriefingSaysConfirmedOfWhatWas(t *testing.T) {
	t.Parallel()
	ok := map[string]any{"status": "delivered", "date": "2026-11-20"}
	for _, c := range []struct {
		name, want, not string
		say             func(tk *talk) *talk
	}{
		{"keyed", "Numéro de commande : donné.", "confirmé", func(tk *talk) *talk { return tk.keys("45127802") }},
		{"said yes to", "Numéro de commande : confirmé.", "donné", func(tk *talk) *talk {
			return tk.turn(flows.Input{Kind: flows.Said, Text: "quarante-cinq douze soixante-dix-huit zéro deux", Confidence: 0.7}).says("oui")
		}},
	} {
		tk := c.say(begin(t, colibri(t), flows.Input{Channel: flows.Voice, Caller: "+33612345678"}).says("où est mon colis")).acted("ok", ok).says("non")
		if tk.out.Transfer == nil {
			t.Fatalf("%s: no hand-off: %s", c.name, tk.said())
		}
		heard := strings.ReplaceAll(tk.out.Transfer.Briefing, "\u00a0", " ")
		heard = strings.ReplaceAll(heard, "\u202f", " ")
		if !strings.Contains(heard, c.want) || strings.Contains(heard, c.not) || len(strings.Fields(heard)) > 27 {
			t.Errorf("%s: %q, want %q in 27 words", c.name, heard, c.want)
		}
	}
}

func TestBriefingIsShort(t *testing.T) {
	t.Parallel()
	tk := begin(t, colibri(t), flows.Input{Channel: flows.Voice, Caller: "+33612345678"})
	tk.says("tralala pouet").says("où est mon colis").keys("45127802").acted("ok", map[string]any{"status": "delivered", "date": "2026-11-20"}).says("non")
	tr := tk.out.Transfer
	if tr == nil {
		t.Fatal(tk.said())
	}
	if n := len(strings.Fields(tr.Briefing)); n > 27 || n < 8 {
		t.Errorf("%d words: %s", n, tr.Briefing)
	}
	for _, digit := range "45127802" {
		if strings.ContainsRune(tr.Briefing, digit) {
			t.Fatalf("a number to note down: %s", tr.Briefing)
		}
	}
	if all := strings.Join(tr.Summary, " "); !strings.Contains(all, "+33612345678") || !strings.Contains(all, "45 12 78 02") || !strings.Contains(all, "répéter une fois") {
		t.Errorf("summary %q", tr.Summary)
	}
}

// A conversation goes on in a bot that was edited meanwhile.
func TestEditedBotResumes(t *testing.T) {
	t.Parallel()
	tk := begin(t, load(t, bot(t)), flows.Input{Channel: flows.Voice}).says("où est mon colis")
	const file = "flows/all.yaml"
	for name, b := range map[string]*flows.Bot{
		"step renamed": load(t, bot(t, file, "collect: numero\n", "collect: numero\n        id: other\n")),
		"flow renamed": load(t, bot(t, file, "  suivi:\n", "  suivre:\n")),
	} {
		out, err := b.Engine().Turn(context.Background(), tk.out.State, flows.Input{Kind: flows.Said, Text: "45127802", Confidence: 1, Now: noon})
		if err != nil || out.Next == "" {
			t.Errorf("%s: %v, next %q", name, err, out.Next)
		}
	}
}

// What a caller says never becomes part of a URL's shape, a header or a secret.
func TestCallerWordsStayWords(t *testing.T) {
	t.Parallel()
	const file = "flows/all.yaml"
	b := load(t, bot(t, file, "{type: digits, length: 8}", "{type: list, values: {'../admin?x=1#y': [chouette]}}",
		file, `url: "{{vars.api}}/orders/{{numero}}"`, "url: \"{{vars.api}}/orders/{{numero}}\"\n        headers: {X-Caller: \"{{caller}}\"}"))
	tk := begin(t, b, flows.Input{Channel: flows.Text, Caller: "secret:TOKEN"}).says("où est mon colis").says("chouette")
	if tk.out.Act == nil {
		t.Fatal(tk.said())
	}
	if got := tk.out.Act.Args["url"]; got != "https://api.example.org/orders/..%2Fadmin%3Fx%3D1%23y" {
		t.Errorf("url %v", got)
	}
	if h := tk.out.Act.Args["headers"].(map[string]any); h["X-Caller"] != "" {
		t.Errorf("header %q", h["X-Caller"])
	}
}

// A POST has one key for all its tries, and another one for the next request.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	b := load(t, bot(t, "flows/all.yaml", `url: "{{vars.api}}`, "method: POST\n        body: {order: \"{{numero}}\", count: 1}\n        url: \"{{vars.api}}"))
	key := func(number string) string {
		tk := begin(t, b, flows.Input{}).says("où est mon colis")
		state := tk.out.State
		first := tk.keys(number).out.Act
		tk.out.State = state
		second := tk.keys(number).out.Act
		if first.IdempotencyKey == "" || first.IdempotencyKey != second.IdempotencyKey || first.Args["idempotency_key"] != first.IdempotencyKey {
			t.Errorf("keys %q, %q", first.IdempotencyKey, second.IdempotencyKey)
		}
		body, _ := first.Args["body"].(map[string]any)
		if body["order"] != number || body["count"] != 1.0 {
			t.Errorf("body %v", first.Args["body"])
		}
		tk.acted("ok", map[string]any{"status": "no"}).says("non c'est 44444444")
		if tk.out.Act != nil && tk.out.Act.IdempotencyKey == first.IdempotencyKey {
			t.Error("two requests have one key")
		}
		return first.IdempotencyKey
	}
	key("45127802")
}

// Whatever State an older build or an edited bot left behind, and whatever comes next, a turn
// is a turn or an error, never a panic.
func TestAnyStateAnyInput(t *testing.T) {
	t.Parallel()
	b := colibri(t)
	steps := []string{"", "suivi_colis/numero_commande", "suivi_colis/suivi", "suivi_colis/switch_3", "suivi_colis/recu", "suivi_colis/panne", "suivi_colis/litige",
		"suivi_colis/gone", "gone/gone", "survey:csat/ask", "conseiller/transfer_1", "au_revoir/goodbye_1", "horaires/say_1"}
	inputs := []flows.Input{{Kind: flows.Said, Text: "oui"}, {Kind: flows.Said, Text: "non zéro deux à la fin"}, {Kind: flows.Said, Text: "laissez tomber"}, {Kind: flows.Said, Text: "je ne l'ai pas"},
		{Kind: flows.Digits, Digits: "45127802"}, {Kind: flows.Digits, Digits: "1"}, {Kind: flows.Digits, Digits: "2"}, {Kind: flows.Silence}, {Kind: flows.Acted, Outcome: "ok"}, {Kind: flows.Returned, Outcome: "busy"}, {Kind: flows.Hangup}}
	for _, wait := range []string{"wish", "more", "value", "confirm", "yes_no", "clarify", "callback", "phone", "helped", "offer", "score", "comment", "act", "handoff", "nonsense"} {
		for _, at := range steps {
			flow, step, _ := strings.Cut(at, "/")
			stack := []map[string]string{{"flow": flow, "step": step}}
			if at == "" {
				stack = nil
			}
			raw, err := json.Marshal(map[string]any{"v": 1, "lang": "fr", "channel": "voice", "stack": stack, "wait": map[string]any{"for": wait, "own": true, "intents": []string{"suivi_colis", "gone"}},
				"slots": []map[string]any{{"name": "numero_commande", "value": "45127801", "pending": wait == "confirm"}, {"name": "gone", "value": "1"}}})
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range inputs {
				in.Now = noon
				out, err := b.Engine().Turn(context.Background(), flows.State{Raw: raw}, in)
				if err == nil && out.Next == "" {
					t.Errorf("%s at %q, %s %s%s: no next", wait, at, in.Kind, in.Text, in.Digits)
				}
			}
		}
	}
}

// One engine serves any number of conversations at once.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	b := colibri(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			tk := begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").says("quarante-cinq douze soixante-dix-huit zéro deux")
			tk.acted("ok", map[string]any{"status": "in_transit", "date": "2026-11-24"})
			if !strings.Contains(tk.said(), "24 novembre") {
				t.Errorf("said %q", tk.said())
			}
		})
	}
	wg.Wait()
}

type fixedMind flows.Meaning

func (m fixedMind) Understand(context.Context, string, flows.Expect) (flows.Meaning, error) {
	return flows.Meaning(m), nil
}

// The host's Meaning counts; without one the engine asks the understander of Options.
func TestMeaningFromOutside(t *testing.T) {
	t.Parallel()
	b, err := flows.Load(bot(t), flows.Options{Understander: func(string) flows.Understander {
		return fixedMind{Intent: "colis", Confidence: 1, Margin: 1}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if tk := begin(t, b, flows.Input{}).says("xyzzy"); !strings.Contains(tk.said(), "Quel numéro") {
		t.Error(tk.said())
	}
	tk := begin(t, b, flows.Input{}).turn(flows.Input{Kind: flows.Said, Text: "xyzzy", Meaning: &flows.Meaning{Intent: "personne", Confidence: 1}})
	if tk.out.Next != flows.HandOff {
		t.Errorf("next %q", tk.out.Next)
	}
	// An intent that the bot does not have is not understood.
	tk = begin(t, b, flows.Input{}).turn(flows.Input{Kind: flows.Said, Text: "xyzzy", Meaning: &flows.Meaning{Intent: "nothing", Confidence: 1}})
	if tk.out.Next != flows.Listen || !strings.Contains(tk.said(), "pas bien saisi") {
		t.Errorf("next %q, said %q", tk.out.Next, tk.said())
	}
}

// Between the two thresholds the caller is asked which of two was meant, and may answer by
// name, by rank or by key.
func TestClarify(t *testing.T) {
	t.Parallel()
	b := colibri(t)
	_, clarify := b.Thresholds("fr")
	unsure := flows.Meaning{Intent: "suivi_colis", Confidence: max(clarify, 0.3) + 0.01, Second: "remboursement", Margin: 0.05}
	alone := unsure
	alone.Second, alone.Margin = "", alone.Confidence
	for _, c := range []struct {
		meaning  flows.Meaning
		answer   flows.Input
		want     string
		offering string
	}{
		{unsure, flows.Input{Kind: flows.Said, Text: "un remboursement", Confidence: 1}, "remboursement", "suivre un colis, ou pour un remboursement"},
		{unsure, flows.Input{Kind: flows.Said, Text: "le premier", Confidence: 1}, "suivi_colis", "ou pour"},
		{unsure, flows.Input{Kind: flows.Digits, Digits: "2"}, "remboursement", "ou pour"},
		{alone, flows.Input{Kind: flows.Said, Text: "le deuxième", Confidence: 1}, "remboursement", "suivre un colis, ou pour un remboursement"},
		{flows.Meaning{Intent: "horaires", Confidence: unsure.Confidence, Margin: unsure.Confidence}, flows.Input{Kind: flows.Said, Text: "oui", Confidence: 1}, "horaires", "C'est pour connaître les horaires ?"},
	} {
		tk := begin(t, b, flows.Input{Lang: "fr"}).turn(flows.Input{Kind: flows.Said, Text: "xyzzy", Confidence: 1, Meaning: &c.meaning})
		if !strings.Contains(tk.said(), c.offering) {
			t.Errorf("%+v: said %q", c.meaning, tk.said())
		}
		if tk.turn(c.answer); tk.out.Intent != c.want {
			t.Errorf("%+v then %q%q: intent %q, said %q", c.meaning, c.answer.Text, c.answer.Digits, tk.out.Intent, tk.said())
		}
	}
}

func TestStaticPrompts(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, p := range colibri(t).StaticPrompts() {
		if p.Voice == "" || p.Lang == "" || strings.Contains(p.Voice, "{{") {
			t.Errorf("%+v", p)
		}
		ids = append(ids, p.Lang+" "+p.ID)
	}
	for _, want := range []string{"fr policy/greeting", "en suivi_colis/numero_commande", "fr policy/waiting", "fr policy/silence_1"} {
		if !slices.Contains(ids, want) {
			t.Errorf("%q is missing of %q", want, ids)
		}
	}
}

func BenchmarkTurn(b *testing.B) {
	bot := colibri(b)
	for b.Loop() {
		begin(b, bot, flows.Input{Channel: flows.Voice}).says("euh bonjour j'ai toujours pas reçu mon paquet").
			says("quarante-cinq douze soixante-dix-huit zéro deux").
			acted("ok", map[string]any{"status": "in_transit", "date": "2026-11-24"}).says("non merci")
	}
}

// FuzzTurn plays any words, keys and outcomes: the engine never panics, never loses its
// state, never falls silent, and always knows what it waits for.
func FuzzTurn(f *testing.F) {
	b := colibri(f)
	f.Add("où est mon colis\n45127802\nok\nnon\nbusy\noui", uint8(0))
	f.Add("hello\nnever mind\nagent\nno\n0612345678", uint8(1))
	f.Add("mon remboursement\n\n\n404\n45 12\n7802\ntimeout\noui", uint8(2))
	f.Fuzz(func(t *testing.T, script string, mode uint8) {
		tk := begin(t, b, flows.Input{Channel: []flows.Channel{flows.Voice, flows.Text, flows.Speaker}[mode%3], Lang: []string{"fr", "en", "xx"}[mode%3], Caller: script})
		for i, line := range strings.Split(script, "\n") {
			if i == 30 {
				return
			}
			switch tk.out.Next {
			case flows.End:
				return
			case flows.DoAct:
				tk.acted(line, map[string]any{"status": line, "date": line, "refund": map[string]any{"status": line, "amount": i}})
			case flows.HandOff:
				tk.turn(flows.Input{Kind: flows.Returned, Outcome: line})
			case flows.Listen:
				switch {
				case line == "":
					tk.turn(flows.Input{Kind: flows.Silence})
				case mode&8 != 0:
					tk.keys(line)
				default:
					tk.turn(flows.Input{Kind: flows.Said, Text: line, Confidence: float64(mode) / 255, Alternatives: []flows.Alternative{{Text: script}}})
				}
			default:
				t.Fatalf("next %q after %q", tk.out.Next, line)
			}
			if tk.out.Next == flows.Listen && (len(tk.out.Say) == 0 || tk.out.Expect.Silence <= 0) {
				t.Fatalf("silence after %q: %+v", line, tk.out)
			}
		}
	})
}

func FuzzState(f *testing.F) {
	b := colibri(f)
	tk := begin(f, b, flows.Input{})
	f.Add(string(tk.out.State.Raw), "oui")
	f.Add(string(tk.says("où est mon colis").out.State.Raw), "oui")
	f.Add(`{"v":1,"wait":{"for":"yes_no"},"stack":[{"flow":"suivi_colis","step":"recu+x"}]}`, "oui")
	f.Fuzz(func(t *testing.T, state, said string) {
		for _, in := range []flows.Input{{Kind: flows.Said, Text: said}, {Kind: flows.Digits, Digits: said}, {Kind: flows.Silence}, {Kind: flows.Acted, Outcome: said}, {Kind: flows.Returned, Outcome: said}, {Kind: flows.Hangup}} {
			_, _ = b.Engine().Turn(context.Background(), flows.State{Raw: []byte(state)}, in)
		}
	})
}
