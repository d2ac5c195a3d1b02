package vosk

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"decroche/asr"
)

// errGarbage means that an answer is none of vosk-server's. What it says is never shown.
var errGarbage = errors.New("what came is no answer of vosk-server")

// message is any answer: a partial, a result, or a result with alternatives.
type message struct {
	Partial      *string   `json:"partial"`
	Text         *string   `json:"text"`
	Result       []spoken  `json:"result"`
	Alternatives []reading `json:"alternatives"`
}

type reading struct {
	Text   string   `json:"text"`
	Result []spoken `json:"result"`
}

// spoken is a word; times are in seconds from the beginning of the turn.
type spoken struct {
	Word  string  `json:"word"`
	Conf  float64 `json:"conf"`
	Start float64 `json:"start"`
	End   float64 `json:"end"`
}

// parse reads one answer. Confidence is the mean of the words'; with alternatives the server gives
// scores that are no confidences, and it is 0.
func parse(b []byte) (r asr.Result, partial bool, err error) {
	var m message
	if json.Unmarshal(b, &m) != nil {
		return r, false, errGarbage
	}
	switch {
	case m.Partial != nil:
		return asr.Result{Text: clean(*m.Partial)}, true, nil
	case len(m.Alternatives) > 0:
		first := m.Alternatives[0]
		r = result(first.Text, first.Result)
		r.Confidence = 0
		for _, a := range m.Alternatives[1:] {
			r.Alternatives = append(r.Alternatives, asr.Alternative{Text: clean(a.Text)})
		}
		return r, false, nil
	case m.Text != nil:
		return result(*m.Text, m.Result), false, nil
	}
	return r, false, errGarbage
}

func result(text string, words []spoken) asr.Result {
	r := asr.Result{Text: clean(text)}
	var sum float64
	for _, w := range words {
		if w.Word == "[unk]" {
			continue
		}
		start := max(seconds(w.Start), r.End) // words do not overlap, whatever the server says
		word := asr.Word{Text: w.Word, Start: start, End: max(seconds(w.End), start), Confidence: min(1, max(0, w.Conf))}
		if len(r.Words) == 0 {
			r.Start = word.Start
		}
		r.End = word.End
		r.Words = append(r.Words, word)
		sum += word.Confidence
	}
	if len(r.Words) > 0 {
		r.Confidence = sum / float64(len(r.Words))
	}
	return r
}

// clean takes out the mark for what no phrase fits.
func clean(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "[unk]", " ")), " ")
}

func seconds(s float64) time.Duration {
	return time.Duration(min(max(s, 0), 86400) * float64(time.Second))
}
