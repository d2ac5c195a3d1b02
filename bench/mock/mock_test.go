package mock

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"decroche/bench"
)

func TestEngines(t *testing.T) {
	t.Parallel()
	book := bench.NewBook()
	pcm := bench.Hum(time.Second)
	book.Add("où est mon vol", pcm)
	d := Delays{Partial: 100 * time.Millisecond, Final: time.Millisecond, FirstToken: time.Millisecond, Tokens: 1e6, FirstAudio: time.Millisecond}
	s := New(d, book, "vol", regexp.MustCompile("^Le vol"))
	srv := httptest.NewServer(s)
	defer srv.Close()
	if _, err := Calibrate(t.Context(), srv.URL); err != nil {
		t.Fatal(err)
	}
	say := func(text string) {
		resp, err := http.Post(srv.URL+"/v1/audio/speech", "application/json", strings.NewReader(`{"input":"`+text+`"}`))
		if err != nil || resp.StatusCode != 200 {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	say("Bonjour")
	if resp, err := http.Post(srv.URL+"/begin", "", nil); err != nil || resp.Body.Close() != nil {
		t.Fatal(err)
	}
	say("Bonjour")
	say("Le vol douze")
	say("Autre chose")
	if st := s.Stats(); st.Sentences != 3 || st.Unknown != 1 || st.Strange[0] != "Autre chose" {
		t.Errorf("%+v", st)
	}
	conn, _, err := websocket.Dial(t.Context(), "ws"+srv.URL[4:]+"/vosk", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"config":{}}`)); err != nil { // has no answer
		t.Fatal(err)
	}
	for _, m := range []string{"\x00\x00", `{"eof" : 1}`} {
		kind := websocket.MessageText
		if len(m) == 2 {
			kind = websocket.MessageBinary
		}
		if err := conn.Write(t.Context(), kind, []byte(m)); err != nil {
			t.Fatal(err)
		}
		_, got, err := conn.Read(t.Context())
		var r struct{ Partial, Text *string }
		if err != nil || json.Unmarshal(got, &r) != nil || (kind == websocket.MessageBinary) != (r.Partial != nil) || (r.Partial == nil) == (r.Text == nil) {
			t.Errorf("%s: %s, %v", m, got, err)
		}
	}
}

func TestDelaysAddUp(t *testing.T) {
	t.Parallel()
	d := Usual()
	if d.Model() != 700*time.Millisecond || d.Floor() != 900*time.Millisecond {
		t.Errorf("model %v, floor %v", d.Model(), d.Floor())
	}
	if off := (Calibration{FinalMS: 50.5, ModelMS: 703, AudioMS: 150}).Off(d); off != 3 {
		t.Errorf("off by %v", off)
	}
}
