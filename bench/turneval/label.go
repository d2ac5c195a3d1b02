package turneval

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/wav"
)

// Seconds is a place in a recording. In label files it is a number of seconds, as eot-bench
// writes it.
type Seconds time.Duration

// D is s as a duration.
func (s Seconds) D() time.Duration { return time.Duration(s) }

// MarshalJSON writes seconds with the milliseconds.
func (s Seconds) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%.3f", time.Duration(s).Seconds()), nil
}

// UnmarshalJSON reads a number of seconds.
func (s *Seconds) UnmarshalJSON(b []byte) error {
	var f float64
	if err := json.Unmarshal(b, &f); err != nil {
		return fmt.Errorf("a time is a number of seconds: %w", err)
	}
	if f < 0 || f > 3600 {
		return fmt.Errorf("%v s is no place in a turn; write 0 to 3600", f)
	}
	*s = Seconds(f*1e6) * Seconds(time.Microsecond)
	return nil
}

// Word is one word and where it is spoken.
type Word struct {
	W     string  `json:"w"`
	Start Seconds `json:"start"`
	End   Seconds `json:"end"`
}

// Labels of a Span.
const (
	Hold = "hold" // the caller goes on afterwards
	EOT  = "eot"  // the turn is over
	Wait = "wait" // the caller asked for a moment
)

// Span is a silence of 100 ms or more.
type Span struct {
	Start Seconds `json:"start"`
	End   Seconds `json:"end"`
	Label string  `json:"label"`
}

// Expectation is what the flow waits for, and what it should get.
type Expectation struct {
	Slot   string `json:"slot,omitempty"`
	Entity string `json:"entity,omitempty"` // a type of flows/entity
	Value  string `json:"value,omitempty"`  // canonical, as flows/entity writes it; "" when nothing is to be read
	Digits int    `json:"digits,omitempty"`
	// Values are what a list offers, Value among them.
	Values []string `json:"values,omitempty"`
}

// Prompt is what the bot says: a question that is over before the caller speaks, whose words do
// not matter, or the prompt that is spoken over.
type Prompt struct {
	Start Seconds `json:"prompt_start"`
	End   Seconds `json:"prompt_end"`
	Text  string  `json:"text,omitempty"`
	Words []Word  `json:"words,omitempty"` // of the prompt, to know what was heard of it
	// Caller is the level in dBFS of the caller's earlier turns; 0 when they have not spoken yet.
	Caller float64 `json:"caller_dbfs,omitempty"`
}

// Kinds of an Overlap.
const (
	Interruption = "interruption"
	Backchannel  = "backchannel"
	Noise        = "noise"
	OtherSpeaker = "other_speaker"
	Echo         = "echo"
)

// Overlap is a sound over the bot's prompt, or over silence where that is over.
type Overlap struct {
	Start Seconds `json:"start"`
	End   Seconds `json:"end"`
	Kind  string  `json:"kind"`
	Sound string  `json:"sound,omitempty"` // "cough", "tv", …
}

// Backdrop is the noise of a turn.
type Backdrop struct {
	Type string  `json:"type"`   // "clean", "babble", "street", "car", "office"
	SNR  float64 `json:"snr_db"` // against the active speech level; 0 for clean
}

// Line is what the network does to the packets. The zero value does nothing.
type Line struct {
	Loss   float64 `json:"loss,omitempty"`      // share of packets lost at random
	Jitter int     `json:"jitter_ms,omitempty"` // packets come up to this much late
	Burst  Seconds `json:"burst_at,omitempty"`  // six packets, 120 ms, are lost from here on
	DTX    bool    `json:"dtx,omitempty"`       // the far end sends nothing in silence
	Seed   uint64  `json:"seed,omitempty"`
}

// Bad tells whether anything happens on the line.
func (l Line) Bad() bool { return l != Line{} }

// Turn is one turn of a caller: a line of the label file.
type Turn struct {
	ID       string       `json:"id"`
	Language string       `json:"language"`
	Class    string       `json:"class,omitempty"` // "A" to "N"; "" for turns of another set
	Text     string       `json:"text"`
	Audio    string       `json:"audio"` // file beside the label file, 8000 Hz
	Words    []Word       `json:"words"`
	Silences []Span       `json:"silence_spans"`
	Expect   *Expectation `json:"expect"`
	Bot      *Prompt      `json:"bot"`
	Overlap  *Overlap     `json:"overlap"`
	Noise    Backdrop     `json:"noise"`
	Line     Line         `json:"line"`
	Voice    string       `json:"voice,omitempty"`
	Twin     string       `json:"twin,omitempty"` // id of the turn of which this is the twin: without pauses, or with a good line
	More     bool         `json:"more,omitempty"` // beside the counted ones

	ALaw []byte `json:"-"` // the sound, 8000 bytes a second
}

// End is the end of the last voiced sample; the beginning of the eot span.
func (t *Turn) End() time.Duration {
	for _, s := range t.Silences {
		if s.Label == EOT {
			return s.Start.D()
		}
	}
	if n := len(t.Words); n > 0 {
		return t.Words[n-1].End.D()
	}
	return 0
}

// Length is the playing time.
func (t *Turn) Length() time.Duration {
	return time.Duration(len(t.ALaw)) * time.Second / media.PhoneRate
}

