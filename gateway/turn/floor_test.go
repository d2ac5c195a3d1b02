package turn

import (
	"testing"
	"time"
)

// over plays a script of sounds over a prompt and returns what was ruled, with the time.
type over struct {
	ms    int // > 0 voice, < 0 quiet
	level float64
	words string
	final bool
	done  bool // the recogniser is through
	// of each frame alone
	vowel, hiss float64
	unsure      bool // Voice has not risen yet
}

type ruled struct {
	Verdict
	at time.Duration
}

// judge plays a script on a line that is known; times are counted from where it begins.
func judge(f *Floor, script ...over) []ruled { return judgeFrom(strange, f, script...) }

func judgeFrom(begin time.Duration, f *Floor, script ...over) (out []ruled) {
	at := begin
	note := func(v Verdict) {
		if v.Do != Keep {
			out = append(out, ruled{v, at - begin})
		}
	}
	for _, o := range script {
		if o.words != "" {
			note(f.Words(Words{Text: o.words, Lang: "fr"}, o.final))
		}
		if o.done {
			note(f.Over(time.Second, false))
		}
		voice, n := 0.9, o.ms
		if n < 0 {
			voice, n = 0.05, -n
		}
		if o.unsure {
			voice = 0.2
		}
		level := o.level
		if level == 0 {
			level = -22
		}
		for range n / 20 {
			at += frame
			note(f.Frame(at, Overlap{Voice: voice, Level: level, Vowel: o.vowel, Hiss: o.hiss}))
		}
	}
	return out
}

// stood is the longest that the prompt stood still, and whether it was given up.
func stood(rs []ruled, end time.Duration) (longest time.Duration, stopped bool) {
	held := time.Duration(-1)
	for _, r := range rs {
		switch r.Do {
		case Hold:
			held = r.at
		case Resume:
			longest, held = max(longest, r.at-held), -1
		case Stop:
			return longest, true
		}
	}
	if held >= 0 {
		longest = max(longest, end-held)
	}
	return longest, false
}

func TestFloor(t *testing.T) {
	t.Parallel()
	const tv, room = -38, -35 // 15 and 12 dB below the caller
	for _, c := range []struct {
		name   string
		prompt Prompt
		level  float64 // learned
		script []over
		want   string // "" goes on, else why it stops
		most   int    // ms it may stand still
		by     int    // ms by which it stops
	}{
		{"a click", Prompt{}, 0, []over{{ms: 60}, {ms: -900}}, "", 180, 0},
		{"oui", Prompt{}, 0, []over{{ms: 260}, {ms: -200}, {words: "oui", ms: -300}, {words: "oui", final: true, ms: -900}}, "", 300, 0},
		{"d'accord, half heard at first", Prompt{}, 0, []over{{ms: 400}, {words: "d", ms: 200}, {words: "d'accord", ms: -900}}, "", 300, 0},
		{"the longest mm, no words", Prompt{}, 0, []over{{ms: 600}, {ms: -900, done: true}}, "", 300, 0},
		{"mm-hm in two parts", Prompt{}, 0, []over{{ms: 220}, {ms: -140}, {ms: 240}, {ms: -900}}, "", 300, 0},
		{"oui, oui, d'accord", Prompt{}, 0, []over{{ms: 460}, {words: "oui oui", ms: 400}, {words: "oui oui d'accord", ms: -900}}, "", 300, 0},
		{"non", Prompt{}, 0, []over{{ms: 260}, {ms: -100, words: "non"}}, WhyWords, 300, 300},
		{"oui mais", Prompt{}, 0, []over{{ms: 400}, {words: "oui", ms: 300}, {words: "oui mais", ms: 300}}, WhyWords, 300, 720},
		{"oui, and on without words", Prompt{}, 0, []over{{ms: 300}, {words: "oui", ms: 900}}, WhyGoesOn, 300, 900},
		{"a voice that goes on", Prompt{}, 0, []over{{ms: 2000}}, WhyGoesOn, 300, 800},
		{"words with pauses", Prompt{}, 0, []over{{ms: 200}, {ms: -80}, {ms: 200}, {ms: -80}, {ms: 200}, {ms: -60}, {ms: 200}}, WhyGoesOn, 300, 900},
		{"late words", Prompt{}, 0, []over{{ms: 300}, {ms: -900}, {words: "attendez", final: true, ms: -100}}, WhyWords, 300, 1220},
		{"yes to what is asked", Prompt{Asks: true}, 0, []over{{ms: 300}, {ms: -200}, {words: "oui", final: true, ms: -100}}, WhyAnswer, 400, 520},
		{"a cough", Prompt{}, 0, []over{{ms: 200}, {ms: -120}, {ms: 160}, {ms: -900, done: true}}, "", 300, 0},
		{"a cough that was taken for a word", Prompt{}, 0, []over{{ms: 200}, {words: "et", ms: -600}, {done: true, ms: -600}}, "", 300, 0},
		{"the television", Prompt{}, -23, []over{{ms: 4000, level: tv, words: "les nouvelles du soir"}}, "", 300, 0},
		{"a second voice", Prompt{}, -23, []over{{ms: 600, level: room}, {ms: 3000, level: room, words: "tu viens manger"}}, "", 300, 0},
		{"the television before anybody spoke", Prompt{}, 0, []over{{ms: 4000, level: tv - 4}}, "", 300, 0},
		{"an echo before anybody spoke", Prompt{}, 0, []over{{ms: 4000, level: -45, words: "votre colis arrive demain"}}, "", 0, 0},
		{"an echo", Prompt{}, -23, []over{{ms: 4000, level: -36, words: "votre colis arrive demain"}}, "", 300, 0},
		{"a quiet caller, once known", Prompt{}, -40, []over{{ms: 2000, level: -41}}, WhyGoesOn, 300, 800},
		{"guarded", Prompt{Guarded: true}, 0, []over{{ms: 500}, {words: "non non stop", ms: 2000}}, "", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := NewFloor(FloorConfig{})
			if c.level != 0 {
				f.Learn(c.level)
			}
			f.Begin(c.prompt)
			total := time.Duration(0)
			for _, o := range c.script {
				total += time.Duration(max(o.ms, -o.ms)) * time.Millisecond
			}
			rs := judge(f, c.script...)
			longest, stopped := stood(rs, total)
			if stopped != (c.want != "") {
				t.Fatalf("stopped: %v; ruled %v", stopped, rs)
			}
			if longest > time.Duration(c.most)*time.Millisecond {
				t.Errorf("it stood still for %v, at most %d ms; ruled %v", longest, c.most, rs)
			}
			if stopped {
				if last := rs[len(rs)-1]; last.Why != c.want || last.at > time.Duration(c.by)*time.Millisecond {
					t.Errorf("stopped at %v (%s), want %s by %d ms; ruled %v", last.at, last.Why, c.want, c.by, rs)
				}
				if rs[0].Do == Hold && rs[0].at > 40*time.Millisecond {
					t.Errorf("held only at %v", rs[0].at)
				}
			}
		})
	}
}

