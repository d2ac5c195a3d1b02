package wake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"decroche/asr/wake"
	"decroche/media/resample"
	"decroche/media/wav"
)

// voices.go: who speaks, how, where, and what.

// Set is who speaks.
type Set string

// The sets.
const (
	// Trained are voices of the recogniser's training; bounds are chosen on them.
	Trained Set = "trained"
	// Held are voices that no training heard: the held-out variants of espeak-ng and flite's slt
	// (asr/embedded/train/voices.py). Mistakes of the method were found by listening to them, so that
	// they are not quite blind.
	Held Set = "held"
	// Blind are voices, speeds, rooms, phrases and sentences that nobody had heard before the listening was
	// finished: throats drawn by lot that are no variant of espeak-ng's (throat), an accent and a
	// synthesiser that no training had. Nothing may be chosen by them; who does makes another set.
	Blind Set = "blind"
)

// mouths are the voices of a set in one language, with all that they say and where.
type mouths struct {
	names   []string
	speeds  []int
	pitches []int
	rooms   []condition
	phrases []string // the wake phrase, as it is written for these voices
	alike   []string // sentences that resemble it
	seed    uint64   // of rooms and of other speech

	lang string
	dir  string // of data for espeak-ng; "": its own
}

// voice is who says something.
type voice struct {
	name         string
	speed, pitch int
}

var (
	heldNames    = []string{"f3", "m5", "Annie", "Hugo", "klatt3", "steph2", "victor", "paul", "linda", "Jacky", "Mario", "zac"}
	trainedNames = []string{"f1", "f2", "f4", "f5", "m1", "m2", "m3", "m4", "m6", "m7", "m8", "Alex", "Alicia", "Andrea", "Andy", "Denis", "Diogo", "Gene", "Henrique", "Lee", "Marco", "Michael", "Mike", "adam", "anika", "antonio", "aunty", "belinda", "benjamin", "boris", "caleb", "david", "ed", "edward", "gustave", "iven", "john", "klatt", "klatt2", "klatt4", "max", "michel", "miguel", "norbert", "pablo", "pedro", "quincy", "rob", "robert", "sandro", "shelby", "steph", "steph3", "travis"}

	accents      = map[string][]string{"fr": {"fr"}, "en": {"en-us", "en"}}
	blindAccents = map[string][]string{"fr": {"fr", "fr-be", "fr-ch"}, "en": {"en-us", "en", "en-029"}}

	phrases      = map[string][]string{"fr": {"dis Décroche", "Dis, Décroche !"}, "en": {"hey day crosh", "hey Décroche"}}
	blindPhrases = map[string][]string{"fr": {"dis Décroche", "Dis Décroche ?", "dis Décroche, plus fort"}, "en": {"hey day crosh", "Hey, day crosh!", "hey day crosh, turn it up"}}
)

// throats is how many voices are drawn for Blind, and blindSeed what they, the rooms and the order of
// speech are drawn by. It was written down before anything was measured with it.
const (
	throats   = 16
	blindSeed = 20261123
)

// open gets a set ready. Close it.
func (s Set) open(lang string) (*mouths, error) {
	m := &mouths{lang: lang, speeds: []int{140, 165, 190}, pitches: []int{35, 50, 65}, rooms: conditions, phrases: phrases[lang], alike: near[lang], seed: 2026}
	say := func(accents, names []string) {
		for i, n := range names {
			m.names = append(m.names, accents[i%len(accents)]+"+"+n)
		}
	}
	switch s {
	case Trained:
		say(accents[lang], trainedNames)
		m.alike = nearKnown[lang]
		if lang == "en" {
			m.names = append(m.names, flite+"rms")
		}
	case Held:
		say(accents[lang], heldNames)
		if lang == "en" {
			m.names = append(m.names, flite+"slt")
		}
	case Blind:
		r := rand.New(rand.NewPCG(blindSeed, uint64(len(blindAccents[lang][0]))))
		names := map[string]string{}
		var order []string
		for i := range throats {
			n := "lot" + strconv.Itoa(i+1)
			names[n], order = throat(r, n), append(order, n)
		}
		say(blindAccents[lang], order)
		if lang == "en" {
			m.names = append(m.names, festival+"cmu_us_slt_arctic_hts")
		}
		m.speeds, m.pitches, m.rooms, m.phrases, m.alike, m.seed = []int{130, 155, 180, 205}, []int{30, 45, 60, 70}, blindRooms, blindPhrases[lang], nearBlind[lang], blindSeed
		return m, m.lend(names)
	default:
		return nil, fmt.Errorf("bench/wake: there are no voices called %q", s)
	}
	return m, nil
}

