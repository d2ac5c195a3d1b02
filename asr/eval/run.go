package eval

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"decroche/asr"
	"decroche/asr/wer"
	"decroche/internal/share"
	"decroche/media"
)

// Engine is one recogniser under measurement.
type Engine struct {
	Name string
	asr.Recogniser
}

// Options of Run. The zero value hears the recordings clean over A-law, as free speech, as fast as
// the engines go.
type Options struct {
	Conditions []Condition
	// Closed also asks each recording as one of the set that it belongs to: Clip.Set, or what is
	// said in the recordings of its language, as far as that is an answer of at most 30 words.
	Closed bool
	// ClosedOnly leaves out free speech, for engines without it.
	ClosedOnly bool
	// Speed is how fast audio comes, 1 a call; 0: as fast as the engine takes it.
	Speed float64
	// Jobs is how many recordings are heard at once; 0: one a core.
	Jobs int
	// Lang is for recordings whose table does not say.
	Lang     string
	Progress func(done, total int)
}

// Sound is a recording at 8 kHz with what is said in it.
type Sound struct {
	Clip
	PCM []int16
}

// Outcome is one recording as one engine heard it in one condition.
type Outcome struct {
	File      string        `json:"file"`
	Engine    string        `json:"engine"`
	Condition string        `json:"condition"`
	Lang      string        `json:"lang"`
	Speaker   string        `json:"speaker,omitempty"`
	Closed    bool          `json:"closed"` // chosen among the set
	Text      string        `json:"text"`
	Right     bool          `json:"right"` // word for word
	Seconds   float64       `json:"seconds"`
	Took      time.Duration `json:"took_ns"`
	Final     time.Duration `json:"final_ns"`
	// FinalCPU is Final in processor time of this process, when one recording was heard at a time.
	FinalCPU time.Duration `json:"final_cpu_ns,omitempty"`
	Error    string        `json:"error,omitempty"`

	truth string
}

// maxAnswer is the longest text that belongs to a set when nobody says so, in words.
const maxAnswer = 30

// job is one recording to hear.
type job struct {
	sound  *Sound
	engine Engine
	cond   Condition
	closed bool
	seed   uint64
}

// Run hears every recording with every engine in every condition. A recording that an engine fails
// on is an outcome with an error; Run's own error is ctx's, or that there is nothing to do.
func Run(ctx context.Context, sounds []Sound, engines []Engine, opt Options) (Report, error) {
	if len(opt.Conditions) == 0 {
		opt.Conditions = []Condition{{Name: "alaw"}}
	}
	if len(sounds) == 0 || len(engines) == 0 {
		return Report{}, errors.New("nothing to hear: no recording, or no engine")
	}
	opt.Jobs = share.AtOnce(opt.Jobs)
	var all [][]int16
	for i := range sounds {
		if sounds[i].Lang == "" {
			sounds[i].Lang = opt.Lang
		}
		all = append(all, sounds[i].PCM)
	}
	room, sets := Room(all), closedSets(sounds)
	ways := func(s Sound) (closed []bool) {
		if !opt.ClosedOnly {
			closed = append(closed, false)
		}
		if (opt.Closed || opt.ClosedOnly) && s.chosen(sets) {
			closed = append(closed, true)
		}
		return closed
	}
	total := 0
	for _, s := range sounds {
		total += len(ways(s)) * len(engines) * len(opt.Conditions)
	}
	if total == 0 {
		return Report{}, errors.New("nothing to hear: no set of answers has two that differ")
	}
	var outcomes []Outcome
	var costs []Cost
	began := time.Now()
	for _, e := range engines {
		for _, c := range opt.Conditions {
			var jobs []job
			for i := range sounds {
				for _, closed := range ways(sounds[i]) {
					jobs = append(jobs, job{&sounds[i], e, c, closed, uint64(i)})
				}
			}
			before := processorTime()
			batch := make([]Outcome, len(jobs))
			share.Out(ctx, len(jobs), opt.Jobs, func(i int) { batch[i] = jobs[i].hear(ctx, room, sets, opt) }, func(done int) {
				if opt.Progress != nil {
					opt.Progress(len(outcomes)+done, total)
				}
			})
			if err := context.Cause(ctx); err != nil {
				return Report{}, err
			}
			costs = append(costs, costOf(batch, processorTime()-before))
			outcomes = append(outcomes, batch...)
		}
	}
	r := summarise(outcomes)
	r.Speed, r.Jobs, r.Elapsed, r.Costs = opt.Speed, opt.Jobs, time.Since(began).Seconds(), costs
	return r, nil
}

