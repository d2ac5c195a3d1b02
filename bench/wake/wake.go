// Package wake is the rig of `decroche bench wake`: is the wake phrase found when voices that the
// recogniser never heard say it, near and far, in quiet and in noise, and how often does an hour of
// other speech wake the speaker.
//
// It listens as cmd/speaker does: for the same phrases, those about the volume too, with the same
// bounds. Who speaks is one of three sets (voices.go). Bounds are chosen on Trained, and judged on Held
// and on Blind.
package wake

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"decroche/asr/embedded"
	"decroche/asr/wake"
)

// Options of a run.
type Options struct {
	Lang string
	Set  Set
	// Other is how much other speech is heard, and Sentences what is said in it.
	Other     time.Duration
	Sentences []string
	// Recordings are heard beside it, at wake.Rate.
	Recordings [][]int16
	Bounds     *embedded.Bounds // others for the wake phrase; nil: those that the speaker has
	Tell       func(what string, done, of int)
}

// Result of one language.
type Result struct {
	Lang       string            `json:"lang"`
	Said       int               `json:"said"`
	Found      int               `json:"found"`
	Twice      int               `json:"twice"` // heard more than once
	Set        Set               `json:"set"`
	Conditions map[string][2]int `json:"conditions"`
	Voices     map[string][2]int `json:"voices"` // found, said
	Other      float64           `json:"other_seconds"`
	False      int               `json:"false_wakes"`
	FalseAt    []string          `json:"false_wakes_in,omitempty"` // what was said
	// Volumes are phrases about the volume that were heard in other speech. They change nothing unless the
	// speaker was just woken, or speaks itself.
	Volumes int `json:"volumes_in_other_speech"`
	// Alike are sentences made to resemble the phrase, and Mistaken those of them that were taken for it.
	Alike       int      `json:"alike"`
	Mistaken    int      `json:"mistaken"`
	MistakenFor []string `json:"mistaken_for,omitempty"`
	CPU         float64  `json:"seconds_of_sound_per_second"`
}

// Percent is how much of what was said was found.
func (r *Result) Percent() float64 { return 100 * float64(r.Found) / float64(r.Said) }

// Run hears it all, faster than it was said.
func Run(ctx context.Context, o Options) (*Result, error) {
	rec, err := embedded.New(embedded.DefaultConfig())
	if err != nil {
		return nil, err
	}
	mouths, err := o.Set.open(o.Lang)
	if err != nil {
		return nil, err
	}
	defer mouths.close()
	begin := wake.Usual(o.Lang)
	keys, _ := wake.Phrases(o.Lang, begin)
	if o.Bounds != nil {
		for i := range begin {
			keys[i].Bounds = *o.Bounds
		}
	}
	ears, err := wake.New(rec, o.Lang, keys)
	if err != nil {
		return nil, err
	}
	r := &rig{Options: o, mouths: mouths, ears: ears, begin: len(begin), rng: rand.New(rand.NewPCG(8, mouths.seed)),
		res: &Result{Lang: o.Lang, Set: o.Set, Conditions: map[string][2]int{}, Voices: map[string][2]int{}}}
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
	mouths  *mouths
	ears    *wake.Listener
	begin   int // phrases that wake; the others are about the volume
	rng     *rand.Rand
	res     *Result
	samples int
}

// calls says the phrase in every voice, speed and condition.
func (r *rig) calls(ctx context.Context) error {
	n := 0
	for i, name := range r.mouths.names {
		for j, speed := range r.mouths.speeds {
			pcm, err := r.mouths.say(ctx, voice{name, speed, r.mouths.pitches[(i+j)%len(r.mouths.pitches)]}, r.mouths.phrases[(i+j)%len(r.mouths.phrases)])
			if err != nil {
				return err
			}
			for _, c := range r.mouths.rooms {
				hits, _ := r.hear(c.apply(r.rng, slices.Concat(make([]int16, wake.Rate), pcm, make([]int16, 2*wake.Rate))))
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
			r.tell("the phrase", n, len(r.mouths.speeds)*len(r.mouths.names))
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

// hear lets the ears hear sound and counts what they found: the wake phrase, and wishes for the volume.
func (r *rig) hear(pcm []int16) (hits, volumes int) {
	r.samples += len(pcm)
	for len(pcm) > 0 {
		n := min(160, len(pcm))
		for _, h := range r.ears.Write(pcm[:n]) {
			if h.Phrase < r.begin {
				hits++
			} else {
				volumes++
			}
		}
		pcm = pcm[n:]
	}
	return hits, volumes
}

// alike says what resembles the phrase, each sentence in three voices.
func (r *rig) alike(ctx context.Context) error {
	voices := r.mouths.names
	for i, text := range r.mouths.alike {
		for j := range 3 {
			v := voice{voices[(3*i+j)%len(voices)], 165, 50}
			pcm, err := r.mouths.say(ctx, v, text)
			if err != nil {
				return err
			}
			r.res.Alike++
			if hits, _ := r.hear(r.mouths.rooms[0].apply(r.rng, slices.Concat(make([]int16, wake.Rate), pcm, make([]int16, wake.Rate)))); hits > 0 {
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
	voices := r.mouths.names
	samples, want := 0, int(r.Other.Seconds()*wake.Rate)
	false1 := func(pcm []int16, what string) {
		samples += len(pcm)
		hits, volumes := r.hear(pcm)
		r.res.Volumes += volumes
		for range hits {
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
		pcm, err := r.mouths.say(ctx, v, text)
		if err != nil {
			return err
		}
		pause := make([]int16, wake.Rate/10+r.rng.IntN(wake.Rate/2))
		false1(r.mouths.rooms[r.rng.IntN(len(r.mouths.rooms))].apply(r.rng, slices.Concat(pause, pcm)), v.name+": "+text)
		r.tell("other speech", samples/wake.Rate, want/wake.Rate)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	r.res.Other = math.Round(float64(samples) / wake.Rate)
	return nil
}
