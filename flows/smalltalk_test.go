package flows_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"decroche/flows"
)

func hasNote(o flows.Output, part string) bool {
	return slices.ContainsFunc(o.Trace, func(s flows.Step) bool { return strings.Contains(s.Note, part) })
}

// Words that say nothing yet draw neither an article nor an intent, in any of the example bots, and
// are no failure.
func TestOpenersAreListenedThrough(t *testing.T) {
	t.Parallel()
	b := colibri(t)
	for lang, list := range map[string][]string{
		"fr": {"ben écoutez", "alors voilà", "bon", "oui bonjour", "oui allô bonjour", "euh", "bonjour madame", "alors euh voilà", "eh bien écoutez voilà", "bon alors", "oui alors en fait", "donc voilà", "ben", "alors écoutez",
			"j'ai une question", "oui bonjour j'aurais une petite question", "c'est pour un renseignement", "je vous explique", "voilà je vous appelle", "bonjour je voudrais savoir", "dites-moi", "enfin bon"},
		"en": {"well", "hello there", "um so", "right then", "listen", "look", "you see", "good morning", "I have a question", "yeah hello I've got a quick question", "I'm calling because", "well you know", "the thing is"},
	} {
		for _, said := range list {
			tk := begin(t, b, flows.Input{Channel: flows.Text, Lang: lang}).says(said)
			if s := tk.said(); tk.out.Next != flows.Listen || tk.out.Intent != "" || hasNote(tk.out, "no_match") || hasNote(tk.out, "article") ||
				!strings.Contains(s, "écoute") && !strings.Contains(s, "Bonjour") && !strings.Contains(s, "Go ahead") && !strings.Contains(s, "Hello") {
				t.Errorf("%s %q: %q %+v", lang, said, s, tk.out.Trace)
			}
		}
	}
	// "allô ?" has not heard: the question is said again.
	if tk := begin(t, b, flows.Input{Channel: flows.Voice}).says("allô ?"); !strings.Contains(tk.said(), "Que puis-je faire") || hasNote(tk.out, "no_match") {
		t.Errorf("allô: %q", tk.said())
	}
	// Nobody is listened through for ever, and what follows an opener is understood.
	tk := begin(t, b, flows.Input{Channel: flows.Text}).says("ben écoutez").says("alors voilà")
	if !hasNote(tk.out, "no_match 1") {
		t.Errorf("the second opener: %q %+v", tk.said(), tk.out.Trace)
	}
	if tk = begin(t, b, flows.Input{Channel: flows.Text}).says("ben écoutez"); tk.says("où est mon colis").out.Intent != "suivi_colis" {
		t.Errorf("after an opener: %q", tk.said())
	}
}

// In the middle of things an opener costs nothing either, and an answer stays one.
func TestOpenersAtAQuestion(t *testing.T) {
	t.Parallel()
	b := load(t, questions(t))
	for _, c := range []struct{ to, said, want string }{
		{"nombre", "ben écoutez", "écoute"}, {"nombre", "alors voilà", "écoute"}, {"nombre", "bon", "écoute"}, {"nombre", "45127802", "Oui ou non"},
		{"oui", "ben écoutez", "écoute"}, {"oui", "bon", "écoute"}, {"oui", "voilà", "Bien."}, {"oui", "oui bonjour", "Bien."}, {"oui", "ok", "Bien."},
		{"encore", "ben écoutez", "écoute"}, {"encore", "bon", "écoute"}, {"encore", "alors écoutez", "écoute"}, {"encore", "merci", "bonne journée"}, {"encore", "oui", "écoute"},
	} {
		tk := begin(t, b, flows.Input{Channel: flows.Text}).says("où est mon colis")
		if c.to != "nombre" {
			tk.says("45127802")
		}
		if c.to == "encore" {
			tk.says("oui")
		}
		if tk.says(c.said); !strings.Contains(tk.said(), c.want) || hasNote(tk.out, "no_match") {
			t.Errorf("%s, %q: %q, want %q; %+v", c.to, c.said, tk.said(), c.want, tk.out.Trace)
		}
	}
}

