package bench

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"decroche/asr"
	"decroche/media"
	"decroche/media/codec/g711"
)

// line is a sound unlike any other.
func line(seed uint64, frames int) []int16 {
	r := rand.New(rand.NewPCG(seed, 1))
	pcm := make([]int16, frames*frameSamples)
	for i := range pcm {
		pcm[i] = int16(r.IntN(20000) - 10000)
	}
	return pcm
}

// throughPhone is what arrives of pcm.
func throughPhone(pcm []int16) []int16 {
	b, out := make([]byte, len(pcm)), make([]int16, len(pcm))
	g711.EncodeA(b, pcm)
	g711.DecodeA(out, b)
	return out
}

func TestEarsHearExactlyWhatIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	oui, hello := line(1, 40), line(2, 100)
	fading := append(line(4, 30), make([]int16, 5*frameSamples)...) // quiet, and one last sound
	fading = append(fading, line(5, 1)...)
	holed := append([]int16{}, fading[:29*frameSamples]...) // two packets of its end are lost
	holed = append(holed, make([]int16, 7*frameSamples)...)
	if err := SaveFixtures(dir, []Fixture{{"a", "oui", oui}, {"b", "un deux trois quatre", hello}, {"c", "mon vol", fading}}); err != nil {
		t.Fatal(err)
	}
	book, err := LoadBook(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		pcm        []int16
	}{
		{"one line", "oui", oui},
		{"half a line", "un deux", hello[:50*frameSamples]},
		{"two lines", "oui un deux trois quatre", append(append([]int16{}, oui...), hello...)},
		{"a hole at the end", "mon vol", holed},
		{"no end", "mon", fading[:27*frameSamples]},
		{"something else", "", line(3, 50)},
		{"nothing", "", make([]int16, 50*frameSamples)},
	} {
		s, err := Ears{Book: book}.Open(t.Context(), asr.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for heard := throughPhone(c.pcm); len(heard) > 0; heard = heard[frameSamples:] {
			_ = s.Write(media.Frame{PCM: heard[:frameSamples], Rate: media.PhoneRate})
		}
		_ = s.CloseSend()
		var r asr.Result
		partials := 0
		for {
			n, err := s.Recv()
			if errors.Is(err, io.EOF) {
				break
			}
			if r = n; !r.Final {
				partials++
				if !strings.HasPrefix(c.want, r.Text) {
					t.Errorf("%s: partial %q", c.name, r.Text)
				}
			}
		}
		if r.Text != c.want || !r.Final || (c.name == "two lines") && partials < 3 {
			t.Errorf("%s: %q after %d partial results, want %q", c.name, r.Text, partials, c.want)
		}
		_, _ = s.Close(), s.Close()
	}
}

func TestEarsWithoutABookHearTheirText(t *testing.T) {
	t.Parallel()
	s, _ := Ears{Text: "oui"}.Open(t.Context(), asr.Options{})
	_ = s.Write(media.Frame{PCM: line(1, 1), Rate: media.PhoneRate})
	_ = s.CloseSend()
	if r, err := s.Recv(); err != nil || r.Text != "oui" || !r.Final {
		t.Error(r, err)
	}
	if _, err := s.Recv(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

func TestEarsThatHearOnlyWishes(t *testing.T) {
	t.Parallel()
	for _, hints := range [][]string{{"oui", "non"}, {"non"}} {
		s, _ := Ears{Text: "oui", Wishes: true}.Open(t.Context(), asr.Options{Hints: hints})
		_ = s.CloseSend()
		want := ""
		if len(hints) == 2 {
			want = "oui"
		}
		if r, err := s.Recv(); err != nil || r.Text != want || !r.Final {
			t.Error(hints, r, err)
		}
	}
}

func TestVoiceLastsAsLongAsItsText(t *testing.T) {
	t.Parallel()
	for _, b := range []Bot{{Greeting: 4e9, Reply: 12e8}, {Greeting: 3e9, Reply: 60e9, Protected: true}} {
		if err := b.Write(t.TempDir()); err != nil {
			t.Error(err)
		}
		if d := length(prose(b.Reply)); d < b.Reply-PerLetter || d > b.Reply {
			t.Errorf("%v of prose for %v", d, b.Reply)
		}
	}
}
