package eval

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"decroche/asr"
	"decroche/asr/asrtest"
)

func TestParseTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, want string
	}{
		{"a.wav\tun deux\n\nb.wav\t\r\n", "[{a.wav   un deux   true} {b.wav      true}]"},
		{"\ufefffile\tlang\tspeaker\ttranscript\torigin\na.wav\tfr\tx\tun \"deux\tweb\n", `[{a.wav fr x un "deux   true}]`},
		{"text\tfile\tset\texpect\nun\ta.wav\tdigits\tdigits:1\n", "[{a.wav   un digits digits:1 true}]"},
		{"file\tlang\na.wav\tfr\n", "[{file   lang   true} {a.wav   fr   true}]"}, // no header: no text column
		{"", "no recording is listed"},
		{"file\ttext\n", "no recording is listed"},
		{"file\ttext\na.wav\n", "t.tsv:2: expected file<TAB>text"},
		{"\tno file\n", "t.tsv:1: expected"},
	} {
		clips, err := ParseTable("t.tsv", c.in)
		got := fmt.Sprint(clips)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%q: %s, want %s", c.in, got, c.want)
		}
	}
}

func TestReadFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := ReadFolder(dir); err == nil || !strings.Contains(err.Error(), "there is no clips.tsv") {
		t.Errorf("without a table: %v", err)
	}
	for table, want := range map[string]string{"../a.wav\tx\n": "is not below the folder", "a.wav\tx\n": "no such file"} {
		if err := os.WriteFile(filepath.Join(dir, TableName), []byte(table), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFolder(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", table, err)
		}
	}
}

func TestParseConditions(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		Usual:                     "",
		"none, ulaw+babble:3.5":   "",
		"babble:-5+loss:0":        "",
		"":                        `condition "": write alaw`,
		"babble":                  `condition "babble"`,
		"babble:x":                "babble:DB",
		"babble:NaN":              "babble:DB",
		"loss:60":                 "loss:PERCENT (0 to 50)",
		"alaw:3":                  `condition "alaw:3"`,
		"rain":                    `condition "rain"`,
		"none+loss:3":             "packets are lost on a telephone line",
		"alaw,,ulaw":              `condition ""`,
		"babble:12+loss:3+mu-law": `condition "babble:12+loss:3+mu-law"`,
	} {
		_, err := ParseConditions(in)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}

func FuzzParseConditions(f *testing.F) {
	f.Add(Usual)
	f.Add("babble:1e308+loss:-0")
	tone := sine(800)
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ParseConditions(s)
		for _, c := range list[:min(3, len(list))] {
			if out := c.Apply(tone, Room([][]int16{tone}), 1); err == nil && len(out) != len(tone) {
				t.Errorf("%q: %d samples became %d", c.Name, len(tone), len(out))
			}
		}
	})
}

func FuzzParseTable(f *testing.F) {
	f.Add("file\ttext\na.wav\tun\n")
	f.Fuzz(func(t *testing.T, s string) {
		clips, err := ParseTable("t", s)
		if err == nil && (len(clips) == 0 || slices.ContainsFunc(clips, func(c Clip) bool { return c.File == "" })) {
			t.Errorf("%q: %v", s, clips)
		}
	})
}

// sine is n samples of 440 Hz at half of full scale.
func sine(n int) []int16 {
	x := make([]int16, n)
	for i := range x {
		x[i] = int16(16000 * math.Sin(2*math.Pi*440*float64(i)/8000))
	}
	return x
}

