package turn

import (
	"math"
	"slices"
	"testing"
	"time"
)

// play feeds a script: each piece is a time of speech (+) or silence (-), or words that come; it
// returns the events with the time each was decided.
type piece struct {
	ms    int // > 0 speech, < 0 silence
	words string
	fill  Fill
	count int
	hz    float64 // pitch of the speech; 0 glides
	bot   string  // "on" or "off"
}

type decided struct {
	Event
	when time.Duration
}

func play(d *Detector, lang string, script ...piece) []decided {
	var out []decided
	at := time.Duration(0)
	for _, p := range script {
		if p.bot != "" {
			d.SetBotSpeaking(p.bot == "on")
		}
		if p.words != "" {
			d.Partial(at, Words{Text: p.words, Lang: lang, Fill: p.fill, Count: p.count, Want: d.expect.Digits})
		}
		prob, n := 0.9, p.ms
		if n < 0 {
			prob, n = 0, -n
		}
		for i := range n / 20 {
			at += frame
			s := Sound{Speech: prob, Level: -25, Pitch: p.hz}
			if prob == 0 {
				s.Level, s.Pitch = -60, 0
			} else if p.hz == 0 {
				s.Pitch = 120 + float64(i%5)*10
			}
			if e := d.Frame(at, s); e.Kind != None {
				out = append(out, decided{e.Event, at})
			}
		}
	}
	return out
}

