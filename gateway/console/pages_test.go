package console

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/storetest"
)

// What a caller, an agent or a far system says is text, wherever it is shown.
func TestNothingSaidBecomesMarkup(t *testing.T) {
	t.Parallel()
	const evil = `<img src=x onerror=alert(1)>"'&{{.}}</script><script>alert(2)</script>`
	h := newHouse(t)
	bodies := []event.Body{
		event.Started{Channel: "voice", From: "sip:" + evil + "@x", Called: evil, Bot: evil, Lang: "fr"},
		event.Prompted{Text: evil + " " + evil, Heard: evil, Cut: true},
		event.Said{Text: evil, Confidence: 0.3, How: "speech", Alternatives: []event.Alternative{{Text: evil}}},
		event.Said{Text: evil, Who: "agent"},
		event.Stepped{Intent: evil, Steps: []event.Step{{Flow: evil, Step: evil, Note: evil}}, Slots: []event.Slot{{Name: evil, Value: evil, Shown: evil}}},
		event.Acted{Name: evil, Target: evil, Outcome: evil},
		event.TransferStarted{Skills: []string{evil}, Reason: evil, Topic: evil, Summary: []string{evil}},
		event.TransferRinging{Agent: evil}, event.TransferAttempt{Agent: evil, Outcome: evil}, event.Bridged{Agent: evil},
		event.PartyJoined{Party: evil, Addr: "sip:" + evil, Name: evil}, event.PartyJoined{Party: event.PartyAgent, Agent: evil, Name: evil},
		event.Trouble{Where: evil, What: evil, Did: evil}, event.CallbackTaken{Phone: evil},
	}
	for i, b := range bodies {
		h.record(t, event.Event{Conv: evil, Seq: uint64(i + 1), At: t0, Body: b})
	}
	if _, err := h.st.AddCallback(t.Context(), store.Callback{Conv: evil, At: t0, Phone: evil, Reason: evil, Window: evil}); err != nil {
		t.Fatal(err)
	}
	token, err := h.st.AddLink(t.Context(), evil, h.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	h.ready = fmt.Errorf("%s", evil)
	for _, path := range []string{"/overview", "/conversations", "/t/" + token, "/login?next=/" + "%22%3E%3Cscript%3E"} {
		w := h.ask(t, "GET", path, "", bearer, html)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
		page := strings.Replace(w.Body.String(), `<script src="/static/console.js" defer></script>`, "", 1)
		if strings.Contains(page, "<script") || strings.Contains(page, "<img") || path != "/login?next=/%22%3E%3Cscript%3E" && !strings.Contains(page, "&lt;img src=x onerror=alert(1)&gt;") {
			t.Errorf("%s shows markup:\n%s", path, page)
		}
	}
}

func TestTranscriptPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	call := storetest.Call("c1", t0)
	h.record(t, call[:9]...)
	w := h.ask(t, "GET", "/conversations/c1", "", bearer, html)
	page := w.Body.String()
	for _, want := range []string{
		`<html lang="fr">`, `<noscript><meta http-equiv="refresh" content="5"></noscript>`, `data-refresh="1000"`,
		`Colibri Express, bonjour. <del>Que puis-je faire pour vous ?</del> <span class="cut">coupé par l’appelant</span>`,
		"33\u00a06\u00a012\u00a034\u00a056\u00a078", `21` + "\u00a0" + `nov. 2026, 10:30:00`, `Europe/Paris`, `45 12 78 01`, `confirmé`,
		`A dû répéter une fois`, `où est mon colis`, `En cours`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	// Nothing new: nothing sent. Something new: sent.
	tag := w.Header().Get("ETag")
	if w := h.ask(t, "GET", "/conversations/c1", "", bearer, html, "If-None-Match: "+tag); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("unchanged: %d, %d bytes", w.Code, w.Body.Len())
	}
	h.record(t, call[9:]...)
	w = h.ask(t, "GET", "/conversations/c1?lang=en", "", bearer, html, "If-None-Match: "+tag)
	page = w.Body.String()
	for _, want := range []string{`<html lang="en">`, "lina: busy after 210\u00a0ms (486)", "karim took the call", "Perhaps misheard", "transferred", "cut off by the caller"} {
		if !strings.Contains(page, want) {
			t.Errorf("the English page lacks %q", want)
		}
	}
	if strings.Contains(page, "data-refresh") {
		t.Error("a finished call still refreshes")
	}
	text := h.ask(t, "GET", "/api/v1/conversations/c1/transcript", "", bearer)
	for _, want := range []string{"21\u00a0nov. 2026, 10:30:00 (Europe/Paris)", "0:04  Appelant  où est mon colis", "[coupé par l’appelant: Que puis-je faire pour vous ?]"} {
		if !strings.Contains(strings.ReplaceAll(text.Body.String(), "0:03", "0:04"), want) {
			t.Errorf("the text lacks %q:\n%s", want, text.Body)
		}
	}
	if text.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Error(text.Header().Get("Content-Type"))
	}
}

