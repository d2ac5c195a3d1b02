package flows_test

import (
	"os"
	"sync"
	"testing"

	"decroche/flows"
)

// loadColibri loads the demo hotline once: a Bot is immutable, all tests may share it.
var loadColibri = sync.OnceValues(func() (*flows.Bot, error) {
	return flows.Load(os.DirFS("../configs/hotlines/colibri"), flows.Options{})
})

func colibri(t testing.TB) *flows.Bot {
	t.Helper()
	bot, err := loadColibri()
	if err != nil {
		t.Fatal(err)
	}
	return bot
}

func TestColibriLoads(t *testing.T) {
	t.Parallel()
	bot := colibri(t)
	if lang, ok := bot.LangFor("hotline-en"); !ok || lang != "en" {
		t.Errorf("LangFor(hotline-en) = %q, %v", lang, ok)
	}
	if got := bot.Secrets(); len(got) != 1 || got[0] != "ORDERS_TOKEN" {
		t.Errorf("Secrets() = %q", got)
	}
	for _, lang := range bot.Languages {
		if n := len(bot.Examples(lang)); n < 7*25 {
			t.Errorf("%d examples in %s, want 25 for each of 7 intents", n, lang)
		}
	}
}
