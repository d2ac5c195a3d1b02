package kb

import (
	"strings"
	"sync"
)

// senses returns the everyday meanings of a stem, as numbers of a group: callers say "cassé"
// where the article says "endommagé". The groups hold words of any hotline's callers, none of one
// trade: a trade's own words belong in its articles' questions.
func senses(lang, stem string) []int {
	if lang == "en" {
		return enSenses()[stem]
	}
	return frSenses()[stem]
}

var (
	frSenses = sync.OnceValue(func() map[string][]int { return groups("fr", frGroups) })
	enSenses = sync.OnceValue(func() map[string][]int { return groups("en", enGroups) })
)

// groups numbers the lines and turns their words into stems.
func groups(lang, lines string) map[string][]int {
	out := map[string][]int{}
	n := 0
	for line := range strings.Lines(lines) {
		seen := map[string]bool{}
		for w := range strings.FieldsSeq(line) {
			if s := stem(lang, w); !seen[s] {
				seen[s] = true
				out[s] = append(out[s], n)
			}
		}
		n++
	}
	return out
}

const frGroups = `abime abimee casse cassee brise endommage endommagee deteriore degat degats dommage ecrase dechire fissure fele choc
perdu perdue perte egare egaree disparu disparue disparition introuvable retrouve
vol vole volee voler voleur derobe pique
retard retarde tard lent lenteur delai delais longtemps attendre attends attente traine tarde
prix tarif tarifs cout coute couter cher chere combien payer payant gratuit gratuite montant frais facturation tarification
payer paye paiement payement regler reglement debiter debite prelever prelevement prelevements versement carte
facture factures facturation facturette recu justificatif quittance
remboursement rembourser rembourse remboursee avoir argent recuperer sous restituer
annuler annulation annule annulee supprimer arreter resilier resiliation abandonner renoncer stopper cloturer fermer
changer changement modifier modification modifie remplacer rectifier corriger mettre
adresse domicile maison habite logement demenage demenagement demenager demenagee rue appartement
ouvert ouverte ouverture ouvrir horaire horaires heure heures ferme fermee fermeture ferment ouvrez ouvre
samedi dimanche weekend week-end ferie feries week
absent absente absence parti partie vacances conges personne dehors
envoyer envoi envoie expedier expedition expedie poster adresser
livrer livraison livre livree livreur livreurs remettre depot deposer apporter distribution distribuer
colis paquet paquets carton objet marchandise article commande
retirer retrait recuperer chercher recuperation reprendre
renvoyer retour retourner retourne rendre restituer renvoi
voisin voisine gardien gardienne concierge tiers quelqu mandataire procuration mari femme conjoint ami collegue
identite passeport papiers papier piece permis justificatif
signature signer signe signee emargement paraphe
etranger international internationale pays europe hors voyage voyager dehors
douane douanes douanier taxe taxes tva droits importation
poids kilo kilos kilogrammes lourd lourde peser pese pesant
taille dimension dimensions grand grande mesure mesures gros grosse volume encombrant centimetres metre metres
interdit interdite interdits interdiction defendu autorise droit permis prohibe dangereux
assurance assurer assure assuree garantie garanti garanties indemnisation indemniser dedommager dedommagement couvert couverture valeur
reclamation reclamer plainte plaindre litige contester contestation mecontent
rendez-vous creneau date rdv planifier programmer reporter decaler
code codes identifiant numero mot passe
mot passe identifiant connexion connecter login compte session acces
bloquer bloque bloquee blocage verrouille verrouillee coince opposition suspendre suspendu desactiver geler
debloquer deverrouiller activer reactiver activation activer
panne marche fonctionne fonctionner plante bug dysfonctionnement incident coupure coupe coupee
telephone portable mobile smartphone appareil telephonique
internet wifi reseau connexion box fibre debit signal
message sms texto mail email courriel notification avis prevenir prevenu avertir alerter alerte
suivre suivi suivie tracer localiser tracking position localisation
imprimer imprimante impression etiquette etiquettes bordereau
emballer emballage emballe proteger carton caler bulle protection empaqueter
nouveau nouvelle neuf neuve recent
contrat abonnement abonner forfait formule offre souscrire souscription
rapide rapidement vite express urgent urgence presse accelerer accelere
relais boutique magasin agence bureau guichet consigne casier point comptoir
conserver garder garde conservation reste restent
augmenter augmentation monter hausse plafond limite maximum depasser depassement
virement virer transfert transferer
professionnel professionnelle entreprise pro societe
particulier personnel prive
ordinateur poste machine pc portable
ecole etudiant jeune enfant mineur
mort deces decede defunt heritage succession
nom prenom patronyme mariage marie divorce
erreur trompe faux fausse incorrect errone mauvais mauvaise
manque manquant manquante manquent incomplet incomplete absent vide
nourriture aliment aliments alimentaire frais perissable manger fromage surgele bouffe
alcool bouteille bouteilles vin liquide liquides flacon parfum
batterie batteries pile piles lithium
animal animaux chien chat vivant
verifier verification controle controler confirmer
escroquerie arnaque fraude frauduleux pirate piratage phishing hameconnage suspect
emploi recruter recrutement travailler embauche job candidature cv postuler
environnement carbone ecologique ecologie vert pollution recycler recyclage
donnees personnelles rgpd confidentialite vie
credit pret emprunt emprunter
echeance mensualite mensuel mois mensualites
decouvert negatif rouge
historique releve releves detail consulter
accuse preuve attestation justificatif
fragile verre vaisselle delicat casser
refuser refus refuse
etage escalier ascenseur palier
cadeau anniversaire surprise offrir`

