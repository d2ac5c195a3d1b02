package record

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/media"
	"decroche/media/wav"
)

const frame = media.FrameTime

// house is a recorder with a disk and a register in memory.
type house struct {
	*Recorder
	disk *ram
	reg  *register
}

func newHouse() *house {
	h := &house{disk: newRAM(), reg: newRegister()}
	h.Recorder = newRecorder(DefaultConfig(), h.disk, h.reg, nil, nil)
	return h
}

func about(conv string) About {
	return About{Conv: conv, Bot: "colibri", Caller: "sip:+33612345678@trunk.example", Start: time.Now()}
}

// loud is a frame of one level.
func loud(at time.Duration, level int16) media.Frame {
	pcm := make([]int16, rate/50)
	for i := range pcm {
		pcm[i] = level
	}
	return media.Frame{PCM: pcm, Rate: rate, At: at}
}

// speak lays a level on a channel from one time to another, frame by frame.
func speak(t *Take, ch Channel, level int16, from, to time.Duration) {
	for at := from; at < to; at += frame {
		t.Frame(ch, loud(at, level))
	}
}

// finish ends a take and reads the file.
func (h *house) finish(t *testing.T, take *Take) (left, right []int16, rec store.Recording) {
	t.Helper()
	rec, err := take.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	left, right = channels(t, h.disk.bytes())
	if got := time.Duration(len(left)) * time.Second / rate; got != rec.Length {
		t.Errorf("the file plays %v, %v is said", got, rec.Length)
	}
	return left, right, rec
}

func channels(t *testing.T, b []byte) (left, right []int16) {
	t.Helper()
	ch, hz, err := wav.ReadChannels(bytes.NewReader(b))
	if err != nil || hz != rate || len(ch) != 2 {
		t.Fatalf("%d channels at %d Hz: %v", len(ch), hz, err)
	}
	return ch[0], ch[1]
}

// levels tells which level a channel has, as stretches in milliseconds: "0-200:1000".
type level struct {
	from, to int
	v        int16
}

func levels(pcm []int16) (out []level) {
	for i, v := range pcm {
		v = v / 900 * 1000 // A-law rounds; levels are thousands
		if n := len(out); n > 0 && out[n-1].v == v {
			out[n-1].to = i + 1
		} else {
			out = append(out, level{i, i + 1, v})
		}
	}
	for i := range out {
		out[i].from, out[i].to = out[i].from*1000/rate, out[i].to*1000/rate
	}
	return slices.DeleteFunc(out, func(l level) bool { return l.v == 0 })
}

func want(t *testing.T, what string, pcm []int16, levs ...level) {
	t.Helper()
	if got := levels(pcm); !slices.Equal(got, levs) {
		t.Errorf("%s: %v, want %v", what, got, levs)
	}
}

const ms = time.Millisecond

// The caller is on the left, we are on the right, each where its time says; the hash, the marks and
// the event tell of it.
func TestBothSidesAreKept(t *testing.T) {
	t.Parallel()
	h := newHouse()
	take := h.Begin(about("c1"))
	take.Announced(0)
	for at := time.Duration(0); at < 5*time.Second; at += frame {
		f := loud(at, 1000)
		f.Origin = media.Algorithmic
		if at >= 1000*ms && at < 3000*ms {
			take.Frame(Ours, f)
		}
		if at >= 2000*ms && at < 5000*ms {
			take.Frame(Caller, loud(at, 2000))
		}
	}
	left, right, rec := h.finish(t, take)
	want(t, "left", left, level{2000, 5000, 2000})
	want(t, "right", right, level{1000, 3000, 1000})
	file := h.disk.bytes()
	if sum := sha256.Sum256(file); rec.SHA256 != hex.EncodeToString(sum[:]) || rec.Bytes != int64(len(file)) {
		t.Errorf("%d bytes with hash %s, want %d with %x", rec.Bytes, rec.SHA256, len(file), sum)
	}
	if got := h.disk.names(); !slices.Equal(got, []string{rec.File}) {
		t.Errorf("files: %v", got)
	}
	path := filepath.Join(t.TempDir(), "a.wav")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := wav.ReadMarks(path)
	if err != nil || len(m.Spans) != 1 || m.Spans[0] != (wav.Span{Channel: 1, From: time.Second, To: 3 * time.Second, Source: "algorithmicMedia"}) {
		t.Errorf("marks %+v, %v", m, err)
	}
	if got := h.reg.noted("c1"); len(got) != 1 || got[0] != recorded(rec, 0) || rec.Dropped != 0 {
		t.Errorf("noted %+v", got)
	}
	if r := h.reg.rows["c1"]; r != rec || r.Open || r.Caller != "+33612345678" {
		t.Errorf("registered %+v", r)
	}
}