// TestConditionsDoWhatTheySay measures them on a tone.
func TestConditionsDoWhatTheySay(t *testing.T) {
	t.Parallel()
	tone := sine(80000)
	other := make([]int16, 80000)
	for i := range other {
		other[i] = int16(i * 7919 % 20000)
	}
	room := Room([][]int16{other})
	apply := func(s string) []int16 {
		list, err := ParseConditions(s)
		if err != nil {
			t.Fatal(err)
		}
		return list[0].Apply(tone, room, 4)
	}
	snr := func(x []int16) float64 {
		var e float64
		for i := range x {
			d := float64(x[i]) - float64(tone[i])
			e += d * d
		}
		return 10 * math.Log10(power(tone)*float64(len(tone))/max(e, 1e-9))
	}
	for _, c := range []struct {
		name     string
		min, max float64
	}{{"none", 100, 1e9}, {"alaw", 35, 42}, {"ulaw", 35, 42}, {"none+babble:12", 11.9, 12.1}, {"babble:12", 11.8, 12.2}, {"none+babble:0", -.1, .8}} {
		if got := snr(apply(c.name)); got < c.min || got > c.max {
			t.Errorf("%s: %.1f dB, want %v to %v", c.name, got, c.min, c.max)
		}
	}
	if fmt.Sprint(apply("babble:12+loss:10")) != fmt.Sprint(apply("babble:12+loss:10")) {
		t.Error("the same condition sounds different the second time")
	}
	for _, loss := range []float64{3, 10, 30} {
		for _, codec := range []string{"alaw", "ulaw"} {
			out := apply(fmt.Sprintf("%s+loss:%g", codec, loss))
			silent := 0
			for i := 0; i+160 <= len(out); i += 160 {
				if power(out[i:i+160]) < 1000 {
					silent++
				}
			}
			if got := 100 * float64(silent) / 500; len(out) != len(tone) || got < loss/2 || got > loss*1.6 {
				t.Errorf("%s, %g %% lost: %.1f %% of packets are silent, %d samples of %d", codec, loss, got, len(out), len(tone))
			}
		}
	}
	if mixed := (Condition{Babble: true, BabbleDB: 3}).Apply(make([]int16, 160), nil, 1); len(mixed) != 160 {
		t.Error("without other recordings there is no babble, and it fails")
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	sounds := []Sound{
		{Clip: Clip{File: "1", Lang: "en", Speaker: "ann", Text: "one"}, PCM: sine(800)},
		{Clip: Clip{File: "2", Lang: "en", Speaker: "bob", Text: "two"}, PCM: sine(1600)},
		{Clip: Clip{File: "3", Text: "des colis livrés", Expect: "digits:99"}, PCM: sine(800)},
		{Clip: Clip{File: "4", Text: "des colis livrés"}, PCM: sine(800)},
	}
	rec := &asrtest.Script{Turns: []asrtest.Turn{
		{Text: "one"}, {Text: "one"}, // free, then of the set
		{Text: "to"}, {Text: "two"},
		{Text: "des colis livrer"},
		{Text: "one"}, {Text: "two"}, {OpenErr: errors.New("down")}, {Text: "two"}, {Text: "des"},
	}}
	conds, err := ParseConditions("alaw,babble:12")
	if err != nil {
		t.Fatal(err)
	}
	last := 0
	r, err := Run(t.Context(), sounds, []Engine{{"script", rec}}, Options{Conditions: conds, Closed: true, Jobs: 1, Lang: "fr", Progress: func(d, n int) { last = d*100 + n }})
	if err != nil || last != 1212 {
		t.Fatal(err, last)
	}
	var got []string
	for _, w := range r.Rows {
		got = append(got, fmt.Sprintf("%s %s %s: %d clips %d failed, %.2f %.2f, %d/%d", w.Condition, w.Lang, w.Speaker, w.Clips, w.Failed, w.WER, w.Folded, w.ClosedRight, w.ClosedClips))
	}
	want := []string{
		"alaw en : 2 clips 0 failed, 0.50 0.50, 2/2", "alaw fr : 1 clips 1 failed, 0.33 0.00, 0/0",
		"babble:12 en : 1 clips 1 failed, 0.00 0.00, 1/2", "babble:12 fr : 1 clips 1 failed, 0.67 0.67, 0/0",
		"alaw en ann: 1 clips 0 failed, 0.00 0.00, 1/1", "babble:12 en ann: 1 clips 0 failed, 0.00 0.00, 0/1",
		"alaw en bob: 1 clips 0 failed, 1.00 1.00, 1/1", "babble:12 en bob: 0 clips 1 failed, 0.00 0.00, 1/1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, s := range rec.Sessions()[1:2] {
		if s.Options.Expect.Kind != "list" || !slices.Equal(s.Options.Hints, []string{"one", "two"}) {
			t.Errorf("the set was asked for as %+v", s.Options)
		}
	}
	var b strings.Builder
	if err := r.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"| script | alaw | en | 2 | 50.0 % | 50.0 % | 2 of 2 (100 %) |", "| script | en | ann | 1 | 0.0 % |", "1, 1 failed | 33.3 % | 0.0 % | – |", "failed: script, babble:12, 2: transcribe: asrtest: open: down", "the number of digits is between 1 and 20"} {
		if !strings.Contains(b.String(), w) {
			t.Errorf("the report lacks %q:\n%s", w, &b)
		}
	}
}

