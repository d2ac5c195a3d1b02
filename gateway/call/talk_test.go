package call

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
	"decroche/tts"
	"decroche/tts/ttstest"
)

const long = "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize" +
	" vingt trente quarante cinquante soixante cent mille million"

func partly(text string, after time.Duration) asrtest.Turn {
	return asrtest.Turn{Text: text, Partials: []asrtest.Partial{{After: after, Text: text}}}
}

func TestBargeInStopsThePromptAndKeepsTheWords(t *testing.T) {
	const even = "lac mer sol bar cor dur fil gel jus roi pot rue sac tir vin bol cap dos fer gaz jeu lit mot nez" // words as long as the fake voice takes for them
	test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{
			"start": listen(even), "said stop je veux parler": end("très bien", "resolved"),
		}, partly("stop je veux parler", 350*time.Millisecond)) // of sound, with the pre-roll
		r.start()
		time.Sleep(time.Second)
		spoke := r.line.Since()
		r.says(time.Second)
		last, _ := r.line.LastSound()
		if d := last + 20*time.Millisecond - spoke; d > 120*time.Millisecond {
			t.Errorf("the bot went on for %v after the caller had begun", d)
		}
		r.over()
		in := r.mind.told[1]
		heard := r.voice.Words(r.line.PCM(0)[:int(spoke.Seconds()*8000)])
		if !in.Cut || !strings.HasPrefix(even, in.Heard) || absDiff(len(strings.Fields(in.Heard)), len(strings.Fields(heard))) > 2 {
			t.Errorf("the mind was told that %q was heard (cut %v); the line had played %q", in.Heard, in.Cut, heard)
		}
		p := all[event.Prompted](r.notes)[0]
		if !p.Cut || p.Heard != in.Heard || p.Text != even {
			t.Errorf("recorded %+v", p)
		}
		if !all[event.Said](r.notes)[0].Barge {
			t.Error("the words are not marked as an interruption")
		}
		// pre-roll: the recogniser got more than what came after the detection
		if got := r.ears.Sessions()[0].Audio; got < time.Second+200*time.Millisecond {
			t.Errorf("the recogniser was given %v of a second of speech and what is around it", got)
		}
	})
}

func absDiff(a, b int) int { return max(a-b, b-a) }

func TestASoundThatIsNothingOnlyHoldsThePrompt(t *testing.T) {
	for name, turn := range map[string]asrtest.Turn{
		"no words":     {},
		"backchannel":  partly("d'accord", 300*time.Millisecond),
		"late engine":  {Delay: time.Second},
		"broken short": {Err: errors.New("broken")},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newRig(t, map[string]flows.Output{"start": listen(long), "silence": end("au revoir", "abandoned")}, turn)
				r.start()
				time.Sleep(time.Second)
				from := r.line.Since()
				r.says(300 * time.Millisecond)
				r.over()
				if got := r.played(); got != long+" au revoir" {
					t.Errorf("played %q", got)
				}
				if n := len(r.line.Flushes()); n != 0 {
					t.Errorf("flushed %d times", n)
				}
				if d := r.line.LongestSilence(from, from+1500*time.Millisecond); d < 40*time.Millisecond || d > 300*time.Millisecond {
					t.Errorf("held for %v", d)
				}
				if ps := all[event.Prompted](r.notes); ps[0].Cut || ps[0].Heard != long {
					t.Errorf("recorded %+v", ps[0])
				}
			})
		})
	}
}

func TestAClickCostsThePromptLessThanASyllable(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{"start": listen(long), "silence": end("au revoir", "abandoned")})
		r.start()
		time.Sleep(time.Second)
		from := r.line.Since()
		r.says(60 * time.Millisecond)
		r.over()
		if d := r.line.LongestSilence(from, from+time.Second); d > 200*time.Millisecond {
			t.Errorf("held for %v", d)
		}
		if got := r.played(); got != long+" au revoir" || len(r.ears.Sessions()) != 0 {
			t.Errorf("played %q, %d recognitions", got, len(r.ears.Sessions()))
		}
	})
}

func TestYesDuringTheQuestionIsAnAnswer(t *testing.T) {
	test(t, func(t *testing.T) {
		q := listen("voici une phrase. est-ce bien le quarante cinq douze soixante dix huit zéro deux ?")
		q.Expect.Entity = "yes_no"
		r := newRig(t, map[string]flows.Output{"start": q, "said oui": end("merci", "resolved")}, partly("oui", 300*time.Millisecond))
		r.start()
		time.Sleep(900 * time.Millisecond)
		r.says(300 * time.Millisecond)
		r.over()
		if k := r.mind.kinds(); k != "start|said oui" {
			t.Errorf("told %s", k)
		}
	})
}

