package wyoming

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"decroche/asr"
	"decroche/asr/asrtest"
	"decroche/asr/stream"
	"decroche/internal/peer/speech"
	"decroche/media"
)

const words = "un deux trois"

// open makes a recogniser of a server.
func open(t *testing.T, address string, patience time.Duration) *Recogniser {
	t.Helper()
	cfg := DefaultConfig()
	cfg.Address, cfg.Timeout = address, patience
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// faults of the kit, as the peer knows them.
var faults = map[asrtest.Fault]speech.Fault{asrtest.Dies: speech.Dies, asrtest.Silent: speech.Silent, asrtest.Deaf: speech.Deaf,
	asrtest.Garbage: speech.Garbage, asrtest.Refuses: speech.Refuses, asrtest.Late: speech.Late}

func TestConformance(t *testing.T) {
	good := open(t, (&speech.Server{}).Wyoming(t), 5*time.Second)
	asrtest.Run(t, func(*testing.T) asr.Recogniser { return good }, asrtest.Options{
		Open: asr.Options{Language: "fr", Rate: 8000}, Speech: speech.Say(words, 8000), Words: words, RealTime: true, NoConfidence: true,
		Broken: func(t *testing.T, f asrtest.Fault) asr.Recogniser {
			if f == asrtest.Away {
				return open(t, nobody(t), time.Second)
			}
			patience := 300 * time.Millisecond
			if f == asrtest.Late {
				patience = 5 * time.Second
			}
			return open(t, (&speech.Server{Fault: faults[f]}).Wyoming(t), patience)
		},
	})
}

// nobody is an address where nobody listens.
func nobody(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "tcp://" + l.Addr().String()
}

func TestPartials(t *testing.T) {
	t.Parallel()
	peer := &speech.Server{Partials: true}
	r := open(t, peer.Wyoming(t), 5*time.Second)
	r.cfg.Model = "sine"
	s, err := r.Open(t.Context(), asr.Options{Language: "fr-FR", Rate: 8000})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	said := speech.Say(words, 8000)
	write(t, s, said[:len(said)/2])
	if got, err := s.Recv(); err != nil || got.Final || !strings.HasPrefix(words, got.Text) || got.Text == "" || got.End == 0 {
		t.Errorf("half way: %+v, %v", got, err)
	}
	write(t, s, said[len(said)/2:])
	s.CloseSend()
	for {
		got, err := s.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if got.Final {
			if got.Text != words {
				t.Errorf("final %+v", got)
			}
			break
		}
	}
	if ask := peer.Asked(); len(ask) != 1 || ask[0]["language"] != "fr" || ask[0]["name"] != "sine" {
		t.Errorf("asked for %v", ask)
	}
	if _, err := r.Open(t.Context(), asr.Options{Language: "de"}); err == nil || !strings.Contains(err.Error(), "asr.wyoming.languages") {
		t.Errorf("a language that is not set: %v", err)
	}
}

// The language in a transcript is told; a server is asked to find it when it is set to.
func TestTheServerFindsTheLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		detect            bool
		finds, said, want string
		asked             any
	}{
		{true, "en", words, "en", nil},
		{true, "en", "un", "", nil},
		{true, "", words, "", nil},
		{false, "fr", words, "fr", "fr"},
	} {
		peer := &speech.Server{Language: c.finds}
		r := open(t, peer.Wyoming(t), 5*time.Second)
		r.cfg.DetectLanguage = c.detect
		res, err := asr.Transcribe(t.Context(), r, speech.Say(c.said, 8000), asr.Options{Language: "fr", Others: []string{"en", "de"}, Rate: 8000})
		if err != nil || res.Text != c.said || res.Language != c.want {
			t.Errorf("%+v: heard %+v, %v", c, res, err)
		}
		if ask := peer.Asked(); len(ask) != 1 || ask[0]["language"] != c.asked {
			t.Errorf("%+v: asked for %v", c, ask)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	address := (&speech.Server{}).Wyoming(t)
	r := open(t, address, time.Second)
	if said, err := r.Check(t.Context()); err != nil || said != "tones with sine" {
		t.Errorf("%q, %v", said, err)
	}
	r.cfg.Model = "large"
	if _, err := r.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "it has sine") {
		t.Errorf("a model that is not there: %v", err)
	}
	r.cfg.Address = (&speech.Server{Fault: speech.Deaf}).Wyoming(t)
	r.cfg.Timeout, r.cfg.ConnectTimeout = 50*time.Millisecond, 50*time.Millisecond
	if _, err := r.Check(t.Context()); err == nil {
		t.Error("a server that answers nothing is in order")
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Errorf("defaults: %v", bad)
	}
	bad := Config{Address: "localhost", Rate: 44}.Validate()
	for i, want := range []string{"address: \"localhost\" is not", "languages: ", "rate: 44", "connect_timeout: 0s", "timeout: 0s"} {
		if i >= len(bad) || !strings.HasPrefix(bad[i], want) {
			t.Errorf("complaint %d: %v, want %s", i, bad, want)
		}
	}
	if _, err := New(Config{}); err == nil {
		t.Error("an empty Config was taken")
	}
}

// write plays audio at once.
func write(t *testing.T, s asr.Session, pcm []int16) {
	t.Helper()
	if err := s.Write(media.Frame{PCM: append([]int16(nil), pcm...), Rate: 8000}); err != nil {
		t.Fatal(err)
	}
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"type":"transcript-chunk","data":{"text":"un"}}` + "\n" + `{"type":"transcript","data":{"text":"un"}}` + "\n"))
	f.Add([]byte(`{"type":"error","data_length":13}` + "\n" + `{"text":"ah"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		peer, conn := net.Pipe()
		defer conn.Close()
		go func() {
			peer.Write(b)
			peer.Close()
		}()
		set := stream.Settings{Engine: "asr/wyoming", To: 8000}
		s, err := stream.Open(t.Context(), set, func(ctx context.Context, p *stream.Port) error {
			return (&turn{cfg: DefaultConfig(), p: p, conn: conn}).receive(ctx)
		})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for {
			r, err := s.Recv()
			if err != nil {
				return
			}
			if len(r.Text) > maxText {
				t.Fatalf("a text of %d bytes", len(r.Text))
			}
		}
	})
}
