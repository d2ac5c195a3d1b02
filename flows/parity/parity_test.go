package parity

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"decroche/flows"
	"decroche/flows/flowtest"
)

var update = flag.Bool("update", false, "write the published tables again")

// hotlines are all that come with the gateway.
func hotlines(t *testing.T) (names []string, bots []*flows.Bot) {
	t.Helper()
	list, err := os.ReadDir("../../configs/hotlines")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if !e.IsDir() {
			continue
		}
		bot, err := flows.Load(os.DirFS("../../configs/hotlines/"+e.Name()), flows.Options{})
		if err != nil {
			t.Fatal(err)
		}
		names, bots = append(names, e.Name()), append(bots, bot)
	}
	return names, bots
}

// TestPublishedParity: every golden conversation of every hotline comes to the same slots and the same
// ending at every door, or to the one of the table; and what docs say of it is so.
func TestPublishedParity(t *testing.T) {
	t.Parallel()
	names, bots := hotlines(t)
	var page, summary, table bytes.Buffer
	var reports []*Report
	page.WriteString("# Doors, conversation by conversation\n\nMade by `make docs`; [parity.md](../parity.md) says how to read it: = the same ending, ~ the one that the table maps it to,\nin brackets how many steps the door cannot have.\n")
	for i, name := range names {
		r, err := Run(os.DirFS("../../configs/hotlines/"+name), bots[i], Options{Doors: []Door{Phone, Chat, Alexa, OpenSpeaker}})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range r.Rows {
			for k, c := range row.Doors {
				if !c.OK {
					t.Errorf("%s: %s:%d: %s: at %s: %s", name, row.File, row.Line, row.Name, r.Doors[k].Name, c.Diff)
				}
				if r.Doors[k].Channel == row.Written && r.Doors[k].Keys == (row.Written == flows.Voice) && len(c.Lacks) > 0 && r.Doors[k].Person {
					t.Errorf("%s: %s: as written it lacks %+v", name, row.Name, c.Lacks)
				}
			}
		}
		page.WriteString("\n## " + name + "\n\n")
		if err := r.Markdown(&page); err != nil {
			t.Fatal(err)
		}
		reports = append(reports, r)
	}
	if err := Summary(&summary, names, reports); err != nil {
		t.Fatal(err)
	}
	table.WriteString("| as written | door | there | why |\n|---|---|---|---|\n")
	for _, m := range Mappings() {
		table.WriteString("| " + m.Written + " | " + m.Door + " | " + m.Ending + " | " + m.Why + " |\n")
	}
	published(t, "../../docs/reference/parity.md", page.String())
	doc, err := os.ReadFile("../../docs/parity.md")
	if err != nil {
		t.Fatal(err)
	}
	now := between(t, string(doc), "endings", table.String())
	published(t, "../../docs/parity.md", between(t, now, "hotlines", summary.String()))
}

// between replaces what stands between two marks of a page.
func between(t *testing.T, page, mark, text string) string {
	t.Helper()
	from, to := "<!-- "+mark+" -->\n", "<!-- /"+mark+" -->"
	a, b := strings.Index(page, from), strings.Index(page, to)
	if a < 0 || b < a {
		t.Fatalf("docs/parity.md has no place for %s", mark)
	}
	return page[:a+len(from)] + text + page[b:]
}

func published(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%s is not what the conversations come to (%v); make docs writes it again", file, err)
	}
}

// shop is a hotline of one question, that differs by door where the test wants it.
func shop(steps, tests string) fstest.MapFS {
	f := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"bot.yaml":       f("name: boutique\nlanguages: [fr]\ntimezone: Europe/Paris\ndisclosure: \"Je suis un robot.\"\ngreeting: \"Bonjour. {{disclosure}} Que voulez-vous ?\"\npolicy: {transfer: {skills: [fr]}, callback: {}}\n"),
		"intents/a.yaml": f("suivi:\n  title: \"suivre un colis\"\n  fr: [où est mon colis, suivre mon colis, mon colis n'est pas arrivé, j'attends mon paquet, ma livraison est en retard, suivi de commande]\n"),
		"flows/a.yaml":   f("entities:\n  numero: {type: digits, length: 8, dtmf: true}\nflows:\n  suivi:\n    start: [suivi]\n    steps:\n" + steps),
		"tests/a.yaml":   f("tests:\n" + tests),
	}
}