// throat draws a voice for espeak-ng: how long the throat is and how its resonances stand to each other,
// high or deep, rough, hoarse, quick in its consonants. The ranges are those of espeak-ng's own voices
// that sound like people.
func throat(r *rand.Rand, name string) string {
	between := func(low, high float64) float64 { return low + (high-low)*r.Float64() }
	var b strings.Builder
	long := between(88, 120) // per cent of the usual; women and children above
	deep := between(62, 110) + 2.6*max(0, long-98)
	fmt.Fprintf(&b, "language variant\nname %s\npitch %.0f %.0f\n", name, deep, deep*between(1.35, 1.7))
	fmt.Fprintf(&b, "formant 0 %.0f 100 100\n", long)
	for f := 1; f <= 8; f++ {
		fmt.Fprintf(&b, "formant %d %.0f %.0f %.0f\n", f, long*between(.96, 1.04), between(72, 110), between(85, 135))
	}
	fmt.Fprintf(&b, "flutter %.0f\nroughness %.0f\nvoicing %.0f\nconsonants %.0f %.0f\n", between(0, 8), between(0, 5), between(65, 105), between(70, 115), between(70, 110))
	if r.IntN(3) == 0 {
		fmt.Fprintf(&b, "breath 0 %.0f %.0f %.0f\n", between(1, 5), between(1, 5), between(1, 5))
	}
	return b.String()
}

