package event

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/facts.json again")

// vectors are what both the gateway and its page count: web/src/board/facts.test.ts reads them too.
type vectors struct {
	Rules json.RawMessage   `json:"rules"` // the defaults as the API tells them; package console sees to that
	Words []json.RawMessage `json:"words"`
	Cases []*vector         `json:"cases"`
}

type vector struct {
	Name   string            `json:"name"`
	Events []json.RawMessage `json:"events"`
	Live   *Live             `json:"live,omitempty"` // the line after the events
}

const vectorFile = "testdata/facts.json"

func readVectors(t *testing.T) (v vectors) {
	t.Helper()
	data, err := os.ReadFile(vectorFile)
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The snapshot alone tells what calls for a supervisor: the line of a call after its events is the one
// that the page would have counted.
func TestFacts(t *testing.T) {
	v := readVectors(t)
	for _, c := range v.Cases {
		bus := NewBus(nil)
		board := NewBoard(bus)
		for _, raw := range c.Events {
			bus.Publish(decodeEvent(t, raw))
		}
		got := board.Now().Live[0]
		bus.Close()
		if *update {
			c.Live = &got
			continue
		}
		// As pages get it: what JSON drops is not there.
		data, _ := json.Marshal(got)
		var shown Live
		if err := json.Unmarshal(data, &shown); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(&shown, c.Live) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", c.Name, &shown, c.Live)
		}
	}
	if *update {
		writeVectors(t, v)
	}
}

func decodeEvent(t *testing.T, raw []byte) Event {
	t.Helper()
	var e struct {
		Conv string          `json:"conversation"`
		Seq  uint64          `json:"seq"`
		At   time.Time       `json:"at"`
		Type string          `json:"type"`
		Body json.RawMessage `json:"body"`
	}
	err := json.Unmarshal(raw, &e)
	var body Body
	if err == nil {
		body, err = Decode(e.Type, e.Body)
	}
	if err != nil {
		t.Fatal(err)
	}
	return Event{Conv: e.Conv, Seq: e.Seq, At: e.At, Body: body}
}

