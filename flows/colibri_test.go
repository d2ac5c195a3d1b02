package flows_test

import (
	"os"
	"testing"

	"decroche/flows"
)

func colibri(t testing.TB) *flows.Bot {
	t.Helper()
	bot, err := flows.Load(os.DirFS("../configs/hotlines/colibri"), flows.Options{})
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
	t.Log(len(bot.StaticPrompts()), "static prompts")
}
