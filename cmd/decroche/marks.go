package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"decroche/media"
	"decroche/media/wav"
)

// marksCmd reads back what recordings say about synthetic speech in them.
type marksCmd struct {
	Files []string `arg:"" name:"file" help:"WAV files." type:"existingfile"`
	JSON  bool     `name:"json" help:"Print one JSON object: files, each with file, seconds, source and spans of channel, start, end, source."`
}

type markedFile struct {
	File    string       `json:"file"`
	Seconds float64      `json:"seconds"`
	Source  string       `json:"source"` // "" when the file has no mark
	Spans   []markedSpan `json:"spans"`
}

type markedSpan struct {
	Channel int     `json:"channel"`
	Start   float64 `json:"start"` // seconds
	End     float64 `json:"end"`
	Source  string  `json:"source"`
}

func (c *marksCmd) Run() error {
	list := []markedFile{}
	for _, name := range c.Files {
		m, err := wav.ReadMarks(name)
		if err != nil {
			return err
		}
		f := markedFile{File: name, Seconds: m.Length.Seconds(), Source: m.Source, Spans: []markedSpan{}}
		for _, s := range m.Spans {
			f.Spans = append(f.Spans, markedSpan{s.Channel, s.From.Seconds(), s.To.Seconds(), s.Source})
		}
		list = append(list, f)
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"files": list})
	}
	for _, f := range list {
		if f.Source == "" {
			fmt.Printf("%s: %.2f s, no mark of synthetic speech\n", f.File, f.Seconds)
			continue
		}
		fmt.Printf("%s: %.2f s, %s\n", f.File, f.Seconds, f.Source)
		for _, s := range f.Spans {
			fmt.Printf("  channel %d  %7.2f to %7.2f s  %s\n", s.Channel, s.Start, s.End, s.Source)
		}
	}
	return nil
}

// origin is how the sound of an engine is made.
func origin(engine string) media.Origin {
	if engine == "espeak" {
		return media.Algorithmic
	}
	return media.Trained
}

// markSpeech marks whatever sounds in a channel that a synthesiser filled.
func markSpeech(spans *wav.Spans, channel int, pcm []int16, o media.Origin) {
	const frame = media.PhoneRate / 50
	for at := 0; at < len(pcm); at += frame {
		part := pcm[at:min(at+frame, len(pcm))]
		if slices.ContainsFunc(part, func(s int16) bool { return s != 0 }) {
			spans.Add(channel, time.Duration(at)*time.Second/media.PhoneRate, media.FrameTime, o)
		}
	}
}
