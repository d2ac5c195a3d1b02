package nlu

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func readTSV(t *testing.T, name string) []Example {
	t.Helper()
	root := os.Getenv("DECROCHE_TESTDATA")
	if root == "" {
		t.Skip("DECROCHE_TESTDATA is not set: the Banking77 sentences are not in the repository")
	}
	f, err := os.Open(filepath.Join(root, "data", "nlu", "banking77", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []Example
	for s := bufio.NewScanner(f); s.Scan(); {
		intent, text, _ := strings.Cut(s.Text(), "\t")
		out = append(out, Example{intent, text})
	}
	return out
}

func accuracy(c *Classifier, test []Example) float64 {
	right := 0
	for _, e := range test {
		if c.Classify(e.Text)[0].Intent == e.Intent {
			right++
		}
	}
	return float64(right) / float64(len(test))
}

// TestBanking77 holds the classifier to the figure of FLOWS: 75 % with ten examples for
// each of 77 intents.
func TestBanking77(t *testing.T) {
	t.Parallel()
	train, test := readTSV(t, "train_10.tsv"), readTSV(t, "test.tsv")
	began := time.Now()
	c, err := Train("en", train, Options{})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	began = time.Now()
	got := accuracy(c, test)
	act, clarify := c.Thresholds()
	t.Logf("accuracy %.3f, trained in %v, %v a sentence, %d KiB, act %.2f, clarify %.2f, calibration %+v", got, took, time.Since(began)/time.Duration(len(test)), c.Size()>>10, act, clarify, c.calibration)
	if got < 0.75 {
		t.Errorf("accuracy %.3f, want at least 0.75", got)
	}
}

func TestCommand(t *testing.T) {
	t.Parallel()
	for lang, table := range map[string]map[string][]string{
		"fr": {
			CommandAgent: {"agent", "un agent", "un humain", "humain", "une vraie personne", "un conseiller", "conseiller s'il vous plaît", "je veux parler à quelqu'un", "je veux parler a quelqu un", "passez moi un conseiller",
				"passez-moi un conseiller s'il vous plaît", "bonjour je voudrais parler à un conseiller s'il vous plaît", "je voudrais avoir quelqu'un au téléphone", "mettez-moi en relation avec un humain", "je préfère parler à une personne",
				"est-ce que je peux parler à quelqu'un", "je veux un conseiller", "euh non je veux parler à un être humain", "je ne veux pas parler à un robot", "parler à un conseiller", "j'aimerais discuter avec un conseiller", "le service client",
				"je voudrais parler à un responsable parce que mon colis n'est jamais arrivé", "vous pouvez me passer quelqu'un", "transférez-moi à un opérateur", "y a quelqu'un", "oui je voudrais parler à quelqu'un", "je veux parler à un conseillé", "est-ce que quelqu'un peut m'aider", "j'ai besoin de quelqu'un pour m'aider", "je peux avoir un conseiller", "conseillé"},
			CommandRepeat: {"répétez", "pardon ?", "comment ?", "vous pouvez répéter", "vous pouvez répéter s'il vous plaît", "pardon vous pouvez répéter la question", "j'ai pas compris", "je n'ai pas entendu", "j'ai pas bien entendu", "quoi", "hein", "encore une fois",
				"pouvez-vous répéter", "redites-moi ça", "je n'ai pas compris la question", "répète", "qu'est-ce que vous avez dit", "excusez-moi j'ai pas entendu"},
			CommandCancel:  {"laissez tomber", "annulez", "annuler", "non laissez tomber", "oubliez", "laisse tomber", "on annule tout", "tant pis", "non rien", "je change d'avis"},
			CommandStop:    {"stop", "arrêtez", "stop stop", "taisez-vous", "arrête", "ça suffit"},
			CommandSlower:  {"plus lentement", "moins vite s'il vous plaît", "parlez plus lentement", "vous parlez trop vite", "vous pouvez parler moins vite", "un peu plus lentement s'il vous plaît"},
			CommandGoodbye: {"au revoir", "merci au revoir", "c'est tout merci", "non merci c'est bon", "ce sera tout", "non c'est tout", "bonne journée", "merci bonne journée", "non merci au revoir", "non ce sera tout merci", "c'est bon merci", "d'accord merci au revoir"},
			CommandWait:    {"attendez", "une seconde", "attendez une seconde", "deux minutes", "un instant s'il vous plaît", "attendez je cherche", "attends", "ne quittez pas", "donnez-moi une minute", "attendez attendez", "je cherche", "un petit moment", "une petite seconde je regarde", "attendez je cherche mes lunettes", "une seconde que je prenne un stylo", "attendez je vais chercher le courrier"},
			CommandNoRecording: {"pas d'enregistrement", "non pas d'enregistrement s'il vous plaît", "je ne veux pas être enregistré", "je veux pas être enregistrée", "je refuse l'enregistrement", "je refuse d'être enregistré", "n'enregistrez pas", "ne m'enregistrez pas", "ne m'enregistrez pas s'il vous plaît", "arrêtez l'enregistrement",
				"stop à l'enregistrement", "arrêtez d'enregistrer", "supprimez l'enregistrement", "je ne souhaite pas être enregistré", "je ne veux pas que cet appel soit enregistré", "je m'oppose à l'enregistrement", "je refuse que vous m'enregistriez", "sans enregistrement", "je ne veux pas d'enregistrement", "je préfère ne pas être enregistré", "euh je ne veux pas qu'on m'enregistre"},
			CommandHelp: {"aide", "aidez-moi", "qu'est-ce que je peux dire", "j'ai besoin d'aide", "que pouvez-vous faire", "comment ça marche", "à l'aide"},
			CommandDontHave: {"je ne l'ai pas", "je l'ai pas", "je l'ai pas sous les yeux", "je ne l'ai pas sous la main", "j'ai pas le numéro", "je n'ai pas de numéro", "je le connais pas", "je ne sais pas", "je ne le trouve pas", "j'ai perdu le numéro", "je ne m'en souviens plus",
				"euh je l'ai pas sous les yeux là", "j'en ai pas", "je n'ai pas mon numéro de commande", "aucune idée"},
			"": {"je voudrais annuler ma commande", "où est mon colis", "quarante-cinq douze", "oui", "non", "je voudrais arrêter mon abonnement", "le conseiller m'a dit que c'était bon", "j'ai déjà parlé à un conseiller hier", "je n'ai vu personne", "il n'y avait personne à la livraison",
				"je n'ai pas reçu mon colis", "je ne veux pas parler à un conseiller", "merci", "bonjour", "d'accord", "c'est la personne qui m'a livré", "je n'ai pas compris ma facture", "comment suivre mon colis", "j'ai besoin d'aide pour un remboursement", "une seconde commande", "mon colis est enregistré", "où en est l'enregistrement de ma demande", "je n'ai pas reçu l'enregistrement", "enregistrez ma demande", "vous pouvez enregistrer mon adresse",
				"mon colis a deux minutes de retard", "je voudrais un remboursement", "annulez ma commande", "c'est bon", "", "en fait je ne suis pas là mardi", "je cherche mon colis", "attendez je cherche mon colis", "non merci", "arrêtez mon abonnement", "je ne connais pas cette personne", "à quelle heure êtes-vous ouverts", "non je l'ai pas reçu", "je ne l'ai pas reçu", "on m'a dit d'appeler le service client", "je voudrais savoir si un conseiller m'a rappelé", "quelqu'un a signé à ma place", "je veux envoyer un colis à une personne à Paris", "je voudrais parler de mon colis", "passez une bonne journée à tous", "il y a une personne qui a signé", "j'ai donné le colis à quelqu'un", "je veux qu'on me rappelle"},
		},
		"en": {
			CommandAgent: {"agent", "a human", "a real person", "human please", "can i speak to someone", "i want to talk to a real person", "put me through to an advisor", "hello i'd like to speak to an agent please", "operator", "customer service", "i don't want to talk to a robot",
				"let me talk to a human", "could you transfer me to someone please", "i need a human", "representative", "give me a real person", "can i get a person on the line", "i need someone to help me", "can you put me through", "let me speak to your manager"},
			CommandRepeat:  {"pardon", "sorry", "what", "repeat", "can you repeat that please", "could you say that again", "i didn't catch that", "i didn't hear you", "say again", "come again", "sorry what was that"},
			CommandCancel:  {"cancel", "never mind", "nevermind", "forget it", "cancel that", "i changed my mind", "start over"},
			CommandStop:    {"stop", "stop it", "be quiet", "stop stop", "enough"},
			CommandSlower:  {"slower please", "more slowly", "can you speak more slowly", "slow down", "you're too fast"},
			CommandGoodbye: {"goodbye", "bye", "bye bye", "that's all thanks", "no thanks that's all", "no that's all", "have a nice day", "that's it"},
			CommandWait:    {"wait", "hold on", "one second", "just a moment please", "hang on a minute", "bear with me", "give me a second", "let me check", "hold on i'm looking for my glasses", "wait let me get a pen"},
			CommandNoRecording: {"no recording", "no recording please", "don't record", "don't record me", "please don't record this call", "i don't want to be recorded", "i don't want this call recorded", "i don't want this call to be recorded", "stop recording", "stop the recording", "delete the recording", "i refuse to be recorded",
				"i do not wish to be recorded", "i'd rather not be recorded", "i don't want you to record me", "stop recording me"},
			CommandHelp:     {"help", "what can i say", "help me", "what are my options"},
			CommandDontHave: {"i don't have it", "i don't have it on me", "i don't know", "i haven't got it", "i can't find it", "no idea", "i don't have the order number", "i've lost it"},
			"":              {"i want to cancel my order", "where is my parcel", "yes", "no", "four five one two", "i already spoke to an agent yesterday", "cancel my order", "i don't want to speak to an agent", "thanks", "stop my subscription", "i don't have my parcel", "the agent was rude", "", "hello", "i need help with my refund", "someone signed for it", "i have a person at home", "i want to send it to a person in paris", "i haven't received it", "i don't know where my parcel is", "record my request", "i have a recorded delivery", "the recording says otherwise"},
		},
	} {
		for want, list := range table {
			for _, s := range list {
				if got := Command(lang, s); got != want {
					t.Errorf("%s %q: command %q, want %q", lang, s, got, want)
				}
			}
		}
	}
}

func TestYesNo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang, said string
		yes, ok    bool
		rest       string
	}{
		{"fr", "oui", true, true, ""},
		{"fr", "oui, c'est ça.", true, true, ""},
		{"fr", "non c'est pas ça c'est quarante-cinq", false, true, "c'est quarante-cinq"},
		{"fr", "non, zéro deux à la fin", false, true, "zéro deux à la fin"},
		{"fr", "oui mais je voudrais changer l'adresse", true, true, "je voudrais changer l'adresse"},
		{"fr", "où est mon colis", false, false, "où est mon colis"},
		{"en", "no it's four five", false, true, "it's four five"},
		{"en", "yep that's right", true, true, ""},
	} {
		yes, ok, rest := YesNo(c.lang, c.said)
		if yes != c.yes || ok != c.ok || strings.TrimPrefix(rest, "mais ") != c.rest {
			t.Errorf("%s %q: %v %v %q, want %v %v %q", c.lang, c.said, yes, ok, rest, c.yes, c.ok, c.rest)
		}
	}
}
