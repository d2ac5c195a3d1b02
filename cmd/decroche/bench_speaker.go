package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"decroche/bench"
	"decroche/media/wav"
)

// benchSpeakerCmd is a speaker (cmd/speaker) that talks to a gateway with the real recogniser: WAV files
// stand for its devices, sample for sample on one clock, so that the time from the end of what somebody
// says to the first sound of the answer is read from the two files.
type benchSpeakerCmd struct {
	Speaker string        `help:"The speaker's program." default:"bin/speaker"`
	Turns   int           `help:"Turns in each language." default:"20"`
	Lang    string        `help:"fr, en, or both at once." default:"both" enum:"fr,en,both"`
	Codec   string        `help:"Codec of the call." default:"opus" enum:"opus,PCMU"`
	Keep    string        `help:"Folder that keeps what was said and heard." placeholder:"DIR"`
	JSON    bool          `help:"Print one JSON object." name:"json"`
	Every   time.Duration `help:"From the beginning of one turn to the next." default:"8s"`
}

// speakerReport is what --json prints.
type speakerReport struct {
	Turns  int           `json:"turns"`
	Timed  int           `json:"timed"` // answered behind the end: what p50 and p95 are of
	P50    float64       `json:"answer_p50_ms"`
	P95    float64       `json:"answer_p95_ms"`
	CutOff int           `json:"cut_off"` // the answer began before the end
	Missed int           `json:"missed"`  // no answer before the next turn
	Each   []speakerTurn `json:"each"`
}

type speakerTurn struct {
	Lang   string  `json:"lang"`
	Text   string  `json:"text"`
	Answer float64 `json:"answer_ms"` // 0: none
	CutOff bool    `json:"cut_off,omitempty"`
}

// greetingTime is more than the greeting takes, with the connection.
const greetingTime = 8 * time.Second

// What is asked of the answers. A turn that was cut off has no time: if those did not count, a bot that
// interrupts everybody would be the fastest.
const (
	speakerP95    = 900. // ms
	speakerCutOff = .06  // of the turns, as docs/turn-taking.md asks
	speakerTimed  = 20   // turns, the least of which there is a 95th percentile
)

// Run measures. Exit code 3: p95 above 900 ms, a turn without an answer, more than 6 % of them cut off, or
// too few with a time to speak of.
func (c *benchSpeakerCmd) Run(ctx context.Context, g *globals) error {
	if c.Turns < 1 || c.Turns > 500 || c.Every < 4*time.Second {
		return errors.New("--turns is 1 to 500, and --every at least 4s")
	}
	if _, err := exec.LookPath(c.Speaker); err != nil {
		return fmt.Errorf("find the speaker: %w; build it with make build, or name it with --speaker", err)
	}
	tools, err := newTools(g)
	if err != nil {
		return err
	}
	gw, err := startGateway(ctx, bench.Speaker{}, 4, []string{"bench", "gateway", "--real"})
	if err != nil {
		return err
	}
	defer gw.stop()
	dir := c.Keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "decroche-speaker-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	var mu sync.Mutex
	var wait sync.WaitGroup
	var rep speakerReport
	var errs []error
	for _, lang := range []string{"fr", "en"} {
		if c.Lang != lang && c.Lang != "both" {
			continue
		}
		lines, err := bench.Make(ctx, tools.mouth, bench.SpeakerLines(lang, c.Turns, accents[lang], unseen))
		if err != nil {
			return err
		}
		wait.Go(func() {
			turns, err := c.talk(ctx, gw, dir, lang, lines)
			mu.Lock()
			defer mu.Unlock()
			rep.Each = append(rep.Each, turns...)
			errs = append(errs, err)
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	rep.sum()
	if c.JSON {
		if err := printJSON(os.Stdout, rep); err != nil {
			return err
		}
	} else {
		fmt.Printf("%d turns, %d of them timed: end of speech -> sound from the loudspeaker p50 %.0f ms, p95 %.0f ms (at most %.0f); %d cut off (at most %.0f %%), %d without an answer\n",
			rep.Turns, rep.Timed, rep.P50, rep.P95, speakerP95, rep.CutOff, 100*speakerCutOff, rep.Missed)
	}
	if bad := rep.short(); len(bad) > 0 {
		return &exitError{exitOutcome, errors.New(strings.Join(bad, "; "))}
	}
	return nil
}

// short is what falls short of what is asked.
func (r *speakerReport) short() (bad []string) {
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if r.Timed < speakerTimed {
		say("%d turns were timed, and it takes %d; more with --turns", r.Timed, speakerTimed)
	}
	if !(r.P95 <= speakerP95) {
		say("p95 is %.0f ms; at most %.0f are asked", r.P95, speakerP95)
	}
	if r.Missed > 0 {
		say("%d turns had no answer; none is asked", r.Missed)
	}
	if float64(r.CutOff) > speakerCutOff*float64(r.Turns) {
		say("%d of %d turns were cut off; at most %.0f %% are asked", r.CutOff, r.Turns, 100*speakerCutOff)
	}
	return bad
}

func (r *speakerReport) sum() {
	var times []float64
	for _, t := range r.Each {
		r.Turns++
		switch {
		case t.CutOff:
			r.CutOff++
		case t.Answer == 0:
			r.Missed++
		default:
			times = append(times, t.Answer)
		}
	}
	r.Timed = len(times)
	r.P50, r.P95 = round3(bench.Percentile(times, 50)), round3(bench.Percentile(times, 95))
}

// talk lets one speaker say the lines, and measures.
func (c *benchSpeakerCmd) talk(ctx context.Context, gw *scenery, dir, lang string, lines []bench.Fixture) ([]speakerTurn, error) {
	const rate = 8000
	in, out := filepath.Join(dir, lang+"-said.wav"), filepath.Join(dir, lang+"-heard.wav")
	every, lead := int(c.Every.Seconds()*rate), int(greetingTime.Seconds()*rate)
	pcm := make([]int16, lead+len(lines)*every)
	var ends []int
	for i, l := range lines {
		at := lead + i*every
		if len(l.PCM) > every-2*rate {
			return nil, fmt.Errorf("%q takes %.1f s; give it more time with --every", l.Text, float64(len(l.PCM))/rate)
		}
		copy(pcm[at:], l.PCM)
		ends = append(ends, at+bench.VoiceEnd(l.PCM))
	}
	if err := writeWAV(in, rate, pcm); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, c.Speaker, "run", "--gateway", "http://"+gw.http, "--language", lang, "--codec", c.Codec, "--wake", "", "--once", "--quiet",
		"--wav-in", in, "--wav-out", out, "--wav-tail", "2s")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("the speaker: %w\n%s", err, lastLines(said.String(), 8))
	}
	heard, at, err := wav.ReadFile(out)
	if err != nil {
		return nil, err
	}
	var turns []speakerTurn
	for i, l := range lines {
		t := speakerTurn{Lang: lang, Text: l.Text}
		begin, end, next := (lead+i*every)*(at/rate), ends[i]*(at/rate), (lead+(i+1)*every)*(at/rate)
		heard := heard[:min(next, len(heard))]
		if s := bench.Sounding(heard, begin); s >= 0 && s < end {
			t.CutOff = true
		} else if s >= 0 {
			t.Answer = round3(1000 * float64(s-end) / float64(at))
		}
		turns = append(turns, t)
	}
	return turns, nil
}