// plainLine cannot hold.
type plainLine struct{ leg.Leg }

func TestALineThatCannotHoldSaysTheSentenceAgain(t *testing.T) {
	test(t, func(t *testing.T) {
		text := "première phrase très courte. " + long + "."
		r := newRig(t, map[string]flows.Output{"start": listen(text), "silence": end("au revoir", "abandoned")}, asrtest.Turn{})
		r.s.Leg = plainLine{r.line}
		r.start()
		time.Sleep(1500 * time.Millisecond)
		r.says(300 * time.Millisecond)
		r.over()
		if got := r.played(); !strings.HasSuffix(got, long+". au revoir") || strings.Count(got, "première") != 1 || strings.Count(got, "un deux") != 2 {
			t.Errorf("played %q", got)
		}
	})
}

func TestASentenceThatMayNotBeInterruptedIsNot(t *testing.T) {
	test(t, func(t *testing.T) {
		o := listen(long)
		o.Say[0].Barge = false
		r := newRig(t, map[string]flows.Output{"start": o, "silence": end("au revoir", "abandoned")}, partly("stop stop", 300*time.Millisecond))
		r.start()
		time.Sleep(500 * time.Millisecond)
		r.says(600 * time.Millisecond)
		r.over()
		if got := r.played(); got != long+" au revoir" || r.mind.kinds() != "start|silence" {
			t.Errorf("played %q, told %s", got, r.mind.kinds())
		}
	})
}

func TestGoingOnAfterThePauseMergesTheTurn(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{
			"start": listen("bonjour je vous écoute"), "said je voudrais savoir où est mon colis": end("il arrive", "resolved"),
			"said je voudrais savoir": end("quoi donc", "failed"),
		}, asrtest.Turn{Text: "je voudrais savoir", Delay: 300 * time.Millisecond}, words("où est mon colis"))
		r.mind.takes = 400 * time.Millisecond
		r.start()
		r.spoken()
		r.says(700 * time.Millisecond)
		time.Sleep(800 * time.Millisecond) // longer than an end of turn, shorter than our thinking
		r.says(700 * time.Millisecond)
		if e := r.over(); e.Outcome != "resolved" || r.played() != "bonjour je vous écoute il arrive" {
			t.Errorf("ended %+v, played %q", e, r.played())
		}
	})
}

func TestKeysInterruptAndEnd(t *testing.T) {
	number := func(n int) flows.Output {
		o := listen("quel est votre numéro de commande " + long)
		o.Expect.Entity, o.Expect.Digits, o.Expect.DTMF = "digits", n, true
		return o
	}
	yesNo := listen("est-ce bien ça " + long)
	yesNo.Expect.Entity = "yes_no"
	for name, c := range map[string]struct {
		ask      flows.Output
		keys     string
		want     string
		min, max time.Duration // from the last key to the turn
	}{
		"complete":   {number(8), "45127801", "45127801", 0, 100 * time.Millisecond},
		"hash":       {number(0), "123#", "123", 0, 100 * time.Millisecond},
		"gap":        {number(8), "4512", "4512", 2900 * time.Millisecond, 3100 * time.Millisecond},
		"one choice": {yesNo, "1", "1", 0, 100 * time.Millisecond},
		"only hash":  {number(0), "#", "#", 0, 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newRig(t, map[string]flows.Output{"start": c.ask, "digits " + c.want: end("merci", "resolved")})
				r.start()
				time.Sleep(time.Second)
				var pressed time.Duration
				for i, k := range c.keys {
					if last, _ := r.line.LastSound(); i == 1 && last > 1100*time.Millisecond {
						t.Errorf("the bot spoke until %v, the first key came at 1 s", last)
					}
					pressed = r.line.Since()
					r.line.Press(string(k))
					time.Sleep(200 * time.Millisecond)
				}
				r.over()
				in := r.mind.told[1]
				if in.Digits != c.want || !in.Cut {
					t.Errorf("told %+v", in)
				}
				var at time.Duration
				for i, b := range r.notes.bodies {
					if s, ok := b.(event.Said); ok && s.How == "keys" {
						at = r.notes.at[i]
					}
				}
				if d := at - pressed; d < c.min || d > c.max {
					t.Errorf("turn over %v after the last key", d)
				}
			})
		})
	}
}

