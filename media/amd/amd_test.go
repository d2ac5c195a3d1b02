package amd

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/resample"
	"decroche/media/tone"
	"decroche/media/wav"
)

const rate = media.PhoneRate

// sound is a recording of the far end, put together in the tests.
type sound []int16

func (s sound) pause(d time.Duration) sound {
	return append(s, make([]int16, int(d*rate/time.Second))...)
}

func (s sound) tone(hz float64, d time.Duration) sound {
	return append(s, tone.Sine(hz, rate, d, 0.2)...)
}

func (s sound) voice(t *testing.T, v, text string) sound {
	t.Helper()
	return append(s, spoken(t, v, text)...)
}

// line is what the telephone makes of it: noise of a line, so many dB below full scale, and A-law.
func (s sound) line(noise float64, seed uint64) sound {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make(sound, len(s))
	amp := math.Pow(10, noise/20) * 32768
	for i, x := range s {
		out[i] = int16(max(-32768, min(32767, float64(x)+r.NormFloat64()*amp)))
	}
	b := make([]byte, len(out))
	g711.EncodeA(b, out)
	g711.DecodeA(out, b)
	return out
}

// hear feeds s, and 3 s of silence after it, until there is a verdict; then on until the end when all is set.
func (s sound) hear(d *Detector, all bool) Result {
	s = append(s[:len(s):len(s)], make(sound, 3*rate)...)
	for len(s) >= rate/50 && (all || d.Result().What == Unknown) {
		d.Frame(media.Frame{PCM: s[:rate/50], Rate: rate})
		s = s[rate/50:]
	}
	return d.Result()
}

// spoken is text by espeak-ng, at the level of a telephone.
func spoken(t *testing.T, voice, text string) sound {
	t.Helper()
	raw, err := exec.CommandContext(t.Context(), "espeak-ng", "-v", voice, "-s", "165", "--stdout", text).Output()
	if err != nil {
		t.Fatalf("espeak-ng: %v", err)
	}
	pcm, from, err := wav.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	r, err := resample.New(from, rate)
	if err != nil {
		t.Fatal(err)
	}
	out := r.Flush(r.Process(nil, pcm))
	for len(out) > 0 && abs(out[0]) < 200 {
		out = out[1:]
	}
	for len(out) > 0 && abs(out[len(out)-1]) < 200 {
		out = out[:len(out)-1]
	}
	for i := range out {
		out[i] /= 2
	}
	return out
}

func abs(x int16) int16 {
	if x < 0 {
		return -x
	}
	return x
}

// greetings of persons and of machines, in the words of both. A full stop between two sentences of a
// machine is a pause of its own.
var persons = map[string][]string{
	"fr": {"Allô ?", "Oui allô ?", "Oui ?", "Allô, oui, bonjour.", "Bonjour.", "Allô, qui est à l'appareil ?", "Oui, j'écoute.", "Nadia Benali, bonjour.", "Oui bonjour, c'est Paul.", "Allô maman ?",
		"Garage Dupont, bonjour.", "Société Martin, bonjour, j'écoute.", "Oui, je vous écoute.", "Allô, c'est qui ?", "Bonsoir.", "Allô allô ?", "Mairie de Lyon, bonjour.",
		"Cabinet médical des Lilas, bonjour, Sophie à votre écoute, que puis-je faire pour vous ?"},
	"en": {"Hello?", "Yes?", "Hello, who is this?", "Good morning.", "Hi, Paul speaking.", "Smith residence, hello.", "Yes, hello?", "Sarah here.", "Hello, can I help you?", "Speaking."},
}

var machines = map[string][]string{
	"fr": {"Bonjour, vous êtes bien sur la messagerie de Paul Martin. Je ne suis pas disponible pour le moment. Laissez un message après le bip.", "Vous êtes bien sur le répondeur de Nadia, merci de me laisser un message.",
		"Bonjour, je ne peux pas vous répondre actuellement, laissez-moi un message et je vous rappellerai.", "Bienvenue sur la messagerie vocale du zéro six douze trente-quatre cinquante-six soixante-dix-huit. Après le signal sonore, parlez.",
		"La personne que vous avez appelée n'est pas joignable. Veuillez laisser votre message.", "Bonjour, vous êtes chez les Martin, nous sommes absents, vous pouvez nous laisser un message après le bip sonore.", "Salut, c'est Karim, je suis pas là, laissez un message.",
		"Votre correspondant n'est pas disponible. Merci de rappeler ultérieurement."},
	"en": {"Hi, you've reached Paul Martin. I can't come to the phone right now. Please leave a message after the tone.", "You have reached the voicemail box of zero seven nine four six. Please leave your message after the tone.",
		"The person you are calling is not available. At the tone, please record your message.", "Hello, this is Sarah, sorry I missed you, leave me a message and I'll call you back.", "Your call has been forwarded to an automatic voice message system."},
}