const enGroups = `damaged damage broken break smashed crushed cracked torn dented faulty
lost lose missing mislaid disappeared vanished
stolen steal theft stole thief robbed nicked
late delay delayed overdue waiting wait slow longer
price cost costs fee fees charge charges rate rates expensive cheap pay much free pricing tariff
pay paid payment paying debit card settle direct instalment
invoice invoices bill bills receipt billing
refund refunded refunds reimburse reimbursement money compensation
cancel cancelled cancellation stop terminate end close delete
change changed modify amend alter update switch replace edit correct
address house home moved moving move flat street postcode
open opening hours hour closed close closing shut
weekend saturday sunday holiday holidays bank
away out absent nobody holiday vacation home
send sending sent ship shipping shipped post posting dispatch mail
deliver delivery delivered driver courier drop dropped
parcel parcels package packages box item items goods order
collect collection pick pickup fetch
return returning returns returned give back
neighbour neighbor someone else husband wife partner friend behalf colleague proxy authorise authorize representative
id identity passport licence license proof document documents paper papers
sign signature signed signing
abroad overseas international foreign country countries europe travel travelling trip
customs duty duties tax taxes vat import
weight heavy kilo kilos kilograms weigh
size dimensions big large measure measurements bulky oversized
forbidden prohibited banned allowed allow permitted dangerous hazardous restricted
insurance insured insure cover covered coverage guarantee warranty compensation compensate value
complaint complain claim dispute unhappy contest
appointment slot date book booking schedule reschedule rearrange postpone
code codes number reference
password login credentials username account log sign access
block blocked locked lock frozen freeze suspended suspend disable
unblock unlock activate reactivate enable activation
fault down working work works outage crash crashed bug failure
phone mobile cell smartphone handset device telephone
internet wifi network connection broadband fibre router signal
message text sms email notification notify alert notified
track tracking follow trace locate location
print printer printing label labels
pack packaging pack packing wrap wrapping protect box carton padding cushion
contract subscription subscribe plan package deal
fast quick quickly express urgent urgently sooner speed hurry rush
shop store locker branch office depot point counter outlet
keep kept hold held store stored storage
increase raise limit maximum exceed ceiling
transfer wire
business company professional corporate firm
computer laptop machine pc workstation desktop
died death deceased bereavement inheritance
name surname married marriage divorce
wrong mistake error incorrect false mistaken
missing incomplete empty lacking
food perishable cheese frozen meat groceries edible
alcohol bottle bottles wine liquid liquids perfume
battery batteries lithium
animal animals pet pets dog cat live
check verify verification confirm
scam fraud fraudulent hacked phishing suspicious fake con
job jobs work career apply recruitment hiring vacancy cv
environment carbon green eco recycle recycling emissions
data privacy gdpr personal
loan credit borrow borrowing mortgage
monthly month instalment
overdraft overdrawn negative red
history statement statements details
proof evidence certificate confirmation
fragile glass china delicate
refuse refused refusal reject
upstairs floor stairs lift
gift present birthday`
