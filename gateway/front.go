package gateway

import (
	"context"
	"sync"
	"time"

	"decroche/flows"
	"decroche/gateway/console"
	"decroche/gateway/event"
	"decroche/gateway/rtc"
)

// mostAsks is how many questions a page offers as buttons.
const mostAsks = 3

// asks are the first wishes of a bot that have a title, as people say them, for the buttons of a
// page: who wrote the flows put first what is asked most.
func (g *Gateway) asks(bot, lang string) (out []string) {
	for _, b := range g.hotlines.bots() {
		if b.Name != bot {
			continue
		}
		for _, in := range b.Intents() {
			if t := b.IntentTitle(in, lang); t != "" && len(out) < mostAsks {
				out = append(out, t)
			}
		}
	}
	return out
}

// search looks into a bot's knowledge.
func (g *Gateway) search(bot, lang, text string) (out []console.Article) {
	base := g.knowledge(bot)
	if base == nil {
		return nil
	}
	for _, h := range base.Best(lang, text, 5) {
		a := h.Article
		out = append(out, console.Article{ID: a.ID, Title: a.Title, Short: a.Short, Body: a.Body, Score: h.Score, Why: append([]string{}, h.Why...)})
	}
	return out
}

// goesOn lets a call, conv, go on with the typed conversation that its page had: from where it stood,
// with its slots, in its language. A conversation that cannot be gone on with is left as it is, and the
// call begins anew: somebody who calls is answered. It is asked when the page has connected: until then
// one that its network keeps from calling writes on where it was.
func (g *Gateway) goesOn(ctx context.Context, conv, bot string, w rtc.Wish) (none flows.State, lang string) {
	if g.chats.Open(ctx, w.Chat, w.Token) != nil {
		return none, ""
	}
	name, lang, st, err := g.chats.State(ctx, w.Chat)
	if err != nil || name != bot {
		return none, ""
	}
	if waits, err := st.Waits(); err != nil || waits == flows.Hangup || waits == flows.Start {
		return none, ""
	}
	if err := g.chats.MovedTo(ctx, w.Chat, conv, "went on by voice"); err != nil {
		g.log.Error("a typed conversation could not go on by voice; the call begins anew", "conv", w.Chat, "err", err)
		return none, ""
	}
	return st, lang
}

// noter adds to the record of a conversation that has ended.
type noter func(ctx context.Context, conv string, body event.Body, at time.Time) error

// noteNow adds an event that happens now.
func (g *Gateway) noteNow(ctx context.Context, conv string, body event.Body) error {
	return g.note(ctx, conv, body, time.Now())
}

// pens are where running calls of pages take what is typed beside them.
type pens struct{ by sync.Map } // conversation to chan string

// penHolds is how many messages wait until the call takes them.
const penHolds = 8

// give makes a pen for a call; the function takes it back.
func (p *pens) give(conv string) (<-chan string, func()) {
	c := make(chan string, penHolds)
	p.by.Store(conv, c)
	return c, func() { p.by.Delete(conv) }
}

// write hands a call what was typed; false when there is none, or too much waits.
func (p *pens) write(conv, text string) bool {
	c, ok := p.by.Load(conv)
	if !ok {
		return false
	}
	select {
	case c.(chan string) <- text:
		return true
	default:
		return false
	}
}