var voices = map[string][]string{"fr": {"fr", "fr+f2", "fr+m3", "fr+f4"}, "en": {"en-gb", "en-us+f3", "en-gb+m5"}}

// The figures asked for: of persons at most 5 % are taken for something else, of machines at least 90 % are
// found, on greetings of espeak-ng over lines with little and with much noise.
func TestGreetings(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; make test installs it")
	}
	noises := []float64{-75, -48}
	count, right, dead := make([][2]int, len(noises)), make([][2]int, len(noises)), make([]time.Duration, len(noises))
	for kind, table := range []map[string][]string{persons, machines} {
		for lang, list := range table {
			for _, v := range some(voices[lang]) {
				for i, text := range list {
					s := sound{}.pause(time.Duration(200+150*(i%4))*time.Millisecond).voice(t, v, text)
					end := time.Duration(len(s)) * time.Second / rate
					if kind == 1 {
						s = s.pause(400*time.Millisecond).tone(1000, 300*time.Millisecond)
					}
					for n, noise := range noises {
						r := s.line(noise, uint64(i)).hear(New(DefaultConfig(), rate), false)
						count[n][kind]++
						if r.What == []What{Person, Voicemail}[kind] {
							right[n][kind]++
						} else {
							t.Logf("noise %v dB, %s: %q is taken for %s (%s, %.2f)", noise, v, text, r.What, r.Why, r.Score)
						}
						if kind == 0 && r.What == Person {
							dead[n] += r.At - end
						}
					}
				}
			}
		}
	}
	for n, noise := range noises {
		mistaken := 1 - float64(right[n][0])/float64(count[n][0])
		found := float64(right[n][1]) / float64(count[n][1])
		t.Logf("| noise %.0f dB | %d persons | mistaken %.1f %% | %d machines | found %.1f %% | pause until a person is known, mean %v |",
			noise, count[n][0], 100*mistaken, count[n][1], 100*found, (dead[n] / time.Duration(max(1, right[n][0]))).Round(time.Millisecond))
		if mistaken > 0.05 || found < 0.90 {
			t.Errorf("noise %v dB: %.1f %% of persons mistaken, %.1f %% of machines found; asked at most 5 %% and at least 90 %%", noise, 100*mistaken, 100*found)
		}
	}
}

// some are the first two voices, or all of them where there is time (make test-long).
func some(list []string) []string {
	if os.Getenv("DECROCHE_LONG") == "" {
		return list[:2]
	}
	return list
}

// bursts is speech without words: noise that comes and goes like syllables.
func bursts(d time.Duration, seed uint64) sound {
	r := rand.New(rand.NewPCG(seed, 2))
	out := make(sound, int(d*rate/time.Second))
	for i := range out {
		out[i] = int16(r.NormFloat64() * 3000 * (0.6 + 0.4*math.Sin(2*math.Pi*4*float64(i)/rate)))
	}
	return out
}

func TestRules(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		s    sound
		want What
		why  string
	}{
		"nothing":            {sound{}, Silence, "nothing said"},
		"a word, and waits":  {append(sound{}.pause(300*time.Millisecond), bursts(500*time.Millisecond, 1)...), Person, "short greeting"},
		"talks on":           {append(sound{}.pause(300*time.Millisecond), bursts(4*time.Second, 1)...), Voicemail, "long greeting"},
		"a fax that answers": {sound{}.pause(time.Second).tone(2100, 3*time.Second), Fax, "fax tone"},
		"a fax that calls":   {sound{}.pause(300*time.Millisecond).tone(1100, 500*time.Millisecond), Fax, "fax tone"},
		"only a beep":        {sound{}.pause(500*time.Millisecond).tone(900, 400*time.Millisecond), Voicemail, "beep"},
		"a click":            {append(sound{}.pause(500*time.Millisecond), bursts(40*time.Millisecond, 1)...), Silence, "nothing said"},
	} {
		for _, noise := range []float64{-80, -50} {
			d := New(DefaultConfig(), rate)
			if r := tc.s.line(noise, 3).hear(d, false); r.What != tc.want || r.Why != tc.why || r.Score < 0.5 || r.Score > 1 || r.At > 6*time.Second {
				t.Errorf("%s at %v dB: %+v, want %s, %q", name, noise, r, tc.want, tc.why)
			}
		}
	}
}

