package turneval

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"decroche/media"
)

// promptList names the list of prompts of each language, promptVoice who says them.
var (
	promptList  = map[string]string{"fr": "invite", "en": "prompt"}
	promptVoice = map[string]string{"fr": "fr", "en": "en-gb"}
	otherLists  = map[string]map[string]string{"fr": {"tv": "télé", "neighbour": "voisin"}, "en": {"tv": "tv", "neighbour": "neighbour"}}
)

// promptAt is when prompts begin.
const promptAt = 500 * time.Millisecond

// prompt draws a prompt of the bot and says it.
func (m *maker) prompt(ctx context.Context, lang string, n int, r *rand.Rand) (*Prompt, []float64, error) {
	list := m.scripts[lang].Lists[promptList[lang]]
	text := list[(n+r.IntN(len(list)))%len(list)]
	b, err := m.breathe(ctx, lang, promptVoice[lang], 1, piece{text: text})
	if err != nil {
		return nil, nil, err
	}
	from := samples(promptAt)
	p := &Prompt{Start: at(from), End: at(from + len(b.pcm)), Text: text}
	for _, w := range b.words {
		p.Words = append(p.Words, Word{w.w, at(from + w.start), at(from + w.end)})
	}
	return p, b.pcm, nil
}

// earlier is the mean level of a caller's frames in their earlier turns: unknown, as it is at the
// greeting, for one turn in three.
func earlier(j job, level float64) float64 {
	if j.n%3 == 1 {
		return 0
	}
	return level - 2 // frames' mean in dB, against the level of the whole
}

// longestBackchannel and shortest bound listening sounds.
const (
	shortestBackchannel = 150 * time.Millisecond
	longestBackchannel  = 600 * time.Millisecond
)

// overlap makes a turn of class K or L: the caller speaks over the prompt.
func (m *maker) overlap(ctx context.Context, j job, r *rand.Rand) (*Turn, error) {
	p, prompt, err := m.prompt(ctx, j.lang, j.n, r)
	if err != nil {
		return nil, err
	}
	w := m.who(j, r)
	p.Caller = earlier(j, w.level)
	kind, place := Interruption, 0.15+0.65*r.Float64()
	if j.class == "K" {
		kind, place = Backchannel, []float64{0.2, 0.5, 0.8}[j.n%3]
	}
	begin := samples(p.Start.D()) + int(place*float64(len(prompt)))
	tp := &tape{}
	u, end := utterance{}, 0
	for try := range tries {
		if u, err = m.utter(j, r); err != nil {
			return nil, err
		}
		*tp = tape{}
		if end, err = m.lay(ctx, tp, u, w, begin); err != nil {
			return nil, err
		}
		long := at(end - begin).D()
		if j.class == "L" || long >= shortestBackchannel && long <= longestBackchannel {
			break
		}
		forms := m.scripts[j.lang].Turns[j.class]
		j.form, w.speed = forms[(j.n+try)%len(forms)], 1.15
		if try == tries-1 {
			return nil, fmt.Errorf("turneval: no listening sound of %v to %v in the texts", shortestBackchannel, longestBackchannel)
		}
	}
	tp.grow(max(end, samples(p.End.D())) + samples(tail))
	t := &Turn{Text: strings.Join(u.words(), " "), Words: tp.words, Bot: p, Overlap: &Overlap{Start: at(begin), End: at(end), Kind: kind},
		Noise: Backdrop{Type: "clean"}, Voice: fmt.Sprintf("%s ×%.2f", w.voice, w.speed)}
	t.Silences = append(tp.silences, Span{at(end), at(len(tp.pcm)), EOT})
	t.ALaw, err = m.press(ctx, tp.pcm, t.Noise, w.level, r.Uint64())
	return t, err
}

// disturbances of class M; each is heard over a prompt and over silence.
var disturbances = []string{"cough", "breath", "door", "keyboard", "tv", "neighbour"}

// background is the level of those who do not speak to the bot, against an ordinary caller.
var background = map[string]float64{"tv": -15, "neighbour": -12}