// A room full of short noises must not make the prompt stutter: each that was nothing makes the
// next harder.
func TestFloorTires(t *testing.T) {
	t.Parallel()
	f := NewFloor(FloorConfig{})
	f.Begin(Prompt{})
	var script []over
	for range 12 {
		script = append(script, over{ms: 80}, over{ms: -600})
	}
	dips := 0
	for _, r := range judge(f, script...) {
		if r.Do == Hold {
			dips++
		}
	}
	if dips > 4 {
		t.Errorf("%d dips for 12 knocks", dips)
	}
}

// What one frame alone tells holds the prompt before the voice detector is sure: a vowel as near as
// the caller, or two frames of a hiss. Nothing else may.
func TestFloorHoldsEarly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		script []over
		held   int // ms of media time; 0: never
		most   int // ms it may stand still
	}{
		{"a vowel", []over{{ms: 20, unsure: true, vowel: 1}, {ms: 300}}, 20, 240},
		{"half a vowel", []over{{ms: 20, unsure: true, vowel: 0.7}, {ms: 300}}, 40, 240},
		{"a vowel of the room", []over{{ms: 200, unsure: true, vowel: 1, level: -40}, {ms: -900}}, 0, 0},
		{"a vowel that was a click", []over{{ms: 20, unsure: true, vowel: 1}, {ms: -900}}, 20, 180},
		{"s'il vous plaît", []over{{ms: 80, unsure: true, hiss: 0.5, level: -40}, {ms: 300}}, 40, 240},
		{"an s with little hiss", []over{{ms: 80, unsure: true, hiss: 0.3, level: -40}, {ms: 300}}, 100, 240},
		{"a key", []over{{ms: 20, unsure: true, hiss: 0.7}, {ms: 20, unsure: true, hiss: 0.7, level: -44}, {ms: -400}}, 0, 0},
		{"a hiss far away", []over{{ms: 400, unsure: true, hiss: 0.6, level: -55}}, 0, 0},
		{"paper", []over{{ms: 100, unsure: true, hiss: 0.6}, {ms: -400}, {ms: 300, unsure: true, hiss: 0.6}, {ms: -400}, {ms: 300, unsure: true, hiss: 0.6}}, 40, 140},
	} {
		f := NewFloor(FloorConfig{})
		f.Begin(Prompt{})
		rs := judge(f, c.script...)
		held, holds := time.Duration(0), 0
		for _, r := range rs {
			if r.Do == Hold {
				holds++
				if holds == 1 {
					held = r.at
				}
			}
		}
		if held != time.Duration(c.held)*time.Millisecond || holds > 1 {
			t.Errorf("%s: held %d times, first at %v; ruled %v", c.name, holds, held, rs)
		}
		if longest, stopped := stood(rs, held); stopped || longest > time.Duration(c.most)*time.Millisecond {
			t.Errorf("%s: it stood still for %v; ruled %v", c.name, longest, rs)
		}
	}
}

