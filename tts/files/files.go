// Package files speaks with recordings of a person: a folder of WAV files and a manifest that says
// which sentence each one holds. What has no recording is said by the next voice.
package files

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"unicode"

	"decroche/internal/langtag"
	"decroche/internal/strictyaml"
	"decroche/media"
	"decroche/media/resample"
	"decroche/media/wav"
	"decroche/tts"
	"decroche/tts/level"
)

// Manifest is the name of the file that lists a folder's recordings:
//
//	prompts:
//	- {file: bonjour.wav, lang: fr, text: "Bonjour, bienvenue chez Colibri."}
const Manifest = "manifest.yaml"

// Config says where the recordings are. Start from DefaultConfig.
type Config struct {
	// Dir is the folder with the recordings and their manifest.
	Dir string `yaml:"dir"`
	// Next is the engine of what has no recording.
	Next string `yaml:"next"`
	// MaxMiB bounds the recordings, which stay in memory. A minute at 48 kHz is 5.5 MiB.
	MaxMiB int `yaml:"max_mib"`
	// LevelDB is the level that each recording is brought to, in dB below full scale; 0 leaves
	// them as they are. tts.level_db sets it.
	LevelDB float64 `yaml:"-"`
}

// DefaultConfig is a folder named recordings; espeak says the rest.
func DefaultConfig() Config { return Config{Dir: "recordings", Next: "espeak", MaxMiB: 256} }

// Validate returns every complaint, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	if c.Dir == "" {
		bad = append(bad, "dir: is empty; name the folder with the recordings and their "+Manifest)
	}
	if c.Next == "" || c.Next == "files" {
		bad = append(bad, fmt.Sprintf("next: %q cannot say what has no recording; name another engine, e.g. espeak", c.Next))
	}
	if c.MaxMiB < 1 || c.MaxMiB > 16384 {
		bad = append(bad, fmt.Sprintf("max_mib: %d is out of range; choose 1 to 16384", c.MaxMiB))
	}
	return bad
}

// Voice is a folder of recordings before another voice. It is safe for concurrent use.
type Voice struct {
	dir     string
	next    tts.Synthesiser
	level   float64 // of the recordings, 0 as they are
	spoken  func(lang, text string) string
	prompts map[string]recording // by key
	played  atomic.Int64
	passed  atomic.Int64
}

// recording is one file, as it was read.
type recording struct {
	file string
	rate int
	pcm  []int16
}

// list is the manifest.
type list struct {
	Prompts []struct {
		File string `yaml:"file"`
		Lang string `yaml:"lang"`
		Text string `yaml:"text"`
	} `yaml:"prompts"`
}

// New reads the folder whole; a missing file, one that is no WAV file, and two recordings of one
// sentence are errors, all told at once. spoken writes numbers and the like out as the gateway
// does before it speaks, so that a manifest may hold the text of the flow; nil leaves texts as they are.
func New(cfg Config, next tts.Synthesiser, spoken func(lang, text string) string) (*Voice, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("tts/files: %s", strings.Join(bad, "; "))
	}
	if spoken == nil {
		spoken = func(_, text string) string { return text }
	}
	v := &Voice{dir: cfg.Dir, next: next, spoken: spoken, level: cfg.LevelDB, prompts: map[string]recording{}}
	name := filepath.Join(cfg.Dir, Manifest)
	data, err := read(name)
	if err != nil {
		return nil, fmt.Errorf("tts/files: %w; tts.files.dir names the folder", err)
	}
	var l list
	doc, ps := strictyaml.Decode(name, data, &l)
	if len(ps) == 0 {
		ps = v.load(doc, l, int64(cfg.MaxMiB)<<20)
	}
	if len(ps) > 0 {
		return nil, fmt.Errorf("tts/files: %w", ps)
	}
	return v, nil
}

// read reads the manifest, within bounds.
func read(name string) ([]byte, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if err := strictyaml.Regular(st); err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, strictyaml.MaxBytes+1))
}

