package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"decroche/media"
	"decroche/media/codec"
	"decroche/tts"
	"decroche/tts/ttstest"
)

func wrap(t *testing.T, v tts.Synthesiser, cfg Config) *Cache {
	t.Helper()
	c, err := New(v, "fake 1", cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func say(text string) tts.Utterance { return tts.Utterance{Text: text, Language: "fr", Rate: 8000} }

func TestConformance(t *testing.T) {
	t.Parallel()
	ttstest.Run(t, say("Bonjour. Je vous écoute."), func(t *testing.T) tts.Synthesiser {
		return wrap(t, &ttstest.Voice{}, DefaultConfig())
	})
}

func TestTheSameIsRenderedOnceAndReplayedTheSame(t *testing.T) {
	t.Parallel()
	v := &ttstest.Voice{}
	c := wrap(t, v, DefaultConfig())
	first := ttstest.All(t, c, say("un deux trois"))
	second := ttstest.All(t, c, say(" un deux trois "))
	if !slices.Equal(first, second) || v.Words(second) != "un deux trois" {
		t.Errorf("the replay says %q", v.Words(second))
	}
	if n := len(v.Said()); n != 1 {
		t.Errorf("rendered %d times", n)
	}
	for name, other := range map[string]tts.Utterance{
		"voice":    {Text: "un deux trois", Language: "fr", Rate: 8000, Voice: "b"},
		"speed":    {Text: "un deux trois", Language: "fr", Rate: 8000, Speed: 1.2},
		"rate":     {Text: "un deux trois", Language: "fr", Rate: 16000},
		"language": {Text: "un deux trois", Language: "en", Rate: 8000},
		"text":     {Text: "un deux", Language: "fr", Rate: 8000},
		"marks":    {Text: "un deux trois", SSML: "<speak>un deux trois</speak>", Language: "fr", Rate: 8000},
	} {
		if c.Key(other) == c.Key(say("un deux trois")) {
			t.Errorf("another %s has the same key", name)
		}
	}
}

func TestReplayedFramesBelongToTheReader(t *testing.T) {
	t.Parallel()
	v := &ttstest.Voice{}
	c := wrap(t, v, DefaultConfig())
	src, err := c.Speak(t.Context(), say("un"))
	if err != nil {
		t.Fatal(err)
	}
	f, _ := src.ReadFrame()
	clear(f.PCM)
	src.Close()
	if got := v.Words(ttstest.All(t, c, say("un"))); got != "un" {
		t.Errorf("a reader's scribbling reached the cache: %q", got)
	}
}

func TestTwoAtOnceRenderOnceAndTheSecondFollows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &ttstest.Voice{Delay: time.Second}
		c := wrap(t, v, DefaultConfig())
		var wg sync.WaitGroup
		began := time.Now()
		for range 5 {
			wg.Go(func() {
				if got := v.Words(ttstest.All(t, c, say("un deux"))); got != "un deux" {
					t.Errorf("heard %q", got)
				}
			})
		}
		wg.Wait()
		if n := len(v.Said()); n != 1 {
			t.Errorf("rendered %d times", n)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("took %v, want one delay", took)
		}
		c.Close()
	})
}

func TestOneWhoLeavesDoesNotStopTheOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &ttstest.Voice{Delay: time.Second}
		c := wrap(t, v, DefaultConfig())
		ctx, cancel := context.WithCancel(t.Context())
		a, _ := c.Speak(ctx, say("un deux"))
		b, _ := c.Speak(t.Context(), say("un deux"))
		cancel()
		if _, err := a.ReadFrame(); !errors.Is(err, context.Canceled) {
			t.Errorf("the one who left got %v", err)
		}
		if _, err := b.ReadFrame(); err != nil {
			t.Errorf("the one who stayed got %v", err)
		}
		b.Close()
		c.Close()
	})
}

func TestWhenAllLeaveTheRenderingStopsAndNextStartsAfresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &ttstest.Voice{Stall: true}
		c := wrap(t, v, DefaultConfig())
		src, _ := c.Speak(t.Context(), say("un"))
		synctest.Wait()
		if v.Open() != 1 {
			t.Fatalf("%d being rendered", v.Open())
		}
		src.Close()
		synctest.Wait()
		if v.Open() != 0 {
			t.Error("nobody listens and it is still being rendered")
		}
		v.Stall = false
		if got := v.Words(ttstest.All(t, c, say("un"))); got != "un" {
			t.Errorf("the next listener heard %q", got)
		}
		c.Close()
	})
}

