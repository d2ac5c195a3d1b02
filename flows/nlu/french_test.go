package nlu

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// hotline is a parcel company's intents, a dozen sentences each, as its people would write
// them; callers is what callers then say, euh and all.
var hotline = map[string][]string{
	"suivi_colis": {"où est mon colis", "je n'ai pas reçu mon paquet", "suivre ma commande", "mon colis n'est toujours pas arrivé", "j'attends une livraison depuis trois jours", "quand est-ce que je vais être livré",
		"je voudrais savoir où en est ma commande", "ma livraison a du retard", "suivi de colis", "est-ce que mon paquet est parti", "je veux des nouvelles de mon colis", "la livraison devait arriver hier"},
	"remboursement": {"je voudrais être remboursé", "où en est mon remboursement", "quand vais-je récupérer mon argent", "j'ai renvoyé un article et je n'ai pas été remboursé", "demander un remboursement", "vous me devez de l'argent",
		"rembourser ma commande", "je n'ai pas reçu le virement du remboursement", "état du remboursement", "le remboursement n'apparaît pas sur mon compte", "rendez-moi mes sous", "je veux qu'on me rembourse"},
	"horaires": {"quels sont vos horaires", "à quelle heure ouvrez-vous", "vous êtes ouverts le samedi", "jusqu'à quelle heure je peux passer", "horaires d'ouverture", "est-ce que c'est ouvert le dimanche", "vous fermez à quelle heure",
		"quand est-ce que vous êtes ouverts", "le point relais est ouvert aujourd'hui", "heures d'ouverture de l'agence", "vous êtes là entre midi et deux", "c'est ouvert les jours fériés"},
	"changer_adresse": {"je voudrais changer l'adresse de livraison", "je me suis trompé d'adresse", "livrer à une autre adresse", "j'ai déménagé", "modifier l'adresse", "envoyez le colis chez mon voisin", "changer de point relais",
		"l'adresse sur ma commande n'est pas la bonne", "je ne serai pas chez moi il faut livrer ailleurs", "corriger mon adresse", "le numéro de rue est faux", "peut-on livrer au bureau plutôt qu'à la maison"},
	"annuler_commande": {"je voudrais annuler ma commande", "annulation de commande", "je ne veux plus de ma commande", "comment annuler un achat", "j'ai commandé par erreur", "annulez mon colis", "je me rétracte", "je souhaite annuler l'envoi",
		"je n'en veux plus", "arrêtez l'expédition", "supprimer ma commande", "je veux tout annuler et ne rien payer"},
	"colis_abime": {"mon colis est arrivé cassé", "le carton était ouvert", "le contenu est abîmé", "mon paquet est endommagé", "il manque un article dans le colis", "j'ai reçu un produit cassé", "le colis est tout déchiré",
		"la marchandise est en morceaux", "déclarer un dommage", "ce n'est pas le bon article dans le carton", "mon colis a pris l'eau", "faire une réclamation pour un objet abîmé"},
	"tarif": {"combien coûte un envoi", "quels sont vos tarifs", "prix pour envoyer un colis de deux kilos", "c'est combien pour l'Espagne", "tarif express", "je voudrais un devis", "est-ce que c'est cher d'envoyer un paquet",
		"le prix d'une livraison en vingt-quatre heures", "vous prenez combien pour un colis", "frais de port", "quel est le coût d'expédition", "grille tarifaire"},
	"facture": {"je voudrais une facture", "où trouver ma facture", "il y a une erreur sur ma facture", "envoyez-moi la facture", "j'ai besoin d'un justificatif de paiement", "vous m'avez facturé deux fois", "duplicata de facture",
		"je n'ai pas reçu la facture", "le montant de la facture est faux", "facture au nom de ma société", "j'ai été débité deux fois", "je veux un reçu"},
}