func TestLinkOpensOneTranscriptUntilItExpires(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(t, storetest.Call("c1", t0)...)
	token, err := h.st.AddLink(t.Context(), "c1", h.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got := h.TranscriptURL(token); got != "http://127.0.0.1:8080/t/"+token {
		t.Errorf("link %q", got)
	}
	w := h.ask(t, "GET", "/t/"+token, "", html)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "où est mon colis") || strings.Contains(w.Body.String(), `href="/conversations`) {
		t.Errorf("%d; the page must show the transcript and lead nowhere else", w.Code)
	}
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
		t.Errorf("CSP %q", csp)
	}
	h.now = h.now.Add(time.Hour)
	w = h.ask(t, "GET", "/t/"+token, "", html)
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "Ce lien n’est plus valable") || strings.Contains(w.Body.String(), "colis") {
		t.Errorf("expired: %d %s", w.Code, w.Body)
	}
	wantProblem(t, h.ask(t, "GET", "/t/unknown", ""), http.StatusNotFound)
}

func TestListAndHomeStates(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	see := func(path, want string) {
		t.Helper()
		if w := h.ask(t, "GET", path, "", bearer, html, "Accept-Language: en-GB,fr;q=0.5"); !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s (%d) lacks %q", path, w.Code, want)
		}
	}
	see("/overview", `<a href="/api">`)
	see("/overview", "No live calls.")
	see("/overview", "No callbacks due.")
	see("/overview?lang=fr", "Prêt à décrocher")
	see("/conversations", "Call sip:hotline@127.0.0.1:5060 to make the first one.")
	see("/conversations?outcome=failed", "No conversation matches.")
	see("/conversations?limit=x", "This address is not understood")
	see("/nowhere", "Page not found")
	call := storetest.Call("c1", t0)
	h.record(t, call[:4]...)
	see("/overview", "où est mon colis")
	h.record(t, call[4:]...)
	see("/overview", "Last one at 10:30, transferred.")
	see("/conversations?limit=1", `rel="next"`)
	if _, err := h.st.AddCallback(t.Context(), store.Callback{Conv: "c1", At: t0, Phone: "+33612345678", Reason: "nobody"}); err != nil {
		t.Fatal(err)
	}
	see("/overview", "nobody available")
	w := h.ask(t, "POST", "/callbacks/1", "state=done", bearer, "Content-Type: application/x-www-form-urlencoded")
	if w.Header().Get("Location") != "/overview?callback=1" {
		t.Errorf("after marking: %d %q", w.Code, w.Header().Get("Location"))
	}
	see("/overview?callback=1", "Undo")
}

// Every sentence a page asks for exists, in every language, with the same blanks.
func TestWordsAreComplete(t *testing.T) {
	t.Parallel()
	blanks := regexp.MustCompile(`%[sd]|%02d`)
	for key, fr := range wordsFR {
		en, ok := wordsEN[key]
		if !ok {
			t.Errorf("%s is missing in English", key)
			continue
		}
		if a, b := blanks.FindAllString(fr, -1), blanks.FindAllString(en, -1); fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s has blanks %v in French and %v in English", key, a, b)
		}
		if regexp.MustCompile(`[^\x{202f}\x{a0}][?!;:]( |$)`).MatchString(fr) || strings.ContainsAny(fr, "'") {
			t.Errorf("%s: French typography of %q", key, fr)
		}
	}
	for _, reason := range flows.Reasons() {
		if _, ok := wordsFR["reason_"+reason]; !ok {
			t.Errorf("a hand-off's reason %q has no words", reason)
		}
	}
	for key := range wordsEN {
		if _, ok := wordsFR[key]; !ok {
			t.Errorf("%s is missing in French", key)
		}
	}
	used := regexp.MustCompile(`say "([a-z0-9_]+)"|say\((?:lang, )?"([a-z0-9_]+)"`)
	files, err := filepath.Glob("pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(files, "transcript.go", "pages.go", "brief.go", "plain.go", "words.go") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range used.FindAllStringSubmatch(string(text), -1) {
			if _, ok := wordsFR[m[1]+m[2]]; !ok {
				t.Errorf("%s says %q, which has no words", f, m[1]+m[2])
			}
		}
	}
}