// Flushes, pauses of a prompt, gaps and overlaps: what was heard is in the file, where it was heard.
func TestTheTimeDecides(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		do          func(*Take)
		left, right []level
	}{
		{"a flush takes back what was queued", func(k *Take) {
			speak(k, Ours, 1000, 0, 1200*ms)
			k.Frame(Ours, media.Frame{Rate: rate, At: 1000 * ms})
			speak(k, Caller, 2000, 0, 1500*ms)
		}, []level{{0, 1500, 2000}}, []level{{0, 1000, 1000}}},
		{"and what comes after it stands where its time says", func(k *Take) {
			speak(k, Ours, 1000, 0, 1200*ms)
			k.Frame(Ours, media.Frame{Rate: rate, At: 1000 * ms})
			speak(k, Ours, 3000, 1040*ms, 1400*ms)
		}, nil, []level{{0, 1000, 1000}, {1040, 1400, 3000}}},
		{"a held prompt goes on where it stood", func(k *Take) {
			speak(k, Ours, 1000, 0, 600*ms)
			k.Frame(Ours, media.Frame{Rate: rate, At: 400 * ms})
			speak(k, Ours, 1000, 900*ms, 1100*ms)
		}, nil, []level{{0, 400, 1000}, {900, 1100, 1000}}},
		{"what was never heard moves nothing", func(k *Take) {
			speak(k, Caller, 2000, 0, 400*ms)
			speak(k, Caller, 2000, 700*ms, 1000*ms)
		}, []level{{0, 400, 2000}, {700, 1000, 2000}}, nil},
		{"times that waver by less than 10 ms do not tear", func(k *Take) {
			for i, at := 0, time.Duration(0); at < 1000*ms; i, at = i+1, at+frame {
				k.Frame(Caller, loud(at+time.Duration(i%3)*4*ms, 2000))
			}
		}, []level{{0, 1000, 2000}}, nil},
		{"the newest of two that overlap stays", func(k *Take) {
			speak(k, Ours, 1000, 0, 1000*ms)
			speak(k, Ours, 3000, 500*ms, 700*ms)
		}, nil, []level{{0, 500, 1000}, {500, 700, 3000}, {700, 1000, 1000}}},
		{"frames of 16 kHz fit", func(k *Take) {
			for at := time.Duration(0); at < 1000*ms; at += frame {
				f := loud(at, 2000)
				f.PCM, f.Rate = append(f.PCM, f.PCM...), 16000
				k.Frame(Caller, f)
			}
		}, nil, nil},
		{"before the announcement was heard nothing of the caller's is kept", func(k *Take) {
			k.announced = false
			k.tracks[Caller].mute(0)
			speak(k, Ours, 1000, 0, 800*ms)
			speak(k, Caller, 2000, 0, 400*ms)
			k.Announced(500 * ms)
			speak(k, Caller, 2000, 400*ms, 800*ms)
		}, []level{{500, 800, 2000}}, []level{{0, 800, 1000}}},
		{"a pause is silent on both sides, to the sample", func(k *Take) {
			speak(k, Ours, 1000, 0, 700*ms)   // queued ahead
			speak(k, Caller, 2000, 0, 600*ms) // heard before the pause was known
			k.Pause(510 * ms)
			speak(k, Caller, 2000, 600*ms, 900*ms)
			speak(k, Ours, 1000, 700*ms, 900*ms)
			k.Resume(905 * ms)
			speak(k, Caller, 2000, 900*ms, 1200*ms)
			speak(k, Ours, 1000, 900*ms, 1200*ms)
		}, []level{{0, 510, 2000}, {905, 1200, 2000}}, []level{{0, 510, 1000}, {905, 1200, 1000}}},
		{"a pause that is known only seconds later", func(k *Take) {
			for at := 0 * ms; at < 6000*ms; at += 500 * ms {
				speak(k, Caller, 2000, at, at+500*ms)
				speak(k, Ours, 1000, at, at+500*ms)
			}
			k.Pause(1500 * ms)
			speak(k, Caller, 2000, 6000*ms, 6500*ms)
			k.Resume(6500 * ms)
			speak(k, Caller, 2000, 6500*ms, 7000*ms)
			speak(k, Ours, 1000, 6500*ms, 7000*ms)
		}, []level{{0, 1500, 2000}, {6500, 7000, 2000}}, []level{{0, 1500, 1000}, {6500, 7000, 1000}}},
		{"a pause that never ends", func(k *Take) {
			speak(k, Caller, 2000, 0, 400*ms)
			k.Pause(200 * ms)
			k.Pause(300 * ms)
			speak(k, Caller, 2000, 400*ms, 800*ms)
		}, []level{{0, 200, 2000}}, nil},
		{"announced in a pause", func(k *Take) {
			k.announced = false
			k.tracks[Caller].mute(0)
			k.Pause(0)
			k.Announced(100 * ms)
			speak(k, Caller, 2000, 0, 400*ms)
			k.Resume(400 * ms)
			speak(k, Caller, 2000, 400*ms, 600*ms)
		}, []level{{400, 600, 2000}}, nil},
		{"far too late", func(k *Take) {
			speak(k, Caller, 2000, 0, 4000*ms)
			k.Frame(Ours, loud(0, 1000))
			speak(k, Ours, 1000, 3500*ms, 4000*ms)
		}, []level{{0, 4000, 2000}}, []level{{3500, 4000, 1000}}},
		{"times that make no sense", func(k *Take) {
			k.Frame(Ours, loud(-time.Second, 1000))
			k.Frame(Ours, loud(1000*time.Hour, 1000))
			k.Frame(Ours, media.Frame{Rate: rate, At: 1000 * time.Hour})
			k.Frame(Ours, media.Frame{PCM: []int16{1}, Rate: 0})
			speak(k, Caller, 2000, 0, 100*ms)
		}, []level{{0, 100, 2000}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse()
			take := h.Begin(about("c1"))
			take.Announced(0)
			tt.do(take)
			left, right, _ := h.finish(t, take)
			if tt.name == "frames of 16 kHz fit" {
				if n := len(left); n < rate-40 || n > rate || left[4000] < 1800 || left[4000] > 2200 {
					t.Errorf("%d samples, level %d", n, left[4000])
				}
				return
			}
			want(t, "left", left, tt.left...)
			want(t, "right", right, tt.right...)
		})
	}
}