// worker is an action that takes its time.
type worker struct {
	takes time.Duration
	done  flows.Done
	err   error
	deaf  bool // overlooks its context
}

func (w worker) Spec() flows.Spec { return flows.Spec{Name: "http"} }
func (w worker) Run(ctx context.Context, _ map[string]any) (flows.Done, error) {
	if w.deaf {
		time.Sleep(w.takes)
		return w.done, w.err
	}
	select {
	case <-time.After(w.takes):
		return w.done, w.err
	case <-ctx.Done():
		return flows.Done{}, context.Cause(ctx)
	}
}

func TestActions(t *testing.T) {
	ask := flows.Output{Say: []flows.Prompt{prompt("je regarde")}, Next: flows.DoAct,
		Act: &flows.Act{Name: "http", Args: map[string]any{"name": "suivi"}, Deadline: 6 * time.Second, Filler: prompt("un instant encore"), FillerAfter: 1200 * time.Millisecond}}
	ok := flows.Done{Outcome: "ok"}
	for name, c := range map[string]struct {
		w      flows.Action
		told   string
		played string
	}{
		"at once":       {worker{done: ok}, "acted ok", "je regarde voilà"},
		"late":          {worker{takes: 2 * time.Second, done: ok}, "acted ok", "je regarde un instant encore voilà"},
		"very late":     {worker{takes: time.Minute}, "acted timeout", "je regarde un instant encore Excusez-moi, c’est un peu plus long que d’habitude. Je suis toujours là. voilà"},
		"deaf":          {worker{takes: 8 * time.Second, deaf: true, done: ok}, "acted timeout", "je regarde un instant encore Excusez-moi, c’est un peu plus long que d’habitude. Je suis toujours là. voilà"},
		"not found":     {worker{done: flows.Done{Outcome: "404"}}, "acted 404", "je regarde voilà"},
		"wiring fault":  {worker{err: errors.New("wiring")}, "acted error", "je regarde voilà"},
		"nobody's work": {nil, "acted error", "je regarde voilà"},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				done := end("voilà", "resolved")
				r := newRig(t, map[string]flows.Output{"start": ask, "acted ok": done, "acted timeout": done, "acted 404": done, "acted error": done})
				if c.w != nil {
					r.s.Actions = map[string]flows.Action{"http": c.w}
				}
				r.start()
				r.over()
				if k := r.mind.kinds(); k != "start|"+c.told {
					t.Errorf("told %s", k)
				}
				if got := r.played(); got != c.played {
					t.Errorf("played %q\nwant   %q", got, c.played)
				}
				if d := r.line.LongestSilence(0, last(r.line)); d > 4*time.Second {
					t.Errorf("silent for %v", d)
				}
				if a := all[event.Acted](r.notes); len(a) != 1 || "acted "+a[0].Outcome != c.told || a[0].Target != "suivi" {
					t.Errorf("recorded %+v", a)
				}
			})
		})
	}
}

func last(l *legtest.Line) time.Duration { d, _ := l.LastSound(); return d }

func TestWhatIsUrgentIsHeardAfterTheAction(t *testing.T) {
	test(t, func(t *testing.T) {
		ask := flows.Output{Say: []flows.Prompt{prompt("le quarante cinq douze je regarde tout de suite")}, Next: flows.DoAct,
			Act: &flows.Act{Name: "http", Deadline: 5 * time.Second}}
		r := newRig(t, map[string]flows.Output{
			"start": ask, "acted ok": listen("il arrive demain"), "said non zéro deux à la fin": end("zéro deux d'accord", "resolved"),
		}, partly("non zéro deux à la fin", 400*time.Millisecond))
		r.s.Actions = map[string]flows.Action{"http": worker{takes: 300 * time.Millisecond, done: flows.Done{Outcome: "ok"}}}
		r.start()
		time.Sleep(500 * time.Millisecond)
		r.says(900 * time.Millisecond)
		r.over()
		if k := r.mind.kinds(); k != "start|acted ok|said non zéro deux à la fin" {
			t.Errorf("told %s", k)
		}
		if strings.Contains(r.played(), "demain") {
			t.Errorf("the outdated answer was said: %q", r.played())
		}
	})
}

