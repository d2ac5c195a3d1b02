package nlu

import "strings"

// concepts are words that mean much the same to a hotline, a line each: an example with
// "rembourser" then also speaks for "récupérer mon argent". They are the vocabulary of customer
// service in general; a word may stand in several lines, and "_" joins words that only mean it
// together. What they bring, on sets of strangers and of our own: docs/understanding.md.
var concepts = map[string]map[string][]string{
	"fr": conceptMap("fr", frConcepts),
	"en": conceptMap("en", enConcepts),
}

// conceptMap turns the lines into stem (or pair of stems) -> concepts.
func conceptMap(lang string, lines []string) map[string][]string {
	m := map[string][]string{}
	for _, line := range lines {
		name := ""
		for entry := range strings.FieldsSeq(line) {
			var stems []string
			for _, w := range normalise(lang, strings.ReplaceAll(entry, "_", " ")) {
				stems = append(stems, stemOf(lang, w))
			}
			key := strings.Join(stems, " ")
			if name == "" {
				name = "=" + key
			}
			m[key] = append(m[key], name)
		}
	}
	return m
}

// conceptsOf returns the concepts of a sequence of stems (every word's, small ones included).
func conceptsOf(lang string, stems []string) []string {
	m := concepts[lang]
	var out []string
	for i, s := range stems {
		out = append(out, m[s]...)
		if i > 0 {
			out = append(out, m[stems[i-1]+" "+s]...)
		}
	}
	return out
}

var frConcepts = []string{
	"panne fonctionne marche bug buguer dysfonctionnement hs défaillant plante bloqué marche_plus marche_pas fonctionne_pas",
	"cassé abîmé endommagé brisé fissuré déchiré détérioré fêlé rayé casse dégât",
	"perdu égaré oublié perte retrouve_plus trouve_plus laissé disparu",
	"volé vol piqué fauché arraché dérobé braqué",
	"bloquer bloqué opposition suspendre désactiver verrouiller couper geler",
	"débloquer déverrouiller désimlocker réactiver libérer désimlockage déblocage déverrouillage lever",
	"payer paiement régler règlement solder acquitter versement régularisation régulariser verser",
	"prélever prélèvement prélevé débité débit débiter encaisser ponctionné",
	"facture facturation facturé relevé note addition justificatif reçu",
	"frais coût tarif prix cher combien coûter montant supplément euros facturé",
	"rembourser remboursement rendre récupérer restituer avoir remboursé",
	"argent sous fonds somme euros montant fric salaire",
	"résilier résiliation arrêter quitter partir clôturer fermer terminer fin terme stopper clôture",
	"annuler annulation supprimer rétracter annulé annule",
	"changer modifier changement modification remplacer mettre_jour actualiser rectifier corriger nouveau nouvelle",
	"déplacer décaler reporter repousser avancer report reprogrammer plus_tard",
	"délai échéancier étaler échelonner fois plusieurs mensualité crédit report facilités",
	"abonnement forfait offre contrat formule souscription engagement",
	"souscrire abonner adhérer inscrire inscription ouvrir prendre",
	"commander commande acheter achat commandé acquérir",
	"colis paquet livraison envoi courrier expédition",
	"livrer livré livraison recevoir reçu arriver arrivé distribuer acheminer parvenir",
	"retard attendre attends toujours délai tarde longtemps retardé",
	"où suivre suivi localiser suivis état avancement statut",
	"retourner retour renvoyer échanger échange rendre renvoi",
	"adresse domicile logement maison appartement rue habiter déménager",
	"déménager déménagement emménager bouger logement emménagement habiter",
	"horaires heure ouvert fermé ouvrez fermez ouverture fermeture ouvrir",
	"boutique magasin agence guichet enseigne succursale bureau local point_vente",
	"rendez-vous rdv créneau passage visite intervention",
	"technicien installateur dépanneur réparateur intervention monsieur",
	"réparer réparation dépanner dépannage sav",
	"lent lenteur ralenti rame ramer vitesse débit saccade charger mettre_temps lentement",
	"internet connexion réseau connecter web net ligne",
	"wifi wi-fi sans-fil",
	"box modem routeur livebox boîtier freebox",
	"téléphone portable mobile smartphone appareil iphone cellulaire gsm",
	"sim puce carte_sim esim",
	"télévision télé tv chaîne écran image décodeur",
	"appel appeler téléphoner coup_fil joindre sonner",
	"message sms texto mms mail courriel e-mail",
	"gigas data données go consommation conso internet",
	"étranger voyage vacances itinérance roaming pays europe international espagne italie maroc états-unis suisse belgique allemagne portugal tunisie japon canada angleterre",
	"démarchage publicité pub commercial harcèlement spam indésirable publicitaire démarché démarcheur",
	"arnaque fraude frauduleux escroquerie suspect louche hameçonnage phishing escroc piraté faux",
	"mot_passe code identifiant secret pin clé passe login",
	"compte espace profil client",
	"connecter connexion accéder accès identifier login entrer",
	"banque bancaire rib iban compte_bancaire",
	"carte cb bleue visa mastercard",
	"virement transfert transférer virer envoyer",
	"retrait retirer espèces distributeur liquide",
	"erreur trompé faux incorrect mauvais tort bizarre anormal erroné inexact étrange",
	"problème souci difficulté ennui incident pépin",
	"comprendre expliquer explication détail signifie savoir",
	"contester contestation réclamation plainte litige réclamer désaccord",
	"augmenter augmentation hausse plus élevé monté grimpé",
	"baisser réduire diminuer moins réduction remise promo promotion rabais petit",
	"double deux_fois doublon doublé",
	"refusé rejeté refus impossible échoué échec rejet accepté",
	"envoyer expédier transmettre adresser",
	"document papier justificatif attestation certificat pièce formulaire",
	"numéro référence code",
	"nom prénom nom_famille orthographe",
	"urgent vite rapidement tout_suite immédiatement urgence",
	"installer installation raccorder raccordement brancher activer mise_service activation",
	"éligible éligibilité couverture disponible couvert desservi raccordable fibré",
	"assurance garantie assuré couverture sinistre couvert",
	"réserver réservation place billet booking",
	"bagage valise sac",
	"vérifier contrôler consulter voir vérification regarder savoir",
	"plafond limite maximum dépassement dépasser dépassé limitation",
	"expirer expiration périmé valable validité renouveler renouvellement",
	"imprimer imprimante impression imprime",
	"ordinateur pc portable poste écran",
	"marre insatisfait mécontent colère inadmissible scandaleux",
	"décès décédé mort succession",
	"voiture véhicule auto",
	"santé médecin soin mutuelle",
	"points fidélité avantages cadeau récompense",
}

