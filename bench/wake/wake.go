// Package wake is the rig of `decroche bench wake`: is the wake phrase found when voices that the
// recogniser never heard say it, near and far, in quiet and in noise, and how often does an hour of
// other speech wake the speaker.
//
// The voices are those that no training used: the held-out variants of espeak-ng and flite's slt
// (asr/embedded/train/voices.py). With Develop it takes voices of the training instead: bounds are
// chosen on these, and judged on the others.
package wake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strconv"
	"time"

	"decroche/asr/embedded"
	"decroche/asr/wake"
	"decroche/media/resample"
	"decroche/media/wav"
)

// Options of a run.
type Options struct {
	Lang    string
	Develop bool
	// Other is how much other speech is heard, and Sentences what is said in it.
	Other     time.Duration
	Sentences []string
	// Recordings are heard beside it, at wake.Rate.
	Recordings [][]int16
	Bounds     embedded.Bounds // zero: those of the package
	Tell       func(what string, done, of int)
}

// Result of one language.
type Result struct {
	Lang       string            `json:"lang"`
	Said       int               `json:"said"`
	Found      int               `json:"found"`
	Twice      int               `json:"twice"` // heard more than once
	Conditions map[string][2]int `json:"conditions"`
	Voices     map[string][2]int `json:"voices"` // found, said
	Other      float64           `json:"other_seconds"`
	False      int               `json:"false_wakes"`
	FalseAt    []string          `json:"false_wakes_in,omitempty"` // what was said
	// Alike are sentences made to resemble the phrase, and Mistaken those of them that were taken for it.
	Alike       int      `json:"alike"`
	Mistaken    int      `json:"mistaken"`
	MistakenFor []string `json:"mistaken_for,omitempty"`
	CPU         float64  `json:"seconds_of_sound_per_second"`
}

// held and trained are variants of espeak-ng: never in the training, and in it.
var (
	held    = []string{"f3", "m5", "Annie", "Hugo", "klatt3", "steph2", "victor", "paul", "linda", "Jacky", "Mario", "zac"}
	trained = []string{"f1", "f2", "f5", "m1", "m3", "m7", "Alex", "Andy", "belinda", "Diogo", "klatt2", "max"}
	accents = map[string][]string{"fr": {"fr"}, "en": {"en-us", "en"}}
	phrases = map[string][]string{"fr": {"dis Décroche", "Dis, Décroche !"}, "en": {"hey day crosh", "hey Décroche"}}
)

// near are sentences that resemble the phrase; nearKnown others, for the choice of bounds.
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

// Run hears it all, faster than it was said.
func Run(ctx context.Context, o Options) (*Result, error) {
	rec, err := embedded.New(embedded.DefaultConfig())
	if err != nil {
		return nil, err
	}
	var keys []embedded.Keyword
	for _, p := range wake.Usual(o.Lang) {
		k := wake.Phrase(o.Lang, p)
		k.Bounds = o.Bounds
		keys = append(keys, k)
	}
	ears, err := wake.New(rec, o.Lang, keys)
	if err != nil {
		return nil, err
	}
	r := &rig{Options: o, ears: ears, rng: rand.New(rand.NewPCG(8, 2026)), res: &Result{Lang: o.Lang, Conditions: map[string][2]int{}, Voices: map[string][2]int{}}}
	began := time.Now()
	if err := r.calls(ctx); err != nil {
		return nil, err
	}
	if err := r.alike(ctx); err != nil {
		return nil, err
	}
	if err := r.others(ctx); err != nil {
		return nil, err
	}
	r.res.CPU = math.Round((r.res.Other + float64(r.samples)/wake.Rate) / time.Since(began).Seconds())
	return r.res, nil
}

// rig is one run.
type rig struct {
	Options
	ears    *wake.Listener
	rng     *rand.Rand
	res     *Result
	samples int
}

// voice is who says something.
type voice struct {
	name         string
	speed, pitch int
}

func (r *rig) voices() []string {
	variants := held
	if r.Develop {
		variants = trained
	}
	var out []string
	for i, v := range variants {
		list := accents[r.Lang]
		out = append(out, list[i%len(list)]+"+"+v)
	}
	if r.Lang == "en" {
		if r.Develop {
			out = append(out, "flite:rms")
		} else {
			out = append(out, "flite:slt")
		}
	}
	return out
}

