package call

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"decroche/asr"
	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/leg/legtest"
	"decroche/media"
)

// bank is a bot that asks for the number of a card and must not keep it.
func bank(t *testing.T) *flows.Bot {
	t.Helper()
	fs := fstest.MapFS{}
	for name, text := range map[string]string{
		"bot.yaml": `name: bank
languages: [fr]
timezone: Europe/Paris
called: {line: fr}
vars: {api: "https://api.example.org"}
disclosure: "Je suis un robot."
greeting: "Bonjour. {{disclosure}} Que voulez-vous ?"
policy:
  transfer: {skills: [fr]}
`,
		"intents/all.yaml": `bloquer:
  title: "bloquer une carte"
  fr: ["je veux bloquer ma carte", "bloquez ma carte", "opposition sur ma carte"]
personne:
  title: "parler à quelqu'un"
  fr: ["une vraie personne", "un humain", "passez-moi le standard", "quelqu'un"]
`,
		"flows/all.yaml": `flows:
  carte:
    start: [bloquer]
    steps:
      - collect: carte
        entity: {type: digits, length: 8}
        ask: "Quel est son numéro ?"
        sensitive: true
        confirm: {fr: "Le {{digits carte}}, c'est bien ça ?"}
        fact: "Carte {{carte}}."
      - http: block
        url: "{{vars.api}}/block"
        method: POST
        body: {card: "{{carte}}"}
        outcomes: {ok: faite, error: panne, timeout: panne}
      - id: faite
        say: "La carte {{carte}} est bloquée."
        goto: fin
      - id: panne
        say: "Je n'ai pas pu."
      - id: fin
        end: true
  humain:
    start: [personne]
    steps:
      - transfer: {skills: [fr]}
`} {
		fs[name] = &fstest.MapFile{Data: []byte(text)}
	}
	b, err := flows.Load(fs, flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A number that must not be kept is in the action's arguments and nowhere else: neither in the
// record of the conversation nor in the logs, however it was given and whatever went wrong.
func TestASensitiveNumberIsKeptNowhere(t *testing.T) {
	bot := bank(t)
	digits := []string{"4512", "45 12", "7802", "78 02", "512", "quarante-cinq", "soixante-dix-huit", "zéro deux", "quarante"}
	const number = "quarante-cinq douze soixante-dix-huit zéro deux"
	first := words("je veux bloquer ma carte")
	said := partly(number, 1500*time.Millisecond)
	said.Alternatives = []asr.Alternative{{Text: "quarante-cinq douze soixante-dix-huit douze", Confidence: .3}}
	part := words("quarante-cinq douze")
	yes, no := words("oui"), words("non quarante-cinq douze soixante-dix-huit zéro deux")
	for name, c := range map[string]struct {
		turns []asrtest.Turn
		then  func(r *rig)
		work  worker
	}{
		"said":        {[]asrtest.Turn{first, said, yes}, nil, worker{done: flows.Done{Outcome: "ok"}}},
		"keyed":       {[]asrtest.Turn{first, yes}, func(r *rig) { r.line.Press("45127802") }, worker{done: flows.Done{Outcome: "ok"}}},
		"volunteered": {[]asrtest.Turn{words("je veux bloquer ma carte " + number), yes}, nil, worker{done: flows.Done{Outcome: "ok"}}},
		"in pieces":   {[]asrtest.Turn{first, part, words("soixante-dix-huit zéro deux"), yes}, nil, worker{done: flows.Done{Outcome: "ok"}}},
		"corrected":   {[]asrtest.Turn{first, words("quarante-cinq douze soixante-dix-huit douze"), no, yes}, nil, worker{done: flows.Done{Outcome: "ok"}}},
		"unclear":     {[]asrtest.Turn{first, words("euh quarante-cinq douze neuf cent mille"), said, yes}, nil, worker{done: flows.Done{Outcome: "ok"}}},
		"broken work": {[]asrtest.Turn{first, said, yes}, nil, worker{err: errors.New("POST {card: 45127802}: 4512 7802 is no card")}},
		"said again":  {[]asrtest.Turn{first, said, yes, words(number)}, nil, worker{takes: 4500 * time.Millisecond, done: flows.Done{Outcome: "ok"}}},
		"hang up":     {[]asrtest.Turn{first, said}, func(r *rig) { time.AfterFunc(3*time.Second, r.line.HangUp) }, worker{}},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newRig(t, nil, c.turns...)
				var logs bytes.Buffer
				work := &noted{worker: c.work}
				r.s.Mind, r.s.Bot.Sensitive, r.s.Log = bot.Engine(), bot.Sensitive(), slog.New(slog.NewTextHandler(&logs, nil))
				r.s.Actions = map[string]flows.Action{"http": work}
				r.s.Captions = event.NewCaptions(nil)
				captions := shownOf(r.s)
				r.start()
				r.spoken()
				for i := range c.turns {
					if i == 1 && c.then != nil {
						c.then(r)
						if name == "keyed" {
							r.spoken()
						}
					}
					r.says(1500 * time.Millisecond)
					r.line.AwaitSpoken(5 * time.Second)
				}
				time.AfterFunc(20*time.Second, r.line.HangUp)
				r.over()
				for where, text := range map[string]string{"record": r.notes.String(), "logs": logs.String(), "captions": captions()} {
					for _, d := range digits {
						if strings.Contains(text, d) {
							t.Errorf("%q is in the %s:\n%s", d, where, text)
						}
					}
				}
				if c.work.done.Outcome == "ok" && work.card != "45127802" {
					t.Errorf("the action got %q\n%v", work.card, r.notes)
				}
				if n := len(all[event.Said](r.notes)); name != "keyed" && n < 2 && name != "hang up" {
					t.Errorf("%d turns recorded", n)
				}
			})
		})
	}
}