// chosen tells whether a recording can be asked as one of its set.
func (s Sound) chosen(sets map[string][]string) bool {
	set := sets[setOf(s.Clip)]
	return len(set) > 1 && slices.Contains(set, s.Text)
}

// costOf is what a batch of one engine and condition took of this process's processor time.
func costOf(batch []Outcome, cpu time.Duration) Cost {
	c := Cost{Engine: batch[0].Engine, Condition: batch[0].Condition, Processor: round(cpu.Seconds())}
	for _, o := range batch {
		c.Audio += o.Seconds
	}
	if c.Audio = round(c.Audio); c.Audio > 0 {
		c.PerSecond = round(cpu.Seconds() / c.Audio)
	}
	return c
}

func (j job) hear(ctx context.Context, room []float64, sets map[string][]string, run Options) Outcome {
	s := j.sound
	o := Outcome{File: s.File, Engine: j.engine.Name, Condition: j.cond.Name, Lang: s.Lang, Speaker: s.Speaker, Closed: j.closed, truth: s.Text, Seconds: float64(len(s.PCM)) / media.PhoneRate}
	opt := asr.Options{Language: s.Lang, Rate: media.PhoneRate}
	var err error
	if j.closed {
		opt.Hints, opt.Expect = sets[setOf(s.Clip)], asr.Expect{Kind: "list"}
	} else if opt.Expect, opt.Hints, err = ParseExpect(s.Expect, nil); err != nil {
		o.Error = err.Error()
		return o
	}
	m := &meter{Recogniser: j.engine.Recogniser}
	h, err := asr.Hear(ctx, m, j.cond.Apply(s.PCM, room, j.seed), opt, run.Speed)
	if err != nil {
		o.Error = err.Error()
		return o
	}
	o.Text, o.Took, o.Final = h.Text, h.Took, h.Final
	if run.Jobs == 1 {
		o.FinalCPU = m.last()
	}
	o.Right = slices.Equal(wer.Words(h.Text), wer.Words(s.Text))
	return o
}

func setOf(c Clip) string {
	if c.Set != "" {
		return c.Set
	}
	return "lang:" + c.Lang
}

// closedSets are the different texts of each set.
func closedSets(sounds []Sound) map[string][]string {
	sets := map[string][]string{}
	for _, s := range sounds {
		key := setOf(s.Clip)
		if s.Text == "" || slices.Contains(sets[key], s.Text) || s.Set == "" && len(wer.Words(s.Text)) > maxAnswer {
			continue
		}
		sets[key] = append(sets[key], s.Text)
	}
	return sets
}

// ParseExpect reads what a flow expects as commands write it: nothing for free speech, digits,
// digits:8, digits:8:pairs, digits:8:singles, spelled, yes_no, date, list, or list:FILE with an
// answer a line, which read returns.
func ParseExpect(s string, read func(file string) ([]string, error)) (e asr.Expect, hints []string, err error) {
	kind, rest, _ := strings.Cut(s, ":")
	e.Kind = kind
	bad := fmt.Errorf("%q: choose digits, digits:8, digits:8:pairs, digits:8:singles, spelled, yes_no, date, list or list:FILE", s)
	switch {
	case kind == "digits":
		count, layout, _ := strings.Cut(rest, ":")
		if count != "" {
			if _, err := fmt.Sscanf(count, "%d", &e.Digits); err != nil || e.Digits < 1 || e.Digits > 20 || fmt.Sprint(e.Digits) != count {
				return e, nil, fmt.Errorf("%q: the number of digits is between 1 and 20", s)
			}
		}
		if e.Layout = layout; layout != "" && layout != "pairs" && layout != "singles" {
			return e, nil, bad
		}
	case kind == "list" && rest != "" && read != nil:
		if hints, err = read(rest); err == nil && len(hints) == 0 {
			err = errors.New("it names no answer; write one a line")
		}
		if err != nil {
			return e, nil, fmt.Errorf("the list %s: %w", rest, err)
		}
	case rest != "" || !slices.Contains([]string{"", "spelled", "yes_no", "date", "list"}, kind):
		return e, nil, bad
	}
	return e, hints, nil
}