// Set is many turns.
type Set struct {
	Turns []*Turn
	Twins []*Turn // the same without inner pauses, or over a good line: measured, not counted
	More  []*Turn // of classes K and L, so that their rates are known better: measured, not counted
}

// all lists every turn: the counted ones, then twins, then more.
func (s *Set) all() []*Turn { return slices.Concat(s.Turns, s.Twins, s.More) }

// Hash tells one set from another: SHA-256 over labels and sound.
func (s *Set) Hash() string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, t := range s.all() {
		if err := enc.Encode(t); err != nil {
			panic(err) // plain data into a hash
		}
		h.Write(t.ALaw)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// labels is the name of the label file of a folder.
const labels = "turns.jsonl"

// Write puts the set into dir: turns.jsonl and one WAV file a turn.
func (s *Set) Write(dir string) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("turneval: write the set: %w", err)
	}
	f, err := os.Create(filepath.Join(dir, labels))
	if err != nil {
		return fmt.Errorf("turneval: write the set: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	enc := json.NewEncoder(f)
	enc.SetEscapeHTML(false)
	for _, t := range s.all() {
		if err := enc.Encode(t); err != nil {
			return fmt.Errorf("turneval: write turn %s: %w", t.ID, err)
		}
		if err := writeWAV(filepath.Join(dir, filepath.Base(t.Audio)), t.ALaw); err != nil {
			return err
		}
	}
	return nil
}

func writeWAV(path string, alaw []byte) error {
	w, err := wav.Create(path, media.PhoneRate, 1)
	if err != nil {
		return err
	}
	pcm := make([]int16, len(alaw))
	g711.DecodeA(pcm, alaw)
	return errors.Join(w.Write(pcm), w.Close())
}

// maxTurn is the longest turn that is read.
const maxTurn = 5 * time.Minute

// Read reads a folder that Write made, or one of another set with the same fields. Files of other
// rates than 8000 Hz are refused: resample them first.
func Read(dir string) (*Set, error) {
	f, err := os.Open(filepath.Join(dir, labels))
	if err != nil {
		return nil, fmt.Errorf("turneval: read the set: %w", err)
	}
	defer f.Close()
	turns, err := readLabels(f)
	if err != nil {
		return nil, fmt.Errorf("turneval: %s: %w", filepath.Join(dir, labels), err)
	}
	s := &Set{}
	for _, t := range turns {
		pcm, rate, err := wav.ReadFile(filepath.Join(dir, filepath.Base(t.Audio)))
		if err != nil {
			return nil, fmt.Errorf("turneval: turn %s: %w", t.ID, err)
		}
		if rate != media.PhoneRate {
			return nil, fmt.Errorf("turneval: turn %s: %s has %d samples per second; convert it to %d", t.ID, t.Audio, rate, media.PhoneRate)
		}
		if len(pcm) > int(maxTurn.Seconds())*media.PhoneRate {
			return nil, fmt.Errorf("turneval: turn %s: %s is longer than %v", t.ID, t.Audio, maxTurn)
		}
		t.ALaw = make([]byte, len(pcm))
		g711.EncodeA(t.ALaw, pcm)
		switch {
		case t.Twin != "":
			s.Twins = append(s.Twins, t)
		case t.More:
			s.More = append(s.More, t)
		default:
			s.Turns = append(s.Turns, t)
		}
	}
	return s, nil
}

// readLabels reads one turn a line and checks what the measuring relies on.
func readLabels(r io.Reader) ([]*Turn, error) {
	var turns []*Turn
	seen := map[string]bool{}
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		if len(sc.Bytes()) == 0 {
			continue
		}
		t := &Turn{}
		if err := json.Unmarshal(sc.Bytes(), t); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if seen[t.ID] {
			return nil, fmt.Errorf("line %d: a second turn %q", n, t.ID)
		}
		seen[t.ID] = true
		turns = append(turns, t)
	}
	if err := sc.Err(); err != nil {
		return nil, err
	}
	if len(turns) == 0 {
		return nil, errors.New("there is no turn in it")
	}
	return turns, nil
}

// check looks for labels that contradict themselves.
func (t *Turn) check() error {
	if t.ID == "" || t.Audio == "" {
		return errors.New(`a turn needs "id" and "audio"`)
	}
	last := Seconds(0)
	for _, w := range t.Words {
		if w.Start < last || w.End < w.Start {
			return fmt.Errorf("turn %s: word %q from %.3f to %.3f s is out of order", t.ID, w.W, w.Start.D().Seconds(), w.End.D().Seconds())
		}
		last = w.Start
	}
	last = 0
	for _, s := range t.Silences {
		if s.Start < last || s.End < s.Start {
			return fmt.Errorf("turn %s: silence from %.3f to %.3f s is out of order", t.ID, s.Start.D().Seconds(), s.End.D().Seconds())
		}
		if s.Label != Hold && s.Label != EOT && s.Label != Wait {
			return fmt.Errorf("turn %s: a silence is labelled %q; write hold, eot or wait", t.ID, s.Label)
		}
		last = s.End
	}
	if t.Line.Loss < 0 || t.Line.Loss > 1 || t.Line.Jitter < 0 || t.Line.Jitter > 1000 {
		return fmt.Errorf("turn %s: a line with loss %v and jitter %d ms; write 0 to 1 and 0 to 1000", t.ID, t.Line.Loss, t.Line.Jitter)
	}
	return nil
}