// A beep is heard, whatever its note within the range, and its end is told within 100 ms of it; speech,
// music of two notes and noise have none.
func TestBeep(t *testing.T) {
	t.Parallel()
	for _, hz := range []float64{400, 425, 620, 950, 1000, 1400, 1800, 2000, 2090} {
		for _, length := range []time.Duration{150 * time.Millisecond, 400 * time.Millisecond, time.Second} {
			for _, noise := range []float64{-80, -48} {
				d := New(DefaultConfig(), rate)
				s := append(sound{}.pause(300*time.Millisecond), bursts(2500*time.Millisecond, 5)...).pause(500*time.Millisecond).tone(hz, length)
				want := time.Duration(len(s)) * time.Second / rate
				s.line(noise, 7).hear(d, true)
				if at, ok := d.Beep(); !ok || at < want-60*time.Millisecond || at > want+60*time.Millisecond {
					t.Errorf("%v Hz for %v at %v dB: ended at %v, %v; want %v", hz, length, noise, at, ok, want)
				}
				if r := d.Result(); r.What != Voicemail {
					t.Errorf("%v Hz: %+v", hz, r)
				}
			}
		}
	}
	two := sound{}.pause(300*time.Millisecond).tone(700, 2*time.Second)
	for i, x := range tone.Sine(1100, rate, 2*time.Second, 0.2) {
		two[300*rate/1000+i] += x
	}
	for name, s := range map[string]sound{"noise": bursts(6*time.Second, 9), "two notes": two, "too high": sound{}.tone(3000, time.Second), "too long": sound{}.tone(900, 6*time.Second)} {
		d := New(DefaultConfig(), rate)
		s.line(-70, 1).hear(d, true)
		if at, ok := d.Beep(); ok {
			t.Errorf("%s: a beep ended at %v", name, at)
		}
	}
}

// Speech has no beep in it: no greeting of a person ends in one.
func TestNoBeepInSpeech(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; make test installs it")
	}
	beeps, n := 0, 0
	for lang, list := range machines {
		for _, v := range some(voices[lang]) {
			d := New(DefaultConfig(), rate)
			sound{}.voice(t, v, strings.Join(list, " ")).line(-60, 1).hear(d, true)
			n++
			if at, ok := d.Beep(); ok {
				beeps++
				t.Logf("%s: a beep at %v", v, at)
			}
		}
	}
	if beeps > 0 {
		t.Errorf("%d of %d long talks have a beep in them", beeps, n)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); bad != nil {
		t.Errorf("the defaults: %q", bad)
	}
	if bad := (Config{}).Validate(); len(bad) != 14 {
		t.Errorf("nothing set: %d complaints, %q", len(bad), bad)
	}
}

// FuzzFrame: no sound, of no length and rate, breaks it, and a verdict comes in time.
func FuzzFrame(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4}, 160, 8000)
	f.Add([]byte{255, 127, 0, 128}, 960, 48000)
	f.Add([]byte{}, 0, 0)
	f.Fuzz(func(t *testing.T, data []byte, size, hz int) {
		d := New(DefaultConfig(), hz)
		size = size % 2000
		if size < 0 {
			size = -size
		}
		pcm := make([]int16, size)
		for i := range 600 {
			for k := range pcm {
				if len(data) > 1 {
					j := (i*size + k) * 2 % (len(data) - 1)
					pcm[k] = int16(uint16(data[j]) | uint16(data[j+1])<<8)
				}
			}
			r := d.Frame(media.Frame{PCM: pcm, Rate: hz})
			if math.IsNaN(r.Score) || r.Score < 0 || r.Score > 1 {
				t.Fatalf("score %v", r.Score)
			}
		}
		if size >= 8 && hz > 0 && d.clock > DefaultConfig().Longest+DefaultConfig().LongestBeep+time.Second && d.Result().What == Unknown && !d.rings {
			t.Fatalf("no verdict after %v", d.clock)
		}
	})
}

func BenchmarkFrame(b *testing.B) {
	s := bursts(time.Second, 1)
	d := New(DefaultConfig(), rate)
	for i := 0; b.Loop(); i++ {
		k := i % 50 * 160
		d.Frame(media.Frame{PCM: s[k : k+160], Rate: rate})
	}
}
