package console

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/event"
	"decroche/gateway/record"
	"decroche/gateway/store"
	"decroche/gateway/store/storetest"
	"decroche/media"
	"decroche/media/wav"
)

// recordedCall is a house with one recorded call of three seconds, and its bytes.
func recordedCall(t *testing.T) (*house, *record.Recorder, []byte) {
	h, rec, file, _ := recordedIn(t)
	return h, rec, file
}

// recordedIn is recordedCall, and the folder.
func recordedIn(t *testing.T) (*house, *record.Recorder, []byte, string) {
	t.Helper()
	h := newHouse(t)
	h.record(t, storetest.Call("c1", t0)...)
	cfg := record.DefaultConfig()
	cfg.Dir = t.TempDir()
	rec, err := record.New(cfg, h.st.(store.Recordings), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rec.Close(context.Background()) })
	h.d.Recordings = rec
	take := rec.Begin(record.About{Conv: "c1", Bot: "colibri", Caller: "sip:+33612345678@trunk.example", Start: t0})
	take.Announced(0)
	for at := time.Duration(0); at < 3*time.Second; at += media.FrameTime {
		take.Frame(record.Caller, media.Frame{PCM: make([]int16, 160), Rate: 8000, At: at})
	}
	kept, err := take.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(cfg.Dir + "/" + kept.File)
	if err != nil {
		t.Fatal(err)
	}
	return h, rec, b, cfg.Dir
}

func notes[T event.Body](t *testing.T, h *house, conv string) (out []T) {
	t.Helper()
	for e, err := range h.st.Events(t.Context(), conv, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if b, ok := e.Body.(T); ok {
			out = append(out, b)
		}
	}
	return out
}

func TestRecordingIsSent(t *testing.T) {
	t.Parallel()
	h, _, file := recordedCall(t)
	const path = "/api/v1/conversations/c1/recording"
	if w := h.ask(t, "GET", path, ""); w.Code != http.StatusUnauthorized {
		t.Errorf("without a token: %d", w.Code)
	}
	w := h.ask(t, "GET", path, "", bearer)
	if w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), file) || w.Header().Get("Content-Type") != "audio/wav" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d, %d bytes of %d, %v", w.Code, w.Body.Len(), len(file), w.Header())
	}
	if pcm, _, err := wav.Read(bytes.NewReader(w.Body.Bytes())); err != nil || len(pcm) != 24000 {
		t.Errorf("%d samples, %v", len(pcm), err)
	}
	w = h.ask(t, "GET", path, "", bearer, "Range: bytes=100-199")
	if w.Code != http.StatusPartialContent || !bytes.Equal(w.Body.Bytes(), file[100:200]) {
		t.Errorf("a range: %d, %d bytes", w.Code, w.Body.Len())
	}
	if w = h.ask(t, "GET", path, "", bearer, "Range: bytes=99999999-"); w.Code != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a range beyond the end: %d", w.Code)
	}
	h.ask(t, "HEAD", path, "", bearer)
	if got := notes[event.RecordingOpened](t, h, "c1"); len(got) != 1 || got[0] != (event.RecordingOpened{By: "api", From: "127.0.0.1"}) {
		t.Errorf("one listening is noted %v", got)
	}
	h.now = h.now.Add(time.Hour)
	h.ask(t, "GET", path, "", bearer, "Range: bytes=5000-")
	if got := notes[event.RecordingOpened](t, h, "c1"); len(got) != 2 {
		t.Errorf("two are noted %v", got)
	}
	if w = h.ask(t, "GET", "/api/v1/conversations/nowhere/recording", "", bearer); w.Code != http.StatusNotFound {
		t.Errorf("of nobody: %d", w.Code)
	}
}

func TestRecordingOnThePages(t *testing.T) {
	t.Parallel()
	h, _, file := recordedCall(t)
	page := h.ask(t, "GET", "/conversations/c1", "", bearer)
	if !strings.Contains(page.Body.String(), `<audio controls preload="none" src="/api/v1/conversations/c1/recording"`) || !strings.Contains(page.Header().Get("Content-Security-Policy"), "media-src 'self'") {
		t.Errorf("no player on the page: %d\n%v", page.Code, page.Header())
	}
	token, err := h.st.AddLink(t.Context(), "c1", h.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if page = h.ask(t, "GET", "/t/"+token, ""); !strings.Contains(page.Body.String(), `src="/t/`+token+`/recording"`) {
		t.Errorf("no player on the linked page: %d", page.Code)
	}
	if w := h.ask(t, "GET", "/t/"+token+"/recording", ""); w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), file) {
		t.Errorf("by the link: %d", w.Code)
	}
	if got := notes[event.RecordingOpened](t, h, "c1"); len(got) != 1 || got[0].By != "link" {
		t.Errorf("noted %v", got)
	}
	if w := h.ask(t, "GET", "/t/nonsense/recording", ""); w.Code != http.StatusNotFound {
		t.Errorf("by a link of nobody's: %d", w.Code)
	}
	if w := h.ask(t, "DELETE", "/api/v1/conversations/c1/recording", "", bearer); w.Code != http.StatusNoContent {
		t.Errorf("deleted: %d", w.Code)
	}
	if page = h.ask(t, "GET", "/conversations/c1", "", bearer); strings.Contains(page.Body.String(), "<audio") || !strings.Contains(page.Body.String(), "Enregistrement effacé") {
		t.Error("the page does not say that the recording is gone")
	}
	if w := h.ask(t, "GET", "/t/"+token+"/recording", ""); w.Code != http.StatusNotFound {
		t.Errorf("after it was deleted: %d", w.Code)
	}
}