// Who said "oui" is heard as soon as before when they interrupt next, and so is the caller in front
// of a television; a room with voices as near as theirs is not.
func TestFloorTiresOfTheRightSounds(t *testing.T) {
	t.Parallel()
	const tv = -38
	for _, c := range []struct {
		name   string
		before []over
		after  time.Duration // from the interruption to the hold
	}{
		{"oui", []over{{ms: 300}, {words: "oui", ms: -400}, {words: "oui", final: true, ms: -20}, {done: true, ms: -600}}, frame},
		{"the television", []over{{ms: 400, level: tv}, {ms: -600, done: true}, {ms: 400, level: tv}, {ms: -600, done: true}}, frame},
		{"coughs", []over{{ms: 300}, {ms: -600, done: true}}, 4 * frame},
	} {
		f := NewFloor(FloorConfig{})
		f.Learn(-23)
		f.Begin(Prompt{})
		said := time.Duration(0)
		for _, o := range c.before {
			said += time.Duration(max(o.ms, -o.ms)) * time.Millisecond
		}
		rs := judge(f, append(c.before, over{ms: 200})...)
		if last := rs[len(rs)-1]; last.Do != Hold || last.at-said != c.after {
			t.Errorf("%s: want a hold %v after the interruption began at %v; ruled %v", c.name, c.after, said, rs)
		}
	}
}

// What is fainter than a caller would be pauses a prompt once, not each time that it comes.
func TestFloorTiresOfAnEcho(t *testing.T) {
	t.Parallel()
	f := NewFloor(FloorConfig{})
	f.Learn(-23)
	f.Begin(Prompt{})
	var script []over
	for range 6 {
		script = append(script, over{ms: 400, level: -36}, over{ms: -600, done: true})
	}
	holds := 0
	for _, r := range judge(f, script...) {
		if r.Do == Hold {
			holds++
		}
	}
	if holds != 1 {
		t.Errorf("an echo paused the prompt %d times", holds)
	}
}

// A crowd around the caller is a voice to the detector until it knows the line: a greeting goes on for
// it, and stops for words all the same, or for a voice that is there when the line is known.
func TestFloorOnANewLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		script []over
		want   string
	}{
		{"a crowd that the detector knows in time", []over{{ms: 1900}, {ms: -900, done: true}}, ""},
		{"words in the first second", []over{{ms: 400}, {ms: 200, words: "allô je voudrais"}}, WhyWords},
		{"a voice that goes on and on", []over{{ms: 3000}}, WhyGoesOn},
	} {
		f := NewFloor(FloorConfig{})
		f.Begin(Prompt{})
		rs := judgeFrom(0, f, c.script...)
		why := ""
		for _, r := range rs {
			if r.Do == Stop {
				why = r.Why
				if r.Why == WhyGoesOn && r.at < strange {
					t.Errorf("%s: stopped at %v", c.name, r.at)
				}
			}
		}
		if why != c.want {
			t.Errorf("%s: stopped for %q, want %q; ruled %v", c.name, why, c.want, rs)
		}
	}
}

func TestFloorAlready(t *testing.T) {
	t.Parallel()
	f := NewFloor(FloorConfig{})
	f.Begin(Prompt{})
	f.Already(strange, 400*time.Millisecond, -22)
	if rs := judge(f, over{ms: 600}); len(rs) == 0 || rs[len(rs)-1].Why != WhyGoesOn || rs[len(rs)-1].at > 340*time.Millisecond {
		t.Errorf("who was speaking when the prompt was to begin: %v", rs)
	}
}

func TestListens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"Oui.": true, "d’accord": true, "D'accord, oui oui.": true, "Mm-hm": true, "ah bon": true, "très bien merci": true,
		"": false, "oui mais": false, "non": false, "oui le deux": false, "attendez": false, "d": false,
	} {
		if Listens("fr-FR", text) != want {
			t.Errorf("fr %q: %v", text, !want)
		}
	}
	for text, want := range map[string]bool{"Uh-huh": true, "okay, I see": true, "right but no": false, "stop": false, "all right": true} {
		if Listens("en", text) != want {
			t.Errorf("en %q: %v", text, !want)
		}
	}
}

func BenchmarkFloor(b *testing.B) {
	f := NewFloor(FloorConfig{})
	f.Begin(Prompt{})
	b.ReportAllocs()
	for i := range b.N {
		f.Frame(time.Duration(i)*frame, Overlap{Voice: float64(i/10%2) * .9, Level: -40})
	}
}
