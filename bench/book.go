package bench

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"decroche/media"
	"decroche/media/codec/g711"
)

// Book knows what the callers of a bench say, sample by sample, so that a mock recogniser finds
// the words of exactly what it is given, and nothing in anything else. Fill it before it is used;
// then any number of Listeners may.
type Book struct {
	seed  maphash.Seed
	lines []bookLine
	at    map[uint64]place // by the hash of a decoded frame
}

type bookLine struct {
	text   string
	frames int
	end    int32 // from this frame on it has been heard to its end
}

// endFrames is how many frames that can be told from others count as the end of a line, so that a
// hole of 40 ms where a packet or two got lost leaves one of them, as it leaves a listener the word.
const endFrames = 3

// place is a frame of a line.
type place struct{ line, frame int32 }

const frameSamples = media.PhoneRate / 50

// NewBook makes an empty book.
func NewBook() *Book { return &Book{seed: maphash.MakeSeed(), at: map[uint64]place{}} }

// Add teaches the book a line: its text and its sound at 8 kHz as it is sent, frame by frame.
func (b *Book) Add(text string, pcm []int16) {
	frames := (len(pcm) + frameSamples - 1) / frameSamples
	full := make([]int16, frames*frameSamples)
	copy(full, pcm)
	var told []int32 // frames that can be told from others
	code, heard := make([]byte, frameSamples), make([]int16, frameSamples)
	for i := range frames {
		f := full[i*frameSamples : (i+1)*frameSamples]
		for law := range 2 { // what comes out of either law at the other end
			if law == 0 {
				g711.EncodeA(code, f)
				g711.DecodeA(heard, code)
			} else {
				g711.EncodeU(code, f)
				g711.DecodeU(heard, code)
			}
			if !faint(heard) {
				b.at[b.hash(heard)] = place{int32(len(b.lines)), int32(i)}
				if n := len(told); n == 0 || told[n-1] != int32(i) {
					told = append(told, int32(i))
				}
			}
		}
	}
	end := int32(0)
	if n := len(told); n > 0 {
		end = told[max(0, n-endFrames)]
	}
	b.lines = append(b.lines, bookLine{text, frames, end})
}

// faint reports whether a frame is too quiet to be told from another: pauses are alike.
func faint(pcm []int16) bool {
	return slices.Max(pcm) < trimLevel && slices.Min(pcm) > -trimLevel
}

func (b *Book) hash(pcm []int16) uint64 {
	var h maphash.Hash
	h.SetSeed(b.seed)
	var w [2 * frameSamples]byte
	for i, s := range pcm[:frameSamples] {
		binary.LittleEndian.PutUint16(w[2*i:], uint16(s))
	}
	_, _ = h.Write(w[:])
	return h.Sum64()
}

// Listener follows one stretch of speech.
type Listener struct {
	book  *Book
	rest  []int16 // less than a frame
	said  []int32 // lines, in the order in which they were heard
	frame int32   // furthest of the last of them
}

// Listen begins a stretch of speech.
func (b *Book) Listen() *Listener { return &Listener{book: b} }

// Hear takes more sound at 8 kHz, in any pieces; it begins where a frame does.
func (l *Listener) Hear(pcm []int16) {
	l.rest = append(l.rest, pcm...)
	for len(l.rest) >= frameSamples {
		f := l.rest[:frameSamples]
		if !faint(f) {
			if p, ok := l.book.at[l.book.hash(f)]; ok {
				if n := len(l.said); n == 0 || l.said[n-1] != p.line {
					l.said, l.frame = append(l.said, p.line), p.frame
				}
				l.frame = max(l.frame, p.frame)
			}
		}
		l.rest = l.rest[:copy(l.rest, l.rest[frameSamples:])]
	}
}

// Text is what was said so far: of the line that is being spoken the words that are over.
func (l *Listener) Text() string {
	var out []string
	for i, n := range l.said {
		line := l.book.lines[n]
		if i < len(l.said)-1 || l.frame >= line.end {
			out = append(out, line.text)
			continue
		}
		words := strings.Fields(line.text)
		if k := len(words) * (int(l.frame) + 1) / line.frames; k > 0 {
			out = append(out, strings.Join(words[:k], " "))
		}
	}
	return strings.Join(out, " ")
}

// Complete reports whether the last line that was begun has been heard to its end.
func (l *Listener) Complete() bool {
	n := len(l.said)
	return n > 0 && l.frame >= l.book.lines[l.said[n-1]].end
}

// Fixture is a line that a bench's callers say.
type Fixture struct {
	Name, Text string
	PCM        []int16 // 8 kHz; begins and ends with speech
}

// Length is how long it takes to say.
func (f Fixture) Length() time.Duration {
	return time.Duration(len(f.PCM)) * time.Second / media.PhoneRate
}

// SaveFixtures writes fixtures for another process, and LoadBook reads them there.
func SaveFixtures(dir string, list []Fixture) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("bench: save fixtures: %w", err)
	}
	type entry struct{ Text, File string }
	var index []entry
	for i, f := range list {
		name := fmt.Sprintf("%d.pcm", i)
		b := make([]byte, 2*len(f.PCM))
		for k, s := range f.PCM {
			binary.LittleEndian.PutUint16(b[2*k:], uint16(s))
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			return fmt.Errorf("bench: save fixtures: %w", err)
		}
		index = append(index, entry{f.Text, name})
	}
	b, err := json.Marshal(index)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "index.json"), b, 0o644)
	}
	if err != nil {
		return fmt.Errorf("bench: save fixtures: %w", err)
	}
	return nil
}

// LoadBook reads what SaveFixtures wrote.
func LoadBook(dir string) (*Book, error) {
	text, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		return nil, fmt.Errorf("bench: load fixtures: %w", err)
	}
	var index []struct{ Text, File string }
	if err := json.Unmarshal(text, &index); err != nil {
		return nil, fmt.Errorf("bench: load fixtures from %s: %w", dir, err)
	}
	book := NewBook()
	for _, e := range index {
		b, err := os.ReadFile(filepath.Join(dir, filepath.Base(e.File)))
		if err != nil {
			return nil, fmt.Errorf("bench: load fixtures: %w", err)
		}
		pcm := make([]int16, len(b)/2)
		for k := range pcm {
			pcm[k] = int16(binary.LittleEndian.Uint16(b[2*k:]))
		}
		book.Add(e.Text, pcm)
	}
	return book, nil
}
