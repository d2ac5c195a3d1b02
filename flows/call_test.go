package flows_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"decroche/flows"
)

// calling is small with its number asked for by a flow of its own.
func calling(t testing.TB) fstest.MapFS {
	return bot(t, "flows/all.yaml", "      - collect: numero\n        ask: \"Quel numéro ?\"\n", "      - call: identifier\n",
		"flows/all.yaml", "  humain:\n", `  identifier:
    steps:
      - collect: numero
        ask: "Quel numéro ?"
      - call: politesse
      - say: "Bien reçu."
  politesse:
    steps:
      - say: "Merci."
  humain:
`)
}

// A called flow shares the slots and comes back without a word.
func TestCall(t *testing.T) {
	t.Parallel()
	b := load(t, calling(t))
	tk := begin(t, b, flows.Input{}).says("où est mon colis")
	if !strings.Contains(tk.said(), "Quel numéro") {
		t.Fatal(tk.said())
	}
	tk.keys("45127802")
	if tk.said() != "Merci. Bien reçu." || tk.out.Act == nil || !strings.HasSuffix(tk.out.Act.Args["url"].(string), "/45127802") {
		t.Fatalf("said %q, act %+v", tk.said(), tk.out.Act)
	}
	if tk.acted("ok", map[string]any{"status": "ok"}); !strings.HasPrefix(tk.said(), "C'est bon. Avez-vous") {
		t.Error(tk.said())
	}
	// A digression out of a called flow returns into it; giving up gives up the whole wish.
	tk = begin(t, b, flows.Input{}).says("où est mon colis").says("une vraie personne").turn(flows.Input{Kind: flows.Returned, Outcome: "cancelled"})
	if !strings.Contains(tk.said(), "Quel numéro") {
		t.Errorf("back from the digression: %q", tk.said())
	}
	if tk.says("laissez tomber"); !strings.Contains(tk.said(), "autre question") || strings.Contains(tk.said(), "Quel numéro") {
		t.Errorf("given up: %q", tk.said())
	}
}

func TestCallProblems(t *testing.T) {
	t.Parallel()
	const f = "flows/all.yaml"
	for _, c := range []struct{ name, steps, flows, want string }{
		{"unknown", "call: identifer", "identifier: {steps: [{say: a}]}", `no flow is called "identifer"; did you mean "identifier"?`},
		{"itself", "call: suivi", "", `call "suivi" leads back to flow "suivi"`},
		{"through others", "call: a", "a: {steps: [{call: b}]}\n  b: {steps: [{say: x}, {goto: suivi}]}", `leads back to flow "suivi"`},
		{"deep", "call: a", "a: {steps: [{call: b}]}\n  b: {steps: [{call: c}]}\n  c: {steps: [{call: d}]}\n  d: {steps: [{call: e}]}\n  e: {steps: [{call: g}]}\n  g: {steps: [{say: x}]}", "6 calls deep; at most 5"},
		{"nobody calls", "say: x", "a: {steps: [{say: x}]}", `nothing starts flow "a"`},
	} {
		edits := []string{f, "      - end: true\n", "      - " + c.steps + "\n      - end: true\n"}
		if c.flows != "" {
			edits = append(edits, f, "  humain:\n", "  "+c.flows+"\n  humain:\n")
		}
		if _, err := flows.Load(bot(t, edits...), flows.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
