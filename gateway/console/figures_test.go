package console

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/store/storetest"
)

// indexed lets everything that was recorded be found.
func (h *house) indexed(t *testing.T) {
	t.Helper()
	st := h.st.(*sqlite.Store)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- st.KeepIndexed(ctx, nil) }()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		n := 0
		for _, err := range st.Conversations(t.Context(), store.Query{Text: "bonjour"}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing was indexed in half a minute")
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestSearchOverTheAPI(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(t, storetest.Call("c1", t0)...)
	h.record(t, storetest.Call("c2", t0.Add(time.Hour))...)
	h.indexed(t)
	bearer := "Authorization: Bearer " + testToken
	get := func(query string) (ids []string, next string, last store.Summary) {
		t.Helper()
		w := h.ask(t, "GET", query, "", bearer)
		var out struct {
			Conversations []store.Summary
			Next          string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != 200 {
			t.Fatal(w.Code, err, w.Body)
		}
		for _, last = range out.Conversations {
			ids = append(ids, last.ID)
		}
		return ids, out.Next, last
	}
	ids, next, last := get("/api/v1/conversations?text=" + url.QueryEscape("OU EST mon colis") + "&number=06&queue=litige&intent=suivi+colis&agent=karim&outcome=failed,transferred&limit=1")
	if fmt.Sprint(ids) != "[c2]" || next == "" || fmt.Sprintf("%q", last.Match.Parts) != `["" "où" " " "est" " " "mon" " " "colis"]` || last.Queue != "litige, fr" {
		t.Errorf("found %v, next %q, %+v", ids, next, last.Match)
	}
	if ids, next, _ = get(next); fmt.Sprint(ids) != "[c1]" {
		t.Errorf("the next page has %v", ids)
	}
	if ids, next, _ = get(next); ids != nil || next != "" {
		t.Errorf("the last page has %v, then %q", ids, next)
	}
	for query, want := range map[string]string{
		"text=%3F%21": "text: there is no word in it", "number=Karim": `number: \"Karim\" is no number`, "since=yesterday": "since: ", "words=a": `\"words\" is not a filter; there are agent, before,`,
		"outcome=Failed": "outcome: ", "agent=" + strings.Repeat("a", 101): "agent: ", "text=a&text=b": "given twice",
	} {
		if w := h.ask(t, "GET", "/api/v1/conversations?"+query, "", bearer); w.Code != 400 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}

// A table has the same filters as the list, no cell that a spreadsheet would run, and is written down.
func TestTableOfConversations(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	evs := storetest.Call("c1", t0)
	evs[0].Body = event.Started{Channel: "voice", From: `=HYPERLINK("http://evil.example";"a,b")`, Bot: "colibri", Lang: "fr"}
	evs[7].Body = event.Stepped{Slots: []event.Slot{{Name: "nom", Shown: "Zoé \"Z\"\nBenali"}}}
	h.record(t, evs...)
	h.record(t, storetest.Call("c2", t0.Add(time.Hour))...)
	bearer := "Authorization: Bearer " + testToken
	w := h.ask(t, "GET", "/api/v1/conversations.csv?lang=en&before="+url.QueryEscape(t0.Add(time.Minute).Format(time.RFC3339)), "", bearer)
	text, ok := strings.CutPrefix(w.Body.String(), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if w.Code != 200 || !ok || err != nil || len(rows) != 2 || !strings.Contains(text, "\r\n") {
		t.Fatal(w.Code, err, text)
	}
	if got := strings.Join(rows[0], "|"); got != say("en", "csv_head") {
		t.Error(got)
	}
	want := []string{"c1", "2026-11-21T10:30:00+01:00", "2026-11-21T10:30:31+01:00", "voice", `'=HYPERLINK("http://evil.example";"a,b")`, "colibri", "fr", "suivi_colis", "transferred", "agent", "completed", "litige, fr", "karim", "3", "", "", "nom=Zoé \"Z\"\nBenali"}
	if fmt.Sprintf("%q", rows[1]) != fmt.Sprintf("%q", want) {
		t.Errorf("got  %q\nwant %q", rows[1], want)
	}
	n := 0
	for e, err := range h.acc.AuditList(t.Context(), store.AuditQuery{What: exportedTable}) {
		if err != nil || !strings.HasPrefix(e.Detail, "lang=en&before=") {
			t.Error(e, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d lines in the audit list", n)
	}
	for _, q := range []string{"limit=5", "outcome=%00", "before_id=x"} {
		if w := h.ask(t, "GET", "/api/v1/conversations.csv?"+q, "", bearer); w.Code != 400 {
			t.Errorf("%s: %d", q, w.Code)
		}
	}
}

// What begins like a formula, or would where a line is split at its semicolons, has an apostrophe before it.
func TestHarmless(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Zoé":            "Zoé",
		"=cmd|'/C calc'": "'=cmd|'/C calc'",
		"  @SUM(A1)":     "  '@SUM(A1)",
		"\t=1":           "'\t'=1",
		"nom=Zoé; =1+1":  "nom=Zoé; '=1+1",
		`a;"=1+1"`:       `a;"'=1+1"`,
		"a\r\n-1":        "a\r\n'-1",
		"a|＝1":           "a|'＝1",
		"rien, -20 %":    "rien, -20 %",
		"a=1; b=2":       "a=1; b=2",
		"+33612345678":   "'+33612345678",
	} {
		if got := harmless(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func FuzzHarmless(f *testing.F) {
	for _, s := range []string{"", "=1", "  =1", "+33", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "a", "'", "a;=1", "a;\"=1\"", "a\n\t=1", "\xff;=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := harmless(s)
		if strings.ReplaceAll(got, "'", "") != strings.ReplaceAll(s, "'", "") {
			t.Fatalf("%q became %q", s, got)
		}
		for _, cell := range strings.FieldsFunc(got, func(r rune) bool { return strings.ContainsRune(";|\t\r\n", r) }) {
			if rest := strings.TrimLeft(cell, ` "`); rest != "" && strings.ContainsRune("=+-@", rune(rest[0])) {
				t.Fatalf("%q is taken for a formula in %q", cell, got)
			}
		}
		if got != "" && strings.ContainsRune("\t\r\n", rune(got[0])) {
			t.Fatalf("%q begins with a sign of a formula", got)
		}
	})
}

func TestFiguresOfADay(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(*Config) {})
	h.d.Figures = h.st.(*sqlite.Store)
	end := func(conv string, at time.Time, more ...event.Body) {
		evs := []event.Event{{Conv: conv, Seq: 1, At: at, Body: event.Started{Channel: "voice", Bot: "colibri"}}}
		for _, b := range more {
			at = at.Add(time.Second)
			evs = append(evs, event.Event{Conv: conv, Seq: uint64(len(evs) + 1), At: at, Body: b})
		}
		h.record(t, evs...)
	}
	late := time.Date(2026, 11, 21, 23, 30, 0, 0, time.UTC) // the next day in Paris
	end("a", t0, event.Rated{Score: 4, Scale: 5}, event.Ended{Outcome: "resolved"})
	end("b", t0, event.Rated{Score: 5, Scale: 5}, event.TransferStarted{Skills: []string{"litige"}, Reason: "asked"}, event.TransferRinging{Agent: "karim"}, event.Bridged{Agent: "karim"}, event.Ended{Outcome: "transferred"})
	end("c", t0.Add(2*time.Hour), event.TransferStarted{Reason: "asked"}, event.TransferEnded{Outcome: "timeout", WaitedMS: 90_000}, event.Ended{Outcome: "callback"})
	end("d", t0.Add(2*time.Hour), event.TransferStarted{Reason: "taken_over"}, event.Bridged{Agent: "paule"}, event.TransferEnded{Outcome: "completed"}, event.Ended{Outcome: "transferred"})
	end("e", t0.Add(2*time.Hour), event.TransferStarted{Reason: "asked"})
	end("f", t0.Add(2*time.Hour), event.Ended{Outcome: "unconfirmed"})
	end("tomorrow", late, event.Ended{Outcome: "resolved"})
	ask := func(query string) figures {
		t.Helper()
		w := h.ask(t, "GET", "/api/v1/figures"+query, "", "Authorization: Bearer "+testToken)
		var out figures
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != 200 {
			t.Fatal(w.Code, w.Body)
		}
		return out
	}
	f := ask("")
	if f.Day != "2026-11-21" || f.Timezone != "Europe/Paris" || !f.To.Equal(f.From.Add(24*time.Hour)) {
		t.Errorf("%+v", f)
	}
	if f.Total != (hourly{Conversations: 6, Ended: 5, Resolved: 1, Automated: 1, Unconfirmed: 1, Solved: 3, Resolution: 0.6, Automation: 0.2, Ratings: 2, Satisfaction: 4.5, Handoffs: 2, Answered: 1, InTime: 1}) || len(f.Hours) != 2 {
		t.Errorf("%+v", f)
	}
	if got := f.Hours[0]; !got.Start.Equal(t0.Truncate(time.Hour)) || got.Conversations != 2 || got.InTime != 1 || got.Satisfaction != 4.5 {
		t.Errorf("%+v", got)
	}
	if got := fmt.Sprint(f.Transfers[0].Conv, f.Transfers[0].Outcome, " ", f.Transfers[3]); len(f.Transfers) != 4 || got != "ctimeout {b 3 2026-11-21 09:30:02 +0000 UTC asked litige karim completed 2000 1000 1}" {
		t.Error(got)
	}
	slow := event.DefaultBoardConfig()
	slow.InTime = time.Second
	h.d.Board.SetRules(slow)
	if f := ask("?day=2026-11-21"); f.Total.InTime != 0 || f.Total.Answered != 1 {
		t.Errorf("in time within one second: %+v", f.Total)
	}
	if f := ask("?day=2026-11-22&bot=colibri"); f.Total.Conversations != 1 || len(f.Hours) != 1 {
		t.Errorf("%+v", f)
	}
	if f := ask("?day=2026-10-25"); f.To.Sub(f.From) != 25*time.Hour || f.Hours == nil || f.Transfers == nil {
		t.Errorf("%+v", f)
	}
	for _, q := range []string{"?day=today", "?day=2026-02-30", "?days=1", "?day=2026-11-21&day=2026-11-22", "?bot=" + strings.Repeat("a", 101)} {
		if w := h.ask(t, "GET", "/api/v1/figures"+q, "", "Authorization: Bearer "+testToken); w.Code != 400 {
			t.Errorf("%s: %d", q, w.Code)
		}
	}
}

// Queues are told as they are, and none is a list too.
func TestQueues(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ask := func() string {
		t.Helper()
		return strings.TrimSpace(h.ask(t, "GET", "/api/v1/queues", "", "Authorization: Bearer "+testToken).Body.String())
	}
	if got := ask(); got != `{"queues":[]}` {
		t.Error(got)
	}
	desk := agents.NewDesk(agents.DefaultDeskConfig(), agents.Config{{Name: "lina", Addr: "sip:1@h", Skills: agents.Can("litige")}}, nil)
	desk.SetQueues(agents.Queues{{Name: "litige", Skills: []string{"litige"}}})
	h.d.Desk = desk
	if got := ask(); got != `{"queues":[{"name":"litige","skills":["litige"],"waiting":0,"longest_s":0,"estimate_s":0,"agents_free":1,"agents_busy":0,"agents_away":0,"open":true,"in_time_s":20,"answered":0,"in_time":0,"left":{}}]}` {
		t.Error(got)
	}
}

// Trunks are told as they are, and none is a list too.
func TestTrunks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ask := func() string {
		return strings.TrimSpace(h.ask(t, "GET", "/api/v1/trunks", "", "Authorization: Bearer "+testToken).Body.String())
	}
	if got := ask(); got != `{"trunks":[]}` {
		t.Error(got)
	}
	phones := func() string {
		return strings.TrimSpace(h.ask(t, "GET", "/api/v1/phones", "", "Authorization: Bearer "+testToken).Body.String())
	}
	if got := phones(); got != `{"phones":[]}` {
		t.Error(got)
	}
	h.d.Phones = func() []Phone { return []Phone{{"karim", 2, &t0}, {"nadia", 0, nil}} }
	if got := phones(); got != `{"phones":[{"username":"karim","contacts":2,"until":"2026-11-21T09:30:00Z"},{"username":"nadia","contacts":0}]}` {
		t.Error(got)
	}
	h.d.Trunks = func() []Trunk {
		return []Trunk{{Name: "carrier", Addr: "sip.carrier.example", Up: true, Register: true, RegisteredUntil: &t0, Calls: 2, MaxCalls: 30}, {Name: "b", Addr: "b", Why: "gone", Since: &t0}}
	}
	if got := ask(); got != `{"trunks":[{"name":"carrier","addr":"sip.carrier.example","up":true,"register":true,"registered_until":"2026-11-21T09:30:00Z","calls":2,"max_calls":30},`+
		`{"name":"b","addr":"b","up":false,"since":"2026-11-21T09:30:00Z","why":"gone","register":false,"calls":0,"max_calls":0}]}` {
		t.Error(got)
	}
}

// A team of nobody is a list too: a page that reads null would stop.
func TestNobodyIsAList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if w := h.ask(t, "GET", "/api/v1/agents", "", "Authorization: Bearer "+testToken); strings.TrimSpace(w.Body.String()) != `{"agents":[]}` {
		t.Error(w.Body)
	}
	h.d.Desk = agents.NewDesk(agents.DefaultDeskConfig(), agents.Config{}, nil)
	if w := h.ask(t, "GET", "/api/v1/agents", "", "Authorization: Bearer "+testToken); strings.TrimSpace(w.Body.String()) != `{"agents":[]}` {
		t.Error(w.Body)
	}
	out, err := json.Marshal(crewOf(nil))
	if err != nil || string(out) != `{"agents":[]}` {
		t.Error(string(out), err)
	}
}

// Who watches is told how the queues stand as soon as that changes, and not because time goes by.
func TestStreamTellsTheQueues(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		desk := agents.NewDesk(agents.DefaultDeskConfig(), agents.Config{{Name: "karim", Addr: "sip:201@h"}}, time.Now)
		desk.SetQueues(agents.Queues{{Name: "general"}})
		settings := Settings{Loaded: time.Now()}
		w := httptest.NewRecorder()
		q := queueStream{s: &Server{d: Deps{Desk: desk, Settings: func() Settings { return settings }}}, out: &stream{w: w, ctl: http.NewResponseController(w)}}
		look := func() {
			t.Helper()
			time.Sleep(crewPace)
			synctest.Wait()
			if err := q.send(); err != nil {
				t.Fatal(err)
			}
		}
		look()
		look()
		a, err := desk.Offer(t.Context(), agents.Request{Conv: "a"})
		if err != nil {
			t.Fatal(err)
		}
		look()
		ctx, leave := context.WithCancel(t.Context())
		go func() { _, _ = desk.Offer(ctx, agents.Request{Conv: "b", Wait: time.Hour}) }()
		look()
		look() // the one who waits has waited longer, which their beginning tells
		settings.Problem = "queues: broken"
		look()
		leave()
		a.Release()
		look()
		var told []string
		for _, m := range strings.Split(strings.TrimSpace(w.Body.String()), "\n\n") {
			name, data, _ := strings.Cut(m, "\ndata: ")
			var now queuesTold
			if err := json.Unmarshal([]byte(data), &now); err != nil || name != "event: queues" {
				t.Fatalf("%s: %v", m, err)
			}
			one := now.Queues[0]
			told = append(told, fmt.Sprintf("%d %d %d %v %s", one.Waiting, one.Free, one.Busy, one.LongestS, now.Configuration.Problem))
		}
		if want := []string{"0 1 0 0 ", "0 0 1 0 ", "1 0 1 0.5 ", "1 0 1 1.5 queues: broken", "0 1 0 0 queues: broken"}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}

// Who watches is told when somebody comes, although no call says so.
func TestStreamTellsWhoIsThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		desk := agents.NewDesk(agents.DefaultDeskConfig(), agents.Config{}, time.Now)
		w := httptest.NewRecorder()
		c := crewStream{s: &Server{d: Deps{Desk: desk}}, out: &stream{w: w, ctl: http.NewResponseController(w)}}
		send := func() {
			t.Helper()
			if err := c.send(); err != nil {
				t.Fatal(err)
			}
		}
		send()
		send()
		if err := desk.Set("karim", "Karim H.", agents.Break, "déjeuner", ""); err != nil {
			t.Fatal(err)
		}
		send()
		time.Sleep(time.Minute)
		send()
		got := strings.Split(strings.TrimSpace(w.Body.String()), "\n\n")
		if len(got) != 2 || got[0] != "event: agents\ndata: {\"agents\":[]}" || !strings.Contains(got[1], `"status":"break","why":"signed_in","reason":"déjeuner"`) {
			t.Errorf("%q", got)
		}
	})
}