// long makes a test take what it takes in the field with DECROCHE_LONG=1, and a tenth without.
func long(d time.Duration) time.Duration {
	if os.Getenv("DECROCHE_LONG") == "" {
		d /= 10
	}
	return d
}

// Both sides stay within one frame of each other for an hour, although their clocks drift apart by
// 2000 ppm, ten times what two sound cards do: the times decide, not the counts.
func TestClocksThatDrift(t *testing.T) {
	t.Parallel()
	frames := int(long(time.Hour) / frame)
	h := newHouse()
	h.cfg.Buffer = 10 * time.Hour // fed faster than real time
	take := h.Begin(about("c1"))
	take.Announced(0)
	const every = 500 // frames between two clicks
	var k [2]int
	at := func(ch int) time.Duration {
		return time.Duration(float64(k[ch]) * 20e6 * (1 + []float64{1000, -1000}[ch]/1e6))
	}
	for range 2 * frames {
		ch := 0 // whose frame is due next
		if at(1) < at(0) {
			ch = 1
		}
		f := loud(at(ch), 0)
		if k[ch]%every == 0 {
			f.PCM[80] = 30000
		}
		take.Frame(Channel(ch), f)
		k[ch]++
	}
	left, right, rec := h.finish(t, take)
	for ch, pcm := range [][]int16{left, right} {
		ppm := []float64{1000, -1000}[ch]
		n := 0
		for i, v := range pcm {
			if v < 20000 {
				continue
			}
			due := float64(n*every)*160*(1+ppm/1e6) + 80
			if off := float64(i) - due; off > slack || off < -slack {
				t.Fatalf("channel %d: click %d is %.1f ms off", ch, n, off/8)
			}
			n++
		}
		if n != (k[ch]+every-1)/every {
			t.Errorf("channel %d: %d clicks", ch, n)
		}
	}
	if rec.Dropped > 0 || rec.Length < long(time.Hour)-frame {
		t.Errorf("%v long, %v dropped", rec.Length, rec.Dropped)
	}
}

