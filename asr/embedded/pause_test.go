package embedded

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"decroche/asr"
)

// The words before a pause are shown in it, not at the next fifth of a second: who waits for the
// last digit of a number waits for them.
func TestWordsBeforeAPauseAreShownInIt(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; it says the numbers")
	}
	every := 13
	if os.Getenv("DECROCHE_LONG") != "" {
		every = 1
	}
	r := testRecogniser(t, DefaultConfig(), defaultTuning())
	var n, missing int
	var sum, worst time.Duration
	for i, x := range readSpoken(t, filepath.Join("testdata", "frozen")) {
		if x.digits == "" || i%every != 0 {
			continue
		}
		pcm := say(t, x)
		end := len(pcm)
		for end > 0 && pcm[end-1] < 300 && pcm[end-1] > -300 {
			end--
		}
		pcm = append(pcm[:end:end], make([]int16, 8000)...)
		list := live(t, r, asr.Options{Language: x.lang, Expect: asr.Expect{Kind: "digits", Digits: len(x.digits)}}, pcm)
		final := list[len(list)-1].Text
		for _, p := range list {
			if p.Text != final {
				continue
			}
			lag := p.at - time.Duration(end)*time.Second/8000
			if p.Final {
				missing++
				break
			}
			n, sum, worst = n+1, sum+lag, max(worst, lag)
			break
		}
	}
	if n == 0 || missing > 0 || worst > 600*time.Millisecond {
		t.Errorf("%d of %d numbers are shown by the final result alone, the others up to %v after their last sound", missing, n+missing, worst)
	}
	t.Logf("%d numbers: shown %v after their last sound, %v at most", n, (sum / time.Duration(max(n, 1))).Round(time.Millisecond), worst.Round(time.Millisecond))
}