func TestTurns(t *testing.T) {
	t.Parallel()
	const quiet = -5000
	digits := func(n int) Expect { return Expect{Kind: "digits", Digits: n} }
	for _, c := range []struct {
		name   string
		lang   string
		expect Expect
		script []piece
		ends   []int  // ms at which turns end, decided
		why    string // of the last one
	}{
		{"a sentence ends after its silence", "fr", Expect{}, []piece{{ms: -200}, {ms: 1000}, {ms: quiet}}, []int{1540}, "silence"},
		{"a clause boundary does not end it", "fr", Expect{}, []piece{{ms: 800}, {ms: -260}, {ms: 800}, {ms: quiet}}, []int{2200}, "silence"},
		{"yes is quick", "fr", Expect{Kind: "yes_no"}, []piece{{ms: 300}, {ms: quiet}}, []int{540}, "wordless"},
		{"yes and its word", "fr", Expect{Kind: "yes_no"}, []piece{{ms: 300}, {ms: -220}, {words: "oui", fill: Complete, ms: quiet}}, []int{540}, "complete"},
		{"no and a number said in pairs is not cut", "fr", Expect{Kind: "yes_no"}, []piece{{ms: 1500}, {words: "non c'est cinquante-quatre vingt", fill: Possible, count: 4, ms: -900}, {ms: 900}, {ms: quiet}}, []int{4900}, "groups"},
		{"pairs are not cut", "fr", digits(8), []piece{{ms: 500}, {words: "quarante-cinq", fill: Partial, count: 2, ms: -1200}, {ms: 500}, {words: "quarante-cinq douze", fill: Partial, count: 4, ms: quiet}}, []int{3880}, "partial"},
		{"the last digit ends it", "fr", digits(8), []piece{{ms: 2500}, {ms: -200}, {words: "…", fill: Complete, count: 8, ms: quiet}}, []int{2720}, "complete"},
		{"words that come while the voice goes on are not the last", "fr", digits(4), []piece{{ms: 1000}, {words: "douze treize", fill: Complete, count: 4, ms: 200}, {ms: -340}, {words: "douze treize non", fill: Partial, ms: -600}, {ms: 500}, {ms: -340}, {words: "douze treize non quatorze", fill: Possible, ms: quiet}}, []int{3500}, "possible"},
		{"a last word that may go on waits", "fr", digits(4), []piece{{ms: 1000}, {ms: -340}, {words: "douze soixante", fill: Possible, count: 4, ms: quiet}}, []int{1860}, "possible"},
		{"no number at all is a sentence", "fr", digits(8), []piece{{ms: 1200}, {ms: -340}, {words: "je ne l'ai pas", ms: quiet}}, []int{1780}, "silence"},
		{"euh holds", "fr", Expect{}, []piece{{ms: 600}, {ms: -200}, {words: "je voudrais euh", ms: -700}, {ms: 600}, {ms: -200}, {words: "je voudrais euh un colis", ms: quiet}}, []int{2440}, "silence"},
		{"a filler without a continuation ends later", "fr", Expect{}, []piece{{ms: 600}, {ms: -200}, {words: "c’est pour euh", ms: quiet}}, []int{1800}, "open"},
		{"an elision holds", "fr", Expect{}, []piece{{ms: 600}, {ms: -200}, {words: "parce que j’", ms: quiet}}, []int{1800}, "open"},
		{"because holds", "en", Expect{}, []piece{{ms: 600}, {ms: -200}, {words: "it is because", ms: quiet}}, []int{1800}, "open"},
		{"I think so does not", "en", Expect{}, []piece{{ms: 600}, {ms: -200}, {words: "I think so", ms: quiet}}, []int{1180}, "silence"},
		{"a vowel drawn out holds", "fr", Expect{}, []piece{{ms: 600}, {ms: 300, hz: 120}, {ms: quiet}}, []int{2100}, "drawn"},
		{"spelling is patient", "fr", Expect{Kind: "spelled"}, []piece{{ms: 300}, {ms: -1000}, {ms: 300}, {ms: quiet}}, []int{3000}, "wordless"},
		{"a caller of long pauses gets more", "fr", digits(8), []piece{{ms: 500}, {words: "douze", fill: Partial, count: 2, ms: -1500}, {ms: 500}, {ms: quiet}}, []int{4600}, "partial"},
		{"the last of equal groups needs no words", "fr", Expect{Kind: "digits", Digits: 6}, []piece{{ms: 500}, {ms: -500}, {words: "douze", fill: Partial, count: 2, ms: 500}, {ms: -500}, {words: "douze treize", fill: Partial, count: 4, ms: 500}, {ms: quiet}}, []int{2760}, "last group"},
		{"seven may be seven hundred", "en", Expect{Kind: "number"}, []piece{{ms: 900}, {ms: -260}, {words: "it's seven", fill: Complete, count: 1, ms: -100}, {words: "it's seven hundred", fill: Possible, count: 3, ms: quiet}}, []int{1760}, "possible"},
		{"one more digit was said", "en", digits(4), []piece{{ms: 900}, {words: "four two six", fill: Partial, count: 3, ms: 200}, {ms: quiet}}, []int{1360}, "last one"},
		{"a first group does not foresee the second", "fr", Expect{Kind: "digits", Digits: 4}, []piece{{ms: 500}, {ms: -500}, {words: "douze", fill: Partial, count: 2, ms: 500}, {ms: -340}, {words: "douze treize", fill: Complete, count: 4, ms: quiet}}, []int{1860}, "complete"},
		{"a click is no turn", "fr", Expect{}, []piece{{ms: 40}, {ms: quiet}}, nil, ""},
		{"the step's own pause", "fr", Expect{Kind: "digits", Digits: 8, Pause: 2 * time.Second}, []piece{{ms: 500}, {ms: -340}, {words: "douze", fill: Partial, count: 2, ms: quiet}}, []int{2500}, "partial"},
		{"the step's own time when complete", "fr", Expect{Kind: "digits", Digits: 2, Complete: 500 * time.Millisecond}, []piece{{ms: 500}, {ms: -340}, {words: "douze", fill: Complete, count: 2, ms: quiet}}, []int{1000}, "complete"},
		{"noise does not hold for ever", "fr", Expect{}, []piece{{ms: 30000}}, []int{20000}, "max_turn"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := New(DefaultConfig())
			d.Expect(c.expect)
			var ends []decided
			for _, e := range play(d, c.lang, c.script...) {
				if e.Kind == Ended {
					ends = append(ends, e)
				}
			}
			if len(ends) != len(c.ends) {
				t.Fatalf("turns ended %+v, want at %v", ends, c.ends)
			}
			for i, e := range ends {
				if got := int(e.when.Milliseconds()); got != c.ends[i] {
					t.Errorf("turn %d ended at %d ms, want %d (%s)", i, got, c.ends[i], e.Why)
				}
			}
			if n := len(ends); n > 0 && ends[n-1].Why != c.why {
				t.Errorf("ended by rule %q, want %q", ends[n-1].Why, c.why)
			}
		})
	}
}