// A disk that stands still for longer than the buffer costs sound, which is counted and is silence,
// and nothing else: who carries the audio never waits, and what comes after stands where it should.
func TestDiskThatBlocks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		from, to time.Duration
		lost     bool
	}{
		{"shorter than the buffer", 10 * time.Second, 18 * time.Second, false},
		{"longer", 10 * time.Second, 40 * time.Second, true},
		{"from the beginning", 0, 25 * time.Second, true},
		{"at the end", 55 * time.Second, 75 * time.Second, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse()
				began := time.Now()
				h.disk.write = func() error {
					if at := time.Since(began); at >= tt.from && at < tt.to {
						time.Sleep(tt.to - at)
					}
					return nil
				}
				take := h.Begin(about("c1"))
				take.Announced(0)
				for at := time.Duration(0); at < time.Minute; at += frame {
					before := time.Now()
					take.Frame(Caller, loud(at, 2000))
					take.Frame(Ours, loud(at, 1000))
					if time.Since(before) > 0 {
						t.Fatal("the audio waited for the disk")
					}
					time.Sleep(frame)
				}
				left, right, rec := h.finish(t, take)
				checkLost(t, left, right, rec, tt.lost)
				if rec.Dropped > tt.to-tt.from-h.cfg.Buffer+2*time.Second {
					t.Errorf("%v were dropped", rec.Dropped)
				}
			})
		})
	}
}

// checkLost holds a recording of a minute against what should be left of it.
func checkLost(t *testing.T, left, right []int16, rec store.Recording, lost bool) {
	t.Helper()
	var silent [2]time.Duration
	for ch, pcm := range [][]int16{left, right} {
		heard := 0
		for _, l := range levels(pcm) {
			heard += l.to - l.from
		}
		silent[ch] = time.Minute - time.Duration(heard)*ms
	}
	if rec.Length != time.Minute || silent[0] != rec.Dropped || silent[1] != rec.Dropped || rec.Dropped > 0 != lost {
		t.Errorf("%v long, silent for %v, %v are said to be lost", rec.Length, silent, rec.Dropped)
	}
}

var errFull = errors.New("no space left on device")

