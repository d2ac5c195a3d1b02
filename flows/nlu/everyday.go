package nlu

import (
	"slices"
	"strings"
)

// everyday is what people talk of in general, a topic a line. The classifier learns it as "none
// of the intents", word by word, but for words that the bot's own examples use: a pizzeria's bot
// has "pizza" for itself. What strangers to a hotline want is mostly made of such words.
var everyday = map[string][]string{
	"fr": {
		"manger boire repas déjeuner dîner restaurant cuisine recette plat dessert menu réservation table serveur faim soif",
		"pizza pâtes riz viande poulet poisson légumes salade soupe fromage pain croissant gâteau chocolat œufs fruits pommes",
		"café thé vin bière eau jus bouteille verre apéritif boulangerie boucherie marché supermarché courses",
		"médecin docteur dentiste hôpital infirmière pharmacie ordonnance médicament vaccin analyse radio urgences clinique kiné",
		"mal malade fièvre toux grippe rhume ventre tête dos dent genou bras jambe cœur sang douleur allergie enceinte",
		"chien chat animal vétérinaire croquettes oiseau cheval lapin poisson rouge souris abeille moustique",
		"temps météo pluie soleil neige vent orage froid chaud nuage température parapluie canicule",
		"père mère fils fille frère sœur mari femme bébé enfant grand-mère oncle cousin mariage anniversaire famille naissance",
		"école collège lycée classe professeur maître élève devoirs examen bac université cantine crèche nounou vacances",
		"football match équipe joueur tennis vélo course piscine natation gymnastique yoga judo stade gagner champion sport",
		"musique chanson chanter concert guitare piano film cinéma théâtre série acteur livre roman musée exposition radio",
		"voiture moto garage mécanicien essence pneu frein moteur permis conduire accident autoroute stationnement parking vidange",
		"train gare métro bus tramway avion aéroport valise passager taxi billet voyage hôtel chambre plage montagne camping",
		"maison appartement loyer propriétaire locataire visite cuisine salon chambre jardin garage cave toit fenêtre porte escalier clés",
		"plombier électricien peintre menuisier fuite robinet évier toilettes douche chaudière chauffage radiateur travaux peinture carrelage",
		"canapé lit matelas armoire chaise meuble machine laver frigo four aspirateur vaisselle ménage repassage poubelle",
		"arbre fleur rose pelouse tondeuse potager plante graine feuille haie forêt champ ferme tracteur vache",
		"robe pantalon chemise chaussures manteau chapeau pull jupe taille couture bijou montre sac coiffeur cheveux barbe ongles maquillage",
		"mairie maire impôts carte identité passeport préfecture police gendarmerie tribunal avocat notaire plainte juge élection vote",
		"travail emploi patron salaire chômage retraite embauche candidature entretien collègue congés stage syndicat grève",
		"banque crédit épargne livret hypothèque bourse assurance héritage argent chèque",
		"ordinateur imprimante clavier écran souris logiciel virus fichier photo vidéo jeu",
		"voisin bruit fête cambriolage voleur clé serrure alarme incendie pompiers",
		"blague histoire capitale pays président roi guerre histoire planète lune étoile calcul fois plus moins traduire",
		"église messe prêtre prière enterrement cimetière baptême dieu noël pâques",
		"amour ami copain aimer triste content ennuyer seul dormir rêve fatigué rire",
	},
	"en": {
		"eat drink meal lunch dinner breakfast restaurant kitchen recipe cook dish dessert menu table waiter hungry thirsty",
		"pizza pasta rice meat chicken fish vegetables salad soup cheese bread cake chocolate eggs fruit apples sausage curry pancake",
		"coffee tea wine beer water juice bottle glass pub bakery butcher market supermarket groceries",
		"doctor dentist hospital nurse chemist pharmacy prescription medicine vaccine surgery clinic appointment optician",
		"ill sick fever cough flu cold stomach head back tooth knee arm leg heart blood pain allergy pregnant hurt",
		"dog cat animal vet pet food bird horse rabbit hamster mouse bee",
		"weather rain sun snow wind storm cold hot cloud temperature umbrella forecast",
		"father mother son daughter brother sister husband wife baby child grandmother uncle cousin wedding birthday family born",
		"school college class teacher pupil homework exam university nursery holidays lesson course",
		"football match team player tennis bike race swimming gym yoga stadium win champion sport game",
		"music song sing concert guitar piano film cinema theatre play series actor book novel museum radio joke jazz",
		"car motorbike garage mechanic petrol tyre brake engine licence drive crash motorway parking van mirror service",
		"train station tube bus tram plane airport suitcase passenger taxi ticket travel hotel room beach mountain camping",
		"house flat rent landlord tenant viewing kitchen bedroom garden cellar roof window door stairs keys mortgage",
		"plumber electrician painter carpenter leak tap sink toilet shower boiler heating radiator repair paint tiles",
		"sofa bed mattress wardrobe chair furniture washing machine fridge oven vacuum dishes cleaning ironing bin",
		"tree flower rose lawn mower vegetable plant seed leaf hedge forest field farm tractor cow",
		"dress trousers shirt shoes coat hat jumper skirt size sewing jewel watch bag hairdresser haircut beard nails",
		"council mayor tax identity passport police court lawyer solicitor judge election vote certificate",
		"job work boss wages unemployed pension hire apply interview colleague leave strike",
		"bank loan savings mortgage shares insurance inheritance cheque money interest",
		"computer laptop printer keyboard screen software virus file photo video game",
		"neighbour noise party burglar thief lock alarm fire brigade",
		"story capital country president king war history planet moon star times plus minus translate tall wrote",
		"church mass priest prayer funeral cemetery christening god christmas easter",
		"love friend like sad happy bored lonely sleep dream tired laugh favourite",
		"parcel courier delivery shop return shoes order internet router broadband phone mobile network signal",
		"electricity gas meter bill energy supplier light lamp",
	},
}