// A caller who asks for a moment is left in peace, reminded now and then, and heard when they go on.
func TestWaitRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang, words string
		slot, waits bool
	}{
		{"fr", "attendez", true, true}, {"fr", "attendez", false, true}, {"fr", "une seconde je cherche", true, true},
		{"fr", "un instant s'il vous plaît", true, true}, {"fr", "attendez je vais chercher mes lunettes", true, true},
		{"fr", "deux minutes je regarde", true, true}, {"fr", "patientez je l’ai quelque part", true, true}, {"fr", "je vais voir, restez en ligne", true, true},
		{"fr", "ne quittez pas", true, true}, {"fr", "je cherche", true, true}, {"fr", "je cherche ma commande", false, false},
		{"fr", "attendez douze treize", true, false}, {"fr", "j’attends depuis un moment", false, false}, {"fr", "il y a deux minutes", true, false},
		{"en", "hold on let me get my glasses", true, true}, {"en", "bear with me", true, true}, {"en", "one second I'm looking", true, true},
		{"en", "just a moment please", true, true}, {"en", "let me see", true, true}, {"en", "hang on let me check", true, true},
		{"en", "I can't wait", true, false}, {"en", "for a moment", true, false}, {"en", "one moment four five", true, false},
	} {
		e := Expect{}
		if c.slot {
			e = Expect{Kind: "digits", Digits: 4}
		}
		d := New(DefaultConfig())
		d.Expect(e)
		var kinds []Kind
		for _, ev := range play(d, c.lang, piece{ms: 800}, piece{ms: -200}, piece{words: c.words, ms: -12000}, piece{ms: 600}) {
			kinds = append(kinds, ev.Kind)
		}
		want := []Kind{Started, Remind}
		if !c.waits {
			want = []Kind{Started, Ended, Started}
		}
		if !slices.Equal(kinds, want) {
			t.Errorf("%q (slot %v): %v, want %v", c.words, c.slot, kinds, want)
		}
	}
	d := New(DefaultConfig())
	ev := play(d, "fr", piece{ms: 800}, piece{ms: -200}, piece{words: "attendez", ms: -60000})
	if n := len(ev); n != 5 || ev[3].Kind != Remind || ev[4].Kind != Ended || ev[4].Why != "wait" || ev[4].when < 40*time.Second {
		t.Errorf("a caller who never comes back: %+v, want three reminders and an end", ev)
	}
}

