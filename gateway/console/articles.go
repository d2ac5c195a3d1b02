package console

import (
	"net/http"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// Article is a piece of a bot's knowledge that fits a conversation, for whoever takes it over.
type Article struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Short string   `json:"short"` // what the bot would say
	Body  string   `json:"body"`  // Markdown
	Score float64  `json:"score"` // probability that it is what is meant, 0..1
	Why   []string `json:"why"`   // words of the conversation that called it
}

// mostArticles are shown: more than five are not read during a call.
const mostArticles = 5

// articles are those that fit the conversation so far, best first; none is an empty list.
func (s *Server) articles(sum store.Summary, evs []event.Event) []Article {
	as := s.d.Articles(sum, evs)
	return append([]Article{}, as[:min(len(as), mostArticles)]...)
}

func (s *Server) listArticles(w http.ResponseWriter, r *http.Request) {
	sum, evs, err := s.record(r, r.PathValue("id"))
	if err != nil {
		s.broken(w, r, err)
		return
	}
	answer(w, struct {
		Articles []Article `json:"articles"`
	}{s.articles(sum, evs)})
}
