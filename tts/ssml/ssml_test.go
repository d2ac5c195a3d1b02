package ssml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"decroche/media"
	"decroche/tts"
)

// engine says 100 ms of a constant for each word and remembers what it was asked for.
type engine struct {
	can   Can
	asked chan tts.Utterance
	langs string // languages it has a voice for; "" all
}

func (e *engine) Marks() Can { return e.can }

func (e *engine) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	if e.langs != "" && !strings.Contains(e.langs, u.Language) {
		return nil, errors.New("no voice")
	}
	e.asked <- u
	return &tone{left: len(strings.Fields(u.Text)) * u.Rate / 10, rate: u.Rate}, nil
}

type tone struct{ left, rate, at int }

func (s *tone) ReadFrame() (media.Frame, error) {
	if s.left == 0 {
		return media.Frame{}, io.EOF
	}
	n := min(s.left, s.rate/50)
	s.left -= n
	f := media.Frame{PCM: make([]int16, n), Rate: s.rate, At: time.Duration(s.at) * time.Second / time.Duration(s.rate)}
	s.at += n
	for i := range f.PCM {
		f.PCM[i] = 1000
	}
	return f, nil
}

func (s *tone) Close() error { return nil }

// heard speaks a document and draws it: "3" is 300 ms of speech, "_2" 200 ms of silence.
func heard(t *testing.T, e *engine, u tts.Utterance) (drawn string, asked []tts.Utterance) {
	t.Helper()
	e.asked = make(chan tts.Utterance, 50)
	src, err := New(e).Speak(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var at, length time.Duration
	loud, first := false, true
	flush := func() {
		if length > 0 {
			drawn += map[bool]string{true: " ", false: " _"}[loud] + fmt.Sprint(length.Milliseconds()/100)
		}
		length = 0
	}
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if f.At != at {
			t.Errorf("a frame at %v, want %v", f.At, at)
		}
		at += f.Len()
		if l := f.PCM[0] != 0; l != loud || first {
			flush()
			loud, first = l, false
		}
		length += f.Len()
	}
	flush()
	close(e.asked)
	for a := range e.asked {
		asked = append(asked, a)
	}
	return strings.TrimSpace(drawn), asked
}

func TestPausesAndPieces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ doc, drawn, asked string }{
		{`un deux`, "2", "un deux"},
		{`un<break time="500ms"/>deux trois`, "1 _5 2", "un|deux trois"},
		{`un<break time="1.5s"/><break time="300ms"/>deux`, "1 _15 1", "un|deux"},
		{`<break time="200ms"/>un<break strength="strong"/>`, "_2 1 _7", "un"},
		{`un <break strength="none"/> deux`, "2", "un deux"},
		{`<p>un deux</p><p>trois</p>`, "_4 2 _4 1 _4", "un deux|trois"},
		{`Le <sub alias="hache deux o">H2O</sub>.`, "4", "Le hache deux o."},
		{`un <prosody rate="slow">deux</prosody> trois`, "3", "un|deux @0.8|trois"},
		{`un <prosody rate="50%"><prosody rate="50%">deux</prosody></prosody>`, "2", "un|deux @0.5"},
		{`un <lang xml:lang="en">two</lang> trois`, "3", "un|two en|trois"},
		{`un <emphasis>deux</emphasis> <prosody pitch="high" volume="loud">trois</prosody>`, "3", "un deux trois"},
		{`<phoneme alphabet="ipa" ph="ʁɛ̃s">Reims</phoneme>`, "1", "Reims"},
		{`<say-as interpret-as="digits">4 5</say-as>`, "2", "4 5"},
		{`a &lt; b`, "3", "a < b"},
		{`<x>mal</x>`, "1", "en clair"}, // not understood: the plain words
	} {
		drawn, asked := heard(t, &engine{}, tts.Utterance{Text: "en clair", SSML: c.doc, Language: "fr", Rate: 8000})
		var all []string
		for _, a := range asked {
			s := a.Text
			if a.Language != "fr" {
				s += " " + a.Language
			}
			if a.Speed != 0 {
				s += fmt.Sprintf(" @%g", a.Speed)
			}
			if a.SSML != "" {
				t.Errorf("%s: an engine without marks is given %s", c.doc, a.SSML)
			}
			all = append(all, s)
		}
		if got := strings.Join(all, "|"); got != c.asked {
			t.Errorf("%s: asked for %q, want %q", c.doc, got, c.asked)
		}
		if c.asked != "en clair" && drawn != c.drawn {
			t.Errorf("%s: heard %q, want %q", c.doc, drawn, c.drawn)
		}
	}
}