func TestAfterWait(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"attendez une seconde quatre-vingt": "quatre-vingt", "deux minutes je regarde quarante-cinq douze": "quarante-cinq douze",
		"quarante-cinq douze": "quarante-cinq douze", "une seconde": "",
	} {
		if got := AfterWait(text, "fr", true); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestBargeInNeedsMoreSpeechThanAStart(t *testing.T) {
	t.Parallel()
	started := func(script ...piece) (at []int) {
		for _, e := range play(New(DefaultConfig()), "fr", script...) {
			if e.Kind == Started {
				at = append(at, int(e.when.Milliseconds()))
			}
		}
		return at
	}
	if got := started(piece{ms: 100, bot: "on"}, piece{ms: -1000}); got != nil {
		t.Errorf("a cough of 100 ms interrupts the bot at %v", got)
	}
	if got := started(piece{ms: 500, bot: "on"}); len(got) != 1 || got[0] > 180 {
		t.Errorf("speech over the bot noticed at %v ms, want within 180", got)
	}
	if got := started(piece{ms: 500}); len(got) != 1 || got[0] != 60 {
		t.Errorf("speech noticed at %v ms, want 60", got)
	}
}

func TestStartTellsTheOnset(t *testing.T) {
	t.Parallel()
	ev := play(New(DefaultConfig()), "fr", piece{ms: -400}, piece{ms: 400}, piece{ms: -2000})
	if len(ev) != 2 || ev[0].At != 400*time.Millisecond || ev[1].At != 800*time.Millisecond {
		t.Errorf("events %+v, want onset at 400 ms and last speech at 800 ms", ev)
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Errorf("the defaults are refused: %v", bad)
	}
	if bad := (Config{}).Validate(); len(bad) < 10 {
		t.Errorf("an empty table gives only %v", bad)
	}
}

func FuzzFrame(f *testing.F) {
	f.Add(int64(20), 0.7, "attendez une seconde euh l’", 3, "digits")
	f.Fuzz(func(t *testing.T, step int64, p float64, words string, digits int, kind string) {
		d := New(DefaultConfig())
		d.Expect(Expect{Kind: kind, Digits: digits})
		at := time.Duration(0)
		for range 200 {
			at += time.Duration(step % 1e9)
			d.Partial(at, Words{Text: words, Lang: "fr", Count: digits, Fill: Fill(digits & 3)})
			if got := d.Frame(at, Sound{Speech: p, Pitch: p * 200}); !(got.EOT >= 0 && got.EOT <= 1) || got.Left < 0 {
				t.Fatalf("%+v", got)
			}
		}
	})
}

// At every frame the detector tells how probable the end is, which rule decides and when it will.
func TestEveryFrameTells(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		eot   float64
		after time.Duration
	}{{0.5, 330 * time.Millisecond}, {0.2, 165 * time.Millisecond}, {0.8, 660 * time.Millisecond}} {
		cfg := DefaultConfig()
		cfg.EOT = c.eot
		d := New(cfg)
		at, last := time.Duration(0), 0.0
		for at < time.Second {
			at += frame
			d.Frame(at, Sound{Speech: 0.9})
		}
		for quiet := frame; ; quiet += frame {
			got := d.Frame(at+quiet, Sound{})
			if got.Left != max(0, c.after-quiet) || got.Rule != "silence" || got.EOT < last {
				t.Fatalf("eot %v: %v after the end: %+v, want %v left by the rule silence", c.eot, quiet, got, c.after-quiet)
			}
			if last = got.EOT; (got.Kind == Ended) != (quiet >= c.after) {
				t.Fatalf("eot %v: %v after the end: %+v, want Ended after %v", c.eot, quiet, got, c.after)
			} else if got.Kind == Ended {
				break
			}
		}
		if got := d.Frame(at+3*time.Second, Sound{}); got != (Decision{}) {
			t.Errorf("nobody speaks: %+v", got)
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	d := New(DefaultConfig())
	d.Partial(0, Words{Text: "je voudrais parler à quelqu’un de", Lang: "fr"})
	at := time.Duration(0)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		at += frame
		s := Sound{Speech: 0.9}
		if i%50 > 30 {
			s.Speech = 0
		}
		d.Frame(at, s)
	}
}

// In noise a voice goes on at a lower probability.
func TestNoiseDrownsSoftSpeech(t *testing.T) {
	t.Parallel()
	for noise, want := range map[float64]float64{-60: 0.5, -41: 0.275, -30: 0.05, -20: 0.05} {
		var l line
		for range 200 {
			l.push(Sound{Level: -25}, true)
			l.push(Sound{Level: noise}, false)
		}
		if got := l.goesOn(0.5); math.Abs(got-want) > 0.01 {
			t.Errorf("noise at %v dBFS: speech goes on at %.3f, want %.3f", noise, got, want)
		}
	}
	if got := (&line{}).goesOn(0.5); got != 0.5 {
		t.Errorf("before anything is known: %v", got)
	}
}

// Behind a number that is complete, noise that passes for speech holds nothing off; the caller does.
func TestNoiseBehindAWholeNumber(t *testing.T) {
	t.Parallel()
	const words, end = 1320, 1000 // ms: when the words come, when the voice stops
	for _, c := range []struct {
		name    string
		tail    Sound // what is heard from end on
		ms      int   // for how long
		want    int   // ms, decided
		unknown bool  // nobody tells pitches
	}{
		{"silence", Sound{Level: -60}, 0, 1340, false},
		{"traffic that swells", Sound{Speech: 0.9, Level: -24}, 600, 1340, false},
		{"a crowd", Sound{Speech: 0.9, Level: -34, Pitch: 180}, 600, 1340, false},
		{"a crowd, doubtful", Sound{Speech: 0.3, Level: -24, Pitch: 180}, 600, 1340, false},
		{"the caller", Sound{Speech: 0.9, Level: -26, Pitch: 130}, 600, 2060, false},
		{"the caller, no pitches known", Sound{Speech: 0.9, Level: -26}, 600, 2060, true},
	} {
		d := New(DefaultConfig())
		d.Expect(Expect{Kind: "digits", Digits: 4})
		got := 0
		for at := 20; at < 3000 && got == 0; at += 20 {
			s := Sound{Speech: 0.9, Level: -20, Pitch: 120 + float64(at%100)}
			switch {
			case at > end+c.ms:
				s = Sound{Level: -60}
			case at > end:
				s = c.tail
			}
			if c.unknown {
				s.Pitch = 0
			}
			if at > words {
				d.Partial(time.Duration(at-20)*time.Millisecond, Words{Text: "douze treize", Lang: "fr", Fill: Complete, Count: 4, Want: 4})
			}
			if d.Frame(time.Duration(at)*time.Millisecond, s).Kind == Ended {
				got = at
			}
		}
		if got != c.want {
			t.Errorf("%s: ended at %d ms, want %d", c.name, got, c.want)
		}
	}
}

// A loud bang does not make the caller's voice too faint for long.
func TestABangIsNoVoice(t *testing.T) {
	t.Parallel()
	var v voice
	v.push(frame, Sound{Level: -3, Pitch: 200})
	at := frame
	for ; at < 4*time.Second && v.until == frame; at += frame {
		v.push(at, Sound{Level: -30, Pitch: 120})
	}
	if v.until == frame {
		t.Errorf("not heard again after %v", at)
	}
}

// In noise short silences are longer, and long ones are not.
func TestNoiseAsksForMore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		noise      float64
		need, want time.Duration
	}{{-60, 360, 360}, {-40, 360, 380}, {-33, 360, 408}, {-20, 360, 420}, {-20, 1600, 1600}, {-20, 560, 600}} {
		var l line
		for range 200 {
			l.push(Sound{Level: -25}, true)
			l.push(Sound{Level: c.noise}, false)
		}
		if got := l.needed(c.need * time.Millisecond); got.Round(time.Millisecond) != c.want*time.Millisecond {
			t.Errorf("noise at %v dBFS: %v for %d ms, want %d", c.noise, got, c.need, c.want)
		}
	}
}