func TestADeadRecogniserIsToldAndNeverSilence(t *testing.T) {
	broken := errors.New("broken")
	for name, turn := range map[string]asrtest.Turn{
		"open fails": {OpenErr: broken},
		"recv fails": {Err: broken},
		"no final":   {Delay: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newRig(t, map[string]flows.Output{"start": listen("bonjour je vous écoute"), "said": end("je vous passe quelqu'un", "failed")}, turn)
				r.start()
				r.spoken()
				r.says(time.Second)
				stopped := r.line.Since()
				r.over()
				first, _ := r.line.FirstSound(stopped)
				if d := first - stopped; d > 3*time.Second {
					t.Errorf("silent for %v", d)
				}
				if got := r.played(); !strings.Contains(got, "touches de votre téléphone") || r.mind.kinds() != "start|said" {
					t.Errorf("played %q, told %s", got, r.mind.kinds())
				}
				if tr := all[event.Trouble](r.notes); len(tr) != 1 || tr[0].Where != "asr" {
					t.Errorf("trouble %+v", tr)
				}
			})
		})
	}
}

func TestACoughIsNotATurn(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{"start": listen("bonjour je vous écoute"), "silence": end("au revoir", "abandoned")}, asrtest.Turn{})
		r.start()
		r.spoken()
		time.Sleep(time.Second)
		r.says(300 * time.Millisecond)
		r.over()
		if k := r.mind.kinds(); k != "start|silence" {
			t.Errorf("told %s", k)
		}
	})
}

func TestASecondVoiceStepsIn(t *testing.T) {
	for name, v := range map[string]*ttstest.Voice{
		"fails":  {Fail: func(tts.Utterance) error { return errors.New("no voice") }},
		"stalls": {Stall: true},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newRig(t, map[string]flows.Output{"start": end("bonjour et au revoir", "resolved")})
				r.s.Mouth, r.s.Spare = v, r.voice
				r.start()
				if e := r.over(); e.Outcome != "resolved" || r.played() != "bonjour et au revoir" {
					t.Errorf("ended %+v, played %q", e, r.played())
				}
			})
		})
	}
}

func TestWithoutAnyVoiceTheCallerGetsAPersonOrTheCallEnds(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{"start": listen("bonjour")})
		r.voice.Fail = func(tts.Utterance) error { return errors.New("no voice") }
		r.start()
		if e := r.over(); e.Outcome != "failed" || e.By != "gateway" {
			t.Errorf("ended %+v", e)
		}
		if n := len(all[event.TransferStarted](r.notes)); n != 1 {
			t.Errorf("%d hand-offs", n)
		}
	})
}

func TestAMindThatFailsApologises(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, hello, words("bonjour"))
		r.mind.fails = func(in flows.Input) error {
			if in.Kind == flows.Said {
				return errors.New("broken")
			}
			return nil
		}
		r.start()
		r.spoken()
		r.says(800 * time.Millisecond)
		if e := r.over(); e.Outcome != "failed" || !strings.Contains(r.played(), "problème technique") || !strings.Contains(r.played(), "Au revoir") {
			t.Errorf("ended %+v, played %q", e, r.played())
		}
	})
}

func TestASlowMindIsCoveredAndGivenUp(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, hello, words("merci au revoir"))
		r.start()
		r.spoken()
		r.mind.mu.Lock()
		r.mind.takes = 6 * time.Second
		r.mind.mu.Unlock()
		r.says(800 * time.Millisecond)
		stopped := r.line.Since()
		said := func(lines []string) (n int) {
			for _, l := range lines {
				n += strings.Count(r.played(), l)
			}
			return n
		}
		if e := r.over(); e.Outcome != "resolved" || said(linesFor("fr").thinking) != 1 || said(linesFor("fr").waiting) != 1 {
			t.Errorf("ended %+v, played %q", e, r.played())
		}
		if d := r.line.LongestSilence(stopped, last(r.line)); d > 4050*time.Millisecond {
			t.Errorf("silent for %v", d)
		}
	})
}

// understander knows one meaning.
type understander struct{ takes time.Duration }

func (u understander) Understand(ctx context.Context, text string, _ flows.Expect) (flows.Meaning, error) {
	select {
	case <-time.After(u.takes):
		return flows.Meaning{Intent: "suivi", Confidence: .8}, nil
	case <-ctx.Done():
		return flows.Meaning{}, context.Cause(ctx)
	}
}

func TestTheUnderstanderHasADeadline(t *testing.T) {
	for name, c := range map[string]struct {
		takes time.Duration
		knows bool
	}{"quick": {50 * time.Millisecond, true}, "late": {time.Minute, false}} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newRig(t, hello, words("merci au revoir"))
				r.s.Understander = understander{c.takes}
				r.start()
				r.spoken()
				r.says(800 * time.Millisecond)
				r.over()
				if m := r.mind.told[1].Meaning; (m != nil) != c.knows {
					t.Errorf("meaning %+v", m)
				}
			})
		})
	}
}

