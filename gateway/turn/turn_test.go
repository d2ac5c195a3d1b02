package turn

import (
	"testing"
	"time"
)

// play feeds a script: each piece is a time of speech (+) or silence (-), or a partial; it
// returns the events with the time each was decided.
type piece struct {
	ms     int // > 0 speech, < 0 silence
	words  string
	digits int
	bot    string // "on" or "off"
}

type decided struct {
	Event
	when time.Duration
}

func play(d *Detector, script ...piece) []decided {
	var out []decided
	at := time.Duration(0)
	for _, p := range script {
		if p.bot != "" {
			d.SetBotSpeaking(p.bot == "on")
		}
		if p.words != "" {
			d.Partial(at, Words{Text: p.words, Count: p.digits})
		}
		prob, n := 0.9, p.ms
		if n < 0 {
			prob, n = 0.05, -n
		}
		for range n / 20 {
			at += frame
			if e := d.Frame(at, Sound{Speech: prob}); e.Kind != None {
				out = append(out, decided{e.Event, at})
			}
		}
	}
	return out
}

func TestTurns(t *testing.T) {
	t.Parallel()
	const quiet = -5000
	for _, c := range []struct {
		name   string
		expect Expect
		script []piece
		ends   []int  // ms at which turns end, decided
		why    string // of the last one
	}{
		{"a sentence ends after its silence", Expect{}, []piece{{ms: -200}, {ms: 1000}, {ms: quiet}}, []int{1800}, "silence"},
		{"a clause boundary does not end it", Expect{}, []piece{{ms: 800}, {ms: -400}, {ms: 800}, {ms: quiet}}, []int{2600}, "silence"},
		{"yes is quick", Expect{Kind: "yes_no"}, []piece{{ms: 300}, {ms: quiet}}, []int{700}, "yes_no"},
		{"yes and an explanation is not", Expect{Kind: "yes_no"}, []piece{{ms: 900}, {ms: 20, words: "oui mais pas le bon"}, {ms: quiet}}, []int{1520}, "yes_no"},
		{"no and a number said in pairs is not cut", Expect{Kind: "yes_no"}, []piece{{ms: 1500}, {words: "non c'est cinquante-quatre vingt", digits: 4, ms: -900}, {ms: 900}, {ms: quiet}}, []int{4600}, "digits_incomplete"},
		{"pairs are not cut", Expect{Kind: "digits", Digits: 8}, []piece{{ms: 500}, {words: "quarante cinq", digits: 2, ms: -900}, {ms: 500}, {words: "quarante cinq douze", digits: 4, ms: -900}, {ms: 500}, {ms: quiet}}, []int{4600}, "digits_incomplete"},
		{"the last digit ends it", Expect{Kind: "digits", Digits: 8}, []piece{{ms: 2500}, {words: "…", digits: 8, ms: -20}, {ms: quiet}}, []int{2760}, "digits_complete"},
		{"no number at all is a sentence", Expect{Kind: "digits", Digits: 8}, []piece{{ms: 1000}, {words: "je ne l'ai pas", ms: -20}, {ms: quiet}}, []int{1600}, "silence"},
		{"euh holds", Expect{}, []piece{{ms: 600}, {words: "je voudrais euh", ms: -900}, {ms: 600}, {words: "je voudrais euh un colis", ms: quiet}}, []int{2700}, "silence"},
		{"a filler without a continuation ends later", Expect{}, []piece{{ms: 600}, {words: "c'est pour euh", ms: quiet}}, []int{1900}, "filler"},
		{"spelling is patient", Expect{Kind: "spelled"}, []piece{{ms: 300}, {ms: -1000}, {ms: 300}, {ms: quiet}}, []int{2800}, "spelled"},
		{"a click is no turn", Expect{}, []piece{{ms: 40}, {ms: quiet}}, nil, ""},
		{"the flow's own patience", Expect{Patience: 2 * time.Second}, []piece{{ms: 500}, {ms: quiet}}, []int{2500}, "patience"},
		{"noise does not hold for ever", Expect{}, []piece{{ms: 30000}}, []int{20000}, "max_turn"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := New(DefaultConfig())
			d.Expect(c.expect)
			var ends []decided
			for _, e := range play(d, c.script...) {
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

func TestBargeInNeedsMoreSpeechThanAStart(t *testing.T) {
	t.Parallel()
	started := func(script ...piece) (at []int) {
		for _, e := range play(New(DefaultConfig()), script...) {
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
	ev := play(New(DefaultConfig()), piece{ms: -400}, piece{ms: 400}, piece{ms: -2000})
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
	f.Add(int64(20), 0.7, "euh", 3)
	f.Fuzz(func(t *testing.T, step int64, p float64, words string, digits int) {
		d := New(DefaultConfig())
		d.Expect(Expect{Kind: "digits", Digits: 8})
		at := time.Duration(0)
		for range 200 {
			at += time.Duration(step % 1e9)
			d.Partial(at, Words{Text: words, Count: digits})
			d.Frame(at, Sound{Speech: p})
		}
	})
}

// At every frame the detector tells how probable the end is, which rule decides and when it will.
func TestEveryFrameTells(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		eot   float64
		after time.Duration
	}{{0.5, 600 * time.Millisecond}, {0.2, 300 * time.Millisecond}, {0.8, 1200 * time.Millisecond}} {
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
			if last = got.EOT; (got.Kind == Ended) != (quiet == c.after) {
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