// shownOf watches the captions of a call to its end, and then returns all of them.
func shownOf(s *Session) func() string {
	sub, all, done := s.Captions.Watch(s.Conv), "", make(chan struct{})
	go func() {
		for {
			select {
			case <-sub.News():
			case <-done:
				return
			}
			_, said, _ := sub.Take()
			for _, c := range said {
				all += c.Who + ": " + c.Text + "\n"
			}
		}
	}()
	return func() string {
		done <- struct{}{}
		return all
	}
}

// noted is a worker that remembers the card it was given.
type noted struct {
	worker
	card string
}

func (n *noted) Run(ctx context.Context, args map[string]any) (flows.Done, error) {
	body, _ := args["body"].(map[string]any)
	n.card, _ = body["card"].(string)
	return n.worker.Run(ctx, args)
}

// What is said to an agent is judged by nobody: a number may be the sensitive one, the rest is kept, in the
// recording as in the record; what is typed to them arrives at once.
func TestASensitiveNumberToldToAnAgent(t *testing.T) {
	for name, sensitive := range map[string]bool{"sensitive": true, "ordinary": false} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: time.Second}}, "karim")
				r.s.Bot.Sensitive, r.s.Config.TranscribeBridge = sensitive, true
				typed, k := make(chan string), &take{}
				r.s.Typed, r.s.Recording, r.s.Captions = typed, k, event.NewCaptions(nil)
				r.s.Taps = append(r.s.Taps, func(Direction, media.Frame) {})
				captions := shownOf(r.s)
				r.ears.Turns = []asrtest.Turn{words("ma carte est quatre cinq un deux"), words("d'accord quatre cinq un deux"), words("c'est exact")}
				r.start()
				for len(all[event.Bridged](r.notes)) == 0 {
					time.Sleep(time.Second)
				}
				time.Sleep(time.Second)
				typed <- "je vous écris"
				synctest.Wait()
				if !strings.Contains(r.notes.String(), "je vous écris") {
					t.Errorf("what is typed is not there at once:\n%s", r.notes)
				}
				spoke := r.line.Since()
				r.says(2 * time.Second)
				time.Sleep(3 * time.Second)
				repeats := r.line.Since()
				r.agent.Say(2 * time.Second)
				time.Sleep(5 * time.Second)
				r.says(time.Second)
				time.Sleep(3 * time.Second)
				r.line.HangUp()
				r.over()
				text := r.notes.String()
				if strings.Contains(text, "quatre cinq") == sensitive || !strings.Contains(text, "c'est exact") || len(all[event.Said](r.notes)) != 4 {
					t.Errorf("the record has\n%s", text)
				}
				if shown := captions(); strings.Contains(shown, "quatre cinq") == sensitive || !strings.Contains(shown, "c'est exact") {
					t.Errorf("the captions were\n%s", shown)
				}
				var want []string
				if sensitive {
					want = []string{"pause", "resume", "pause", "resume"}
				}
				if !slices.Equal(k.told, want) {
					t.Fatalf("the recording was told %v at %v, want %v", k.told, k.at, want)
				}
				if sensitive && (k.at[0] > spoke || k.at[1] < spoke+1500*time.Millisecond || k.at[2] > repeats || k.at[2] < repeats-time.Second || k.at[3] < repeats+1500*time.Millisecond) {
					t.Errorf("taken out at %v; they spoke from %v and %v on", k.at, spoke, repeats)
				}
			})
		})
	}
}