func TestDiskThatIsFull(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		from, to time.Duration
	}{
		{"for a while", 10 * time.Second, 20 * time.Second},
		{"again and again", 10 * time.Second, 50 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse()
				began := time.Now()
				h.disk.write = func() error {
					at := time.Since(began)
					if at >= tt.from && at < tt.to && (tt.name != "again and again" || at/time.Second%7 < 4) {
						return errFull
					}
					return nil
				}
				take := h.Begin(about("c1"))
				take.Announced(0)
				for at := time.Duration(0); at < time.Minute; at += frame {
					take.Frame(Caller, loud(at, 2000))
					take.Frame(Ours, loud(at, 1000))
					time.Sleep(frame)
				}
				left, right, rec := h.finish(t, take)
				checkLost(t, left, right, rec, true)
			})
		})
	}
	t.Run("for good", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse()
			began := time.Now()
			h.disk.write = func() error {
				if time.Since(began) > 30*time.Second {
					return errFull
				}
				return nil
			}
			take := h.Begin(about("c1"))
			take.Announced(0)
			for at := time.Duration(0); at < time.Minute; at += frame {
				take.Frame(Caller, loud(at, 2000))
				time.Sleep(frame)
			}
			if _, err := take.Finish(t.Context()); !errors.Is(err, errFull) {
				t.Fatalf("finished on a full disk: %v", err)
			}
			h.disk.write = func() error { return nil } // somebody made room, and started again
			if n, err := h.Recover(t.Context()); n != 1 || err != nil {
				t.Fatalf("recovered %d, %v", n, err)
			}
			if r := h.reg.rows["c1"]; r.Open || r.Length < 28*time.Second || r.Length > 30*time.Second {
				t.Errorf("kept %+v", r)
			}
		})
	})
	t.Run("from the beginning", func(t *testing.T) {
		t.Parallel()
		h := newHouse()
		h.disk.write = func() error { return errFull }
		take := h.Begin(about("c1"))
		take.Announced(0)
		speak(take, Caller, 2000, 0, 20*time.Second)
		if _, err := take.Finish(t.Context()); !errors.Is(err, errFull) {
			t.Errorf("finished on a full disk: %v", err)
		}
		if len(h.disk.names()) != 0 || len(h.reg.rows) != 0 {
			t.Errorf("left %v and %v", h.disk.names(), h.reg.rows)
		}
	})
}

// A process may die at any moment of a call: the file is finished at the next start.
func TestCrash(t *testing.T) {
	t.Parallel()
	for _, after := range []time.Duration{0, 700 * ms, 2500 * ms, 10 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse()
			take := h.Begin(about("c1"))
			take.Announced(0)
			for at := time.Duration(0); at < after; at += frame {
				take.Frame(Caller, loud(at, 2000))
				take.Frame(Ours, loud(at, 1000))
				time.Sleep(frame)
			}
			synctest.Wait()
			dead := newHouse() // what the dead process left
			for name, f := range h.disk.files {
				dead.disk.files[name] = &ramFile{d: dead.disk, b: bytes.Clone(f.b)}
			}
			dead.reg.rows["c1"] = h.reg.rows["c1"]
			if playable := after >= 2500*ms; playable {
				left, _ := channels(t, dead.disk.bytes())
				if lost := after - span(int64(len(left))); lost > 3*time.Second {
					t.Errorf("%v of %v cannot be played before the repair", lost, after)
				}
			}
			n, err := dead.Recover(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if after < 2*time.Second {
				if n != 0 || len(dead.disk.names()) != 0 || len(dead.reg.rows) != 0 {
					t.Errorf("after %v: %d saved, %v left", after, n, dead.disk.names())
				}
			} else {
				left, right := channels(t, dead.disk.bytes())
				r := dead.reg.rows["c1"]
				if n != 1 || r.Open || r.Length != span(int64(len(left))) || after-r.Length > 2*time.Second {
					t.Errorf("after %v: %d saved, %+v", after, n, r)
				}
				whole := int(r.Length / ms)
				want(t, "left", left, level{0, whole, 2000})
				want(t, "right", right, level{0, whole, 1000})
				if got := dead.reg.noted("c1"); len(got) != 1 {
					t.Errorf("noted %v", got)
				}
			}
			if n, err := dead.Recover(t.Context()); n != 0 || err != nil {
				t.Errorf("recovered again: %d, %v", n, err)
			}
			take.Refuse()
			take.Finish(t.Context())
		})
	}
}

