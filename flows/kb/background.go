package kb

// background returns sentences that no hotline is rung for: what a base must refuse, whatever it
// is about.
func background(lang string) []string {
	if lang == "en" {
		return enBackground
	}
	return frBackground
}

var frBackground = []string{
	"quel temps fera-t-il demain à Lyon", "raconte-moi une histoire drôle", "qui a gagné le match de rugby hier", "c'est quoi la capitale du Pérou", "je cherche une recette de tarte aux pommes",
	"mets un peu de musique", "mon voisin du dessus fait trop de bruit la nuit", "combien font douze fois sept", "allume la lumière du salon", "les enfants sont à l'école jusqu'à quatre heures",
	"on mange quoi ce soir", "qui est le président de la République", "j'ai mal au dos depuis trois jours", "le train de neuf heures est supprimé", "chante-moi une chanson",
	"il est quelle heure à Tokyo", "il y a des bouchons sur le périphérique", "je lis un livre passionnant", "mon équipe joue samedi prochain", "les impôts ont encore augmenté cette année",
	"le jardin a besoin d'eau", "est-ce que les dauphins dorment", "combien de planètes dans le système solaire", "tu as vu le dernier film au cinéma", "ma fille apprend le piano",
	"où se trouve la pharmacie de garde", "quel est le meilleur restaurant italien du quartier", "comment enlever une tache de vin sur une nappe", "je voudrais un billet d'avion pour Rome", "il faut tondre la pelouse",
	"comment on dit bonjour en japonais", "le chien du voisin a aboyé toute la nuit", "c'est quand les vacances de Pâques", "quelle est la hauteur de la tour Eiffel", "donne-moi les numéros du loto",
	"mon fils a de la fièvre", "je cherche un plombier pour une fuite", "quel âge a la reine", "comment faire pousser des tomates", "qui a peint la Joconde",
}

var enBackground = []string{
	"what will the weather be like tomorrow in leeds", "tell me a funny story", "who won the rugby last night", "what is the capital of peru", "i am looking for an apple pie recipe",
	"put some music on", "my upstairs neighbour makes too much noise at night", "how much is twelve times seven", "turn the living room light on", "the children are at school until four",
	"what are we having for dinner", "who is the prime minister", "my back has been hurting for three days", "the nine o'clock train is cancelled", "sing me a song",
	"what time is it in tokyo", "there is a traffic jam on the ring road", "i am reading a great book", "my team plays next saturday", "taxes went up again this year",
	"the garden needs water", "do dolphins sleep", "how many planets are there", "have you seen the latest film", "my daughter is learning the piano",
	"where is the nearest chemist", "what is the best italian restaurant in town", "how do i get a wine stain out of a tablecloth", "i would like a plane ticket to rome", "the lawn needs mowing",
	"how do you say hello in japanese", "next door's dog barked all night", "when are the easter holidays", "how tall is the eiffel tower", "give me the lottery numbers",
	"my son has a temperature", "i need a plumber for a leak", "how old is the queen", "how do you grow tomatoes", "who painted the mona lisa",
}