// strangers are the background sentences and the everyday topics without what the examples say.
func strangers(lang string, texts []string, more []string) []string {
	own := map[string]bool{}
	for _, t := range texts {
		for _, w := range normalise(lang, t) {
			own[stemOf(lang, w)] = true
		}
	}
	var out []string
	for _, s := range background(lang) {
		mine, all := 0, 0
		for _, w := range normalise(lang, s) {
			if !stopWords(lang)[w.plain] {
				all++
			}
			if !stopWords(lang)[w.plain] && own[stemOf(lang, w)] {
				mine++
			}
		}
		if all < 2 || 2*mine <= all {
			out = append(out, s)
		}
	}
	const few = 4 // words of a topic that make up one text
	for _, topic := range everyday[lang] {
		line, n := "", 0
		for _, w := range normalise(lang, topic) {
			if own[stemOf(lang, w)] {
				continue
			}
			line += w.accented + " "
			if n++; n == few {
				out = append(out, line)
				line, n = "", 0
			}
		}
		if n > 1 {
			out = append(out, line)
		}
	}
	return append(out, more...)
}

// estrange makes of an example a sentence that strangers say. Half of the words that carry meaning
// become words of everyday: "Vous êtes ouverts le dimanche" is then about yoga on Sundays. In
// every third sentence all of them become words that nobody knows, and every sixth is nothing but
// such a word. The same n gives the same sentence.
func estrange(lang, text string, n int) string {
	words := normalise(lang, text)
	var at []int
	for i, w := range words {
		if !stopWords(lang)[w.plain] && w != number {
			at = append(at, i)
		}
	}
	topics := everyday[lang]
	topic := strings.Fields(topics[n%len(topics)])
	if n%6 == 0 {
		return backwards(topic[n/6%len(topic)])
	}
	for k := range at {
		w := topic[(n+k)%len(topic)]
		switch {
		case n%3 == 0:
			words[at[k]].accented = backwards(w)
		case k%2 == n%2 || len(at) == 1:
			words[at[k]].accented = w
		}
	}
	out := make([]string, len(words))
	for i, w := range words {
		if out[i] = w.accented; w == number {
			out[i] = "1"
		}
	}
	return strings.Join(out, " ")
}

// backwards makes a word that no list has.
func backwards(w string) string {
	r := []rune(w)
	slices.Reverse(r)
	return string(r)
}
