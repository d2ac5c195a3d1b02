package chat

import (
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"decroche/flows"
	"decroche/gateway/event"
)

// colibri loads the example hotline, its files changed by edit.
func colibri(t *testing.T, edit func(path, text string) string) *flows.Bot {
	t.Helper()
	dir, files := os.DirFS("../../configs/hotlines/colibri"), fstest.MapFS{}
	err := fs.WalkDir(dir, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(p, "tests/") {
			return err
		}
		data, err := fs.ReadFile(dir, p)
		files[p] = &fstest.MapFile{Data: []byte(edit(p, string(data)))}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	bot, err := flows.Load(files, flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return bot
}

// A conversation waits at a step; the builder renames it meanwhile. The conversation goes on at
// the nearest step there is, and its record says so.
func TestTheFlowChangesWhileAConversationPauses(t *testing.T) {
	t.Parallel()
	var now atomic.Pointer[flows.Bot]
	now.Store(colibri(t, func(_, s string) string { return s }))
	h := newHouse(t, 0, func(d *Deps, _ *Config) {
		d.Bots = func(string) (Bot, bool) { return Bot{Name: "colibri", Mind: now.Load().Engine()}, true }
	})
	o := h.begin(t, Opening{Lang: "fr"})
	h.write(t, o.ID, "où est mon colis ?")
	now.Store(colibri(t, func(p, s string) string {
		if p == "flows/suivi_colis.yaml" {
			s = strings.Replace(s, "      - collect: numero_commande", "      - collect: numero_commande\n        id: demande", 1)
			s = strings.ReplaceAll(s, "goto: numero_commande", "goto: demande")
		}
		return s
	}))
	h.write(t, o.ID, "45127801")
	evs := h.events(t, o.ID)
	moved := ""
	for _, e := range evs {
		if m, ok := e.Body.(event.Moved); ok && m.Why == "the flow was edited" {
			moved = m.Note
		}
		if _, ended := e.Body.(event.Ended); ended {
			t.Error("the conversation ended")
		}
	}
	if !strings.Contains(moved, "suivi_colis/") || !strings.Contains(moved, "suivi_colis/numero_commande") {
		t.Errorf("the record says %q; events %s; read %q", moved, types(evs), read(evs))
	}
}