var callers = []Example{
	{"suivi_colis", "euh bonjour j'ai toujours pas reçu mon paquet"}, {"suivi_colis", "ouais bonjour c'est pour savoir où est mon colis s'il vous plaît"}, {"suivi_colis", "j'appelle parce que ma commande elle est pas arrivée"},
	{"suivi_colis", "il est où mon paquet"}, {"suivi_colis", "je devais être livré hier et il y a personne qui est passé"}, {"suivi_colis", "vous pouvez me dire quand je serai livré"}, {"suivi_colis", "ça fait une semaine que j'attends ma livraison"},
	{"suivi_colis", "je voudrais suivre un colis"}, {"remboursement", "bonjour alors voilà j'attends un remboursement depuis deux semaines"}, {"remboursement", "je voudrais savoir quand je vais être remboursée"}, {"remboursement", "on ne m'a pas rendu mon argent"},
	{"remboursement", "j'ai rien reçu comme remboursement"}, {"remboursement", "c'est à propos d'un remboursement"}, {"horaires", "vous êtes ouverts jusqu'à quelle heure ce soir"}, {"horaires", "je voulais juste connaître vos horaires"}, {"horaires", "est-ce que vous ouvrez le dimanche matin"},
	{"horaires", "c'est ouvert demain"}, {"changer_adresse", "je me suis trompée dans l'adresse de livraison"}, {"changer_adresse", "est-ce qu'on peut livrer à une autre adresse parce que j'ai déménagé"}, {"changer_adresse", "il faudrait changer l'adresse du colis"},
	{"changer_adresse", "je veux le recevoir au bureau"}, {"annuler_commande", "en fait j'ai plus besoin de ma commande je voudrais l'annuler"}, {"annuler_commande", "je voudrais annuler"}, {"annuler_commande", "comment je fais pour annuler une commande"},
	{"colis_abime", "le colis est arrivé mais tout est cassé dedans"}, {"colis_abime", "mon paquet était ouvert et il manque des choses"}, {"colis_abime", "j'ai reçu un article abîmé"}, {"tarif", "combien ça coûte d'envoyer un colis en Belgique"}, {"tarif", "c'est quoi le prix pour trois kilos"},
	{"tarif", "je voudrais connaître les tarifs"}, {"facture", "il me faudrait une facture pour ma comptabilité"}, {"facture", "j'ai été débité deux fois du même montant"}, {"facture", "je retrouve pas ma facture"},
}

// outsiders want nothing that this hotline does.
var outsiders = []string{"je voudrais prendre rendez-vous chez le dentiste", "ma box internet ne marche plus", "c'est pour une pizza quatre fromages", "mon fils est malade il ne viendra pas à l'école", "quel est le solde de mon compte bancaire",
	"je voudrais réserver une table pour deux", "il pleut depuis ce matin", "j'ai oublié mon mot de passe", "vous vendez des voitures d'occasion", "la mairie est fermée", "je cherche un plombier", "mon chien a mangé une chaussette"}

