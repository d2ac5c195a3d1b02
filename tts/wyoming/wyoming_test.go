package wyoming

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"decroche/internal/peer/speech"
	"decroche/tts"
	"decroche/tts/stream"
	"decroche/tts/ttstest"
)

var say = tts.Utterance{Text: "Un deux. Trois quatre! Cinq", Language: "fr", Rate: 8000}

// open makes a voice of a server, after change.
func open(t *testing.T, address string, patience time.Duration, change func(*Config)) *Synthesiser {
	t.Helper()
	cfg := DefaultConfig()
	cfg.Address, cfg.Timeout = address, patience
	change(&cfg)
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// faults of the kit, as the peer knows them.
var faults = map[ttstest.Fault]speech.Fault{ttstest.Dies: speech.Dies, ttstest.Silent: speech.Silent, ttstest.Deaf: speech.Deaf,
	ttstest.Garbage: speech.Garbage, ttstest.Refuses: speech.Refuses, ttstest.Late: speech.Late}

func TestConformance(t *testing.T) {
	for name, change := range map[string]func(*Config){"whole": func(*Config) {}, "streaming": func(c *Config) { c.Streaming = true }} {
		t.Run(name, func(t *testing.T) {
			address := (&speech.Server{}).Wyoming(t)
			ttstest.Run(t, say, func(t *testing.T) tts.Synthesiser { return open(t, address, 5*time.Second, change) })
			if name == "whole" {
				return // fails as it does in pieces
			}
			ttstest.RunBroken(t, say, func(t *testing.T, f ttstest.Fault) tts.Synthesiser {
				if f == ttstest.Away {
					return open(t, nobody(t), time.Second, change)
				}
				patience := 200 * time.Millisecond
				if f == ttstest.Late {
					patience = 5 * time.Second
				}
				return open(t, (&speech.Server{Fault: faults[f]}).Wyoming(t), patience, change)
			})
		})
	}
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

// TestEveryWordArrives reads the words back from the sound, resampled from the server's rate.
func TestEveryWordArrives(t *testing.T) {
	t.Parallel()
	for _, streaming := range []bool{false, true} {
		for _, rate := range []int{8000, 22050} {
			peer := &speech.Server{Rate: rate}
			s := open(t, peer.Wyoming(t), 5*time.Second, func(c *Config) { c.Streaming = streaming; c.Voices = map[string]string{"fr": "siffleur"} })
			if got := speech.Hear(ttstest.All(t, s, say), 8000); got != "un deux trois quatre cinq" {
				t.Errorf("streaming %v from %d: %q", streaming, rate, got)
			}
			v, _ := peer.Asked()[0]["voice"].(map[string]any)
			if v["name"] != "siffleur" || v["language"] != "fr" || peer.Heard()[0] != say.Text {
				t.Errorf("streaming %v: asked for %v to say %q", streaming, v, peer.Heard())
			}
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	address := (&speech.Server{}).Wyoming(t)
	if said, err := open(t, address, time.Second, func(c *Config) { c.Streaming = true }).Check(t.Context()); err != nil || said != "tones with 1 voices" {
		t.Errorf("%q, %v", said, err)
	}
	if _, err := open(t, address, time.Second, func(c *Config) { c.Voices["fr"] = "piaf" }).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "it has siffleur") {
		t.Errorf("no such voice: %v", err)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Errorf("defaults: %v", bad)
	}
	bad := Config{Address: "localhost", Voices: map[string]string{"fr": ""}}.Validate()
	for i, want := range []string{"address: \"localhost\" is not", "voices.fr: ", "connect_timeout: 0s", "timeout: 0s"} {
		if i >= len(bad) || !strings.HasPrefix(bad[i], want) {
			t.Errorf("complaint %d: %v, want %s", i, bad, want)
		}
	}
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"type":"audio-start","data":{"rate":8000,"width":2,"channels":1}}` + "\n" + `{"type":"audio-chunk","data":{"rate":8000,"width":2,"channels":1},"payload_length":3}` + "\nabc" + `{"type":"audio-stop"}` + "\n"))
	f.Add([]byte(`{"type":"audio-chunk","data":{"rate":-1,"width":2,"channels":1},"payload_length":1}` + "\na"))
	f.Fuzz(func(t *testing.T, b []byte) {
		address := fuzzPeer(t, b)
		s := &Synthesiser{Config{Address: address, ConnectTimeout: time.Second, Timeout: time.Second}}
		src := stream.New(t.Context(), stream.Settings{Engine: "tts/wyoming", Idle: time.Second}, func(ctx context.Context, p *stream.Port) error {
			return s.render(ctx, p, "un", nil, 0)
		})
		defer src.Close()
		for {
			fr, err := src.ReadFrame()
			if err != nil {
				return
			}
			if len(fr.PCM) == 0 || len(fr.PCM) > 160 {
				t.Fatalf("a frame of %d samples", len(fr.PCM))
			}
		}
	})
}

// fuzzPeer answers one connection with b.
func fuzzPeer(t *testing.T, b []byte) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer l.Close()
		if conn, err := l.Accept(); err == nil {
			conn.Write(b)
			conn.Close()
		}
	}()
	return "tcp://" + l.Addr().String()
}
