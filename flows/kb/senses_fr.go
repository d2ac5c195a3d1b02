package kb

// frGroups holds one meaning per line. "combien+temps" stands for the two words one after the
// other, words that say nothing between them left out.
const frGroups = `abime abimee casse cassee brise brisee endommage endommagee deteriore degat degats dommage ecrase ecrasee dechire fissure fele choc defonce morceaux miettes pete eclate troue mouille plie raye fendu tordu ecrabouille explose
perdu perdue perte perdre perd egare egaree disparu disparue disparition introuvable retrouve trace nulle+part
vol vole volee voler voleur derobe pique arrache cambriole spoliation agression
retard retarde tard lent lenteur delai delais longtemps attendre attends attente traine tarde toujours+rien patienter interminable prevue+depassee depasse
delai delais combien+temps combien+jours quand duree jours+ouvres semaines vite prend+combien
prix tarif tarifs cout coute couter cher chere combien montant frais tarification somme euro euros
payer paye paie paiement payement regler reglement debiter prelever prelevement prelevements versement carte depenser depense
gratuit gratuite gratuitement offert frais supplement
facture factures facturation facturette recu note justificatif quittance comptabilite ticket
remboursement rembourser rembourse remboursee avoir argent recuperer+argent restituer rendre+argent indemnisation
annuler annulation annule annulee supprimer arreter stopper retracter retractation rappeler changer+avis renoncer
resilier resiliation abandonner quitter cloturer fermer contrat engagement casser+contrat arreter+abonnement partir
changer changement modifier modification modifie remplacer remplacement rectifier corriger basculer passer
adresse domicile rue numero+rue destination ailleurs detourner devier batiment digicode
maison habite logement demenage demenagement demenager appartement chez+moi domicile habitation
ouvert ouverte ouverts ouverture ouvrir horaire horaires heure heures ferme fermee fermeture ferment ouvrez ouvre soir midi
samedi dimanche weekend week+end ferie feries
jour date lundi mardi mercredi jeudi vendredi samedi demain soir lendemain moment
absent absente absence manque+livreur avis+passage sonne sonner travail boulot dehors
vacances conges conge weekend deplacement voyage
envoyer envoi envoie expedier expedition expedie poster acheminer acheminement
livrer livraison livre livree remettre remis remise apporter distribution distribuer deposer presenter presente recevoir
livreur livreurs chauffeur facteur coursier transporteur
colis paquet paquets carton envoi pli marchandise commande
carton boite caisse emballage contenant
objet article produit affaire contenu robe chaussure chaussures vetement vase tele television livre jouet meuble assiette assiettes cadeau montre bijou
bijou bijoux montre valeur or precieux precieuse
velo moto meuble canape frigo valise malle matelas encombrant volumineux enorme
retirer retrait recuperer chercher recuperation reprendre ramasser ramassage enlevement enlever prendre
renvoyer retour retourner retourne rendre restituer renvoi rends
voisin voisine palier immeuble gardien gardienne concierge residence face
mari femme conjoint compagne ami amie collegue frere soeur fils fille mere pere parent parents enfant famille tiers quelqu+autre autre+personne mandataire
procuration place mandataire autoriser autorisation habilitation
enfant enfants gamin gosse fils fille mineur parental ado
identite passeport papiers papier piece permis portefeuille prouver cni
signature signer signe signee emargement paraphe
etranger international internationale pays europe hors+france voyage voyager frontiere
etranger pays europe espagne portugal italie allemagne belgique suisse angleterre irlande maroc tunisie algerie senegal turquie chine japon inde canada amerique etats+unis usa bresil mexique australie afrique asie luxembourg pologne grece londres
douane douanes douanier taxe taxes tva droits importation importer frontiere chine etats+unis
poids kilo kilos kilogrammes lourd lourde peser pese pesant gramme grammes
taille dimension dimensions grand grande mesure mesures gros grosse volume encombrant centimetre centimetres metre metres long longueur hauteur largeur format
interdit interdite interdits interdiction defendu autorise droit permis prohibe dangereux accepte acceptez refuse possible
assurance assurer assure assuree garantie garanti garanties indemnisation indemniser dedommager dedommagement couvert couvrir couverture valeur
reclamation reclamer plainte plaindre litige contester contestation mecontent responsable inadmissible scandaleux nul impoli accord decision mediateur content satisfait
conseiller agent humain responsable chef
creneau rendez+vous rdv planifier programmer reporter decaler avancer prevoir
code codes identifiant numero reference
passe motdepasse mot+passe identifiant connexion connecter login compte session acces
bloquer bloque bloquee blocage verrouille verrouillee verrouiller coince opposition suspendre suspendu suspension desactiver geler
debloquer deverrouiller deblocage deverrouillage reactiver activation activer desimlocker
panne marche fonctionne fonctionner plante bug dysfonctionnement incident coupure coupe coupee hs repond allume demarre
reparer reparation sav technicien depannage depanner
telephone portable mobile smartphone appareil telephonique gsm
internet wifi reseau connexion box fibre debit signal
lent lente lenteur rame ramer vitesse debit
rapide rapidement vite express urgent urgence presse pressee accelerer accelere absolument
message sms texto mail email courriel courrier notification lien
prevenir prevenu avertir avis alerter alerte notification
suivre suivi suivie tracer localiser tracking position localisation
imprimer imprimante impression etiquette etiquettes bordereau
emballer emballage emballe proteger protection caler bulle bulles papier+bulle empaqueter scotch ruban
nouveau nouvelle neuf neuve recent
contrat abonnement abonner abonne forfait formule offre souscrire souscription
relais commerce tabac epicerie supermarche boutique magasin commercant casier consigne point
agence depot entrepot bureau guichet agences comptoir locaux
garder garde conserver conservation conservez reste restent stocker jusqu+quand expire
augmenter augmentation monter hausse plus+cher double elevee eleve anormal
plafond limite limites maximum max depasser depassement limiter
virement virer transfert transferer rib
professionnel professionnelle entreprise pro societe compte+pro boite
ordinateur poste machine pc portable ecran
mort deces decede decedee defunt heritage succession veuve
titulaire proprietaire nom
nom prenom patronyme mariage marie divorce
erreur trompe trompee faux fausse incorrect errone mauvais mauvaise oublie
manque manquant manquante manquent incomplet incomplete vide moitie partie
nourriture aliment aliments alimentaire frais perissable manger fromage surgele saucisson viande denree denrees gateau chocolat fruits
alcool bouteille bouteilles vin liquide liquides biere champagne
parfum aerosol inflammable produit+chimique peinture essence gaz
argent+liquide billets especes cash monnaie liquide
batterie batteries pile piles lithium
animal animaux chien chat vivant
verifier verification controle controler confirmer
escroquerie arnaque fraude frauduleux pirate piratage phishing hameconnage suspect bizarre faux piege avoir+fait louche vrai
emploi recruter recrutement travailler embauche job candidature cv postuler
environnement carbone ecologique ecologie vert pollution recycler recyclage
donnees personnelles rgpd confidentialite infos informations prive vendez effacer effacez
enregistrer enregistre enregistree enregistrement ecoute
effacer effacez supprimer suppression
credit pret emprunt emprunter
echeance mensualite mensuel mensualites echelonner etaler echeancier plusieurs+fois
decouvert negatif rouge
historique releve releves detail consulter
preuve attestation certificat justificatif recepisse
fragile verre vaisselle delicat assiette assiettes porcelaine
refuser refus refuse rejete rejet passe+pas
etage escalier ascenseur
handicape handicapee malade hopital deplacer mobilite
porte paillasson boite+lettres
publicite demarchage commercial harcele indesirable spam prospection
repondeur messagerie vocal vocale boite+vocale
concurrent concurrence operateur fournisseur
maintenir conserver garder
demain lendemain vingt+quatre+heures
carte bancaire bleue visa mastercard cb
cheque cheques chequier chequiers carnet
compte comptes livret epargne placement
solde combien+reste reste disponible
distributeur retrait retirer guichet automate dab billet
code+secret pin puk confidentiel
avale avalee coince coincee retenue
vendre vente acheter achat acquisition commander
devis estimation chiffrage
stock disponible disponibilite rupture epuise reassort
taille pointure grandeur petit petite grand grande serre large
echange echanger troquer remplacer
promo promotion promotions reduction remise rabais solde soldes bon coupon avantage
fidelite points cagnotte club adherent
cadeau carte+cadeau bon+achat emballage+cadeau
garantie panne defectueux defaut sav reparation
installer installation monter montage poser brancher branchement raccorder raccordement
notice mode+emploi manuel guide instructions
compteur releve index consommation conso kilowatt
electricite courant gaz energie
sinistre accident accrochage constat degat+eaux inondation incendie
expert expertise evaluation
remboursement mutuelle secu soins medecin ordonnance
ordinateur pc portable ecran clavier souris imprimante materiel
logiciel programme application appli outil excel word
lent rame bloque fige gele plante freeze
demarrer demarre allume allumer redemarrer eteindre
fichier dossier document partage serveur disque
messagerie outlook mail boite+mail courriel
acces droits autorisation habilitation
distance teletravail vpn maison
virus malveillant piratage suspect antivirus
mise+jour update actualiser version
sauvegarde backup copie restaurer
billet billets ticket reservation reserver reserve place
bagage bagages valise
voyage vol train trajet avion
salle chambre hotel
medecin docteur rendez+vous consultation
inscription inscrire adherer adhesion enregistrer creer+compte
desinscrire desabonner desabonnement newsletter
age enfants majeur mineur
stationner parking garer stationnement place
bus metro transport acces venir itineraire
handicap fauteuil accessible pmr mobilite
emploi stage alternance poste offre
perte+emploi chomage licenciement
justificatif preuve document attestation piece fournir apporter
renouveler renouvellement prolonger prolongation reconduire expire expiration echeance perime perimee
baisser baisse diminuer reduire moins+cher petit+budget
appeler appel appels joindre contacter contact telephoner
etranger+appel itinerance roaming
donnees giga gigas data internet+mobile octets
couverture signal reseau capte antenne barre barres
box modem routeur decodeur
tele television chaine chaines programme
technicien intervention depannage passage rendez+vous
voisinage bruit
poubelle dechet dechets recyclage
deposer depot apporter
bloquer opposition vole perdu carte+perdue
proprietaire titulaire nom transfert ceder
signer electronique contrat signature
oublie oublier perdu reinitialiser reinitialisation
tromper erreur mauvais faux
attestation certificat
facile simple rapide
pourquoi raison cause`
