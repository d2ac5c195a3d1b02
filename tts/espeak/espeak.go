// Package espeak speaks through the espeak-ng program, one short-lived process per utterance.
// Text goes in on stdin, never in argv (where other users of the machine could read it), and
// sound streams out of stdout while later words are still being rendered. Linking the library
// instead would put the gateway under the GPL.
//
// The level is the same for every voice: a voice's first use renders one sentence to learn how
// loud it is.
package espeak

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"decroche/internal/langtag"
	"decroche/media"
	"decroche/media/resample"
	"decroche/tts"
	"decroche/tts/level"
	"decroche/tts/ssml"
)

// ErrMissing means that espeak-ng is not on this machine.
var ErrMissing = errors.New("tts/espeak: espeak-ng is not installed; install it (Debian: apt-get install espeak-ng) or name its path in tts.espeak.path")

// ErrVoice means that espeak-ng has no voice of that name.
var ErrVoice = errors.New("tts/espeak: there is no such voice")

// wavHeader is the length of the RIFF header that espeak-ng writes first. Its length field is
// a constant, because the program does not know yet how much follows.
const wavHeader = 44

// Synthesiser is the espeak-ng voice. It is safe for concurrent use.
type Synthesiser struct {
	cfg  Config // constant after New
	path string // constant after New

	mu    sync.Mutex
	gains map[string]float64 // by voice
	known names              // voices and variants there are; nil before they were asked for
}

var _ tts.Synthesiser = (*Synthesiser)(nil)

// New finds the program. It returns ErrMissing (wrapped) when there is none.
func New(cfg Config) (*Synthesiser, error) {
	if p := cfg.Validate(); len(p) > 0 {
		return nil, fmt.Errorf("tts/espeak: %s", strings.Join(p, "; "))
	}
	path, err := exec.LookPath(cfg.Path)
	if err != nil {
		return nil, fmt.Errorf("%w (looked for %q)", ErrMissing, cfg.Path)
	}
	return &Synthesiser{cfg: cfg, path: path, gains: map[string]float64{}}, nil
}

// Version returns what the program says of itself, for doctor.
func (s *Synthesiser) Version(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, s.path, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("tts/espeak: ask %q for its version: %w", s.path, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Check tells whether the program has the voice that is configured for a language.
func (s *Synthesiser) Check(ctx context.Context, lang string) error {
	_, err := s.program(ctx, s.cfg.voice(lang))
	return err
}

// Speak implements tts.Synthesiser. Utterance.Voice, when given, is an espeak-ng voice name.
func (s *Synthesiser) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	voice := u.Voice
	if voice == "" {
		voice = s.cfg.voice(u.Language)
	}
	if strings.HasPrefix(voice, "-") || strings.ContainsAny(voice, "/\n\x00 ") {
		return nil, fmt.Errorf("%w: %q; `espeak-ng --voices` lists them", ErrVoice, voice)
	}
	if u.Rate == 0 {
		u.Rate = media.PhoneRate
	}
	text := plain(u.Text)
	if text == "" {
		return &stream{ctx: ctx, done: true}, nil
	}
	if u.SSML != "" {
		text = markup(u.SSML)
	}
	file, err := s.program(ctx, voice)
	if err != nil {
		return nil, err
	}
	gain, err := s.gain(ctx, file, voice, u.Language)
	if err != nil {
		return nil, err
	}
	return s.start(ctx, job{file: file, voice: voice, text: text, marks: u.SSML != "", rate: u.Rate, speed: clampSpeed(u.Speed), gain: gain})
}

func clampSpeed(v float64) float64 {
	if v == 0 {
		return 1
	}
	return min(2, max(0.5, v))
}

// plain removes what espeak-ng would take for a command: "[[" begins phoneme input, and
// control characters (NUL above all) end or switch things.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfeff {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	text = strings.ReplaceAll(text, "[", " ")
	return strings.TrimSpace(text)
}

// sample is what a voice says once so that its level can be measured.
var sample = map[string]string{
	"fr": "Bonjour, je vous écoute, que puis-je faire pour vous aujourd'hui ?",
	"en": "Hello, I am listening, what can I do for you today?",
}

