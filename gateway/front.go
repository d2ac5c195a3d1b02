package gateway

import "decroche/gateway/console"

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
