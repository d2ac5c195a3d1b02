package gateway

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"decroche/gateway/event"
	"decroche/gateway/leg"
)

// A model's summary delays no hand-off: it is asked beside the call, and what it says stands in the record, the
// vCon and on the page when it was true.
func TestAModelSummarises(t *testing.T) {
	t.Parallel()
	release, asked := make(chan struct{}), make(chan struct{})
	var once sync.Once
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		once.Do(func() { close(asked) })
		<-release
		_, _ = io.WriteString(w, `{"choices":[{"message":{"content":"La personne demande quelqu’un."}}]}`)
	}))
	defer model.Close()
	r := newRigOf(t, func(c *Config) {
		c.Secrets = map[string]string{}
		c.Summary.URL, c.Summary.Model = model.URL+"/v1", "petit"
	}, []string{hotlineFolder(t, cards)}, func(*Engines) {})
	l, err := r.ring(t, "hotline")
	if err != nil {
		t.Fatal(err)
	}
	d := keypad{t, r, l, l.Info().PeerTag}
	d.prompted("Bonjour", 1)
	d.keyed("0", 1)
	<-asked
	d.until("the end of the hand-off", 1, func(b event.Body) bool { _, ok := b.(event.TransferEnded); return ok })
	close(release)
	if err := l.Hangup(context.Background(), leg.Normal); err != nil {
		t.Fatal(err)
	}
	d.until("the model's summary", 1, func(b event.Body) bool {
		s, ok := b.(event.Summarised)
		return ok && s.Model == "petit" && strings.HasPrefix(s.Text, "La personne")
	})
	var out heap
	if page := out.fetch(t, r, "/conversations/"+d.conv); !strings.Contains(page, "vérifié : </span>La personne demande") {
		t.Error(page)
	}
	if v := out.fetch(t, r, "/api/v1/conversations/"+d.conv+"/vcon"); !strings.Contains(v, "petit") || strings.Count(v, `"type":"summary"`) != 2 {
		t.Error(v)
	}
}