// load reads the recordings.
func (v *Voice) load(doc *strictyaml.Document, l list, most int64) (ps strictyaml.Problems) {
	var size int64
	for i, p := range l.Prompts {
		at := func(key, format string, args ...any) {
			ps = append(ps, doc.At(fmt.Sprintf("prompts[%d].%s", i, key), fmt.Sprintf(format, args...)))
		}
		k := key(p.Lang, v.spoken(p.Lang, p.Text))
		switch {
		case p.Lang == "":
			at("lang", "is missing; write for example fr")
			continue
		case strings.Trim(p.Text, " ") == "":
			at("text", "is missing; write the sentence that the file holds")
			continue
		case !filepath.IsLocal(p.File):
			at("file", "%q is no file of this folder", p.File)
			continue
		case v.prompts[k].file != "":
			at("text", "is recorded in %s too; keep one", v.prompts[k].file)
			continue
		}
		pcm, rate, err := wav.ReadFile(filepath.Join(v.dir, p.File))
		if err == nil && (rate < 8000 || len(pcm) == 0) {
			err = fmt.Errorf("%d samples at %d Hz; record at 8000 or more", len(pcm), rate)
		}
		if err != nil {
			at("file", "%v", err)
			continue
		}
		if size += int64(2 * len(pcm)); size > most {
			at("file", "with it the recordings are larger than %d MiB; raise tts.files.max_mib", most>>20)
			return ps
		}
		if loud := level.Of(pcm, rate); v.level != 0 && loud > level.Silence {
			level.Amplify(pcm, level.Gain(loud, v.level))
		}
		v.prompts[k] = recording{p.File, rate, pcm}
	}
	return ps
}

// key is a sentence as it is compared: letters and digits in lower case, for typography, spaces
// and punctuation differ between a flow and a recording script.
func key(lang, text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	return langtag.Base(lang) + " " + strings.Join(words, " ")
}

// Fingerprint names the recordings by their names, sizes and times: part of the key under which a
// cache may keep their sound.
func (c Config) Fingerprint() string {
	h := fnv.New64a()
	list, _ := os.ReadDir(c.Dir) // a folder that cannot be read is New's complaint
	for _, e := range list {
		if st, err := e.Info(); err == nil {
			fmt.Fprintln(h, e.Name(), st.Size(), st.ModTime().UnixNano())
		}
	}
	return fmt.Sprintf("files 1 %s %x", c.Dir, h.Sum64())
}

// Check tells what there is, for doctor.
func (v *Voice) Check(context.Context) (string, error) {
	if len(v.prompts) == 0 {
		return "", errors.New("tts/files: the manifest lists no recordings; add some, or choose another tts.engine")
	}
	return fmt.Sprintf("%d recordings in %s", len(v.prompts), v.dir), nil
}

// Counts returns how many utterances were played from recordings and how many went to the next voice.
func (v *Voice) Counts() (played, passed int64) { return v.played.Load(), v.passed.Load() }

// Speak implements tts.Synthesiser. An utterance with a voice or a speed of its own has no
// recording; one with SSML is found by its text.
func (v *Voice) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	r, ok := v.prompts[key(u.Language, u.Text)]
	if !ok || u.Voice != "" || u.Speed != 0 && u.Speed != 1 {
		v.passed.Add(1)
		return v.next.Speak(ctx, u)
	}
	if u.Rate == 0 {
		u.Rate = media.PhoneRate
	}
	pcm := r.pcm
	if r.rate != u.Rate {
		change, err := resample.New(r.rate, u.Rate)
		if err != nil {
			return nil, fmt.Errorf("tts/files: %s: %w", r.file, err)
		}
		pcm = change.Flush(change.Process(nil, pcm))
	}
	v.played.Add(1)
	return &source{ctx: ctx, pcm: pcm, rate: u.Rate}, nil
}
