package main

import (
	"os"
	"strings"
	"testing"

	"decroche/tts"
	"decroche/tts/espeak"
	ttsopenai "decroche/tts/openai"
	"decroche/tts/ssml"
	ttswyoming "decroche/tts/wyoming"
)

// The table of docs/speaking.md says what the engines declare.
func TestTableOfMarks(t *testing.T) {
	t.Parallel()
	engines := []struct {
		name  string
		voice tts.Synthesiser
	}{{"espeak", (*espeak.Synthesiser)(nil)}, {"wyoming", (*ttswyoming.Synthesiser)(nil)}, {"openai", (*ttsopenai.Synthesiser)(nil)}, {"sherpa", (*workedMouth)(nil)}}
	yes := map[bool]string{true: "engine", false: "plain words"}
	rows := []string{"| engine | `break`, `p`, `s` | `say-as`, `sub` | `lang` | `prosody rate` | `prosody pitch` | `prosody volume` | `emphasis` | `phoneme` |", "|---|---|---|---|---|---|---|---|---|"}
	for _, e := range engines {
		var can ssml.Can
		if m, ok := e.voice.(interface{ Marks() ssml.Can }); ok {
			can = m.Marks()
		}
		rate, phoneme := "speed of the piece", "plain words"
		if e.name == "wyoming" {
			rate = "speed of the piece, where the server takes one"
		}
		if can.Alphabet != "" {
			phoneme = "engine, IPA put into its own signs"
		}
		rows = append(rows, "| `"+e.name+"` | silence of ours | written out | voice of that language | "+rate+" | "+yes[can.Pitch]+" | "+yes[can.Volume]+" | "+yes[can.Emphasis]+" | "+phoneme+" |")
	}
	rows = append(rows, "| `files` | a recording is found by its words; the next engine speaks the rest | | | | | | | |")
	want := strings.Join(rows, "\n") + "\n"
	text, err := os.ReadFile("../../docs/speaking.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), want) {
		t.Errorf("docs/speaking.md should hold this table:\n%s", want)
	}
}
