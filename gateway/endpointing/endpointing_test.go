package endpointing

import (
	"math"
	"testing"
	"time"

	"decroche/flows"
	"decroche/flows/entity"
	"decroche/gateway/turn"
	"decroche/media"
	"decroche/media/vad"
)

// buzz is a voiced sound: a pulse train of 120 Hz through two resonances, near enough to a vowel
// for the voice detector.
func buzz(n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		t := float64(i) / media.PhoneRate
		for k := 1.0; k < 20; k++ {
			pcm[i] += int16(6000 / k * math.Sin(2*math.Pi*120*k*t))
		}
	}
	return pcm
}

// What the flow expects decides how long a silence ends the turn, and the last digit ends it soon.
func TestExpectedDigitsEndTheTurn(t *testing.T) {
	t.Parallel()
	ends := func(words string) time.Duration {
		e := New(vad.Config{}, turn.Config{})
		e.Expect(flows.Expect{Entity: "digits", Digits: 4})
		voice := buzz(media.PhoneRate)
		for i := range 500 {
			f := media.Frame{PCM: make([]int16, 160), Rate: media.PhoneRate, At: time.Duration(i) * media.FrameTime}
			if at := i*160 - media.PhoneRate; at >= 0 && at+160 <= len(voice) {
				copy(f.PCM, voice[at:])
			}
			if i == 90 {
				e.Words(words, "fr")
			}
			if d := e.Frame(f); d.Kind == turn.Ended {
				return e.Clock() - d.At
			}
		}
		return 0
	}
	some, all := ends("douze"), ends("douze trente-quatre")
	if all == 0 || some < 2*all {
		t.Errorf("two digits of four ended after %v, four after %v", some, all)
	}
}

// listen speaks for the given times, with the silences between them, and gives words 340 ms after
// each; it returns the decisions that are events, with the time of each.
func listen(e *Endpointer, lang string, said ...any) (events []Decision, at []time.Duration) {
	frame := func(pcm []int16) {
		d := e.Frame(media.Frame{PCM: pcm, Rate: media.PhoneRate, At: e.Clock()})
		if d.Kind != turn.None {
			events, at = append(events, d), append(at, e.Clock())
		}
	}
	voice := buzz(10 * media.PhoneRate)
	for _, x := range said {
		switch x := x.(type) {
		case string:
			e.Words(x, lang)
		case int: // ms; less than zero is silence
			pcm := make([]int16, 160)
			for i := range max(x, -x) / 20 {
				if x > 0 {
					pcm = voice[i*160%70000:][:160]
				}
				frame(pcm)
			}
		}
	}
	return events, at
}

// A slot's own knowledge reaches the detector: how many digits a country's numbers have, the values
// of a list, the times that the step sets, and that a caller asked for a moment.
func TestTheSlotDecides(t *testing.T) {
	t.Parallel()
	list := entity.Spec{Type: entity.TypeList, Values: map[string][]string{"livraison": nil, "livraison express": nil}}
	for _, c := range []struct {
		name  string
		x     flows.Expect
		words string
		less  bool // ends within 500 ms
	}{
		{"ten digits in France", flows.Expect{Spec: entity.Spec{Type: entity.TypePhone, Region: "FR"}}, "zéro six douze trente-quatre cinquante-six soixante-treize", true},
		{"nine do not suffice", flows.Expect{Spec: entity.Spec{Type: entity.TypePhone, Region: "FR"}}, "zéro six douze trente-quatre cinquante-six sept", false},
		{"nine do in Belgium", flows.Expect{Spec: entity.Spec{Type: entity.TypePhone, Region: "BE"}}, "zéro deux cinq cent douze trente-quatre vingt-et-un", true},
		{"a value that goes on", flows.Expect{Spec: list}, "livraison express", true},
		{"the step's own pause", flows.Expect{Spec: list, Ends: flows.Ends{Pause: time.Second}}, "livraison", false},
		{"the step's own time for what is complete", flows.Expect{Spec: list, Ends: flows.Ends{Complete: 900 * time.Millisecond}}, "livraison express", false},
		{"a pattern", flows.Expect{Spec: entity.Spec{Type: entity.TypeSpelled, Pattern: "[A-Z]{2}[0-9]{2}"}}, "b comme bernard a vingt-deux", true},
	} {
		e := New(vad.Config{}, turn.Config{})
		e.Expect(c.x)
		ev, at := listen(e, "fr", -500, 600, -100, 600, -200, c.words, -4000)
		if len(ev) != 2 || ev[1].Kind != turn.Ended {
			t.Errorf("%s: %+v", c.name, ev)
			continue
		}
		if quiet := at[1] - ev[1].At; (quiet < 500*time.Millisecond) != c.less {
			t.Errorf("%s: ended after %v by the rule %q", c.name, quiet, ev[1].Why)
		}
	}
}

func TestMomentPlease(t *testing.T) {
	t.Parallel()
	e := New(vad.Config{}, turn.Config{})
	e.Expect(flows.Expect{Entity: "digits", Digits: 4})
	ev, _ := listen(e, "fr", -500, 900, -200, "attendez deux minutes je cherche", -12000, 900, -300, "attendez deux minutes je cherche douze treize", -2000)
	if len(ev) != 3 || ev[1].Kind != turn.Remind || ev[2].Kind != turn.Ended || ev[2].Why != "complete" {
		t.Errorf("%+v, want a reminder and then the end of a complete number", ev)
	}
}

// A frame of a turn costs no memory.
func TestFrameAllocatesNothing(t *testing.T) {
	e := New(vad.Config{}, turn.Config{})
	e.Expect(flows.Expect{Entity: "digits", Digits: 8})
	voice := buzz(media.PhoneRate)
	e.Words("quarante-cinq douze", "fr")
	i := 0
	if n := testing.AllocsPerRun(500, func() {
		e.Frame(media.Frame{PCM: voice[i*160%7000:][:160], Rate: media.PhoneRate, At: e.Clock()})
		i++
	}); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
