package wyoming

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestEventsComeBack(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	Write(&b, "audio-chunk", Audio{Rate: 16000, Width: 2, Channels: 1, Timestamp: 40}, []byte{1, 2, 3, 4})
	Write(&b, "audio-stop", nil, nil)
	b.WriteString("\n" + `{"type":"transcript","data":{"text":"a","language":"fr"},"data_length":12,"version":"1.7.2"}` + "\n" + `{"text":"b"}`)
	r := NewReader(&b)
	var a Audio
	e, err := r.Next()
	if err != nil || e.Type != "audio-chunk" || e.Decode(&a) != nil || a != (Audio{16000, 2, 1, 40}) || len(e.Payload) != 4 {
		t.Fatalf("%+v %+v %v", e, a, err)
	}
	if e, err = r.Next(); err != nil || e.Type != "audio-stop" || e.Decode(&a) != nil {
		t.Fatalf("%+v %v", e, err)
	}
	var said struct{ Text, Language string }
	if e, err = r.Next(); err != nil || e.Decode(&said) != nil || said.Text != "b" || said.Language != "fr" {
		t.Fatalf("data is not merged: %+v %+v %v", e, said, err)
	}
	if _, err = r.Next(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestGarbageIsRefused(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]error{
		"HTTP/1.1 400 Bad Request\r\n\r\n":                        ErrGarbage,
		"{}\n":                                                    ErrGarbage,
		`{"type":"sk-secret key"}` + "\n":                         ErrGarbage,
		`{"type":"a","payload_length":-1}` + "\n":                 ErrGarbage,
		`{"type":"a","payload_length":99999999999}` + "\n":        ErrGarbage,
		`{"type":"a","payload_length":5}` + "\nabc":               io.ErrUnexpectedEOF,
		`{"type":"a"`:                                             io.ErrUnexpectedEOF,
		strings.Repeat("x", maxLine+2):                            ErrGarbage,
		"\n\n\n":                                                  io.EOF,
		`{"type":"a","data_length":10,"payload_length":3}` + "\n": io.ErrUnexpectedEOF,
	} {
		_, err := NewReader(strings.NewReader(in)).Next()
		if !errors.Is(err, want) || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%.60q: %v, want %v", in, err, want)
		}
	}
	e, err := NewReader(strings.NewReader(`{"type":"a","data":[1]}` + "\n")).Next()
	if err != nil || !errors.Is(e.Decode(&struct{}{}), ErrGarbage) {
		t.Errorf("data that is no object: %v", err)
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "localhost:10300", "http://a:1", "tcp://a", "tcp://:1", "unix://a", "tcp://a:"} {
		if _, _, err := Split(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	for in, want := range map[string]string{"tcp://[::1]:10300": "tcp [::1]:10300", "unix:///run/a.sock": "unix /run/a.sock"} {
		if n, a, err := Split(in); err != nil || n+" "+a != want {
			t.Errorf("%q: %s %s %v", in, n, a, err)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(`{"type":"audio-chunk","data_length":2,"payload_length":2}` + "\n{}ab"))
	f.Add([]byte(`{"type":"transcript","data":{"text":"a"}}` + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader(bytes.NewReader(b))
		for {
			e, err := r.Next()
			if err != nil {
				return
			}
			var info Info
			_ = e.Decode(&info)
			if len(e.Payload) > MaxPayload || !word(e.Type) {
				t.Fatalf("event %q with %d bytes", e.Type, len(e.Payload))
			}
			var again bytes.Buffer
			if err := Write(&again, e.Type, nil, e.Payload); err != nil {
				t.Fatal(err)
			}
			if e2, err := NewReader(&again).Next(); err != nil || e2.Type != e.Type || !bytes.Equal(e2.Payload, e.Payload) {
				t.Fatalf("%+v came back as %+v, %v", e, e2, err)
			}
		}
	})
}
