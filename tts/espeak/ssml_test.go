package espeak

import (
	"testing"
	"time"

	"decroche/media"
	"decroche/tts"
	"decroche/tts/ttstest"
)

// A document is spoken with its marks, and its marks are not.
func TestSpeaksMarks(t *testing.T) {
	t.Parallel()
	s := open(t)
	length := func(ssml string) time.Duration {
		pcm := ttstest.All(t, s, tts.Utterance{Text: "Bonjour Nadia.", SSML: ssml, Language: "fr", Rate: 8000})
		return time.Duration(len(pcm)) * time.Second / media.PhoneRate
	}
	const head = `<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="fr">`
	plain, same := length(""), length(head+"Bonjour Nadia.</speak>")
	if d := same - plain; d > 300*time.Millisecond || d < -300*time.Millisecond {
		t.Errorf("plain %v, as a document %v", plain, same)
	}
	if broken := length(head + `Bonjour <break time="2s"/> Nadia.</speak>`); broken < same+time.Second {
		t.Errorf("a break of 2 s makes %v of %v", broken, same)
	}
	digits, number := length(head+`<say-as interpret-as="digits">74512</say-as></speak>`), length(head+"9</speak>")
	if digits < number+500*time.Millisecond {
		t.Errorf("five digits take %v, one %v", digits, number)
	}
	if commands := length(head + "Bonjour [[ka ka ka ka ka ka ka ka]] Nadia.</speak>"); commands < same {
		t.Errorf("phoneme input is read as such: %v", commands)
	}
}