func TestRecordingsOfACallerAreDeleted(t *testing.T) {
	t.Parallel()
	h, rec, _ := recordedCall(t)
	for path, want := range map[string]int{"": 400, "?caller=": 400, "?caller=anonymous": 400, "?caller=%2B33612345678&all=1": 400, "?caller=0700000000&caller=0612345678": 400} {
		if w := h.ask(t, "DELETE", "/api/v1/recordings"+path, "", bearer); w.Code != want {
			t.Errorf("%q: %d, want %d", path, w.Code, want)
		}
	}
	if w := h.ask(t, "DELETE", "/api/v1/recordings?caller=0612345678", ""); w.Code != http.StatusUnauthorized {
		t.Errorf("without a token: %d", w.Code)
	}
	if w := h.ask(t, "DELETE", "/api/v1/recordings?caller=0700000000", "", bearer); w.Body.String() != "{\"deleted\":0}\n" {
		t.Errorf("of somebody else: %d %s", w.Code, w.Body)
	}
	if w := h.ask(t, "DELETE", "/api/v1/recordings?caller=06%2012%2034%2056%2078", "", bearer); w.Body.String() != "{\"deleted\":1}\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if _, _, err := rec.Open(t.Context(), "c1"); err == nil {
		t.Error("the file is still there")
	}
	if got := notes[event.RecordingDeleted](t, h, "c1"); len(got) != 1 || got[0].Why != "caller" {
		t.Errorf("noted %v", got)
	}
}

// Who hears a recording, and who deletes one, stands in the audit list: each person once, however many ranges
// their player asks for; the number of a caller who wants to be forgotten does not.
func TestWhoHearsIsWrittenDown(t *testing.T) {
	t.Parallel()
	h, _, _ := recordedCall(t)
	const path = "/api/v1/conversations/c1/recording"
	paule, omar := h.add(t, "paule", accounts.Supervisor), h.add(t, "omar", accounts.Builder)
	for _, who := range []string{paule, omar, paule} {
		if w := h.ask(t, "GET", path, "", who, "Range: bytes=0-99"); w.Code != http.StatusPartialContent {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	h.ask(t, "DELETE", path, "", paule, ours)
	h.ask(t, "DELETE", "/api/v1/recordings?caller=0612345678", "", paule, ours)
	var got []string
	for _, what := range []string{heardRecording, deletedRecording, deletedRecordings} {
		for e, err := range h.acc.AuditList(t.Context(), store.AuditQuery{What: what}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, e.Who+" "+e.What+" "+e.About+e.Detail)
		}
	}
	want := []string{"omar heard_recording conversation c1", "paule heard_recording conversation c1", "paule deleted_recording conversation c1", "paule deleted_recordings recordings of one caller"}
	if !slices.Equal(got, want) {
		t.Errorf("the list has %q, want %q", got, want)
	}
}

// Every act that is written down has its words on the board, in both languages.
func TestAuditedActsHaveWords(t *testing.T) {
	t.Parallel()
	acts := []string{notDone, exportedTable, ExportedVCon, heardRecording, deletedRecording, deletedRecordings, retriedDeliveries, droppedDeliveries, orderedCall, cancelledCall, addedNoCall, removedNoCall, publishedExamples,
		accounts.SignedIn, accounts.SignInRefused, accounts.SignInHeldUp, accounts.SignedOut, accounts.SessionEnded, accounts.UserAdded, accounts.UserChanged, accounts.RoleChanged,
		accounts.UserDisabled, accounts.UserEnabled, accounts.PasswordSet, accounts.LinkMade, accounts.TokenCreated, accounts.TokenRevoked, accounts.PermissionDenied}
	for _, what := range audited {
		acts = append(acts, what)
	}
	for _, lang := range []string{"fr", "en"} {
		words, err := os.ReadFile("../../web/src/board/" + lang + ".ts")
		if err != nil {
			t.Fatal(err)
		}
		for _, what := range acts {
			if !strings.Contains(string(words), "  au_"+what+": ") {
				t.Errorf("%s: no word for %s", lang, what)
			}
		}
	}
}

// A gateway without recordings, a recording that is still being made, and one whose file somebody took away.
func TestRecordingThatIsNotThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if w := h.ask(t, "GET", "/api/v1/conversations/c1/recording", "", bearer); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
	h, rec, _, dir := recordedIn(t)
	if err := h.st.(store.Recordings).AddRecording(t.Context(), store.Recording{Conv: "c2", Start: t0, File: "x"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := rec.Open(t.Context(), "c2"); err != record.ErrOpen {
		t.Errorf("open: %v", err)
	}
	if w := h.ask(t, "GET", "/api/v1/conversations/c2/recording", "", bearer); w.Code != http.StatusConflict {
		t.Errorf("still being made: %d", w.Code)
	}
	kept, err := h.st.(store.Recordings).Recording(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, kept.File)); err != nil {
		t.Fatal(err)
	}
	w := h.ask(t, "GET", "/api/v1/conversations/c1/recording", "", bearer)
	wantProblem(t, w, http.StatusNotFound)
	if w := h.ask(t, "GET", "/api/v1/conversations/c1", "", bearer); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "transcript") {
		t.Errorf("what was said is gone with the sound: %d", w.Code)
	}
	if got := notes[event.RecordingOpened](t, h, "c1"); len(got) != 0 {
		t.Errorf("a listening is noted that was none: %v", got)
	}
}