// Between the new name and the row a process may die too.
func TestCrashBeforeTheRow(t *testing.T) {
	t.Parallel()
	h := newHouse()
	take := h.Begin(about("c1"))
	take.Announced(0)
	speak(take, Caller, 2000, 0, 3*time.Second)
	rec, err := take.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	open := rec
	open.Open, open.Length, open.Bytes, open.SHA256 = true, 0, 0, ""
	h.reg.rows["c1"] = open
	if n, err := h.Recover(t.Context()); n != 1 || err != nil {
		t.Fatalf("recovered %d, %v", n, err)
	}
	if got := h.reg.rows["c1"]; got != rec {
		t.Errorf("got %+v, want %+v", got, rec)
	}
}

// Two hours of a call in virtual time, every frame on its tick, with prompts that are cut.
func TestTwoHours(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse()
		take := h.Begin(about("c1"))
		take.Announced(0)
		hours := long(2 * time.Hour)
		word := media.Frame{PCM: loud(0, 2000).PCM, Rate: rate}
		for at := time.Duration(0); at < hours; at += frame {
			word.At = at
			take.Frame(Caller, word)
			switch at % (10 * time.Second) {
			case 0: // a prompt is queued 200 ms ahead and flushed 100 ms later
				speak(take, Ours, 1000, at, at+200*ms)
			case 100 * ms:
				take.Frame(Ours, media.Frame{Rate: rate, At: at})
			}
			time.Sleep(frame)
		}
		left, right, rec := h.finish(t, take)
		if rec.Length != hours || rec.Dropped != 0 {
			t.Errorf("%v long, %v dropped", rec.Length, rec.Dropped)
		}
		want(t, "left", left, level{0, int(hours / ms), 2000})
		for i, l := range levels(right) {
			if from := i * 10000; l != (level{from, from + 100, 1000}) {
				t.Fatalf("prompt %d is at %v", i, l)
			}
		}
	})
}

func TestNotKept(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(*house, *Take){
		"nobody heard the announcement": func(*house, *Take) {},
		"the caller refused":            func(_ *house, k *Take) { k.Announced(0); speak(k, Caller, 2000, 0, 5*time.Second); k.Refuse() },
		"erased meanwhile by number": func(h *house, k *Take) {
			k.Announced(0)
			waitFor(func() bool { _, err := h.reg.Recording(context.Background(), "c1"); return err == nil })
			if n, err := h.DeleteCaller(context.Background(), "06 12 34 56 78"); n != 1 || err != nil {
				panic(err)
			}
		},
		"erased meanwhile by another process": func(h *house, k *Take) {
			k.Announced(0)
			waitFor(func() bool { _, err := h.reg.Recording(context.Background(), "c1"); return err == nil })
			_ = h.reg.DropRecording(context.Background(), "c1")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse()
			take := h.Begin(about("c1"))
			speak(take, Ours, 1000, 0, 3*time.Second)
			do(h, take)
			speak(take, Caller, 2000, 5*time.Second, 8*time.Second)
			if _, err := take.Finish(t.Context()); !errors.Is(err, ErrNotKept) {
				t.Errorf("finished: %v", err)
			}
			if len(h.disk.names()) != 0 || len(h.reg.rows) != 0 {
				t.Errorf("left %v and %v", h.disk.names(), h.reg.rows)
			}
		})
	}
}

// One that is erased between its last step and the end of its making leaves no file either.
func TestErasedWhileItIsCompleted(t *testing.T) {
	t.Parallel()
	h := newHouse()
	h.reg.told = func(b event.Body) {
		if _, ok := b.(event.Recorded); ok { // it is whole, and its maker still at work
			if n, err := h.DeleteCaller(context.Background(), "+33612345678"); n != 1 || err != nil {
				t.Errorf("%d deleted, %v", n, err)
			}
		}
	}
	take := h.Begin(about("c1"))
	take.Announced(0)
	speak(take, Caller, 2000, 0, 3*time.Second)
	_, _ = take.Finish(t.Context())
	if len(h.disk.names()) != 0 || len(h.reg.rows) != 0 {
		t.Errorf("left %v and %v", h.disk.names(), h.reg.rows)
	}
}

