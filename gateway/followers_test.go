package gateway

import (
	"testing"
	"testing/fstest"
	"time"

	"decroche/flows/kb"
	"decroche/gateway/event"
	"decroche/gateway/store"
)

func TestFollowersGoOnWhereTheyWere(t *testing.T) {
	t.Parallel()
	load := func() *kb.Base {
		b, ps := kb.Load(fstest.MapFS{
			"knowledge/fr/douane.md":   {Data: []byte("---\nlanguage: fr\ntitle: Droits de douane\nshort: Ils se paient avant la livraison.\n---\n")},
			"knowledge/fr/retards.md":  {Data: []byte("---\nlanguage: fr\ntitle: Un colis en retard\nshort: Deux jours de retard sont possibles.\n---\n")},
			"knowledge/fr/facture.md":  {Data: []byte("---\nlanguage: fr\ntitle: Obtenir une facture\nshort: Elle part le jour même.\n---\n")},
			"knowledge/en/customs.md":  {Data: []byte("---\nlanguage: en\ntitle: Customs duty\nshort: It is paid before delivery.\n---\n")},
			"knowledge/fr/horaires.md": {Data: []byte("---\nlanguage: fr\ntitle: Horaires des agences\nshort: De neuf heures à midi.\n---\n")},
		}, "knowledge")
		if len(ps) > 0 {
			t.Fatal(ps)
		}
		return b
	}
	base := load()
	f := newFollowers(func(bot string) *kb.Base {
		if bot == "colibri" {
			return base
		}
		return nil
	})
	sum := store.Summary{ID: "a", Bot: "colibri", Lang: "fr"}
	evs := []event.Event{
		{Seq: 1, Body: event.Started{}},
		{Seq: 2, Body: event.Prompted{Text: "Bonjour", Heard: "Bonjour"}},
		{Seq: 3, Body: event.Said{Text: "mon colis a du retard", How: "speech"}},
	}
	first := func(want string) {
		t.Helper()
		if got := f.articles(sum, evs); len(got) == 0 || got[0].ID != want || len(got[0].Why) == 0 {
			t.Errorf("got %+v, want %s first", got, want)
		}
	}
	first("retards")
	talk := f.live["a"].talk
	evs = append(evs, event.Event{Seq: 4, Body: event.Said{Text: "et je paie des droits de douane", How: "speech"}}, event.Event{Seq: 5, Body: event.Said{Text: "4512", How: "keys"}})
	first("douane")
	if f.live["a"].talk != talk || f.live["a"].last != 5 {
		t.Error("it began again, or did not go on to the last event")
	}
	base = load() // the hotline was changed
	first("douane")
	if f.live["a"].talk == talk {
		t.Error("it went on with the articles that were")
	}
	sum.Lang = "en"
	for _, a := range f.articles(sum, evs) {
		if a.ID != "customs" {
			t.Errorf("in English: %+v", a)
		}
	}
	sum.Lang, sum.End = "fr", time.Unix(1, 0)
	first("douane")
	if len(f.live) != 0 {
		t.Error("a conversation that is over is still kept")
	}
	if got := f.articles(store.Summary{ID: "b", Bot: "other"}, evs); len(got) != 0 {
		t.Errorf("of another bot: %+v", got)
	}
}