func TestHangUpAtEveryMoment(t *testing.T) {
	// the caller hangs up every 100 ms of a call that has everything but a hand-off
	for at := time.Duration(0); at < 9*time.Second; at += 210 * time.Millisecond {
		t.Run(at.String(), func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newRig(t, map[string]flows.Output{
					"start": listen("bonjour je vous écoute"),
					"said où est mon colis": {Say: []flows.Prompt{prompt("je regarde")}, Next: flows.DoAct,
						Act: &flows.Act{Name: "http", Deadline: 5 * time.Second, Filler: prompt("un instant"), FillerAfter: time.Second}},
					"acted ok": end("il arrive demain au revoir", "resolved"),
				}, asrtest.Turn{Text: "où est mon colis", Delay: 200 * time.Millisecond})
				r.s.Actions = map[string]flows.Action{"http": worker{takes: 3 * time.Second, done: flows.Done{Outcome: "ok"}}}
				r.start()
				time.AfterFunc(1500*time.Millisecond, func() { r.line.Say(time.Second) })
				time.Sleep(at)
				r.line.HangUp()
				left := r.line.Since()
				e := r.over()
				if d := r.line.Since() - left; d > 100*time.Millisecond {
					t.Errorf("it took %v to notice", d)
				}
				if e.By != "caller" && e.By != "bot" || e.Outcome != "abandoned" && e.Outcome != "resolved" && e.Outcome != "unanswered" {
					t.Errorf("ended %+v", e)
				}
			})
		})
	}
}

func TestCancelledFromOutside(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, hello)
		ctx, cancel := context.WithCancelCause(t.Context())
		r.stop = func() {}
		go func() { r.done <- r.s.Run(ctx) }()
		time.Sleep(time.Second)
		cancel(leg.ErrDrained)
		if e := r.over(); e.By != "gateway" || e.Cause != leg.ErrDrained.Error() || e.Outcome != "failed" {
			t.Errorf("ended %+v", e)
		}
	})
}

func TestAPanicStillEndsTheCallProperly(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, hello)
		r.s.Record = recorderFunc(func(b event.Body) {
			r.notes.Write(b)
			if _, ok := b.(event.Stepped); ok {
				panic("test")
			}
		})
		r.start()
		err := <-r.done
		r.stop()
		if err == nil || !strings.Contains(err.Error(), "internal error") {
			t.Errorf("run: %v", err)
		}
		ends := all[event.Ended](r.notes)
		if _, _, ok := r.line.HungUp(); !ok || len(ends) != 1 || ends[0].Outcome != "failed" {
			t.Errorf("hung up %v, ends %+v", ok, ends)
		}
	})
}

type recorderFunc func(event.Body)

func (f recorderFunc) Write(b event.Body) { f(b) }

func TestACallbackIsStored(t *testing.T) {
	test(t, func(t *testing.T) {
		o := end("je vous rappelle", "callback")
		o.Callback = &flows.Callback{Reason: "nobody", Window: "9h-18h"}
		r := newRig(t, map[string]flows.Output{"start": o})
		book := &callbackBook{}
		r.s.Callbacks = book
		r.start()
		r.over()
		if len(book.got) != 1 || book.got[0].Phone != "+33600000001" || book.got[0].Conv != "c1" || book.got[0].Lang != "fr" {
			t.Errorf("stored %+v", book.got)
		}
		if ev := all[event.CallbackTaken](r.notes); len(ev) != 1 || ev[0].Phone != "+33600000001" {
			t.Errorf("events %+v", ev)
		}
	})
}

type callbackBook struct{ got []event.Callback }

func (b *callbackBook) AddCallback(_ context.Context, c event.Callback) (int64, error) {
	b.got = append(b.got, c)
	return int64(len(b.got)), nil
}

func TestSlowWordsAreSpokenSlowly(t *testing.T) {
	test(t, func(t *testing.T) {
		slow := end("Le douze mars.", "resolved")
		slow.Say[0].Slow = true
		r := newRig(t, map[string]flows.Output{"start": slow})
		r.s.Bot.Speed = 1.2
		r.start()
		r.over()
		if said := r.voice.Said(); len(said) != 1 || said[0].Speed < 0.89 || said[0].Speed > 0.91 {
			t.Errorf("asked the voice for %+v", said)
		}
	})
}
