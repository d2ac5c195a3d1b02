package flows

import (
	"os"
	"sync"
	"testing"
	"time"
)

// TestCallsShareNothing runs many conversations at once over one bot; the race detector looks
// for what one of them changes under the others.
func TestCallsShareNothing(t *testing.T) {
	t.Parallel()
	bot, err := Load(os.DirFS("../configs/hotlines/colibri"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	var wg sync.WaitGroup
	for i := range 8 {
		lang := bot.Languages[i%2]
		said := map[string][]string{"fr": {"où est mon colis", "45127802", "non", "45127803", "au revoir"}, "en": {"where is my parcel", "45127802", "no", "45127803", "goodbye"}}[lang]
		wg.Go(func() {
			out, err := bot.Engine().Turn(t.Context(), State{}, Input{Kind: Start, Channel: Voice, Lang: lang, Now: now})
			for _, text := range said {
				if err != nil {
					t.Error(err)
					return
				}
				if out.Next != Listen {
					return
				}
				out, err = bot.Engine().Turn(t.Context(), out.State, Input{Kind: Said, Text: text, Confidence: 0.5, Now: now})
			}
		})
	}
	wg.Wait()
	for lang, first := range map[string]string{"fr": "oui", "en": "yes"} {
		if yesNoWords[lang][0] != first {
			t.Errorf("a conversation changed the table of %s answers: %v", lang, yesNoWords[lang])
		}
	}
}