// questions asks for a number, and then yes or no.
func questions(t testing.TB) fstest.MapFS {
	fs := bot(t)
	fs["flows/all.yaml"] = &fstest.MapFile{Data: []byte(`entities:
  numero: {type: digits, length: 8}
flows:
  suivi:
    start: [colis]
    steps:
      - collect: numero
        ask: "Quel numéro ?"
        confirm: {when: "conf < 0.5", fr: "Le {{value}}, c'est bien ça ?"}
      - ask_yes_no: "Oui ou non ?"
        if_no: {say: "Tant pis.", end: true}
      - say: "Bien."
  humain:
    start: [personne]
    steps:
      - transfer: {skills: [fr]}
`)}
	return fs
}

// A no to a question wins over the commands to give up and to end that it sounds like.
func TestANoIsAnAnswer(t *testing.T) {
	t.Parallel()
	b := load(t, questions(t))
	nos := []string{"non rien du tout", "rien du tout", "non merci rien", "non laissez", "rien merci", "non, laissez tomber", "laissez tomber", "non merci", "non tant pis", "tant pis", "non c'est pas la peine", "non c'est bon merci", "non ça ira merci", "non non rien", "euh non rien"}
	for _, said := range nos {
		if tk := begin(t, b, flows.Input{Channel: flows.Text}).says("où est mon colis").says("45127802").says(said); !strings.HasPrefix(tk.said(), "Tant pis.") {
			t.Errorf("yes or no, %q: %q %+v", said, tk.said(), tk.out.Trace)
		}
		if tk := begin(t, b, flows.Input{Channel: flows.Text}).says("où est mon colis").says("45127802").says("oui").says(said); tk.out.Next != flows.End || tk.out.Outcome != "resolved" {
			t.Errorf("anything else, %q: %q %v %q", said, tk.said(), tk.out.Next, tk.out.Outcome)
		}
	}
	offered := begin(t, colibri(t), flows.Input{Channel: flows.Voice, Caller: "+33612345678"}).says("où est mon colis").keys("45127802").acted("error", nil)
	if !strings.Contains(offered.said(), "rappeler") {
		t.Fatalf("no callback is offered: %q", offered.said())
	}
	for _, said := range nos {
		tk := &talk{TB: t, engine: offered.engine, out: offered.out}
		if tk.says(said); tk.out.Callback != nil || tk.out.Next == flows.End || hasNote(tk.out, "command") {
			t.Errorf("callback, %q: %q %+v", said, tk.said(), tk.out.Trace)
		}
	}
	for said, want := range map[string]string{ // at a value that is read back
		"non rien du tout": "Quel numéro ?", "non": "Quel numéro ?", "laissez tomber": "autre question", "non laissez tomber": "autre question",
	} {
		tk := begin(t, b, flows.Input{Channel: flows.Text}).says("où est mon colis")
		if tk.turn(flows.Input{Kind: flows.Said, Text: "45127802", Confidence: 0.3}).says(said); !strings.Contains(tk.said(), want) {
			t.Errorf("read back, %q: %q, want %q", said, tk.said(), want)
		}
	}
	for said, want := range map[string]string{ // what is more than a no stays a command
		"annulez tout": "command cancel", "non annulez": "command cancel", "non merci au revoir": "command goodbye", "retour au menu": "command cancel",
	} {
		if tk := begin(t, b, flows.Input{Channel: flows.Text}).says("où est mon colis").says("45127802").says(said); !hasNote(tk.out, want) {
			t.Errorf("%q: %q %+v", said, tk.said(), tk.out.Trace)
		}
	}
	en := begin(t, colibri(t), flows.Input{Channel: flows.Voice, Lang: "en", Caller: "+33612345678"}).says("where is my parcel").keys("45127802").acted("error", nil)
	for _, said := range []string{"no nothing at all", "nothing", "no thanks nothing", "never mind", "no leave it", "no, forget it", "no need thanks", "no I'm good thanks"} {
		tk := &talk{TB: t, engine: en.engine, out: en.out}
		if tk.says(said); tk.out.Callback != nil || tk.out.Next == flows.End || hasNote(tk.out, "command") {
			t.Errorf("callback, %q: %q %+v", said, tk.said(), tk.out.Trace)
		}
	}
}
