package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"decroche/configs"
	"decroche/flows/render"
	"decroche/media"
	"decroche/media/wav"
	"decroche/tts"
)

type sayCmd struct {
	Text   string  `arg:"" help:"What to say. Numbers, dates and amounts are written out as the bot would."`
	Lang   string  `help:"Language: fr or en." default:"fr" enum:"fr,en"`
	Engine string  `help:"Voice: espeak, wyoming, openai, files or sherpa; nothing for tts.engine of the configuration." placeholder:"NAME"`
	Voice  string  `help:"The engine's name of a voice; for espeak-ng see espeak-ng --voices."`
	Speed  float64 `help:"1 is the engine's normal speed." default:"1"`
	Rate   int     `help:"Samples per second of the file." default:"8000" enum:"8000,16000"`
	Out    string  `help:"WAV file to write." short:"o" required:"" placeholder:"F.wav"`
}

func (c *sayCmd) Run(ctx context.Context, g *globals) error {
	if c.Speed < 0.5 || c.Speed > 2 {
		return fmt.Errorf("--speed %v: choose between 0.5 and 2", c.Speed)
	}
	cfg, err := loadConfig(g)
	if err != nil {
		return err
	}
	if cfg.TTS.Engine, err = chosen("--engine", c.Engine, cfg.TTS.Engine, configs.Voices); err != nil {
		return err
	}
	mouth, err := newSynthesiser(cfg)
	if err != nil {
		return err
	}
	pcm, err := synthesise(ctx, mouth, tts.Utterance{Text: render.Spoken(c.Lang, c.Text), Language: c.Lang, Voice: c.Voice, Speed: c.Speed, Rate: c.Rate})
	if err != nil {
		return err
	}
	if err := writeWAV(c.Out, c.Rate, pcm); err != nil {
		return err
	}
	fmt.Printf("%s: %.2f s\n", c.Out, float64(len(pcm))/float64(c.Rate))
	return nil
}

// utterance is text as the phone hears it.
func utterance(lang, voice, text string) tts.Utterance {
	return tts.Utterance{Text: text, Language: lang, Voice: voice, Rate: media.PhoneRate}
}

// synthesise renders a whole utterance.
func synthesise(ctx context.Context, mouth tts.Synthesiser, u tts.Utterance) ([]int16, error) {
	src, err := mouth.Speak(ctx, u)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	var pcm []int16
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			return pcm, nil
		}
		if err != nil {
			return nil, err
		}
		pcm = append(pcm, f.PCM...)
	}
}

// writeWAV writes a mono file, or a stereo one when a second channel is given.
func writeWAV(path string, rate int, channels ...[]int16) error {
	w, err := wav.Create(path, rate, len(channels))
	if err != nil {
		return err
	}
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
