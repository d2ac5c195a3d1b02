package flows

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestTimersAreRefused at a speaker, where people ask for them, and the question stays; on the telephone
// the words are what they are.
func TestTimersAreRefused(t *testing.T) {
	t.Parallel()
	bot, err := Load(os.DirFS("../configs/hotlines/colibri"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		ch        Channel
		lang, say string
		refused   bool
	}{
		{Speaker, "fr", "mets un minuteur de dix minutes", true},
		{Speaker, "fr", "Tu peux lancer une minuterie ?", true},
		{Speaker, "fr", "réveille-moi à sept heures", true},
		{Speaker, "en", "set a timer for ten minutes", true},
		{Speaker, "en", "Set me a ten minute timer", true},
		{Speaker, "fr", "où est mon colis", false},
		{Speaker, "fr", "le livreur m'a réveillé", false},
		{Voice, "fr", "mets un minuteur de dix minutes", false},
	} {
		out, err := bot.Engine().Turn(t.Context(), State{}, Input{Kind: Start, Channel: c.ch, Lang: c.lang, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		if out, err = bot.Engine().Turn(t.Context(), out.State, Input{Kind: Said, Text: c.say, Confidence: 1, Now: now}); err != nil {
			t.Fatal(err)
		}
		var words string
		for _, p := range out.Say {
			words += p.Voice
		}
		refused := strings.Contains(words, "minuteur") || strings.Contains(words, "timers")
		if refused != c.refused || refused && (out.Next != Listen || len(out.Unclear) > 0) {
			t.Errorf("%s %q: %q, %s", c.ch, c.say, words, out.Next)
		}
	}
}