// lend gives espeak-ng voices beside its own, in a folder of data that is otherwise links.
func (m *mouths) lend(voices map[string]string) (err error) {
	out, err := exec.Command("espeak-ng", "--version").Output()
	if err != nil {
		return fmt.Errorf("bench/wake: ask espeak-ng where its data is: %w; install espeak-ng", err)
	}
	_, own, ok := strings.Cut(strings.TrimSpace(string(out)), "Data at: ")
	if !ok {
		return errors.New("bench/wake: espeak-ng does not say where its data is")
	}
	if m.dir, err = os.MkdirTemp("", "decroche-voices-"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			m.close()
		}
	}()
	data := filepath.Join(m.dir, "espeak-ng-data")
	variants := filepath.Join(data, "voices", "!v")
	if err := os.MkdirAll(variants, 0o700); err != nil {
		return err
	}
	list, err := os.ReadDir(own)
	if err != nil {
		return fmt.Errorf("bench/wake: read espeak-ng's data: %w", err)
	}
	for _, e := range list {
		if err := os.Symlink(filepath.Join(own, e.Name()), filepath.Join(data, e.Name())); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	for name, text := range voices {
		if err := os.WriteFile(filepath.Join(variants, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// close takes away what open made.
func (m *mouths) close() {
	if m.dir != "" {
		_ = os.RemoveAll(m.dir)
	}
}

// Voices that are not espeak-ng's begin with what says them.
const (
	flite    = "flite:"
	festival = "festival:"
)

// say speaks a text at wake.Rate.
func (m *mouths) say(ctx context.Context, v voice, text string) ([]int16, error) {
	args := []string{"-v", v.name, "-s", strconv.Itoa(v.speed), "-p", strconv.Itoa(v.pitch), "--stdout", text}
	if m.dir != "" {
		args = append([]string{"--path=" + m.dir}, args...)
	}
	cmd := exec.CommandContext(ctx, "espeak-ng", args...)
	stretch := fmt.Sprintf("%.2f", 165/float64(v.speed))
	if name, ok := strings.CutPrefix(v.name, flite); ok {
		cmd = exec.CommandContext(ctx, "flite", "-voice", name, "--setf", "duration_stretch="+stretch, "-t", text, "-o", "/dev/stdout")
	}
	if name, ok := strings.CutPrefix(v.name, festival); ok {
		// It goes back to the beginning of what it writes, so that a pipe gets a header alone.
		file := filepath.Join(m.dir, "said.wav")
		cmd = exec.CommandContext(ctx, "sh", "-c", `text2wave "$@" && cat "$0"`, file, "-eval", "(voice_"+name+")", "-eval", "(Parameter.set 'Duration_Stretch "+stretch+")", "-o", file)
		cmd.Stdin = strings.NewReader(text)
	}
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("bench/wake: %s says %q: %w; install espeak-ng, flite, festival and festvox-us-slt-hts", v.name, text, err)
	}
	pcm, rate, err := wav.Read(bytes.NewReader(out))
	if err != nil {
		return nil, fmt.Errorf("bench/wake: %s says %q: %w", v.name, text, err)
	}
	if len(pcm) < rate/4 || slices.Max(pcm) < 500 { // silence would count as not found, or as nothing false
		return nil, fmt.Errorf("bench/wake: %s says %q, and there is no voice in %d samples; is it installed?", v.name, text, len(pcm))
	}
	fit, err := resample.New(rate, wake.Rate)
	if err != nil {
		return nil, err
	}
	return fit.Flush(fit.Process(nil, pcm)), nil
}

// near are sentences that resemble the phrase; nearKnown others, for the choice of bounds; nearBlind are
// Blind's.
var near = map[string][]string{
	"fr": {"vas-y, décroche le téléphone", "qu'est-ce que tu dis d'elle, Roche ?", "mardi, des cloches ont sonné", "dis, tu te rapproches ?", "il a dit d'écrire au chef", "dis à Denis qu'il se dépêche", "samedi des coches d'eau passent", "dis-leur que ça accroche",
		"tiens, il raccroche", "dites, est-ce que la ligne décroche souvent ?", "un disque de rock", "l'édit des proches", "midi, des brioches", "dis-moi où il est accroché", "le radis décroche un prix", "je dis décrochons le tableau"},
	"en": {"hey, they brush it off", "the day cross country began", "hey Dee, grow up", "they could crush it", "hey, take a broach", "gray day, gross weather", "hey, I need a crossing", "hey, day pass please", "may they crochet a scarf", "the hedge, the crocus",
		"play the cross", "hey, the grocer called", "hey Drake, rush over", "a decorative rash", "the big crash", "way too gauche"},
}

var nearKnown = map[string][]string{
	"fr": {"dis donc, tu décroches quand ça sonne ?", "dis-moi qui décroche", "il dit qu'il décroche tout de suite", "je décroche", "décroche !", "dix croches", "dis, des crochets", "si je décroche, qui répond ?",
		"midi, d'accord, approche", "dis à Roche que j'arrive", "tu dis des bêtises", "édicule de roche", "elle a dit décrocher", "dis, tu t'approches ?", "lundi, Deroche est là", "ici on décroche au bout de deux sonneries"},
	"en": {"hey, they cross the road", "they crossed it", "hey Josh", "day crew", "hey, the coach is here", "a day across the sea", "hey Dick, rush", "okay the crush is over", "hey day care", "they go gosh",
		"Monday crosswords", "hey, take your brush", "say the grocery list", "a decrepit gauche", "the lacrosse team", "hey, take Ross with you"},
}

var nearBlind = map[string][]string{
	"fr": {"dis, le téléphone décroche tout seul", "hardi, des broches en or", "je lui dis des reproches", "dis donc, quelle poche", "dix des proches sont venus", "le taxi dépose Roche", "ils se disent des choses", "dis, écoute la cloche",
		"dimanche, des galoches", "qui dit brioche dit beurre", "dis-lui de décrocher", "la ligne décroche le midi", "redis le code proche", "dis aux mioches d'entrer", "six tickets de coche", "dis d'accord, approche-toi"},
	"en": {"hey, the crash was loud", "they cross at eight", "hey, they got rush hour", "a daycare crush", "hey Dave, roast the chicken", "eight decks of brush", "hey, take the coach", "play day, crowd watching", "hey, day crop is in", "say decoration",
		"hey, they grow squash", "may the crow shout", "hey dear, close the door", "today Josh called", "hey, there goes Josh", "grey dark rush"},
}
