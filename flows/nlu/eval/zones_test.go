package eval

import (
	"fmt"
	"os"
	"testing"

	"decroche/flows"
	"decroche/flows/nlu"
)

// TestReportZones prints what the hotlines of configs/hotlines do with sentences that they have not
// learnt: a fifth of their own examples at a time, as what callers want, and the sentences out of
// scope of testdata, as what they do not. The thresholds of docs/understanding.md are judged by it.
// It runs with DECROCHE_REPORT=1 only. A report is not a test: nothing in it fails.
func TestReportZones(t *testing.T) {
	if os.Getenv("DECROCHE_REPORT") == "" {
		t.Skip("DECROCHE_REPORT is not set")
	}
	strangers := map[string][]nlu.Example{}
	for lang, file := range map[string]string{"fr": "telecom_fr", "en": "travel_en"} {
		for _, e := range open(t, testFile(file)) {
			if e.Intent == OutOfScope {
				strangers[lang] = append(strangers[lang], e)
			}
		}
	}
	fmt.Println("| hotline | examples | act, ask from | acted rightly | wrongly | asked, the right one offered | asked, not offered | left | strangers: acted on | asked | left |\n|---|---|---|---|---|---|---|---|---|---|---|")
	for _, name := range []string{"colibri", "banque", "telecom", "support-it"} {
		b, err := flows.Load(os.DirFS("../../../configs/hotlines/"+name), flows.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range []string{"fr", "en"} {
			zonesOf(t, name, lang, b, strangers[lang])
		}
	}
}

// leastClarify is that of the engine: no question is asked below it.
const leastClarify = 0.3

// zonesOf prints one line of the table.
func zonesOf(t *testing.T, name, lang string, b *flows.Bot, strangers []nlu.Example) {
	const parts = 5
	ex := b.Lessons(lang)
	seen, place := map[string]int{}, make([]int, len(ex))
	for i, e := range ex {
		place[i] = seen[e.Intent] % parts
		seen[e.Intent]++
	}
	var own, other [4]int // acted rightly, wrongly, asked, left; of strangers the first is empty
	var lowAct, highAct, lowAsk, highAsk = 1.0, 0.0, 1.0, 0.0
	offered := 0
	for p := range parts {
		var train []nlu.Example
		for i, e := range ex {
			if place[i] != p {
				train = append(train, e)
			}
		}
		c, err := nlu.Train(lang, train, nlu.Options{Lists: b.Lists()})
		if err != nil {
			t.Fatal(err)
		}
		act, ask := c.Thresholds()
		ask = max(ask, leastClarify)
		lowAct, highAct, lowAsk, highAsk = min(lowAct, act), max(highAct, act), min(lowAsk, ask), max(highAsk, ask)
		zone := func(text, intent string, into *[4]int) {
			s := c.Classify(nlu.Unmark(text))
			switch {
			case s[0].P >= act && s[0].Intent == intent:
				into[0]++
			case s[0].P >= act:
				into[1]++
			case s[0].P >= ask:
				into[2]++
				if s[0].Intent == intent || len(s) > 1 && s[1].Intent == intent {
					offered++
				}
			default:
				into[3]++
			}
		}
		for i, e := range ex {
			if place[i] == p {
				zone(e.Text, e.Intent, &own)
			}
		}
		for i, e := range strangers {
			if i%parts == p {
				zone(e.Text, OutOfScope, &other)
			}
		}
	}
	share := func(n int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(len(ex))) }
	out := func(n int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(len(strangers))) }
	fmt.Printf("| %s, %s | %d | %.2f–%.2f, %.2f–%.2f | %s | %s | %s | %s | %s | %s | %s | %s |\n", name, lang, len(ex), lowAct, highAct, lowAsk, highAsk,
		share(own[0]), share(own[1]), share(offered), share(own[2]-offered), share(own[3]), out(other[1]), out(other[2]), out(other[3]))
}
