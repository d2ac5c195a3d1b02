package embedded

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/asr"
	"decroche/media"
)

// shown is one result and when it came, by the clock of the audio.
type shown struct {
	at time.Duration
	asr.Result
}

// live feeds pcm as a call does, 20 ms every 20 ms, and returns what comes.
func live(t *testing.T, r *Recogniser, opt asr.Options, pcm []int16) (list []shown) {
	synctest.Test(t, func(t *testing.T) {
		s, err := r.Open(t.Context(), opt)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		began := time.Now()
		go func() {
			for p := range slices.Chunk(pcm, 160) {
				time.Sleep(20 * time.Millisecond)
				if err := s.Write(media.Frame{PCM: p, Rate: 8000}); err != nil {
					t.Error(err)
				}
			}
			time.Sleep(time.Millisecond)
			s.CloseSend()
		}()
		for {
			res, err := s.Recv()
			if err != nil {
				return
			}
			list = append(list, shown{time.Since(began), res})
		}
	})
	return list
}

// Partial results come every 200 ms of audio when they have changed, and words have times in
// their order and confidences.
func TestPartialsEveryFifthOfASecond(t *testing.T) {
	pcm, _ := fixture(t)
	r := testRecogniser(t, smallConfig(), defaultTuning())
	const asked = 200 * time.Millisecond
	for _, opt := range []asr.Options{{Language: "fr"}, {Language: "fr", Others: []string{"en"}}} {
		list := live(t, r, opt, pcm)
		closest := time.Hour
		for i := 1; i < len(list)-1; i++ {
			closest = min(closest, list[i].at-list[i-1].at)
		}
		if closest != asked {
			t.Errorf("results come %v apart at the closest, want %v", closest, asked)
		}
		for i, x := range list[:len(list)-1] {
			if x.Final || x.Text == "" || x.at%asked != 0 || i > 0 && x.Text == list[i-1].Text {
				t.Errorf("result %d at %v: %+v", i, x.at, x.Result)
			}
		}
		last := list[len(list)-1]
		if len(list) < 4 || !last.Final || last.Text == "" {
			t.Fatalf("%d results, the last %+v", len(list), last)
		}
		var before time.Duration
		for _, w := range last.Words {
			if w.Start < before || w.End <= w.Start || w.End > last.at || w.Confidence <= 0 || w.Confidence > 1 {
				t.Errorf("word %+v after %v", w, before)
			}
			before = w.Start
		}
	}
}

// Words that a partial result has shown are seldom taken back: a flow acts on finals alone, but a
// barge-in and an agent's screen go by partials.
func TestPartialsAreSeldomRevised(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; it says the sentences")
	}
	every := 31
	if os.Getenv("DECROCHE_LONG") != "" {
		every = 3
	}
	r := testRecogniser(t, DefaultConfig(), defaultTuning())
	var partials, words, revised int
	var lag time.Duration
	for i, x := range readSpoken(t, filepath.Join("testdata", "frozen")) {
		if i%every != 0 || x.digits != "" {
			continue
		}
		list := live(t, r, asr.Options{Language: x.lang}, say(t, x))
		var before []string
		for _, p := range list {
			now := strings.Fields(p.Text)
			same := 0
			for same < min(len(now), len(before)) && now[same] == before[same] {
				same++
			}
			revised += len(before) - same
			words += len(now) - same
			before = now
			if !p.Final {
				partials++
				lag += p.at - p.End
			}
		}
	}
	t.Logf("%d partial results, %.0f ms behind the end of their last word on average; %d words shown, %.1f %% of them taken back",
		partials, lag.Seconds()*1000/float64(max(partials, 1)), words, 100*float64(revised)/float64(max(words, 1)))
	if words == 0 || revised*3 > words {
		t.Errorf("%d of %d words taken back", revised, words)
	}
}

// A stream holds less than a megabyte beside what all share, also while it hears two languages.
func TestMemoryOfAStream(t *testing.T) {
	pcm, _ := fixture(t)
	r := testRecogniser(t, DefaultConfig(), defaultTuning())
	const streams = 8
	for name, others := range map[string][]string{"one language": nil, "two languages": {"en"}} {
		heap := func() float64 {
			runtime.GC()
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return float64(m.HeapAlloc)
		}
		before := heap()
		list := make([]*decoder, streams)
		for i := range list {
			list[i] = newDecoder(r)
			opt := asr.Options{Language: "fr", Others: others}
			list[i].challenge(opt)
			list[i].begin(r.speaker("fr"), opt)
			for range 3 { // seven seconds
				list[i].write(pcm)
			}
			list[i].finish()
		}
		each := (heap() - before) / streams / (1 << 20)
		t.Logf("%s: %.2f MiB a stream after %.0f s", name, each, 3*float64(len(pcm))/8000)
		if each > 1 {
			t.Errorf("%s: %.2f MiB a stream", name, each)
		}
		runtime.KeepAlive(list)
	}
}
