package nlu

const (
	frHuman = `(?:conseill(?:e|er|es|ers|ez|ere|eres|ee)|agents?|humains?|etres? humains?|operat(?:eur|rice)s?|responsables?|technicien(?:ne)?s?|interlocut(?:eur|rice)s?|employee?s?|` +
		`collegues?|collaborat(?:eur|rice)s?|standardistes?|superviseurs?|teleconseillere?s?|secretaires?|vendeurs?|vendeuses?|gestionnaires?|service clients?|` +
		`standard|accueil|personnes?(?: (?:reelles?|physiques?|humaines?|vivantes?|en chair et en os))?|vraies? (?:personnes?|gens)|vrais? (?:conseillers?|humains?|gens)|quelqu un(?: (?:de reel|de vrai|d autre|d humain|en vrai))?)`
	frOne = `(?:un|une|l|le|la|les|des|de|d|votre|vos|avec|a|au|aux|en|directement|tout de suite|plutot|chez|vous|vraie|vrai|autre)`
	// frFetch is what a caller does who asks to wait. Only what lies about at home: who looks for a
	// parcel wants it.
	frFetch = `(?:que )?je (?:vais |dois )?(?:cherche|chercher|regarde|regarder|prends|prenne|prendre|attrape|attraper|sors|sorte|retrouve|retrouver)(?: (?:sur|dans))? (?:mon|ma|mes|le|la|les|un|une|l|de quoi) (?:lunettes|stylo|papiers?|courriers?|factures?|numero|reference|dossier|contrat|sac|portefeuille|carnet|mails?|telephone|ordinateur|lettre|recu|releve|noter|ecrire)`
)

// frEver may follow a wish not to be called again.
const frEver = `(?: (?:jamais|plus|du tout|a ce numero|sur ce numero|sur mon (?:portable|telephone|fixe)|ici|chez moi|pour ca|pour cela|desormais|a l avenir|de la journee))*`

