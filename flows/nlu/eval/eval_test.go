package eval

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"decroche/flows/nlu"
)

func TestReadTSV(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want, err string }{
		{"a\tun\nb\tdeux\n", "a=un b=deux", ""},
		{"\ufeffintent\ttext\r\na\tun\r\n", "a=un", ""},
		{"label\tutterance\tnotes\na\tun\tx\n", "a=un", ""},
		{"# sentences\n\na\t\"dit \"\"un\"\"\"\n", `a=dit "un"`, ""},
		{"oos\tune pizza", "oos=une pizza", ""},
		{"a\tun\nb deux\n", "", `x.tsv:2:1: no tab in "b deux"; each line is intent, tab, text`},
		{"\tun\n", "", `x.tsv:1:1: the intent is empty; write "oos" for sentences out of scope`},
		{"ab\t \n", "", `x.tsv:1:4: intent "ab" has an empty text; remove the line or write a sentence`},
		{"a\t\xff\n", "", "x.tsv:1: not UTF-8; convert the file (iconv -f latin1 -t utf-8)"},
		{"a\t" + strings.Repeat("x", 9000), "", "x.tsv:1: longer than 8192 bytes; nobody says so much at once"},
		{"", "", "x.tsv: no sentences; each line is intent, tab, text"},
	} {
		got, err := ReadTSV(strings.NewReader(c.in), "x.tsv")
		var list []string
		for _, e := range got {
			list = append(list, e.Intent+"="+e.Text)
		}
		if s := strings.Join(list, " "); s != c.want || err == nil != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%q: %q, %v; want %q, %q", short(c.in), short(s), err, c.want, c.err)
		}
	}
}

func FuzzReadTSV(f *testing.F) {
	f.Add("intent\ttext\na\tb\n")
	f.Add("a\t\"\"\n\x00\t\x00")
	f.Fuzz(func(t *testing.T, s string) {
		ex, err := ReadTSV(strings.NewReader(s), "f")
		if err == nil && len(ex) == 0 {
			t.Error("neither sentences nor an error")
		}
		for _, e := range ex {
			if e.Intent == "" || e.Text == "" && !strings.Contains(s, `""`) {
				t.Errorf("%q: %+v", s, e)
			}
		}
	})
}

func TestFigures(t *testing.T) {
	t.Parallel()
	if got := auroc([]float64{.9, .8, .4}, []float64{.1, .4}); math.Abs(got-5.5/6) > 1e-12 {
		t.Errorf("AUROC %v, want 5.5/6", got)
	}
	in := []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9, 1}
	if got := recallAt(in, []float64{.05, .15, .2, .3}, .1); got != .5 {
		t.Errorf("recall %v, want half: below .2", got)
	}
	var b calibrationBins
	b.add(.95, true)
	b.add(.95, false)
	b.add(.15, false)
	if got := b.error(); math.Abs(got-(.9+.15)/3) > 1e-12 {
		t.Errorf("calibration error %v", got)
	}
	if got := b.bias(); math.Abs(got-1.05/3) > 1e-12 {
		t.Errorf("bias %v: 2.05 promised, 1 kept, of 3", got)
	}
	if got := chanceError([]float64{1, 1, 0}, 0); got != 0 {
		t.Errorf("chance error %v of promises without doubt", got)
	}
	if got := chanceError([]float64{.5, .5}, 0); got < .15 || got > .35 {
		t.Errorf("chance error %v, want a quarter: two throws of a coin", got)
	}
}

