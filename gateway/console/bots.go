package console

import (
	"net/http"
	"time"
)

// Bot is one hotline as the API shows it.
type Bot struct {
	Name      string    `json:"name"`
	Title     string    `json:"title"`
	Version   string    `json:"version"` // hash of the folder that answers new conversations
	Languages []string  `json:"languages"`
	Called    []string  `json:"called"`
	Loaded    time.Time `json:"loaded_at"`
	// Problem says why the folder's newest version does not answer; "" when it does.
	Problem string `json:"problem"`
}

func (s *Server) listBots(w http.ResponseWriter, _ *http.Request) {
	bots := s.d.Bots()
	if bots == nil {
		bots = []Bot{}
	}
	answer(w, map[string]any{"bots": bots})
}