var frCommands = commands{
	courtesy: part(`s il (?:vous|te) plait`, `s il vous plais`, `svp`, `bonjour`, `bonsoir`, `allo`, `merci(?: beaucoup| bien)?`, `alors`, `bon`, `donc`, `hein`, `mais`, `et`, `excusez moi`, `excuse moi`,
		`pardon`, `desolee?`, `madame`, `monsieur`, `en fait`, `ecoutez`, `oui`, `ouais`, `non`, `ok`, `d accord`, `voila`, `eh bien`, `est ce que`, `maintenant`, `juste`, `je suis desolee?`, `moi`, `ah`),
	bare: map[string]string{
		"pardon": CommandRepeat, "comment": CommandRepeat, "quoi": CommandRepeat, "hein": CommandRepeat, "plait il": CommandRepeat, "comment ca": CommandRepeat, "excusez moi": CommandRepeat,
		"pardon comment": CommandRepeat, "comment pardon": CommandRepeat, "allo": CommandRepeat, "non merci c est bon": CommandGoodbye, "c est bon merci": CommandGoodbye, "c est tout merci": CommandGoodbye,
		"non c est bon merci": CommandGoodbye, "merci au revoir": CommandGoodbye, "non merci au revoir": CommandGoodbye, "merci bonne journee": CommandGoodbye, "non merci c est tout": CommandGoodbye,
		"non c est tout": CommandGoodbye, "non ce sera tout": CommandGoodbye, "non merci ce sera tout": CommandGoodbye, "merci c est bon": CommandGoodbye, "merci c est tout": CommandGoodbye, "non merci ca ira": CommandGoodbye,
	},
	rules: []rule{
		{CommandAgent, whole(`(?:`+frOne+` )*`+frHuman, `(?:l |le |la )?(?:agent|conseiller|operateur|humain|standard)(?: (?:agent|conseiller|humain))?`,
			`(?:je (?:veux|voudrais) )?parler`, `(?:y a|il y a|est ce qu il y a) `+frHuman, `quelqu un`)},
		{CommandDontHave, whole(
			`(?:je )?(?:ne |n )?(?:l |le |la |les )?(?:ai pas|ai plus)(?: (?:sous les yeux|sous la main|sur moi|avec moi|la|ici|en tete|le numero|ce numero|de numero|mon numero|le numero de commande|mon numero de commande|la reference|cette information|ca|cela|note|retrouve|trouve|de reference))*`,
			`(?:je |j )(?:ne |n )?(?:l |le |la |les )?(?:ai pas|ai plus|ai jamais eu)(?: (?:sous les yeux|sous la main|sur moi|avec moi|la|ici|en tete|le numero|ce numero|de numero|mon numero|le numero de commande|mon numero de commande|la reference|cette information|ca|cela|note|retrouve|trouve|de reference))*`,
			`(?:je |j )?(?:ne |n )?(?:le |la |l |les )?(?:connais|retrouve|trouve|sais|vois) (?:pas|plus)(?: (?:mon numero|le numero|ce numero|de numero|mon numero de commande|le numero de commande|la reference|par coeur|du tout|ou il est|ou c est))*`,
			`(?:je )?(?:ne )?m en (?:souviens|rappelle) (?:pas|plus)`, `(?:je )?(?:ne )?(?:me )?souviens (?:pas|plus)(?: du numero| de mon numero)?`, `j (?:en )?ai aucune idee`, `aucune idee`, `je l ai (?:perdu|oublie|jete)e?`, `j ai (?:perdu|oublie) (?:le|mon) numero(?: de commande)?`,
			`je n en ai (?:pas|aucun|plus)`, `j en ai pas`, `je (?:ne )?sais pas(?: du tout)?`)},
		{CommandRepeat, whole(
			`(?:(?:vous pouvez|pouvez vous|vous pourriez|pourriez vous|tu peux|peux tu|il faut|je voudrais que vous|veuillez) )?(?:me |le |la |l )?(?:repeter|repetez|repete|redire|redites|redis|reprendre|repetiez)(?: (?:ca|cela|la question|la phrase|votre question|encore|une fois|moi|le|la|la derniere|plus fort|ce que vous (?:avez dit|venez de dire)|encore une fois|une deuxieme fois|un peu|moi ca))*`,
			`(?:je|j) (?:n ai |ai |ne vous ai |vous ai |ne vous |n |ne )?(?:rien|pas|pas bien|pas tout|mal)?(?: )?(?:entendu|compris|entends|comprends|entendais|saisi)(?: (?:pas|rien|mal|pas bien|bien|la question|ce que vous (?:avez dit|dites)|la fin|le debut))*`,
			`(?:je |j )?(?:n |ne )?(?:ai )?(?:vous )?(?:entends|comprends) (?:pas|rien|mal|plus)(?: (?:bien|tres bien|la question|du tout|ce que vous dites))*`,
			`vous (?:avez dit|disiez|dites)(?: quoi)?`, `(?:encore )?une (?:fois|nouvelle fois)`, `encore(?: une fois)?`, `qu est ce que vous (?:avez dit|dites|disiez)`, `c est (?:a dire|quoi la question)`,
			`plus fort`, `parlez plus fort`, `quelle (?:est|etait) la question`, `(?:comment|pardon|quoi)(?: (?:comment|pardon|quoi))*`, `reprenez`, `qu avez vous dit`)},
		{CommandSlower, whole(`(?:un peu |beaucoup )?(?:plus|moins) (?:lentement|doucement|vite)(?: un peu)?`, `(?:(?:vous pouvez|pouvez vous|vous pourriez|pourriez vous) )?(?:parler?|parlez|dire|repeter|repetez|redire|allez|aller|ralentir|ralentissez)(?: (?:ca|cela|un peu|encore|la question))*(?: (?:plus|moins) (?:lentement|doucement|vite))`,
			`vous (?:parlez|allez) (?:trop|beaucoup trop|tres|un peu trop|un peu) vite`, `(?:vous pouvez |pouvez vous )?ralenti(?:r|ssez)(?: un peu)?`, `(?:trop|moins) vite`, `doucement`, `lentement`, `c est trop rapide`)},
		{CommandWait, whole(
			`(?:vous pouvez |pouvez vous |il faut )?(?:attendez|attends|attendre|patientez|patienter|ne quittez pas|quittez pas)(?: (?:une|un|deux|quelques|petit|petite|seconde|secondes|minute|minutes|instant|instants|moment|moi|je cherche|je regarde|je vais (?:le |la |les )?(?:chercher|voir|regarder)|je (?:le |la )?(?:cherche|prends|retrouve|trouve)|que je (?:regarde|cherche|retrouve|trouve)|`+frFetch+`))*`,
			`(?:(?:juste|donnez moi|laissez moi|accordez moi|encore) )*(?:une|un|deux|quelques|la)(?: petite?)? (?:secondes?|minutes?|instants?|moments?|tite seconde)(?: (?:je (?:le |la )?(?:cherche|regarde|prends|reviens|vais (?:le |la )?(?:chercher|voir|regarder))|attendez|que je (?:regarde|cherche)|le temps de (?:chercher|regarder|trouver)|`+frFetch+`))*`,
			`je (?:le |la |l )?(?:cherche|regarde|recherche)(?: (?:attendez|une seconde|un instant|deux secondes|deux minutes|ca|mon numero|le numero|le mail))*`, `je vais (?:le |la )?(?:chercher|voir|regarder)(?: (?:ca|mon numero|le numero))?`, `laissez moi (?:le temps|une seconde|une minute|chercher|regarder|un instant)(?: de (?:chercher|regarder))?`, `je reviens`)},
		{CommandNoCall, whole(
			`(?:je vous (?:demande|prie) de |merci de |veuillez )?(?:ne |n )?(?:me |m )?(?:r?appelez|r?appeler|telephonez|telephoner|contactez|contacter|derangez|deranger|demarchez|demarcher|sollicitez|solliciter)(?: moi)? (?:plus jamais|plus|jamais)`+frEver,
			`(?:je vous (?:demande|prie) de |merci de |veuillez )?(?:ne |n )?(?:plus jamais|plus|jamais) (?:me |m )?(?:r?appeler|telephoner|contacter|deranger|demarcher|solliciter)`+frEver,
			`(?:je |on )(?:ne |n )?(?:veux|voudrais|souhaite|desire) (?:plus|plus jamais|pas|pas du tout) (?:(?:etre|que vous me|que vous m|que l on me|que l on m|qu on me|qu on m|recevoir (?:d |vos |de vos |des |ces )?) ?)?(?:r?appelee?|r?appeliez|r?appeler|r?appelle|appels?|contactee?|contactiez|contacte|derangee?|derangiez|demarchee?|demarchiez|sollicitee?|sollicitiez|coups? de (?:fil|telephone))(?: (?:par telephone|par vous|de vous|de votre part|de demarchage|commercial|commerciaux|publicitaires?))*`+frEver,
			`(?:stop )?(?:arretez|cessez|stop(?:pez)?)(?: de)? (?:m |me )?(?:r?appeler|telephoner|contacter|deranger|demarcher|solliciter|harceler)`+frEver, `(?:arretez|cessez|stoppez|stop a?) (?:vos|ces|les|tous les|tous vos) appels`,
			`(?:retirez|enlevez|supprimez|effacez|rayez|otez|desinscrivez)(?: moi| mon numero)?(?: (?:de|des))? ?(?:vos|votre|la|cette|toutes vos)? ?(?:listes?|fichiers?|bases?|numero|contacts?)(?: (?:d appels?|de vos (?:listes?|fichiers?|contacts?)|de votre (?:liste|fichier|base)|de (?:la|cette) liste|de demarchage))*`,
			`mettez moi sur (?:la |votre )?(?:liste rouge|liste d opposition|bloctel)`, `je (?:m oppose a|refuse) (?:ces appels|vos appels|tout appel|d etre appelee?|le demarchage|etre appelee?)(?: telephonique)?`)},
		{CommandNoRecording, whole(`(?:(?:pas|plus) d|sans|aucun|stop(?:pez)?(?: a)? l|arretez? (?:l|cet|d)|coupez l|supprimez l|effacez l|desactivez l|(?:je )?refuse(?:z)? (?:l|cet)|je m oppose a l|je ne (?:veux|souhaite) (?:pas|plus) d|je veux pas d) ?enregistrements?`,
			`je (?:ne )?(?:veux|voudrais|souhaite|souhaiterais|desire|accepte|prefere) (?:pas|plus|ne pas)(?: (?:d|que|qu))? ?(?:etre|je sois|(?:l|cet|mon) ?appel soit|(?:la|cette|notre|ma) conversation soit|ce soit|ca soit|vous|vous m|on m) ?enregistr(?:ee?s?|iez|ez|e)(?: (?:cet appel|l appel|la conversation))?`,
			`je refuse (?:d etre|que (?:vous m|vous|on m|l appel soit|cet appel soit|ce soit)) ?enregistr(?:ee?s?|iez|ez|e)(?: (?:cet appel|l appel|la conversation))?`,
			`(?:ne )?(?:m |me )?(?:n )?enregistrez? (?:pas|plus|rien)(?: (?:cet appel|l appel|mon appel|la conversation|cette conversation|ca|s il vous plait))?`, `arretez? (?:de (?:m )?|d )enregistrer(?: (?:cet appel|l appel|la conversation|ca))?`)},
		{CommandStop, whole(`stop`, `arretez?(?: (?:vous|de parler|ca|toi|tout))?`, `taisez vous`, `tais toi`, `silence`, `chut`, `ca suffit`, `assez`, `c est bon j ai compris`, `laissez moi parler`)},
		{CommandCancel, whole(`(?:je |on |vous )?(?:annule[rsz]?|abandonne[rsz]?)(?: (?:tout|ca|cela|l operation|la demande|ma demande))?`, `laissez? (?:tomber|beton)`, `(?:on |je )?laisse (?:tomber|ca)`, `oubliez?(?: (?:ca|tout|cela))?`,
			`(?:je (?:veux|voudrais|prefere) )(?:tout )?(?:annuler|arreter|abandonner|laisser tomber)(?: tout)?`, `tant pis`, `(?:retour|revenir|revenez|retournez)(?: (?:au|a l))?(?: (?:debut|menu|accueil|menu principal|depart))?`, `(?:on )?recommen(?:cez|cer|ce)(?: (?:tout|au debut|depuis le debut|du debut))*`, `je change d avis`, `finalement (?:non|laissez tomber|rien)`, `c est pas grave`, `ce n est pas grave`, `rien(?: du tout| finalement)?`)},
		{CommandGoodbye, whole(`(?:au revoir|a bientot|bye(?: bye)?|adieu|salut|ciao|bonne (?:journee|soiree|fin de journee|continuation)|a plus(?: tard)?|a la prochaine)(?: (?:au revoir|a bientot|bonne journee|bonne soiree|a vous aussi|a vous))*`,
			`(?:ce sera tout|ca sera tout|c est tout(?: (?:pour aujourd hui|ce que je voulais(?: savoir)?|pour moi|bon))?|ce sera tout pour aujourd hui|j ai tout ce qu il me faut|j ai fini|plus rien|rien d autre|pas d autre question|plus de questions?|je n ai (?:plus|pas d autres?) questions?|c est parfait(?: au revoir| bonne journee| c est tout)|je vais raccrocher|je raccroche|vous pouvez raccrocher|raccrochez)(?: (?:au revoir|bonne journee|bonne soiree))*`)},
		{CommandHelp, whole(`(?:a l )?aide(?: moi)?`, `aidez moi`, `(?:j ai )?besoin d aide`, `(?:que|qu est ce que|quoi) (?:puis je|je peux|vous pouvez|vous savez|pouvez vous|savez vous|tu peux|sais tu|je dois)(?: (?:faire|dire|demander|me dire|repondre))*(?: pour moi)?`, `qu est ce que (?:je|vous) (?:peux|pouvez|savez|dois|sais)(?: (?:faire|dire|demander|repondre))*`,
			`comment ca marche`, `vous (?:pouvez|savez) (?:faire quoi|m aider)`, `(?:les )?options`, `(?:le )?menu`, `je (?:ne )?comprends pas (?:comment|ce que je dois)(?: \w+)*`, `a quoi (?:servez vous|vous servez)`, `je dois dire quoi`)},
	},
	request: part(
		`(?:je|j|on|il faut|faudrait|possible|besoin|souhaite|envie|pouvez|pourriez|peux|prefere\w*|moyen)(?: \w+){0,4}? (?:parler|discuter|echanger|dialoguer|causer|joindre|contacter|avoir|voir|transferer|passer|passiez|mettre|rediriger|appeler|expliquer)(?: `+frOne+`| relation| contact| communication| ligne| telephone| me| m| s il vous plait){0,6} `+frHuman,
		`(?:je (?:veux|voudrais|souhaite|demande|prefere|preferais|prefererais)|j aimerais|j exige|donnez moi|il me faut)(?: \w+)?(?: `+frOne+`){1,3} (?:conseill(?:e|er|ere|ez)|agent|humain|etre humain|operat(?:eur|rice)|responsable|technicien|interlocut(?:eur|rice)|vraie personne|vrai conseiller|personne (?:reelle|physique|humaine)|service client|superviseur)`,
		`(?:passez|mettez|transferez|redirigez|connectez|basculez|dirigez|renvoyez|passe|donnez|orientez)(?: moi| nous| m| me)?(?: `+frOne+`| relation| contact| communication| ligne| vers| appel| mon appel){0,6} `+frHuman,
		`(?:parler|discuter|parle)(?: `+frOne+`){1,4} (?:conseill(?:e|er|ere|ez)|agent|humain|etre humain|operat(?:eur|rice)|responsable|vraie personne|vrai conseiller|quelqu un|personne (?:reelle|physique|humaine))$`,
		`(?:pas|plus|marre|assez)(?: de| d)? (?:parler|discuter|un robot|une machine|ce robot|cette machine|robot|machine|parler (?:a|avec) (?:un robot|une machine|un ordinateur|un automate))(?: (?:a|avec) (?:un robot|une machine|un ordinateur|un automate|vous))?$`,
		`(?:un|une) (?:vraie personne|vrai humain|vrai conseiller|personne reelle|etre humain)`,
		`(?:besoin de|quelqu un) (?:quelqu un|un humain|une personne|peut|pourrait|pour)(?: pour)?(?: m aider| me repondre| me renseigner)?$`,
		`y a(?: t il)?(?: pas)?(?: quelqu un| un humain| une vraie personne)`,
	),
	refusal: part(`(?:ne|n) (?:veux|voudrais|souhaite|ai|desire)(?: \w+)? (?:pas|plus|jamais)(?: besoin)?(?: de| d)?(?: \w+){0,2} (?:parler|avoir|un|une|conseiller|transfere|etre)(?: (?:a|avec|au))?(?: (?:un|une|votre|vos|des))? (?:conseillere?s?|agents?|humains?|operateurs?|responsables?|quelqu un|personne)`,
		`(?:veux|besoin) pas(?: de| d)?(?: \w+){0,2} (?:conseillere?|agent|operateur|responsable|humain)`, `(?:m a|m ont|avait|ont) dit (?:de|d|que)`, `pas besoin(?: de| d)?(?: parler a)?(?: un| une)? (?:conseillere?|agent|humain|operateur)`,
		`(?:j ai|on a|m a|avais|j avais)(?: deja| eu| bien| pu)* (?:parle|eu|discute|contacte|joint|appele|passe)(?: \w+){0,3} (?:conseillere?|agent|quelqu un|operateur|responsable|service client|personne)`),
}
