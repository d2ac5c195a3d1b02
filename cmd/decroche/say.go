package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"decroche/configs"
	"decroche/gateway/speech"
	"decroche/media"
	"decroche/media/wav"
	"decroche/tts"
	"decroche/tts/level"
)

type sayCmd struct {
	Text   string  `arg:"" optional:"" help:"What to say, or - to read it from standard input. Numbers, dates and amounts are written out as the bot would."`
	Lang   string  `help:"Language: fr or en, or a region: fr-BE, fr-CH, en-US." default:"fr" enum:"fr,en,fr-FR,fr-BE,fr-CH,en-GB,en-US"`
	Engine string  `help:"Voice: espeak, wyoming, openai, files or sherpa; nothing for tts.engine of the configuration." placeholder:"NAME"`
	Voice  string  `help:"The engine's name of a voice; for espeak-ng see espeak-ng --voices."`
	Speed  float64 `help:"1 is the engine's normal speed." default:"1"`
	Rate   int     `help:"Samples per second of the file." default:"8000" enum:"8000,16000"`
	SSML   bool    `name:"ssml" help:"The text has marks: <break time=\"300ms\"/>, <say-as>, <sub>, <phoneme>, <prosody>, <emphasis>, <lang>."`
	Bot    string  `help:"Speak as this hotline does: its lexicon and regions. A folder, or the name of an example." placeholder:"DIR"`
	Only   bool    `name:"text" help:"Write no sound: print what would be spoken."`
	Out    string  `help:"WAV file to write. It is marked as synthetic speech; decroche marks reads that." short:"o" placeholder:"F.wav"`
	JSON   bool    `name:"json" help:"Print one JSON object: text, spoken, ssml, file, seconds, first_ms, level_db."`
}

// sayResult is what --json prints.
type sayResult struct {
	Text    string   `json:"text"`
	Spoken  []string `json:"spoken"`
	SSML    []string `json:"ssml,omitempty"`
	File    string   `json:"file,omitempty"`
	Seconds float64  `json:"seconds,omitempty"`
	FirstMS float64  `json:"first_ms,omitempty"`
	LevelDB float64  `json:"level_db,omitempty"`
}

func (c *sayCmd) Run(ctx context.Context, g *globals) error {
	if c.Speed < 0.5 || c.Speed > 2 {
		return fmt.Errorf("--speed %v: choose between 0.5 and 2", c.Speed)
	}
	if c.Out == "" && !c.Only {
		return errors.New("where to? give -o F.wav, or --text to see what would be spoken")
	}
	text, err := c.text()
	if err != nil {
		return err
	}
	cfg, err := loadConfig(g)
	if err != nil {
		return err
	}
	lines, err := c.lines(cfg, text)
	if err != nil {
		return err
	}
	res := sayResult{Text: text}
	for _, l := range lines {
		res.Spoken = append(res.Spoken, l.Text)
		if l.SSML != "" {
			res.SSML = append(res.SSML, l.SSML)
		}
	}
	if !c.Only {
		if err := c.speak(ctx, cfg, lines, &res); err != nil {
			return err
		}
	}
	return c.print(res)
}