const asksNumber = "      - {collect: numero, ask: {fr: \"Quel numéro ?\"}, confirm: {when: \"CHANNEL && conf < 0.9\", fr: \"Le {{digits numero}} ?\"}}\n"

// TestDifferencesAreSeen: a flow that serves one door worse than the other is found out.
func TestDifferencesAreSeen(t *testing.T) {
	t.Parallel()
	read := strings.Replace(asksNumber, "CHANNEL", "channel != 'text'", 1)
	doubted := "  - name: douteux\n    lang: fr\n    steps:\n      - user: où est mon colis\n      - asr: [{text: \"quarante-cinq douze soixante-dix-huit zéro un\", conf: 0.7}]\n      - user: non zéro deux à la fin\n"
	for name, c := range map[string]struct {
		steps, tests, want string
	}{
		"the same everywhere":       {read + "      - end: {}\n", doubted, ""},
		"read back on a phone only": {strings.Replace(asksNumber, "CHANNEL", "channel == 'voice'", 1) + "      - end: {}\n", doubted, "open speaker: slot numero"},
		"another ending in writing": {read + "      - switch:\n          - {if: \"channel == 'text'\", say: {fr: \"Voilà.\"}}\n          - else: {transfer: {skills: [fr]}}\n", doubted, "text: goes on, not a person"},
		"not to be held as written": {read + "      - {transfer: {skills: [fr]}}\n", doubted + "      - user: merci\n", "voice: as written it cannot be held: line 8"},
		"a number that is not kept": {read + "      - switch:\n          - {if: \"channel == 'speaker'\", reset: [numero]}\n          - else: {say: {fr: \"Voilà.\"}}\n", doubted, "speaker: slot numero is \"\""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := shop(c.steps, c.tests)
			bot, err := flows.Load(fsys, flows.Options{})
			if err != nil {
				t.Fatal(err)
			}
			r, err := Run(fsys, bot, Options{Doors: []Door{Phone, Chat, Alexa, OpenSpeaker}})
			if err != nil {
				t.Fatal(err)
			}
			var diffs []string
			for _, row := range r.Rows {
				for i, cell := range row.Doors {
					if !cell.OK {
						diffs = append(diffs, r.Doors[i].Name+": "+cell.Diff)
					}
				}
			}
			if c.want == "" && len(diffs) > 0 || c.want != "" && !slices.ContainsFunc(diffs, func(s string) bool { return strings.HasPrefix(s, c.want) }) {
				t.Errorf("want %q, got %q", c.want, diffs)
			}
			var text bytes.Buffer
			if err := r.Print(&text); err != nil || !regexp.MustCompile(`1 conversations on 4 doors: [01] the same`).MatchString(text.String()) {
				t.Errorf("%v\n%s", err, text.String())
			}
			if _, err := json.Marshal(r); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestWhatADoorCannotHave is listed, with what is done in its place.
func TestWhatADoorCannotHave(t *testing.T) {
	t.Parallel()
	fsys := shop(strings.Replace(asksNumber, "CHANNEL", "channel != 'text'", 1)+"      - {transfer: {skills: [fr], outcomes: {busy: {say: {fr: \"Occupé.\"}}}}}\n",
		"  - name: tout\n    lang: fr\n    steps:\n      - cut: Bonjour\n      - user: où est mon colis\n      - silence: 8s\n      - asr: [{text: \"quarante-cinq douze soixante-dix-huit zéro un\", conf: 0.7}]\n      - user: non zéro deux à la fin\n      - returned: busy\n")
	bot, err := flows.Load(fsys, flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(fsys, bot, Options{Doors: []Door{Phone, Chat, Alexa}, Match: func(g flowtest.Golden) bool { return g.Name == "tout" }})
	if err != nil {
		t.Fatal(err)
	}
	row := r.Rows[0]
	for i, want := range [][]string{
		nil,
		{noOver, noSilence, noEars + " 45 12 78 02", noReadBack},
		{noOver, noSilence, noEars + " 45 12 78 02", noReadBack, noPerson},
	} {
		var got []string
		for _, l := range row.Doors[i].Lacks {
			got = append(got, strings.TrimSpace(l.Why+" "+l.Instead))
		}
		if !row.Doors[i].OK || !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q; %s", r.Doors[i].Name, got, want, row.Doors[i].Diff)
		}
	}
	if c := row.Doors[2]; !c.Mapped || c.Ending != offersBack {
		t.Errorf("a person at an Alexa: %+v", c)
	}
}
