package console

import (
	"net/http"
	"strings"
	"testing"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/storetest"
)

func TestArticles(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(t, storetest.Call("a", t0)...)
	const path = "/api/v1/conversations/a/articles"
	if w := h.ask(t, "GET", path, "", bearer); w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != `{"articles":[]}` {
		t.Errorf("no knowledge: %d %s", w.Code, w.Body)
	}
	page := h.ask(t, "GET", "/conversations/a?lang=en", "", bearer, html)
	if strings.Contains(page.Body.String(), "Useful answers") {
		t.Error("an empty section is shown")
	}
	h.d.Articles = func(sum store.Summary, evs []event.Event) (out []Article) {
		if sum.ID != "a" || len(evs) == 0 {
			t.Errorf("asked about %q with %d events", sum.ID, len(evs))
		}
		for _, id := range []string{"one", "two", "three", "four", "five", "six"} {
			out = append(out, Article{ID: id, Title: "Title <" + id, Short: "Short.", Body: "Body.", Score: 0.5, Why: []string{"colis", "retard"}})
		}
		return out
	}
	w := h.ask(t, "GET", path, "", bearer)
	if got := w.Body.String(); strings.Count(got, `"why":["colis","retard"]`) != 5 || strings.Contains(got, `"six"`) || !strings.Contains(got, `"score":0.5`) {
		t.Errorf("got %s", got)
	}
	body := h.ask(t, "GET", "/conversations/a?lang=en", "", bearer, html).Body.String()
	if strings.Count(body, `<details class="article"`) != 5 || strings.Count(body, `<details class="article" open>`) != 1 || !strings.Contains(body, "Title &lt;one") || !strings.Contains(body, "colis, retard") {
		t.Errorf("the page has other articles:\n%s", body)
	}
	wantProblem(t, h.ask(t, "GET", "/api/v1/conversations/nobody/articles", "", bearer), http.StatusNotFound)
}