// text is the argument, or what stands on standard input.
func (c *sayCmd) text() (string, error) {
	if c.Text != "-" && c.Text != "" {
		return c.Text, nil
	}
	b, err := io.ReadAll(io.LimitReader(os.Stdin, 64<<10))
	if err != nil {
		return "", fmt.Errorf("read the text from standard input: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// base is the language without its region.
func (c *sayCmd) base() string {
	lang, _, _ := strings.Cut(c.Lang, "-")
	return lang
}

// lines prepares the text as a call of the hotline would.
func (c *sayCmd) lines(cfg configs.Config, text string) ([]speech.Line, error) {
	style := speech.Style{Tags: map[string]string{}}
	if c.Bot != "" {
		cfg.Gateway.Hotlines = []string{c.Bot}
		bots, err := loadBots(cfg)
		if err != nil {
			return nil, err
		}
		style = speech.Of(bots[0])
	}
	if c.Lang != c.base() {
		style.Tags[c.base()] = c.Lang
	}
	if !c.SSML {
		return style.Written(c.base(), text), nil
	}
	l, err := style.Marked(c.base(), text)
	return []speech.Line{l}, err
}

// speak renders the lines into the file.
func (c *sayCmd) speak(ctx context.Context, cfg configs.Config, lines []speech.Line, res *sayResult) (err error) {
	if cfg.TTS.Engine, err = chosen("--engine", c.Engine, cfg.TTS.Engine, configs.Voices); err != nil {
		return err
	}
	if c.Engine != "" {
		cfg.TTS.Routes = nil
	}
	mouth, err := newSynthesiser(cfg)
	if err != nil {
		return err
	}
	var pcm []int16
	var spans wav.Spans
	began := time.Now()
	for i, l := range lines {
		if i > 0 {
			pcm = append(pcm, make([]int16, c.Rate*int(pause.Milliseconds())/1000)...)
		}
		u := tts.Utterance{Text: l.Text, SSML: l.SSML, Language: c.base(), Voice: c.Voice, Speed: c.Speed, Rate: c.Rate}
		at := time.Duration(len(pcm)) * time.Second / time.Duration(c.Rate)
		err := listen(ctx, mouth, u, func(f media.Frame) {
			if res.FirstMS == 0 {
				res.FirstMS = float64(time.Since(began).Microseconds()) / 1000
			}
			spans.Add(0, at+f.At, f.Len(), f.Origin)
			pcm = append(pcm, f.PCM...)
		})
		if err != nil {
			return err
		}
	}
	if err := writeMarked(c.Out, c.Rate, spans.List(), true, pcm); err != nil {
		return err
	}
	res.File, res.Seconds, res.LevelDB = c.Out, float64(len(pcm))/float64(c.Rate), math.Round(10*level.Of(pcm, c.Rate))/10
	return nil
}

// pause is the silence between two sentences, as long as in a call.
const pause = 180 * time.Millisecond

func (c *sayCmd) print(res sayResult) error {
	if c.JSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetEscapeHTML(false) // marks stay readable
		return enc.Encode(res)
	}
	if c.Only {
		for _, s := range res.Spoken {
			fmt.Println(s)
		}
		return nil
	}
	fmt.Printf("%s: %.2f s\n", res.File, res.Seconds)
	return nil
}

// utterance is text as the phone hears it.
func utterance(lang, voice, text string) tts.Utterance {
	return tts.Utterance{Text: text, Language: lang, Voice: voice, Rate: media.PhoneRate}
}

// synthesise renders a whole utterance.
func synthesise(ctx context.Context, mouth tts.Synthesiser, u tts.Utterance) (pcm []int16, err error) {
	err = listen(ctx, mouth, u, func(f media.Frame) { pcm = append(pcm, f.PCM...) })
	return pcm, err
}

// listen renders an utterance and gives its frames to take.
func listen(ctx context.Context, mouth tts.Synthesiser, u tts.Utterance, take func(media.Frame)) error {
	src, err := mouth.Speak(ctx, u)
	if err != nil {
		return err
	}
	defer src.Close()
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		take(f)
	}
}

// writeWAV writes a mono file, or a stereo one when a second channel is given.
func writeWAV(path string, rate int, channels ...[]int16) error {
	return writeMarked(path, rate, nil, false, channels...)
}

// writeMarked is writeWAV with marks of what is synthetic in it; whole, that nothing else is.
func writeMarked(path string, rate int, spans []wav.Span, whole bool, channels ...[]int16) error {
	w, err := wav.Create(path, rate, len(channels))
	if err != nil {
		return err
	}
	w.Mark(spans, whole)
	longest := 0
	for _, c := range channels {
		longest = max(longest, len(c))
	}
	out := make([]int16, 0, longest*len(channels))
	for i := range longest {
		for _, c := range channels {
			if i < len(c) {
				out = append(out, c[i])
			} else {
				out = append(out, 0)
			}
		}
	}
	if err := w.Write(out); err != nil {
		_ = w.Close()
		return err
	}
	return w.Close()
}

// readPhone reads a WAV file at the phone's rate.
func readPhone(path string) ([]int16, error) {
	pcm, rate, err := wav.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return toRate(pcm, rate, media.PhoneRate)
}
