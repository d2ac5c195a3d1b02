package ttstest

import (
	"errors"
	"testing"

	"decroche/tts"
)

func TestTheFakeConforms(t *testing.T) {
	t.Parallel()
	Run(t, tts.Utterance{Text: "Bonjour. Je vous écoute.", Language: "fr"}, func(*testing.T) tts.Synthesiser { return &Voice{} })
}

func TestWordsAreReadBackFromTheSound(t *testing.T) {
	t.Parallel()
	v := &Voice{}
	pcm := All(t, v, tts.Utterance{Text: "un deux deux trois un", Rate: 8000})
	if got := v.Words(pcm); got != "un deux deux trois un" {
		t.Errorf("whole: %q", got)
	}
	if got := v.Words(pcm[:800+160]); got != "un deux" {
		t.Errorf("cut after 120 ms: %q, want the second word to have begun", got)
	}
	if got := v.Words(make([]int16, 800)); got != "" {
		t.Errorf("silence says %q", got)
	}
	if v.Open() != 0 {
		t.Errorf("%d sources open", v.Open())
	}
}

func TestFailIsAsked(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	v := &Voice{Fail: func(tts.Utterance) error { return broken }}
	if _, err := v.Speak(t.Context(), tts.Utterance{Text: "a"}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