// The sets of the house, as every build must understand them. The figures of
// docs/understanding.md stand above these floors.
func TestSets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                           string
		opt                            Options
		accuracy, auroc, recall, error float64
	}{
		{"travel_en", Options{}, .95, .95, .90, .06},
		// Its test sentences are easier than its examples are to one another, so that
		// cross-validation promises too little.
		{"telecom_fr", Options{}, .77, .91, .74, .14},
		{"telecom_fr", Options{HoldOut: .25}, .80, .88, .65, .12},
		{"travel_en", Options{Noise: .1}, .90, .94, .84, .12},
	} {
		r, err := Run(t.Context(), open(t, "../testdata/"+c.name+".train.tsv"), open(t, testFile(c.name)), c.opt)
		if err != nil {
			t.Fatal(err)
		}
		if r.Lang != c.name[len(c.name)-2:] {
			t.Errorf("%s: taken for %s", c.name, r.Lang)
		}
		if r.Accuracy < c.accuracy || *r.OOSAUROC < c.auroc || *r.OOSRecallAt10 < c.recall || r.ECE > c.error || *r.OOSAUROC < *r.MaxScore.AUROC {
			t.Errorf("%s %+v: accuracy %.3f, AUROC %.3f (plain %.3f), recall %.3f, calibration error %.3f", c.name, c.opt, r.Accuracy, *r.OOSAUROC, *r.MaxScore.AUROC, *r.OOSRecallAt10, r.ECE)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	ex := []nlu.Example{{Intent: "a", Text: "un"}, {Intent: "b", Text: "deux"}}
	for _, opt := range []Options{{HoldOut: 1}, {HoldOut: -1}, {HoldOut: math.NaN()}, {Noise: 2}, {Noise: math.NaN()}, {LimitPerIntent: -1}, {Lang: "de"}} {
		if _, err := Run(t.Context(), ex, ex, opt); err == nil {
			t.Errorf("%+v: no error", opt)
		}
	}
	if _, err := Run(t.Context(), []nlu.Example{{Intent: OutOfScope, Text: "x"}}, ex, Options{}); err == nil {
		t.Error("no sentence to learn from: no error")
	}
	var many []nlu.Example
	for k := range MaxIntents + 1 {
		many = append(many, nlu.Example{Intent: fmt.Sprint("i", k), Text: fmt.Sprint("phrase mot", k)})
	}
	if _, err := Run(t.Context(), many, ex, Options{}); err == nil || !strings.Contains(err.Error(), "1001 intents to learn, at most 1000") {
		t.Errorf("%d intents: %v", len(many), err)
	}
	var steps []int
	if _, err := Run(t.Context(), ex, ex, Options{Lang: "fr", Training: func(done, of int) { steps = append(steps, done, of) }}); err != nil || !slices.Equal(steps, []int{0, 4, 1, 4, 2, 4, 3, 4, 4, 4}) {
		t.Errorf("progress of the training %v, %v", steps, err)
	}
	r, err := Run(t.Context(), ex, append(ex, nlu.Example{Intent: "c", Text: "trois"}), Options{Lang: "fr"})
	if err != nil || len(r.Missing) != 1 || r.OOSAUROC != nil {
		t.Errorf("%+v, %v; want c missing and no figure out of scope", r, err)
	}
}

func TestNoise(t *testing.T) {
	t.Parallel()
	n := newNoise("fr", Options{Noise: .2, Seed: 1})
	text := strings.Repeat("je voudrais suivre mon colis demain matin ", 200)
	want, got := strings.Fields(text), strings.Fields(n.spoil(text))
	if math.Abs(float64(len(got)-len(want))) > 60 {
		t.Errorf("%d words became %d", len(want), len(got))
	}
	if again := newNoise("fr", Options{Noise: .2, Seed: 1}).spoil(text); again != strings.Join(got, " ") {
		t.Error("the same seed gives other words")
	}
	if s := newNoise("fr", Options{}).spoil("Où est-il ?"); s != "Où est-il ?" {
		t.Errorf("without noise: %q", s)
	}
}

// A sentence in the wrong place, one in two places and an intent with too few are found.
func TestConfuse(t *testing.T) {
	t.Parallel()
	var ex []nlu.Example
	for intent, list := range map[string][]string{
		"colis":         {"où est mon colis", "suivre mon colis", "mon colis n'arrive pas", "quand arrive mon colis", "je cherche mon colis", "le colis est en retard", "où en est le colis", "nouvelles de mon colis", "suivi du colis", "mon colis est perdu", "localiser mon colis", "c'est pour mon colis"},
		"remboursement": {"je veux un remboursement", "être remboursé", "où est mon remboursement", "demander un remboursement", "quand serai-je remboursé", "remboursement pas reçu", "délai de remboursement", "mon remboursement tarde", "rembourser ma commande", "suivre mon colis de retour perdu", "état du remboursement", "je cherche mon colis"},
		"horaires":      {"vous ouvrez quand", "horaires d'ouverture"},
	} {
		for _, s := range list {
			ex = append(ex, nlu.Example{Intent: intent, Text: s})
		}
	}
	c, err := Confuse(t.Context(), "fr", ex, nlu.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Duplicates) != 1 || c.Duplicates[0].Text != "je cherche mon colis" {
		t.Errorf("duplicates %+v", c.Duplicates)
	}
	if len(c.Few) != 1 || c.Few[0].Intent != "horaires" {
		t.Errorf("few %+v", c.Few)
	}
	found := false
	for _, p := range c.Pairs {
		for _, j := range p.Examples {
			found = found || j.Text == "suivre mon colis de retour perdu" && j.Taken == "colis"
		}
	}
	if !found {
		t.Errorf("the sentence about a parcel among the refunds was not found: %+v", c.Pairs)
	}
}