// One that somebody else erased is counted as that and not as a failure.
func TestErasedIsNoFailure(t *testing.T) {
	t.Parallel()
	h := newHouse()
	take := h.Begin(about("c1"))
	take.Announced(0)
	speak(take, Caller, 2000, 0, 3*time.Second)
	waitFor(func() bool { _, err := h.reg.Recording(context.Background(), "c1"); return err == nil })
	_ = h.reg.DropRecording(context.Background(), "c1")
	if _, err := take.Finish(t.Context()); !errors.Is(err, ErrNotKept) {
		t.Errorf("finished: %v", err)
	}
	if e, f := testutil.ToFloat64(h.m.takes.WithLabelValues(erased)), testutil.ToFloat64(h.m.takes.WithLabelValues(failed)); e != 1 || f != 0 {
		t.Errorf("%v erased, %v failed", e, f)
	}
}

func waitFor(ok func() bool) {
	for deadline := time.Now().Add(30 * time.Second); !ok() && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
}

// A caller of Finish who gives up does not stop the recording from being finished.
func TestFinishGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse()
		var slow atomic.Bool
		slow.Store(true)
		h.disk.write = func() error {
			if slow.Load() {
				time.Sleep(time.Minute)
			}
			return nil
		}
		take := h.Begin(about("c1"))
		take.Announced(0)
		speak(take, Caller, 2000, 0, time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, err := take.Finish(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("finished on a disk that stands still: %v", err)
		}
		short, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if err := h.Close(short); err == nil {
			t.Error("closed while a recording was being written")
		}
		slow.Store(false)
		if rec, err := take.Finish(t.Context()); err != nil || rec.Length != time.Second {
			t.Errorf("%+v, %v", rec, err)
		}
		if err := h.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestSweep(t *testing.T) {
	t.Parallel()
	h := newHouse()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	h.now = func() time.Time { return now }
	put := func(conv string, age time.Duration, row bool) {
		day := now.Add(-age)
		name := day.Format(time.DateOnly) + "/" + conv + ".wav"
		h.disk.files[name] = &ramFile{d: h.disk}
		if row {
			h.reg.rows[conv] = store.Recording{Conv: conv, Start: day, File: name}
		}
	}
	const day = 24 * time.Hour
	put("old", 30*day+time.Hour, true)
	put("young", 30*day-time.Hour, true)
	put("erased", day, true)
	h.reg.gone["erased"] = true
	put("stray", 32*day, false)
	put("newstray", 2*day, false) // may be on its way into the register
	h.reg.rows["nofile"] = store.Recording{Conv: "nofile", Start: now.Add(-40 * day), File: "2026-10-13/nofile.wav"}
	n, err := h.Sweep(t.Context())
	if err != nil || n != 4 {
		t.Errorf("%d deleted, %v", n, err)
	}
	if got := h.disk.names(); !slices.Equal(got, []string{"2026-10-23/young.wav", "2026-11-20/newstray.wav"}) {
		t.Errorf("left %v", got)
	}
	if len(h.reg.rows) != 1 {
		t.Errorf("registered %v", h.reg.rows)
	}
	if got := h.reg.noted("old"); len(got) != 1 || got[0] != (event.RecordingDeleted{Why: "ttl"}) {
		t.Errorf("noted %v", got)
	}
}

// The folder of a real disk: nothing but its owner may look, nothing leads out of it, empty days go.
func TestFolder(t *testing.T) {
	t.Parallel()
	cfg := DefaultConfig()
	cfg.Dir = filepath.Join(t.TempDir(), "recordings")
	reg := newRegister()
	r, err := New(cfg, reg, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	take := r.Begin(about("c1"))
	take.Announced(0)
	speak(take, Caller, 2000, 0, 3*time.Second)
	rec, err := take.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{cfg.Dir: 0o700, filepath.Join(cfg.Dir, filepath.Dir(rec.File)): 0o700, filepath.Join(cfg.Dir, rec.File): 0o600} {
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, st, err)
		}
	}
	f, _, err := r.Open(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	if pcm, _, err := wav.Read(f); err != nil || len(pcm) != 3*rate {
		t.Errorf("%d samples, %v", len(pcm), err)
	}
	f.Close()
	out := r.Begin(about("../../c2"))
	out.Announced(0)
	if _, err := out.Finish(t.Context()); err == nil || errors.Is(err, ErrNotKept) {
		t.Errorf("a name that leads out of the folder: %v", err)
	}
	if err := r.Delete(t.Context(), "c1"); err != nil {
		t.Error(err)
	}
	if _, _, err := r.Open(t.Context(), "c1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	if left, err := os.ReadDir(cfg.Dir); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Error(bad)
	}
	for i, tt := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Sample = 1.5 }, "sample: 1.5 is no share; write 0 for none, 1 for every call, 0.05 for one in twenty"},
		{func(c *Config) { c.Sample = -1 }, "sample: -1 is no share; write 0 for none, 1 for every call, 0.05 for one in twenty"},
		{func(c *Config) { c.TTL = 0 }, "ttl: 0s is not between 1m0s and 43920h0m0s; 720h (30 days) is usual; for quality and training the CNIL accepts six months, 4380h"},
		{func(c *Config) { c.MaxLength = time.Second }, "max_length: 1s is not between 1m0s and 24h0m0s; 2h is usual"},
		{func(c *Config) { c.Buffer = time.Hour }, "buffer: 1h0m0s is not between 1s and 10m0s; 10s is usual"},
		{func(c *Config) { c.Sweep = 0 }, "sweep: 0s is not between 1s and 24h0m0s; 10m is usual"},
	} {
		c := DefaultConfig()
		tt.change(&c)
		if got := c.Validate(); len(got) != 1 || got[0] != tt.want {
			t.Errorf("%d: %q, want %q", i, got, tt.want)
		}
	}
}