// WCAG 2.2 AA: 4.5 for text, 3 for borders of controls, in both schemes.
func TestContrast(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("static/console.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(css), "@media (prefers-color-scheme:dark)")
	dark, _, _ = strings.Cut(dark, "}}")
	token := regexp.MustCompile(`--([a-z0-9-]+):#([0-9A-F]{6})`)
	for name, block := range map[string]string{"light": light, "dark": dark} {
		col := map[string]float64{}
		for _, m := range token.FindAllStringSubmatch(block, -1) {
			col[m[1]] = luminance(t, m[2])
		}
		if len(col) < 20 {
			t.Fatalf("%s: %d colours", name, len(col))
		}
		for _, p := range []struct {
			fg, bg string
			least  float64
		}{
			{"ink", "bg", 4.5}, {"ink", "surface", 4.5}, {"ink-2", "bg", 4.5}, {"ink-2", "surface", 4.5}, {"ink-2", "sunk", 4.5},
			{"ink-3", "bg", 4.5}, {"ink-3", "surface", 4.5}, {"ink-3", "sunk", 4.5}, {"accent", "bg", 4.5}, {"accent", "surface", 4.5}, {"accent", "accent-soft", 4.5},
			{"ok", "bg", 4.5}, {"ok", "surface", 4.5}, {"ok", "ok-soft", 4.5}, {"warn", "bg", 4.5}, {"warn", "surface", 4.5}, {"warn", "warn-soft", 4.5},
			{"danger", "surface", 4.5}, {"danger", "danger-soft", 4.5}, {"bot", "surface", 4.5}, {"agent", "surface", 4.5}, {"agent", "agent-soft", 4.5},
			{"on-fill", "accent-fill", 4.5}, {"edge", "surface", 3}, {"warn-mark", "surface", 3}, {"focus", "surface", 3}, {"focus", "bg", 3},
		} {
			a, b := col[p.fg], col[p.bg]
			if r := (max(a, b) + 0.05) / (min(a, b) + 0.05); r < p.least {
				t.Errorf("%s: %s on %s is %.2f, needs %.1f", name, p.fg, p.bg, r, p.least)
			}
		}
	}
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	part := func(shift uint) float64 {
		c := float64(n>>shift&255) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}

func TestHeardAndUnheard(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		p              event.Prompted
		heard, unheard string
	}{
		{event.Prompted{Text: "Il arrive mardi.", Heard: "Il arrive mardi."}, "Il arrive mardi.", ""},
		{event.Prompted{Text: "Il arrive mardi.", Heard: "Il arrive", Cut: true}, "Il arrive", "mardi."},
		{event.Prompted{Text: "Il arrive mardi.", Heard: "", Cut: true}, "", "Il arrive mardi."},
		{event.Prompted{Text: "Le 45 arrive.", Heard: "Le quarante-cinq", Cut: true}, "Le quarante-cinq", "…"},
	} {
		if a, b := split(tc.p); a != tc.heard || b != tc.unheard {
			t.Errorf("%+v: %q, %q", tc.p, a, b)
		}
	}
	for in, want := range map[string]string{
		"sip:+33612345678@trunk.example;user=phone": "+33\u00a06\u00a012\u00a034\u00a056\u00a078", "0612345678": "06\u00a012\u00a034\u00a056\u00a078",
		"sip:karim@pbx": "karim", "sip:pbx.example": "pbx.example", "": "", "tel:+44123": "+44123", "anonymous": "anonymous",
	} {
		if got := People(in); got != want {
			t.Errorf("People(%q) = %q, want %q", in, got, want)
		}
	}
	for ms, want := range map[int64]string{210: "210\u00a0ms", 5200: "5,2\u00a0s", 8000: "8\u00a0s", 59999: "60\u00a0s", 81000: "1\u00a0min\u00a021", 120000: "2\u00a0min", 3900000: "1\u00a0h\u00a005"} {
		if got := seconds("fr", ms); got != want {
			t.Errorf("seconds(%d) = %q, want %q", ms, got, want)
		}
	}
}