// calls says the phrase in every voice, speed and condition.
func (r *rig) calls(ctx context.Context) error {
	voices, n := r.voices(), 0
	for i, name := range voices {
		for j, speed := range []int{140, 165, 190} {
			pcm, err := say(ctx, voice{name, speed, []int{35, 50, 65}[(i+j)%3]}, phrases[r.Lang][(i+j)%2], r.Lang)
			if err != nil {
				return err
			}
			for _, c := range conditions {
				hits := r.hear(c.apply(r.rng, slices.Concat(make([]int16, wake.Rate), pcm, make([]int16, 2*wake.Rate))))
				r.res.Said++
				score := [2]int{0, 1}
				if hits > 0 {
					r.res.Found++
					score[0] = 1
				}
				if hits > 1 {
					r.res.Twice++
				}
				r.res.Conditions[c.name] = add(r.res.Conditions[c.name], score)
				r.res.Voices[name] = add(r.res.Voices[name], score)
			}
			n++
			r.tell("the phrase", n, 3*len(voices))
		}
	}
	return nil
}

func add(a, b [2]int) [2]int { return [2]int{a[0] + b[0], a[1] + b[1]} }

func (r *rig) tell(what string, done, of int) {
	if r.Tell != nil {
		r.Tell(r.Lang+": "+what, done, of)
	}
}

// hear lets the ears hear sound and counts what they found.
func (r *rig) hear(pcm []int16) (hits int) {
	r.samples += len(pcm)
	for len(pcm) > 0 {
		n := min(160, len(pcm))
		hits += len(r.ears.Write(pcm[:n]))
		pcm = pcm[n:]
	}
	return hits
}

// alike says what resembles the phrase, each sentence in three voices.
func (r *rig) alike(ctx context.Context) error {
	list := near[r.Lang]
	if r.Develop {
		list = nearKnown[r.Lang]
	}
	voices := r.voices()
	for i, text := range list {
		for j := range 3 {
			v := voice{voices[(3*i+j)%len(voices)], 165, 50}
			pcm, err := say(ctx, v, text, r.Lang)
			if err != nil {
				return err
			}
			r.res.Alike++
			if hits := r.hear(conditions[0].apply(r.rng, slices.Concat(make([]int16, wake.Rate), pcm, make([]int16, wake.Rate)))); hits > 0 {
				r.res.Mistaken++
				r.res.MistakenFor = append(r.res.MistakenFor, v.name+": "+text)
			}
		}
	}
	return nil
}

// others says other things for as long as was asked, in turns of all voices.
func (r *rig) others(ctx context.Context) error {
	all := r.Sentences
	if len(all) == 0 {
		return errors.New("bench/wake: there is nothing else to say")
	}
	voices := r.voices()
	samples, want := 0, int(r.Other.Seconds()*wake.Rate)
	false1 := func(pcm []int16, what string) {
		samples += len(pcm)
		for range r.hear(pcm) {
			r.res.False++
			r.res.FalseAt = append(r.res.FalseAt, what)
		}
	}
	for i, pcm := range r.Recordings {
		if samples < want {
			false1(pcm, "recording "+strconv.Itoa(i+1))
		}
	}
	for i := 0; samples < want; i++ {
		v := voice{voices[i%len(voices)], 130 + r.rng.IntN(80), 25 + r.rng.IntN(50)}
		text := all[i%len(all)]
		pcm, err := say(ctx, v, text, r.Lang)
		if err != nil {
			return err
		}
		pause := make([]int16, wake.Rate/10+r.rng.IntN(wake.Rate/2))
		false1(conditions[r.rng.IntN(len(conditions))].apply(r.rng, slices.Concat(pause, pcm)), v.name+": "+text)
		r.tell("other speech", samples/wake.Rate, want/wake.Rate)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	r.res.Other = math.Round(float64(samples) / wake.Rate)
	return nil
}

// say speaks a text at wake.Rate.
func say(ctx context.Context, v voice, text, lang string) ([]int16, error) {
	cmd := exec.CommandContext(ctx, "espeak-ng", "-v", v.name, "-s", strconv.Itoa(v.speed), "-p", strconv.Itoa(v.pitch), "--stdout", text)
	if name, ok := cutFlite(v.name); ok {
		cmd = exec.CommandContext(ctx, "flite", "-voice", name, "--setf", fmt.Sprintf("duration_stretch=%.2f", 165/float64(v.speed)), "-t", text, "-o", "/dev/stdout")
	}
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("bench/wake: %s says %q: %w; install espeak-ng and flite", v.name, text, err)
	}
	pcm, rate, err := wav.Read(bytes.NewReader(out))
	if err != nil {
		return nil, fmt.Errorf("bench/wake: %s says %q: %w", v.name, text, err)
	}
	fit, err := resample.New(rate, wake.Rate)
	if err != nil {
		return nil, err
	}
	return fit.Flush(fit.Process(nil, pcm)), nil
}

func cutFlite(name string) (string, bool) {
	const prefix = "flite:"
	if len(name) > len(prefix) && name[:len(prefix)] == prefix {
		return name[len(prefix):], true
	}
	return "", false
}