func writeVectors(t *testing.T, v vectors) {
	t.Helper()
	var b bytes.Buffer
	line := func(x any) string {
		var l bytes.Buffer
		enc := json.NewEncoder(&l)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(x); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(l.String())
	}
	lines := func(n int, at func(int) any) {
		for i := range n {
			if i > 0 {
				b.WriteString(",\n")
			}
			b.WriteString(line(at(i)))
		}
	}
	b.WriteString("{\n\"rules\": " + line(v.Rules) + ",\n\"words\": [\n")
	lines(len(v.Words), func(i int) any { return v.Words[i] })
	b.WriteString("\n],\n\"cases\": [\n")
	lines(len(v.Cases), func(i int) any { return v.Cases[i] })
	b.WriteString("\n]\n}\n")
	if err := os.WriteFile(vectorFile, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestWordList(t *testing.T) {
	t.Parallel()
	for _, raw := range readVectors(t).Words {
		var c struct {
			Lang, Text string
			List       WordList
			Found      bool
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		if p := c.List.problems("x"); len(p) > 0 {
			t.Error(p)
		}
		if got := c.List.ready().in(c.Lang, wordsOf(c.Text)); got != c.Found {
			t.Errorf("%v in %q (%s): %v, want %v", c.List, c.Text, c.Lang, got, c.Found)
		}
	}
}

func TestBoardConfigSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	if p := DefaultBoardConfig().Validate(); len(p) > 0 {
		t.Errorf("the defaults are refused: %q", p)
	}
	long := strings.Repeat("mot ", 30)
	many := slices.Repeat([]string{"mot"}, maxPhrases+1)
	for _, c := range []struct {
		change func(*BoardConfig)
		want   string
	}{
		{func(c *BoardConfig) { c.InTime = 0 }, "in_time: 0s is not between 1s and 1h0m0s"},
		{func(c *BoardConfig) { c.Waits = 2 * time.Hour }, "waits: 2h0m0s is not between 1s and 1h0m0s"},
		{func(c *BoardConfig) { c.Lasts = -time.Second }, "lasts: -1s is not between 0s and 1m0s"},
		{func(c *BoardConfig) { c.Loop = 0 }, "loop: 0 is not between 1 and 20"},
		{func(c *BoardConfig) { c.Confidence = 1.1 }, "confidence: 1.1 is not between 0 and 1"},
		{func(c *BoardConfig) { c.Long = 0.5 }, "long: 0.5 is not between 1 and 100 times the median"},
		{func(c *BoardConfig) { c.Anger = WordList{"français": {"honte"}} }, `anger: "français" is not a language; write fr or en`},
		{func(c *BoardConfig) { c.Anger = WordList{"fr": {"(a+)+$"}} }, `anger.fr[0]: "(a+)+$" contains '('; letters, digits, spaces, hyphens, apostrophes and a * at the end of a word may be there`},
		{func(c *BoardConfig) { c.Anger = WordList{"fr": {"*"}} }, `anger.fr[0]: "*" would find every word that begins with ""; write 3 letters or more before a *`},
		{func(c *BoardConfig) { c.Anger = WordList{"fr": {"ok", "sc*ndale"}} }, `anger.fr[1]: "sc*ndale" has a * inside a word; it stands at the end of one, as in scandal*`},
		{func(c *BoardConfig) { c.Person = WordList{"fr": {"un*"}} }, `person.fr[0]: "un*" would find every word that begins with "un"; write 3 letters or more before a *`},
		{func(c *BoardConfig) { c.Wants = WordList{"en": {" - "}} }, `wants.en[0]: " - " holds no word; leave it out`},
		{func(c *BoardConfig) { c.Anger = WordList{"fr": {long}} }, "is longer than 80 bytes; a phrase of a few words finds more"},
		{func(c *BoardConfig) { c.Anger = WordList{"fr": many} }, "anger.fr: 501 entries are more than 500; keep those that matter"},
	} {
		cfg := DefaultBoardConfig()
		c.change(&cfg)
		p := cfg.Validate()
		if len(p) != 1 || !strings.HasSuffix(p[0], c.want) {
			t.Errorf("got %q, want %q", p, c.want)
		}
	}
}

// The configured words and counts are the ones that count.
func TestBoardCountsByItsRules(t *testing.T) {
	t.Parallel()
	bus := NewBus(nil)
	defer bus.Close()
	b := NewBoard(bus)
	cfg := DefaultBoardConfig()
	cfg.Anger = WordList{"fr": {"zut"}}
	b.SetRules(cfg)
	if got := b.Rules().Anger["fr"][0]; got != "zut" {
		t.Error(got)
	}
	bus.Publish(Event{Conv: "c", Seq: 1, Body: Started{Channel: "voice", Lang: "fr"}})
	bus.Publish(Event{Conv: "c", Seq: 2, Body: Said{Text: "quelle honte"}})
	if f := b.Now().Live[0].Facts; f.Angry.N != 0 {
		t.Errorf("%+v", f)
	}
	bus.Publish(Event{Conv: "c", Seq: 3, Body: Said{Text: "zut alors"}})
	if f := b.Now().Live[0].Facts; f.Angry.N != 1 || f.Angry.Seq != 3 {
		t.Errorf("%+v", f)
	}
}

// FuzzWords: whatever stands in a list and whatever is said, looking for it ends, and a list that is
// accepted finds its own entries.
func FuzzWords(f *testing.F) {
	f.Add("n'importe quoi", "N’IMPORTE quoi")
	f.Add("scandal*", "scandaleux")
	f.Add("(a+)+$", "aaaa")
	f.Fuzz(func(t *testing.T, entry, said string) {
		l := WordList{"fr": {entry}}
		l.ready().in("fr", wordsOf(said))
		if len(l.problems("anger")) == 0 && !l.ready().in("fr", wordsOf(entry)) {
			t.Errorf("%q does not find itself", entry)
		}
	})
}