// sound makes a turn of class M: something is heard that is not said to the bot.
func (m *maker) sound(ctx context.Context, j job, r *rand.Rand) (*Turn, error) {
	what := disturbances[j.n%len(disturbances)]
	t := &Turn{Overlap: &Overlap{Kind: Noise, Sound: what}, Noise: Backdrop{Type: "clean"}}
	tp := &tape{}
	begin := samples(question + thinking.draw(r))
	last := begin
	if (j.n/len(disturbances)+j.n)%2 == 0 {
		p, prompt, err := m.prompt(ctx, j.lang, j.n, r)
		if err != nil {
			return nil, err
		}
		t.Bot, p.Caller = p, earlier(j, m.who(j, r).level)
		begin = samples(p.Start.D()) + int((0.15+0.5*r.Float64())*float64(len(prompt)))
		last = samples(p.End.D())
	} else {
		t.Bot = &Prompt{End: Seconds(question)}
	}
	end, err := m.disturb(ctx, tp, j, what, begin, r)
	if err != nil {
		return nil, err
	}
	if tp.words != nil {
		t.Overlap.Kind = OtherSpeaker
	}
	tp.grow(max(end, last) + samples(tail))
	t.Overlap.Start, t.Overlap.End = at(begin), at(end)
	t.Words = tp.words
	for _, w := range t.Words {
		t.Text = strings.TrimSpace(t.Text + " " + w.W)
	}
	t.ALaw, err = m.press(ctx, tp.pcm, t.Noise, -20, r.Uint64())
	return t, err
}

// disturb lays a sound on the tape. People in the background have words, for a recogniser would
// write them too: that is the worst case.
func (m *maker) disturb(ctx context.Context, tp *tape, j job, what string, begin int, r *rand.Rand) (end int, err error) {
	if s, ok := sounds[what]; ok {
		pcm := scale(s.make(r), 1)
		tp.grow(begin + len(pcm))
		mix(tp.pcm, begin, pcm, dB(s.level)*fullScale)
		return begin + len(pcm), nil
	}
	list := m.scripts[j.lang].Lists[otherLists[j.lang][what]]
	w := m.who(j, r)
	w.level = -20 + background[what]
	return m.lay(ctx, tp, utterance{pieces: []piece{{text: list[r.IntN(len(list))]}}}, w, begin)
}

// faults of class N, twelve a language in this order.
var faults = []string{"loss1", "loss3", "burst", "jitter", "dtx", "echo"}

// echo comes back this much fainter, this much later.
const (
	echoLevel = -25.0
	echoDelay = 180 * time.Millisecond
)

// badLine makes a turn of class N and its twin over a good line; echo has none.
func (m *maker) badLine(ctx context.Context, j job, r *rand.Rand) (turn, twin *Turn, err error) {
	fault := faults[j.n%len(faults)]
	if fault == "echo" {
		turn, err = m.echo(ctx, j, r)
		return turn, nil, err
	}
	u, err := m.utter(j, r)
	if err != nil {
		return nil, nil, err
	}
	w, seed := m.who(j, r), r.Uint64()
	if turn, err = m.record(ctx, u, w, question+thinking.draw(r), Backdrop{Type: "clean"}, seed); err != nil {
		return nil, nil, err
	}
	copied := *turn
	turn.Line = Line{Seed: 1 + r.Uint64()>>12}
	switch fault {
	case "loss1":
		turn.Line.Loss = 0.01
	case "loss3":
		turn.Line.Loss = 0.03
	case "burst": // somewhere in what is said
		long := turn.End() - turn.Words[0].Start.D()
		turn.Line.Burst = turn.Words[0].Start + Seconds(r.Float64()*float64(long))/Seconds(media.FrameTime)*Seconds(media.FrameTime)
	case "jitter":
		turn.Line.Jitter = 40
	case "dtx":
		turn.Line.DTX = true
	}
	return turn, &copied, nil
}

// echo makes a turn in which nobody speaks and the prompt comes back.
func (m *maker) echo(ctx context.Context, j job, r *rand.Rand) (*Turn, error) {
	p, prompt, err := m.prompt(ctx, j.lang, j.n, r)
	if err != nil {
		return nil, err
	}
	begin := samples(p.Start.D() + echoDelay)
	tp := &tape{}
	tp.grow(begin + len(prompt) + samples(tail))
	mix(tp.pcm, begin, prompt, dB(echoLevel))
	t := &Turn{Bot: p, Noise: Backdrop{Type: "clean"},
		Overlap: &Overlap{Start: at(begin), End: at(begin + len(prompt)), Kind: Echo, Sound: "echo"}}
	t.ALaw, err = m.press(ctx, tp.pcm, t.Noise, -20, r.Uint64())
	return t, err
}
