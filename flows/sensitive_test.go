package flows_test

import (
	"encoding/json"
	"strings"
	"testing"

	"decroche/flows"
)

// secretive is the small bot with a number that must not be kept, sent in the body, read back and
// told to the agent.
func secretive(t testing.TB) *flows.Bot {
	return load(t, bot(t, "flows/all.yaml", `        ask: "Quel numéro ?"
`, `        ask: "Quel numéro ?"
        sensitive: true
        fact: "Numéro {{numero}}."
        confirm: {when: "conf < 0.95", fr: "Le {{digits numero}}, c'est bien ça ?", echo: "Le {{numero}}, d'accord."}
`, "flows/all.yaml", `        url: "{{vars.api}}/orders/{{numero}}"
`, `        url: "{{vars.api}}/orders"
        method: POST
        body: {number: "{{numero}}"}
`, "flows/all.yaml", `        say: "En panne."
`, `        transfer: {skills: [fr], reason: "panne"}
`))
}

// written is all of an output that a host writes down: everything but the state, the arguments of
// the action and what is spoken.
func written(t testing.TB, o flows.Output) string {
	o.State = flows.State{}
	o.Say = append([]flows.Prompt(nil), o.Say...)
	for i := range o.Say {
		o.Say[i].Voice, o.Say[i].SSML = "", ""
	}
	if o.Act != nil {
		a := *o.Act
		a.Args, a.Secrets = nil, nil
		o.Act = &a
	}
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSensitiveValuesAreOnlyActedOn(t *testing.T) {
	t.Parallel()
	b := secretive(t)
	if !b.Sensitive() || load(t, bot(t)).Sensitive() {
		t.Error("which bots are sensitive")
	}
	tk := begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis")
	check := func(what string, sensitive bool) {
		t.Helper()
		w := written(t, tk.out)
		for _, part := range []string{"4512", "45 12", "7802", "78 02", "45127802"} {
			if strings.Contains(w, part) {
				t.Errorf("%s: %q is written: %s", what, part, w)
			}
		}
		if tk.out.Sensitive != sensitive {
			t.Errorf("%s: sensitive %v", what, tk.out.Sensitive)
		}
	}
	check("asked", false)
	if !tk.out.Expect.Sensitive {
		t.Error("the host is not told that the answer is sensitive")
	}
	tk.turn(flows.Input{Kind: flows.Said, Text: "quarante-cinq douze soixante-dix-huit zéro deux", Confidence: 0.5,
		Alternatives: []flows.Alternative{{Text: "quarante-cinq douze soixante-dix-huit douze", Confidence: .3}}})
	check("said", true)
	if p := tk.out.Say[len(tk.out.Say)-1]; !strings.Contains(p.Text, flows.Masked) || strings.Contains(p.Voice, flows.Masked) || !strings.Contains(p.Voice, "quarante") {
		t.Errorf("read back as %q, spoken %q", p.Text, p.Voice)
	}
	if len(tk.out.Slots) != 1 || tk.out.Slots[0].Value != flows.Masked || tk.out.Slots[0].Shown != flows.Masked {
		t.Errorf("slots %+v", tk.out.Slots)
	}
	if !tk.out.Expect.Sensitive {
		t.Error("a correction may come: it is sensitive too")
	}
	tk.says("oui")
	check("confirmed", true)
	if tk.out.Act == nil {
		t.Fatalf("next %q", tk.out.Next)
	}
	if body, _ := tk.out.Act.Args["body"].(map[string]any); body["number"] != "45127802" {
		t.Errorf("the action gets %v", tk.out.Act.Args)
	}
	if got := flows.Mask("POST 45127802: refused", tk.out.Act.Secrets); got != "POST ••••: refused" {
		t.Errorf("an error about it says %q", got)
	}
	tk.turn(flows.Input{Kind: flows.Acted, Outcome: "error"})
	check("handed over", false)
	if tk.out.Transfer == nil || !strings.Contains(strings.Join(tk.out.Transfer.Summary, " "), flows.Masked) {
		t.Errorf("transfer %+v", tk.out.Transfer)
	}
}

// Words that told a sensitive value without being asked, or missed it, are not kept either.
func TestSensitiveWordsAreNotKept(t *testing.T) {
	t.Parallel()
	tk := begin(t, secretive(t), flows.Input{Channel: flows.Voice}).says("où est mon colis quarante-cinq douze soixante-dix-huit zéro deux")
	if !tk.out.Sensitive {
		t.Errorf("a number that was volunteered may be kept: %s, slots %v", tk.said(), tk.out.Slots)
	}
	tk = begin(t, secretive(t), flows.Input{Channel: flows.Voice}).says("où est mon colis").says("quarante-cinq douze neuf cent mille")
	if !tk.out.Sensitive {
		t.Error("a number that was not understood may be kept")
	}
	for range 3 {
		tk.says("euh quarante-cinq douze neuf cent mille")
		if len(tk.out.Unclear) > 0 {
			t.Errorf("the inbox gets %+v", tk.out.Unclear)
		}
		if tk.out.Next != flows.Listen {
			break
		}
	}
}
