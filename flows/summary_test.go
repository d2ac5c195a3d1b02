package flows_test

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"decroche/flows"
)

// kept is what a host has written down of a conversation, as a summary may tell it.
type kept struct {
	text      strings.Builder // all that the engine put out and was told
	slots     map[string]flows.SlotValue
	misses    int
	transfers int
}

func (k *kept) turn(in flows.Input, o flows.Output) {
	k.slots = map[string]flows.SlotValue{}
	for _, s := range o.Slots {
		k.slots[s.Name] = s
	}
	for _, v := range []any{in, o.Say, o.Slots, o.Trace} {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		k.text.Write(append(b, '\n'))
	}
	for _, st := range o.Trace {
		if strings.HasPrefix(st.Note, "no_match") {
			k.misses++
		}
	}
}

var (
	figures  = regexp.MustCompile(`[0-9]+`)
	heardAt  = regexp.MustCompile(` \((entendu à|heard at) ([0-9]+)[ \x{202f}]?%\)`)
	repeated = regexp.MustCompile(`^(A dû se répéter|Had to repeat) `)
)

// invents returns what a line of a summary says that is not in the record; "" when all is.
func (k *kept) invents(line string) string {
	if strings.Contains(line, "%!") || strings.Contains(line, "{{") {
		return "a sentence"
	}
	if repeated.MatchString(line) {
		if k.misses == 0 {
			return "a repetition"
		}
		return ""
	}
	if strings.HasPrefix(line, "Un premier transfert") && k.transfers == 0 {
		return "a transfer"
	}
	if strings.HasSuffix(line, ", confirmé.") {
		for _, s := range k.slots {
			if s.Confirmed && strings.Contains(line, s.Shown) {
				return ""
			}
		}
		return "a confirmation"
	}
	if m := heardAt.FindStringSubmatch(line); m != nil {
		n, _ := strconv.Atoi(m[2])
		found := false
		for _, s := range k.slots {
			found = found || !s.Confirmed && strings.Contains(line, s.Shown) && n == int(100*s.Confidence)
		}
		if !found {
			return "a confidence"
		}
		line = strings.Replace(line, m[0], "", 1)
	}
	for _, f := range figures.FindAllString(line, -1) {
		if !strings.Contains(k.text.String(), f) {
			return "the figure " + f
		}
	}
	return ""
}

// What the property looks for is what it finds: a table of lines that lie.
func TestInventionsAreFound(t *testing.T) {
	t.Parallel()
	k := &kept{}
	k.turn(flows.Input{Text: "c'est le 45127802"}, flows.Output{Slots: []flows.SlotValue{{Name: "numero", Value: "45127802", Shown: "45 12 78 02", Confidence: 0.72}, {Name: "ville", Shown: "Lyon", Confirmed: true, Confidence: 1}}})
	for line, want := range map[string]string{
		"Numéro : 45 12 78 02, à vérifier (entendu à 72 %).": "",
		"Ville : Lyon, confirmé.":                            "",
		"Le colis 45127802 est en retard.":                   "",
		"Numéro : 45 12 78 02, à vérifier (entendu à 98 %).": "a confidence",
		"Ville : Lyon, à vérifier (entendu à 100 %).":        "a confidence",
		"Numéro : 45 12 78 02, confirmé.":                    "a confirmation",
		"Ville : Paris, confirmé.":                           "a confirmation",
		"Le colis arrive le 24.":                             "the figure 24",
		"A dû se répéter une fois.":                          "a repetition",
		"Un premier transfert n’a pas abouti.":               "a transfer",
		"%!(EXTRA string=Ville)":                             "a sentence",
		"Colis {{numero}}.":                                  "a sentence",
	} {
		if got := k.invents(line); got != want {
			t.Errorf("%q invents %q, want %q", line, got, want)
		}
	}
}

// In conversations of any course, a summary and a briefing say only what the record has: figures, what was
// confirmed, how surely it was heard, repetitions, transfers that failed.
func TestSummariesInventNothing(t *testing.T) {
	t.Parallel()
	b := colibri(t)
	said := []string{"où est mon colis", "mon colis est en retard", "45127802", "le numéro est quarante-cinq douze soixante-dix-huit zéro deux", "oui", "non", "non, c'est 45127803", "euh", "bla bla bla", "je veux parler à quelqu'un", "une vraie personne", "je veux modifier mon adresse", "douze rue de la Paix à Lyon", "demain matin", "mardi 3 mars", "le colis est abîmé", "je m'appelle Durand", "01 23 45 67 89", "merci", "quelles sont vos horaires", "annulez tout"}
	results := []map[string]any{{"status": "ok"}, {"status": "in_transit", "eta": "2026-11-24", "city": "Lyon"}, {}, {"status": "lost", "parcel": map[string]any{"status": "delayed"}}}
	summaries := 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(7, seed))
		k := &kept{}
		in := flows.Input{Channel: flows.Voice, Lang: "fr", Caller: "+33612345678"}
		tk := begin(t, b, in)
		k.turn(in, tk.out)
		for range 25 {
			switch {
			case tk.out.Next == flows.HandOff:
				summaries++
				for _, line := range append(tk.out.Transfer.Summary, tk.out.Transfer.Briefing) {
					if strings.HasPrefix(line, "Demande : ") {
						continue // a title of the bot's
					}
					if what := k.invents(line); what != "" {
						t.Fatalf("seed %d: %q invents %s; the record:\n%s", seed, line, what, k.text.String())
					}
				}
				k.transfers++
				in = flows.Input{Kind: flows.Returned, Outcome: []string{"nobody", "busy", "caller_back"}[r.IntN(3)]}
			case tk.out.Next == flows.DoAct:
				in = flows.Input{Kind: flows.Acted, Outcome: []string{"ok", "ok", "error", "timeout"}[r.IntN(4)], Result: map[string]any{"status": 200, "body": results[r.IntN(len(results))]}}
			case tk.out.Next == flows.Listen && r.IntN(8) == 0:
				in = flows.Input{Kind: flows.Silence}
			case tk.out.Next == flows.Listen && r.IntN(6) == 0:
				in = flows.Input{Kind: flows.Digits, Digits: []string{"1", "2", "0", "45127802", "4512"}[r.IntN(5)]}
			case tk.out.Next == flows.Listen:
				in = flows.Input{Kind: flows.Said, Text: said[r.IntN(len(said))], Confidence: 0.3 + 0.7*r.Float64()}
			default:
				in.Kind = flows.Start
			}
			if in.Kind == flows.Start {
				break
			}
			tk.turn(in)
			k.turn(in, tk.out)
		}
	}
	if summaries < 50 {
		t.Errorf("only %d summaries were looked at", summaries)
	}
}