func TestAFailureIsToldAndNotRemembered(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	fail := broken
	v := &ttstest.Voice{Fail: func(tts.Utterance) error { return fail }}
	c := wrap(t, v, DefaultConfig())
	src, err := c.Speak(t.Context(), say("un"))
	if err == nil {
		_, err = src.ReadFrame()
		src.Close()
	}
	if !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	fail = nil
	if got := v.Words(ttstest.All(t, c, say("un"))); got != "un" {
		t.Errorf("after the engine came back: %q", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	v := &ttstest.Voice{}
	c := wrap(t, v, Config{MemoryMiB: 1, DiskMiB: 1})
	for i := range 800 { // 1.6 kB each: 1.3 MB in all
		ttstest.All(t, c, say(fmt.Sprintf("m%d", i%300)+fmt.Sprintf(" n%d", i/300)))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bytes > 1<<20 || len(c.entries) != c.recent.Len() || c.bytes < 1<<19 {
		t.Errorf("%d bytes in %d entries (%d filed)", c.bytes, len(c.entries), c.recent.Len())
	}
}

func TestWarmFillsTheDiskAndOnlyWarmDoes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "prompts")
	cfg := Config{Dir: dir, MemoryMiB: 1, DiskMiB: 1}
	v := &ttstest.Voice{}
	c := wrap(t, v, cfg)
	var steps []int
	if err := c.Warm(t.Context(), []tts.Utterance{say("bonjour"), say("au revoir")}, func(done, total int) { steps = append(steps, done, total) }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(steps, []int{1, 2, 2, 2}) {
		t.Errorf("progress %v", steps)
	}
	ttstest.All(t, c, say("votre numéro est le douze"))
	if files, _ := os.ReadDir(dir); len(files) != 2 {
		t.Errorf("%d files, want the two static prompts: %v", len(files), files)
	}

	silent := &ttstest.Voice{Fail: func(tts.Utterance) error { return errors.New("must not be asked") }}
	again := wrap(t, silent, cfg)
	if got := v.Words(ttstest.All(t, again, say("au revoir"))); got != "au revoir" {
		t.Errorf("from disk: %q", got)
	}
}

func TestDiskIsBoundedAndForeignFilesAreLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	foreign := filepath.Join(dir, "notes.txt")
	os.WriteFile(foreign, []byte("mine"), 0o644)
	f, err := openFolder(dir, 3000)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if err := f.put(fmt.Sprint("k", i), make([]int16, 500), media.Trained); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			f.files["k0"].used = time.Now().Add(time.Hour) // still in use
		}
	}
	if _, made, ok := f.get("k0"); !ok || made != media.Trained || f.bytes > 3000 || len(f.files) != 3 {
		t.Errorf("k0 kept: %v, %d bytes in %d files", ok, f.bytes, len(f.files))
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Error("a file that is not ours is gone")
	}
	os.WriteFile(f.path("k4", media.Trained), []byte{1}, 0o644)
	if _, _, ok := f.get("k4"); ok {
		t.Error("half a sample was taken for a prompt")
	}
	if g, err := openFolder(dir, 1000); err != nil || g.bytes > 1000 {
		t.Errorf("reopened with a smaller bound: %v, %d bytes", err, g.bytes)
	}
}

func TestADamagedFileIsRenderedAgain(t *testing.T) {
	t.Parallel()
	cfg := Config{Dir: t.TempDir(), MemoryMiB: 1, DiskMiB: 1}
	v := &ttstest.Voice{}
	c := wrap(t, v, cfg)
	if err := c.Warm(t.Context(), []tts.Utterance{say("un")}, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(c.disk.path(c.Key(say("un")), media.Captured), 3); err != nil {
		t.Fatal(err)
	}
	again := wrap(t, v, cfg)
	if got := v.Words(ttstest.All(t, again, say("un"))); got != "un" {
		t.Errorf("heard %q", got)
	}
}

func TestAReaderThatIsLeftOpenDoesNotHoldCloseUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := wrap(t, &ttstest.Voice{Stall: true}, DefaultConfig())
		src, err := c.Speak(t.Context(), say("un"))
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		if _, err := src.ReadFrame(); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("got %v, want an error", err)
		}
		src.Close()
		if _, err := c.Speak(t.Context(), say("un")); err == nil {
			t.Error("a closed cache spoke")
		}
	})
}

var _ media.Source = (*reader)(nil)

func TestCodedOnceAndShared(t *testing.T) {
	t.Parallel()
	v := &ttstest.Voice{}
	cfg := DefaultConfig()
	c := wrap(t, v, cfg)
	u := say("un deux trois")
	if _, ok := c.Coded(u, "PCMA"); ok {
		t.Fatal("coded before it was said")
	}
	pcm := ttstest.All(t, c, u)
	var wg sync.WaitGroup
	clips := make([]*media.Clip, 8)
	for i := range clips {
		wg.Go(func() { clips[i], _ = c.Coded(u, "pcma") })
	}
	wg.Wait()
	for _, k := range clips {
		if k == nil || k != clips[0] {
			t.Fatal("not everybody got the same clip")
		}
	}
	k := clips[0]
	if want := (len(pcm) + 159) / 160; k.Frames() != want || k.Codec != "PCMA" || k.Origin != media.Origin(0) && k.Origin != media.Algorithmic {
		t.Errorf("clip of %d frames in %s, want %d", k.Frames(), k.Codec, want)
	}
	coder, err := codec.New("PCMA", codec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	heard := make([]int16, 160)
	for i := range k.Frames() {
		coder.Decode(heard, k.Frame(i))
		for j, s := range heard {
			if at := 160*i + j; at < len(pcm) && max(s, pcm[at])-min(s, pcm[at]) > 1024 {
				t.Fatalf("sample %d is %d, coded %d", at, pcm[at], s)
			}
		}
	}
	if other, ok := c.Coded(u, "PCMU"); !ok || other == k || other.Codec != "PCMU" {
		t.Error("no clip in another codec")
	}
	if _, ok := c.Coded(u, "G722"); ok {
		t.Error("sound at 8000 Hz was coded for a codec of 16000")
	}
	if _, ok := c.Coded(u, "AMR"); ok {
		t.Error("an unknown codec")
	}
	if n := len(v.Said()); n != 1 {
		t.Errorf("rendered %d times", n)
	}
	c.mu.Lock()
	bytes, size := c.bytes, 0
	for e := c.recent.Front(); e != nil; e = e.Next() {
		size += e.Value.(*entry).size()
	}
	c.mu.Unlock()
	if bytes != size {
		t.Errorf("%d bytes are counted, %d are there", bytes, size)
	}
}
