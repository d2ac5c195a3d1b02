package console

import (
	"net/http"
	"time"

	"decroche/gateway/event"
)

// boardRules are the configuration of the board as its page reads it; times in milliseconds.
type boardRules struct {
	InTime     int64          `json:"in_time_ms"`
	Waits      int64          `json:"waits_ms"`
	Anger      event.WordList `json:"anger"`
	Person     event.WordList `json:"person"`
	Wants      event.WordList `json:"wants"`
	Asked      int            `json:"asked"`
	Loop       int            `json:"loop"`
	Mute       int64          `json:"mute_ms"`
	Transfers  int            `json:"transfers"`
	Misses     int            `json:"misses"`
	Silence    int64          `json:"silence_ms"`
	Unsure     int            `json:"unsure"`
	Confidence float64        `json:"confidence"`
	Long       float64        `json:"long"`
	Lasts      int64          `json:"lasts_ms"`
	Clears     int64          `json:"clears_ms"`
}

// getBoard tells a page by which rules calls are marked.
func (s *Server) getBoard(w http.ResponseWriter, _ *http.Request) {
	answer(w, rulesOf(s.d.Board.Rules()))
}

func rulesOf(c event.BoardConfig) boardRules {
	ms := time.Duration.Milliseconds
	return boardRules{ms(c.InTime), ms(c.Waits), whole(c.Anger), whole(c.Person), whole(c.Wants), c.Asked, c.Loop, ms(c.Mute), c.Transfers, c.Misses, ms(c.Silence), c.Unsure, c.Confidence, c.Long, ms(c.Lasts), ms(c.Clears)}
}

// whole is a list without null in it.
func whole(l event.WordList) event.WordList {
	out := event.WordList{}
	for lang, words := range l {
		out[lang] = append([]string{}, words...)
	}
	return out
}
