package wake

import (
	"bytes"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"decroche/asr/embedded"
	"decroche/media/resample"
	"decroche/media/wav"
)

var recogniser = sync.OnceValues(func() (*embedded.Recogniser, error) { return embedded.New(embedded.DefaultConfig()) })

// ears are one recogniser for all tests: it takes seconds to load under the race detector.
func ears(t *testing.T) *embedded.Recogniser {
	t.Helper()
	rec, err := recogniser()
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// said is a text of an espeak-ng voice between silences.
func said(t *testing.T, voice, text string) []int16 {
	t.Helper()
	out, err := exec.Command("espeak-ng", "-v", voice, "-s", "160", "--stdout", text).Output()
	if err != nil {
		t.Skip("espeak-ng is not installed; make test installs it")
	}
	pcm, rate, err := wav.Read(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	fit, err := resample.New(rate, Rate)
	if err != nil {
		t.Fatal(err)
	}
	return append(append(make([]int16, Rate/2), fit.Process(nil, pcm)...), make([]int16, Rate)...)
}

// TestPhrasesAreFound by voices that no training heard, in pieces of any length; what others say is not.
// bench wake measures; this is that it works at all.
func TestPhrasesAreFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang, voice string
		say         map[string]string
		other       []string
	}{
		{"fr", "fr+m5", map[string]string{"dis Décroche": "dis Décroche", "dis Décroche, plus fort": "dis Décroche|plus fort", "volume à cinq": "volume à cinq", "moins fort": "moins fort"}, []string{"où est mon colis ?", "je décroche le téléphone", "il pleut depuis hier soir"}},
		{"en", "en-us+f3", map[string]string{"hey day crosh": "hey Décroche", "hey day crosh, turn it up": "hey Décroche|turn it up", "volume five": "volume five", "turn it down": "turn it down"}, []string{"where is my parcel?", "they cross the road", "it has been raining since yesterday"}},
	} {
		t.Run(c.lang, func(t *testing.T) {
			t.Parallel()
			rec := ears(t)
			keys, _ := Phrases(c.lang, Usual(c.lang))
			l, err := New(rec, c.lang, keys)
			if err != nil {
				t.Fatal(err)
			}
			hear := func(text string) (found []string) {
				pcm := said(t, c.voice, text)
				for n := 1; len(pcm) > 0; n = n%700 + 37 {
					for _, h := range l.Write(pcm[:min(n, len(pcm))]) {
						found = append(found, keys[h.Phrase].Text)
					}
					pcm = pcm[min(n, len(pcm)):]
				}
				return found
			}
			for text, want := range c.say {
				if got := strings.Join(hear(text), "|"); got != want {
					t.Errorf("%q: heard %q, want %q", text, got, want)
				}
			}
			for _, text := range c.other {
				if got := hear(text); len(got) > 0 {
					t.Errorf("%q: heard %q", text, got)
				}
			}
			if l.Speaking() {
				t.Error("somebody still speaks")
			}
		})
	}
}

// TestUnknownSounds: a phrase that cannot be heard is refused, with what to do.
func TestUnknownSounds(t *testing.T) {
	t.Parallel()
	rec := ears(t)
	for _, c := range []struct {
		lang string
		keys []embedded.Keyword
		want string
	}{
		{"de", []embedded.Keyword{{Text: "hallo"}}, "it knows en and fr"},
		{"fr", nil, "give 1 to 100"},
		{"fr", []embedded.Keyword{{Text: "?!"}}, "nobody knows how that sounds"},
	} {
		if _, err := New(rec, c.lang, c.keys); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c.keys, err)
		}
	}
}