func TestChosen(t *testing.T) {
	t.Parallel()
	n := 0
	for range 10000 {
		if Chosen(0) || !Chosen(1) {
			t.Fatal("0 is none, 1 is all")
		}
		if Chosen(0.1) {
			n++
		}
	}
	if n < 700 || n > 1300 {
		t.Errorf("one in ten: %d of 10000", n)
	}
}

// A frame costs nanoseconds and no memory, whatever is recorded.
func BenchmarkFrame(b *testing.B) {
	h := newHouse()
	h.cfg.MaxLength = 1000 * time.Hour
	take := h.Begin(about("c1"))
	take.Announced(0)
	f := loud(0, 2000)
	b.ReportAllocs()
	for i := range b.N {
		f.At = time.Duration(i) * frame
		take.Frame(Caller, f)
	}
	b.StopTimer()
	take.Refuse()
	take.Finish(context.Background())
}

// A folder that somebody removes while the gateway runs costs the recordings that were being made,
// and none after them.
func TestFolderThatIsRemoved(t *testing.T) {
	t.Parallel()
	cfg := DefaultConfig()
	cfg.Dir = filepath.Join(t.TempDir(), "recordings")
	r, err := New(cfg, newRegister(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, conv := range []string{"c1", "c2"} {
		if err := os.RemoveAll(cfg.Dir); err != nil {
			t.Fatal(err)
		}
		take := r.Begin(about(conv))
		take.Announced(0)
		speak(take, Caller, 2000, 0, time.Second)
		rec, err := take.Finish(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(cfg.Dir, rec.File)); err != nil {
			t.Error(err)
		}
	}
	if err := r.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