// gain returns the factor that brings voice to the configured level.
func (s *Synthesiser) gain(ctx context.Context, file, voice, lang string) (float64, error) {
	s.mu.Lock()
	g, ok := s.gains[voice]
	s.mu.Unlock()
	if ok {
		return g, nil
	}
	text := sample[langtag.Base(lang)]
	if text == "" {
		text = sample["en"]
	}
	src, err := s.start(ctx, job{file: file, voice: voice, text: text, rate: media.PhoneRate, speed: 1, gain: 1})
	if err != nil {
		return 0, err
	}
	defer src.Close()
	var pcm []int16
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
		pcm = append(pcm, f.PCM...)
	}
	loud := level.Of(pcm, media.PhoneRate)
	if loud < -90 {
		return 0, fmt.Errorf("%w that speaks: %q renders silence; `espeak-ng --voices` lists the voices there are", ErrVoice, voice)
	}
	g = level.Gain(loud, s.cfg.LevelDB)
	s.mu.Lock()
	s.gains[voice] = g // two first uses at once measure the same
	s.mu.Unlock()
	return g, nil
}

// Marks is what the program does itself of a document; the rest is made for it (tts/ssml).
func (s *Synthesiser) Marks() ssml.Can {
	return ssml.Can{Pitch: true, Volume: true, Emphasis: true, Alphabet: "espeak"}
}

// within is what stands inside a phoneme element. espeak-ng 1.51 says the phonemes and then these
// words as well.
var within = regexp.MustCompile(`(<phoneme [^<>]*)>[^<>]*</phoneme>`)

// markup readies a document for the program: without what plain takes out, and with say-as digits
// as the characters that the program knows how to read one by one.
func markup(doc string) string {
	doc = within.ReplaceAllString(plain(doc), "$1/>")
	return strings.ReplaceAll(doc, `interpret-as="digits"`, `interpret-as="characters"`)
}

// job is one run of the program.
type job struct {
	file  string // the voice, as the program understands it
	voice string // its name, for complaints
	text  string
	marks bool // text is SSML
	rate  int  // samples per second
	speed float64
	gain  float64
}

// start runs the program. The source owns the process and reaps it at its end, at Close, or
// when ctx ends, whichever is first.
func (s *Synthesiser) start(ctx context.Context, j job) (*stream, error) {
	wpm := int(math.Round(float64(s.cfg.WordsPerMinute) * j.speed))
	args := []string{"-v", j.file, "-s", strconv.Itoa(wpm), "-p", strconv.Itoa(s.cfg.Pitch), "-b", "1", "-z", "--stdin", "--stdout"}
	if j.marks {
		args = append(args, "-m")
	}
	cmd := exec.Command(s.path, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that Close reaches children too
	cmd.Stdin = strings.NewReader(j.text)
	var complaint bytes.Buffer
	cmd.Stderr = &limited{w: &complaint, left: 400}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("tts/espeak: start %q: %w", s.path, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("tts/espeak: start %q: %w", s.path, err)
	}
	st := &stream{
		ctx: ctx, cmd: cmd, out: out, complaint: &complaint, voice: j.voice, want: j.rate, patience: s.cfg.Timeout, text: j.text, gain: j.gain,
		trim: trimmer{keep: int(keep * time.Duration(j.rate) / time.Second)},
	}
	st.mu.Lock()
	st.stop = context.AfterFunc(ctx, func() { st.Close() })
	st.mu.Unlock()
	return st, nil
}

// stream is one utterance being rendered. ReadFrame is called by one goroutine, Close by any.
type stream struct {
	ctx       context.Context // of Speak; its end kills the process
	cmd       *exec.Cmd
	out       io.Reader
	complaint *bytes.Buffer
	voice     string
	want      int // samples per second
	patience  time.Duration
	text      string // what is said, to keep it out of errors
	gain      float64
	stop      func() bool

	killOnce sync.Once
	late     atomic.Bool // killed for giving nothing

	mu     sync.Mutex // held while reading; guards the rest
	down   *resample.Resampler
	trim   trimmer
	header bool
	ended  bool // the process was reaped
	done   bool // nothing more will be added to ready
	raw    [4096]byte
	odd    []byte // half a sample
	wide   []int16
	narrow []int16
	ready  []int16
	at     time.Duration
}

// ReadFrame implements media.Source.
func (s *stream) ReadFrame() (media.Frame, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.done && len(s.ready) < s.want/50 {
		if err := s.fill(); err != nil {
			s.done, s.ready = true, nil
			s.reap()
			return media.Frame{}, err
		}
	}
	if s.ctx.Err() != nil {
		return media.Frame{}, context.Cause(s.ctx)
	}
	if len(s.ready) == 0 {
		return media.Frame{}, io.EOF
	}
	n := min(len(s.ready), s.want/50)
	f := media.Frame{PCM: append([]int16(nil), s.ready[:n]...), Rate: s.want, At: s.at, Origin: media.Algorithmic}
	s.ready = s.ready[n:]
	s.at += f.Len()
	return f, nil
}

// fill reads one piece of the pipe into ready.
func (s *stream) fill() error {
	if !s.header {
		if err := s.readHeader(); err != nil {
			return err
		}
	}
	n, err := s.wait(func() (int, error) { return s.out.Read(s.raw[:]) })
	if n > 0 {
		s.odd = append(s.odd, s.raw[:n]...)
		s.wide = s.wide[:0]
		for len(s.odd) >= 2 {
			s.wide = append(s.wide, int16(binary.LittleEndian.Uint16(s.odd)))
			s.odd = s.odd[2:]
		}
		s.take(s.wide)
	}
	if err == nil {
		return nil
	}
	if werr := s.reap(); s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	} else if werr != nil {
		return s.broke(werr)
	}
	s.narrow = s.down.Flush(s.narrow[:0])
	level.Amplify(s.narrow, s.gain)
	s.ready = s.trim.end(s.trim.push(s.ready, s.narrow))
	s.done = true
	return nil
}

