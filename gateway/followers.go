package gateway

import (
	"sync"

	"decroche/flows/kb"
	"decroche/gateway/console"
	"decroche/gateway/event"
	"decroche/gateway/store"
)

// followers keeps what running conversations are about, so that each look at one costs only what
// was said since the last. All methods are safe for concurrent use.
type followers struct {
	base func(bot string) *kb.Base // nil when there is no such bot

	mu   sync.Mutex
	live map[string]*followed // guarded by mu
}

// followed is one conversation up to an event.
type followed struct {
	base *kb.Base // it began with; a reload that changes it begins again
	lang string
	talk *kb.Follow
	last uint64
}

// maxFollowed bounds the conversations that are remembered; beyond it the next look at any of
// them reads it from its beginning again.
const maxFollowed = 2000

func newFollowers(base func(bot string) *kb.Base) *followers {
	return &followers{base: base, live: map[string]*followed{}}
}

// knowledge finds a bot's articles.
func (g *Gateway) knowledge(bot string) *kb.Base {
	for _, b := range g.hotlines.bots() {
		if b.Name == bot {
			return b.Knowledge()
		}
	}
	return nil
}

// articles are the five that fit a conversation best, with its events so far.
func (f *followers) articles(sum store.Summary, evs []event.Event) (out []console.Article) {
	base := f.base(sum.Bot)
	if base == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.live[sum.ID]
	if c == nil || c.base != base || c.lang != sum.Lang {
		c = &followed{base: base, lang: sum.Lang, talk: base.Follow(sum.Lang)}
		if len(f.live) >= maxFollowed {
			clear(f.live)
		}
		f.live[sum.ID] = c
	}
	for _, e := range evs {
		if e.Seq <= c.last {
			continue
		}
		c.last = e.Seq
		switch v := e.Body.(type) {
		case event.Said:
			if who := v.Who; v.How != "keys" {
				if who == "" {
					who = "caller"
				}
				c.talk.Add(who, v.Text)
			}
		case event.Prompted:
			c.talk.Add("bot", v.Heard)
		}
	}
	if !sum.End.IsZero() {
		delete(f.live, sum.ID)
	}
	for _, h := range c.talk.Best(5) {
		a := h.Article
		out = append(out, console.Article{ID: a.ID, Title: a.Title, Short: a.Short, Body: a.Body, Score: h.Score, Why: append([]string{}, h.Why...)})
	}
	return out
}