func trainHotline(t *testing.T) *Classifier {
	t.Helper()
	var ex []Example
	for intent, list := range hotline {
		for _, s := range list {
			ex = append(ex, Example{intent, s})
		}
	}
	slices.SortFunc(ex, func(a, b Example) int { return strings.Compare(a.Text, b.Text) })
	c, err := Train("fr", ex, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFrenchHotline(t *testing.T) {
	t.Parallel()
	began := time.Now()
	c := trainHotline(t)
	act, clarify := c.Thresholds()
	t.Logf("trained in %v, act %.2f, clarify %.2f, %+v", time.Since(began), act, clarify, c.calibration)
	if got := accuracy(c, callers); got < 0.9 {
		t.Errorf("accuracy %.2f on what callers say, want 0.90", got)
	} else {
		t.Logf("accuracy %.3f", got)
	}
	if !(clarify < act && act < 1 && clarify > 0) {
		t.Errorf("thresholds act %.2f clarify %.2f", act, clarify)
	}
	right, wrong := 0, 0
	for _, e := range callers {
		best := c.Classify(e.Text)[0]
		switch {
		case best.P < act:
		case best.Intent == e.Intent:
			right++
		default:
			wrong++
			t.Logf("acted wrongly on %q: %v", e.Text, best)
		}
	}
	taken := 0
	for _, s := range outsiders {
		if best := c.Classify(s)[0]; best.P >= act {
			taken++
			t.Logf("took %q for %v", s, best)
		}
	}
	t.Logf("acted on %d of %d rightly, %d wrongly; took %d of %d outsiders", right, len(callers), wrong, taken, len(outsiders))
	if right < len(callers)*6/10 || wrong > len(callers)/12 || taken > len(outsiders)/4 {
		t.Errorf("thresholds do not separate: %d right, %d wrong of %d, %d of %d outsiders", right, wrong, len(callers), taken, len(outsiders))
	}
}

// TestWordErrors replaces, drops and doubles one word in ten, as a recogniser does.
func TestWordErrors(t *testing.T) {
	t.Parallel()
	c := trainHotline(t)
	rng := rand.New(rand.NewPCG(11, 12))
	noise := strings.Fields("de le la un et est pas que ça mais elle on")
	var heard []Example
	for range 10 {
		for _, e := range callers {
			var out []string
			for _, w := range strings.Fields(strings.ReplaceAll(e.Text, "'", " ")) {
				switch {
				case rng.IntN(10) > 0:
					out = append(out, w)
				case rng.IntN(3) == 0:
				case rng.IntN(2) == 0:
					out = append(out, noise[rng.IntN(len(noise))])
				default:
					out = append(out, w, w)
				}
			}
			heard = append(heard, Example{e.Intent, strings.Join(out, " ")})
		}
	}
	clean, noisy := accuracy(c, callers), accuracy(c, heard)
	t.Logf("accuracy %.3f clean, %.3f with one word in ten wrong", clean, noisy)
	if noisy < clean-0.08 {
		t.Errorf("accuracy falls from %.3f to %.3f", clean, noisy)
	}
}

func TestTrainRefuses(t *testing.T) {
	t.Parallel()
	for _, ex := range [][]Example{nil, {{"", "x"}}, {{"a", "  "}}} {
		if _, err := Train("fr", ex, Options{}); err == nil {
			t.Errorf("%v: no error", ex)
		}
	}
	c, err := Train("fr", []Example{{"seul", "où est mon [colis](objet)"}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Classify("mon colis")[0]; got.Intent != "seul" {
		t.Errorf("one intent: %v", got)
	}
	if got := c.Classify("quel temps fait-il")[0]; got.P > 0.5 {
		t.Errorf("one intent takes anything: %v", got)
	}
}

// TestSame: the same examples give the same classifier.
func TestSame(t *testing.T) {
	t.Parallel()
	a, b := trainHotline(t), trainHotline(t)
	for _, e := range callers {
		x, y := a.Classify(e.Text), b.Classify(e.Text)
		for i := range x {
			if x[i] != y[i] {
				t.Fatalf("%q: %v and %v", e.Text, x[i], y[i])
			}
		}
	}
}

func FuzzClassify(f *testing.F) {
	var ex []Example
	for intent, list := range hotline {
		ex = append(ex, Example{intent, list[0]}, Example{intent, list[1]})
	}
	c, err := Train("fr", ex, Options{})
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"", "où est mon colis", "\xff\xfe", "ééééé", "12 12", strings.Repeat("passez moi ", 300), "non merci c'est bon"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		total := 0.0
		for _, score := range c.Classify(s) {
			if !(score.P >= 0 && score.P <= 1) {
				t.Errorf("%q: %v", s, score)
			}
			total += score.P
		}
		if total > 1.0001 {
			t.Errorf("%q: probabilities sum to %v", s, total)
		}
		for _, lang := range []string{"fr", "en"} {
			Command(lang, s)
			if _, _, rest := YesNo(lang, s); len(rest) > len(s) {
				t.Errorf("%q: rest %q", s, rest)
			}
		}
	})
}

func BenchmarkClassify(b *testing.B) {
	var ex []Example
	for intent, list := range hotline {
		for _, s := range list {
			ex = append(ex, Example{intent, s})
		}
	}
	c, err := Train("fr", ex, Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c.Classify("euh bonjour j'ai toujours pas reçu mon paquet")
	}
}

func BenchmarkCommand(b *testing.B) {
	for b.Loop() {
		Command("fr", "euh bonjour j'ai toujours pas reçu mon paquet et je voudrais savoir où il est")
	}
}