// take resamples, trims and levels samples at the engine's rate into ready.
func (s *stream) take(pcm []int16) {
	s.narrow = s.down.Process(s.narrow[:0], pcm)
	level.Amplify(s.narrow, s.gain)
	s.ready = s.trim.push(s.ready, s.narrow)
}

// wait reads, and ends a program that gives nothing for too long.
func (s *stream) wait(read func() (int, error)) (int, error) {
	timer := time.AfterFunc(s.patience, func() {
		s.late.Store(true)
		s.kill()
	})
	defer timer.Stop()
	return read()
}

// ErrLate means that the program gave no sound in time (tts.espeak.timeout).
var ErrLate = errors.New("the program gave no sound in time")

// broke puts the end of a program into words. werr is how it ended.
func (s *stream) broke(werr error) error {
	if s.late.Load() {
		werr = fmt.Errorf("%w (%v)", ErrLate, s.patience)
	}
	told := strings.Join(strings.Fields(s.complaint.String()), " ")
	for w := range strings.FieldsSeq(s.text) {
		if len(w) > 3 && strings.Contains(told, w) { // it repeats what it was to say, which is nobody's business
			told = "what it printed is left out, for it holds words of the text"
			break
		}
	}
	return fmt.Errorf("tts/espeak: voice %q: %w: %s", s.voice, werr, told)
}

// readHeader takes the rate out of the RIFF header and skips the rest of it.
func (s *stream) readHeader() error {
	h := make([]byte, wavHeader)
	if _, err := s.wait(func() (int, error) { return io.ReadFull(s.out, h) }); err != nil {
		werr := s.reap()
		if s.ctx.Err() != nil {
			return context.Cause(s.ctx)
		}
		if werr == nil {
			werr = fmt.Errorf("%v", err) // not wrapped: io.EOF would be an ordinary end
		}
		return s.broke(fmt.Errorf("it gave no sound (%w)", werr))
	}
	rate := int(binary.LittleEndian.Uint32(h[24:28]))
	if string(h[:4]) != "RIFF" || rate < 4000 || rate > 96000 {
		s.kill()
		s.reap()
		return fmt.Errorf("tts/espeak: voice %q: the program wrote no WAV header", s.voice)
	}
	down, err := resample.New(rate, s.want)
	if err != nil {
		s.kill()
		s.reap()
		return fmt.Errorf("tts/espeak: voice %q: %w", s.voice, err)
	}
	s.header, s.down = true, down
	return nil
}

// kill ends the process group; the pipe then ends, and with it a pending read.
func (s *stream) kill() {
	s.killOnce.Do(func() { syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) })
}

// reap waits for the process, once. The caller holds mu.
func (s *stream) reap() error {
	if s.cmd == nil || s.ended {
		return nil
	}
	s.ended = true
	err := s.cmd.Wait()
	s.killOnce.Do(func() {}) // its number may be another's from now on
	s.stop()
	return err
}

// Close implements media.Source.
func (s *stream) Close() error {
	if s.cmd == nil {
		return nil
	}
	s.kill()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reap()
	if s.ctx.Err() == nil && !s.done {
		s.ready = nil
	}
	s.done = true
	return nil
}

// limited keeps the first bytes and drops the rest.
type limited struct {
	w    io.Writer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if n := min(len(p), l.left); n > 0 {
		l.left -= n
		l.w.Write(p[:n])
	}
	return len(p), nil
}
