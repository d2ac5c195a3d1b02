package sumup

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"decroche/gateway/event"
)

var talk = []event.Event{
	{Seq: 1, Body: event.Started{Channel: "voice", Lang: "fr"}},
	{Seq: 2, Body: event.Prompted{Text: "Quel est votre numéro de commande ?"}},
	{Seq: 3, Body: event.Said{Text: "c'est le 45127801, je suis Madame Durand", How: "speech", Confidence: .8}},
	{Seq: 4, Body: event.Stepped{Slots: []event.Slot{{Name: "commande", Value: "45127801", Shown: "45 12 78 01", Confirmed: true}, {Name: "ville", Value: "Lyon", Confidence: .6}, {Name: "carte", Value: "••••", Shown: "••••"}}}},
	{Seq: 5, Body: event.Acted{Target: "suivi", Outcome: "error"}},
	{Seq: 6, Body: event.Said{Text: "mon code est top secret", Who: "agent"}},
	{Seq: 7, Body: event.TransferStarted{Topic: "Suivi de colis", Reason: "error", Summary: []string{"Demande : suivi de colis."}}},
}

// An answer is kept only when all of it stands in the record.
func TestCheck(t *testing.T) {
	t.Parallel()
	r := Of(talk)
	for answer, want := range map[string]string{
		"Madame Durand suit la commande 45 12 78 01, qui est confirmée.": "",
		"La cliente demande où est son colis. Commande 45127801.":        "",
		"Le numéro 45127801 est confirmé ; la ville, Lyon, non.":         "",
		"":                                    "empty",
		strings.Repeat("a", 701):              "too long",
		"La commande 45127802 est en retard.": "figure",
		"La commande 4512 est en retard.":     "figure",
		"Madame Dupont suit la commande 45127801.":   "name",
		"Dupont appelle pour son colis.":             "name",
		"La ville de Lyon est confirmée.":            "confirmation",
		"Tout est confirmé.":                         "confirmation",
		"Le colis arrive mardi.":                     "date or figure in words",
		"Elle attend trois colis.":                   "date or figure in words",
		"Le colis arrive demain.":                    "date or figure in words",
		"Voir https://exemple.fr pour le colis":      "markup",
		"Écrire à durand@exemple.fr":                 "markup",
		"<b>La commande 45127801</b>":                "markup",
		"Le colis \u202e1087215 4":                   "markup",
		"La cliente habite Lyon, commande 45127801.": "",
	} {
		if got := r.Check(answer); got != want {
			t.Errorf("%q: %q, want %q", answer, got, want)
		}
	}
}

// fake is a chat-completions server: it keeps the last question and answers what it was told to, as the
// protocol that Model.ask speaks has it: {"choices":[{"message":{"content":"…"}}]}.
type fake struct {
	*httptest.Server
	question string
	answer   func(w http.ResponseWriter, r *http.Request)
}

func newFake(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) *fake {
	f := &fake{answer: answer}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.question = string(body)
		if r.URL.Path != "/v1/chat/completions" {
			t.Error(r.URL.Path)
		}
		f.answer(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func says(text string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"message": map[string]string{"content": text}}}})
	}
}

// What the model says is kept, or counted and dropped; the question has nothing that the record hides.
func TestSummary(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		want   string
		result string
	}{
		"kept":        {says(" La commande 45127801 est confirmée. "), "La commande 45127801 est confirmée.", "kept"},
		"invented":    {says("La commande 99 est confirmée."), "", "invented"},
		"empty":       {says(""), "", "invented"},
		"no JSON":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "oops") }, "", "error"},
		"no choices":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }, "", "error"},
		"refused":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "", "error"},
		"never comes": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "", "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, tc.answer)
			cfg := DefaultConfig()
			cfg.URL, cfg.Model = f.URL+"/v1", "m"
			if tc.result == "timeout" {
				cfg.Timeout = 100 * time.Millisecond
			}
			m, err := New(cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := m.Summary(t.Context(), talk)
			if got != tc.want || (err == nil) != (tc.result == "kept") || testutil.ToFloat64(m.asked.WithLabelValues(tc.result)) != 1 {
				t.Errorf("%q, %v", got, err)
			}
			if err != nil && strings.Contains(err.Error(), "commande") {
				t.Error("the error repeats the answer:", err)
			}
			if tc.result != "timeout" && (strings.Contains(f.question, "top secret") || !strings.Contains(f.question, "45 12 78 01")) {
				t.Error(f.question)
			}
		})
	}
}

func TestBusyModelIsNotAsked(t *testing.T) {
	t.Parallel()
	f := newFake(t, says("x"))
	cfg := DefaultConfig()
	cfg.URL, cfg.Model, cfg.MaxOpen = f.URL+"/v1", "m", 1
	m, err := New(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.open <- struct{}{}
	if _, err := m.Summary(t.Context(), talk); err == nil || f.question != "" {
		t.Error(err, f.question)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	ok := DefaultConfig()
	if bad := ok.Validate(); len(bad) > 0 {
		t.Error(bad)
	}
	for _, c := range []Config{{URL: "x", Model: "m", Timeout: time.Second, MaxOpen: 1}, {URL: "http://127.0.0.1/v1", Timeout: time.Second, MaxOpen: 1}, {Timeout: time.Hour, MaxOpen: 1}, {Timeout: time.Second}} {
		if bad := c.Validate(); len(bad) != 1 || !strings.Contains(bad[0], ";") && !strings.Contains(bad[0], "not between") {
			t.Errorf("%+v: %q", c, bad)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("La commande 45127801 est confirmée.")
	r := Of(talk)
	f.Fuzz(func(t *testing.T, answer string) {
		if r.Check(answer) == "" {
			for _, n := range runs(joined(answer)) {
				if !containsRun(joined(r.text()), n) {
					t.Errorf("%q has %s", answer, n)
				}
			}
		}
	})
}