var enConcepts = []string{
	"broken damaged cracked smashed torn dent ripped ruined wrecked broke damage scratched",
	"failed fail failing error declined rejected refused unsuccessful not_work doesn_work isn_work work crash bug glitch problem fault faulty",
	"lost missing misplaced vanished disappeared can_find loss left gone",
	"stolen theft stole thief robbed nicked snatched pickpocket",
	"block freeze suspend disable lock deactivate cancel_card",
	"unlock unblock reactivate unfreeze release reset",
	"pay payment paying paid settle",
	"charged charge fee fees cost price expensive rate surcharge extra much commission",
	"bill invoice receipt statement",
	"refund reimburse money_back refunded reimbursement return_money paid_back pay_back",
	"money cash funds fund amount",
	"cancel cancelled cancellation undo call_off revoke stop scrap abort void reverse revert",
	"terminate close leave quit end delete terminate",
	"change modify edit update alter amend correct switch different new replace",
	"reschedule postpone move delay later earlier defer push_back bring_forward",
	"delayed delay late pending waiting wait long overdue slow still yet",
	"order buy purchase ordered bought purchasing get obtain",
	"receive received arrive arrived delivered come delivery deliver got get arriving",
	"track tracking status where locate progress whereabouts",
	"send sent ship mail post dispatch transfer",
	"parcel package delivery shipment order courier",
	"return exchange send_back swap returning",
	"address home house moved move street postcode",
	"open opening hours closed close",
	"shop store branch office location",
	"appointment slot visit booking schedule",
	"technician engineer repairman installer",
	"repair fix mend service",
	"slow speed lag buffering lagging",
	"internet broadband connection online wifi network",
	"phone mobile cell smartphone handset device iphone",
	"call ring phone_call telephone",
	"text message sms email mail",
	"abroad overseas foreign travel travelling holiday country roaming international europe",
	"password passcode pin code login passphrase",
	"forgot forgotten remember forget recall",
	"account profile",
	"access log sign login enter",
	"bank account iban",
	"card visa mastercard debit credit",
	"transfer transferred wire send transaction payment",
	"withdraw withdrawal atm cash_machine cashpoint cash take_out machine",
	"deposit top add load fund credit",
	"wrong incorrect mistake error inaccurate strange odd weird mistaken false",
	"recognise recognize unknown unfamiliar strange didn_make unauthorised unauthorized fraud fraudulent suspicious scam",
	"understand explain explanation why reason mean",
	"dispute complaint complain claim contest",
	"double twice two_times duplicate duplicated two again multiple",
	"limit maximum cap restriction allowance many most",
	"exchange currency conversion rate convert currencies foreign",
	"verify verification identity identify prove proof confirm id check",
	"document paper certificate passport papers",
	"name surname first_name last_name spelling spelled",
	"urgent quickly immediately asap fast soon urgently quick",
	"activate activation start enable set_up",
	"expire expires expiry expired renew renewal valid",
	"available supported support accept accepted acceptance work use possible allowed",
	"when long soon time date days estimate",
	"insurance cover warranty guarantee policy",
	"book reserve reservation booking ticket",
	"flight plane fly flying airline",
	"luggage baggage bag suitcase case rucksack backpack",
	"seat place row window aisle",
	"food meal eat vegetarian vegan dinner",
	"child baby kid son daughter toddler children",
	"disabled wheelchair assistance walk help",
	"dog cat pet animal puppy",
	"points miles loyalty rewards bonus",
	"hotel room stay accommodation",
	"car vehicle drive rental hire rent",
	"subscription plan contract membership package tariff",
	"discount offer promotion deal cheaper coupon voucher",
	"balance account_balance funds",
	"virtual disposable online_card",
	"physical plastic real",
	"print printer printing",
	"computer laptop pc",
	"swallowed ate eaten stuck kept swallow took retained",
	"age old young under child minor",
	"job work employer salary wage",
	"loan mortgage borrow lend",
}