func TestEngineWithMarks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ doc, ssml string }{
		{`un <emphasis level="strong">deux</emphasis>`, `un <emphasis level="strong">deux</emphasis>`},
		{`<prosody pitch="+10%" volume="soft" rate="slow">un</prosody>`, `<prosody pitch="+10%" volume="soft">un</prosody>`},
		{`<phoneme alphabet="ipa" ph="ʁɛ̃s">Reims</phoneme>`, `<phoneme alphabet="espeak" ph="rE~s">Reims</phoneme>`},
		{`<phoneme alphabet="espeak" ph="rE~s">Reims</phoneme>`, `<phoneme alphabet="espeak" ph="rE~s">Reims</phoneme>`},
		{`<phoneme alphabet="ipa" ph="ǁ">clic</phoneme>`, ``}, // no such sound there: the word
		{`&lt;break/&gt; <emphasis>a</emphasis>`, `&lt;break/&gt; <emphasis level="moderate">a</emphasis>`},
	} {
		_, asked := heard(t, &engine{can: Can{Pitch: true, Volume: true, Emphasis: true, Alphabet: "espeak"}}, tts.Utterance{Text: "x", SSML: c.doc, Language: "fr", Rate: 8000})
		got := strings.TrimSuffix(strings.TrimPrefix(asked[0].SSML, `<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="fr">`), "</speak>")
		if got != c.ssml {
			t.Errorf("%s is given as %q, want %q", c.doc, got, c.ssml)
		}
	}
}

// A language that an engine has no voice for is read by the voice of the document.
func TestLanguageWithoutAVoice(t *testing.T) {
	t.Parallel()
	drawn, asked := heard(t, &engine{langs: "fr"}, tts.Utterance{SSML: `un <lang xml:lang="en">two</lang>`, Text: "x", Language: "fr", Rate: 8000})
	if drawn != "2" || len(asked) != 2 || asked[1].Language != "fr" {
		t.Errorf("heard %q of %+v", drawn, asked)
	}
}

func TestBadDocuments(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		`<audio src="x"/>`:                               "<audio> is not understood",
		`<break time="1h"/>`:                             "at most 10s",
		`<break time="-1s"/>`:                            "at most 10s",
		`<break strength="huge"/>`:                       "is not known",
		`<sub>x</sub>`:                                   "without alias",
		`<phoneme ph="">x</phoneme>`:                     "wants ph",
		`<phoneme alphabet="x-sampa" ph="a">x</phoneme>`: "alphabet of ipa or espeak",
		`<prosody rate="warp">x</prosody>`:               "is not understood",
		`<emphasis>x`:                                    "do not fit",
		strings.Repeat("<s>", 20):                        "deep",
		strings.Repeat("x", 70000):                       "bytes",
		`<speak><speak>x</speak></speak>`:                "inside",
		strings.Repeat("<s>x</s>", 2100):                 "more than 2000",
	} {
		if _, _, err := Parse(doc); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", doc, err, want)
		}
	}
}

// Closing in the midst lets go of what was asked for ahead.
func TestCloseEarly(t *testing.T) {
	t.Parallel()
	e := &engine{asked: make(chan tts.Utterance, 9)}
	src, err := New(e).Speak(t.Context(), tts.Utterance{SSML: `un<break time="1s"/>deux`, Text: "x", Language: "fr", Rate: 8000})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.ReadFrame(); err != nil {
		t.Fatal(err)
	}
	_ = src.Close()
	_ = src.Close()
	if _, err := src.ReadFrame(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("after Close: %v", err)
	}
}

func TestEspeakPhonemes(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"fr", "kɔlibʁˈi", "kOlibr'i"}, {"fr-BE", "ʃɑ̃ʒ", "SA~Z"}, {"fr", "ɲɥi", "n^yi"}, {"en", "tʃiːz", "tSi:z"}, {"en-GB", "ˈθɔːt", "'TO:t"}, {"en", "ɡəʊt", "goUt"}, {"en", "ʘ", ""}} {
		if got := EspeakPhonemes(c[0], c[1]); got != c[2] {
			t.Errorf("%s %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`un<break time="500ms"/>deux`, `<p>x<prosody rate="80%" pitch="high">y</prosody></p>`, `<sub alias="&lt;b/&gt;">x</sub>`, `<phoneme alphabet="ipa" ph="a">b</phoneme>`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		_, runs, err := Parse(doc)
		if err != nil {
			return
		}
		for _, can := range []Can{{}, All} {
			if _, again, err := Parse(Write("fr", runs, can)); err != nil {
				t.Errorf("%q cannot be read again: %v", doc, err)
			} else if Plain(again) != Plain(runs) {
				t.Errorf("%q says %q and then %q", doc, Plain(runs), Plain(again))
			}
		}
	})
}