func TestClosedOnly(t *testing.T) {
	t.Parallel()
	sounds := []Sound{{Clip: Clip{File: "1", Set: "a", Text: "one"}, PCM: sine(800)}, {Clip: Clip{File: "2", Set: "a", Text: "two"}, PCM: sine(800)}, {Clip: Clip{File: "3", Set: "b", Text: "alone"}, PCM: sine(800)}}
	rec := &asrtest.Script{Turns: []asrtest.Turn{{Text: "one"}, {Text: "one"}}}
	r, err := Run(t.Context(), sounds, []Engine{{"script", rec}}, Options{ClosedOnly: true, Jobs: 1})
	if err != nil || len(r.Clips) != 2 || r.Rows[0].ClosedRight != 1 || r.Rows[0].Clips != 0 {
		t.Errorf("%v, %+v", err, r)
	}
	if _, err := Run(t.Context(), sounds[2:], []Engine{{"script", rec}}, Options{ClosedOnly: true}); err == nil {
		t.Error("a set of one was asked for")
	}
	if _, err := Run(t.Context(), nil, nil, Options{}); err == nil {
		t.Error("nothing was heard, and nobody complains")
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("enough")
	cancel(stop)
	if _, err := Run(ctx, []Sound{{PCM: sine(800)}}, []Engine{{"script", &asrtest.Script{}}}, Options{}); !errors.Is(err, stop) {
		t.Error(err)
	}
}

func TestParseExpect(t *testing.T) {
	t.Parallel()
	read := func(file string) ([]string, error) {
		if file == "empty" {
			return nil, nil
		}
		return []string{"un", "deux"}, nil
	}
	for in, want := range map[string]string{
		"": "{ 0 } []", "digits": "{digits 0 } []", "digits:8": "{digits 8 } []", "digits:8:pairs": "{digits 8 pairs} []", "digits::singles": "{digits 0 singles} []",
		"yes_no": "{yes_no 0 } []", "date": "{date 0 } []", "spelled": "{spelled 0 } []", "list": "{list 0 } []", "list:f": "{list 0 } [un deux]",
		"digits:0": "between 1 and 20", "digits:21": "between 1 and 20", "digits:8x": "between 1 and 20", "digits:8:rows": "choose digits", "yes_no:1": "choose digits", "amount": "choose digits", "list:empty": "it names no answer",
	} {
		e, hints, err := ParseExpect(in, read)
		got := fmt.Sprint(e, hints)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	if _, _, err := ParseExpect("list:f", nil); err == nil {
		t.Error("a list was read where none can be")
	}
}

func TestHearTellsItsTimes(t *testing.T) {
	t.Parallel()
	rec := &asrtest.Script{Turns: []asrtest.Turn{{Text: "un"}}}
	h, err := asr.Hear(t.Context(), rec, sine(800), asr.Options{Rate: 8000}, 50)
	if err != nil || h.Text != "un" || h.Took < h.Final || h.Final < 0 || h.Took.Milliseconds() < 9 { // 0.5 s of audio at 50 times its speed
		t.Errorf("%+v, %v", h, err)
	}
}
