package nlu

import "strings"

func set(list string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		out[w] = true
	}
	return out
}

var (
	frFillers = set("euh heu euhm hum hm hmm mm ben bah hein eh ah oh")
	enFillers = set("uh um uhm er erm hm hmm mm ah oh")

	frStop = set("le la les l un une des de du d a au aux et ou en y je j tu il elle on nous vous ils elles me m te t se s ce c cet cette ces mon ma mes ton ta tes son sa ses " +
		"votre vos notre nos leur leurs est suis etes sont ai as avez ont que qu qui dans par pour sur avec bonjour merci alors donc bon voila s'il plait svp ca cela oui ouais non si ok accord allo voila")
	enStop = set("the a an of to in on at for by with and or is am are was be been i you he she it we they me my your his her its our their this that these those " +
		"do does did have has had so please hello hi thanks s t m ll ve re d yes yeah yep no not ok okay right")

	frNumbers = set("zero deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts trente quarante cinquante soixante septante huitante octante nonante cent cents mille million millions")
	enNumbers = set("zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million")
)

func fillers(lang string) map[string]bool {
	if lang == "en" {
		return enFillers
	}
	return frFillers
}

func stopWords(lang string) map[string]bool {
	if lang == "en" {
		return enStop
	}
	return frStop
}

func numberWords(lang string) map[string]bool {
	if lang == "en" {
		return enNumbers
	}
	return frNumbers
}

// background returns sentences that no hotline is rung for. The classifier learns them as
// none of its intents, so that it does not take the nearest one for just any words.
func background(lang string) []string {
	if lang == "en" {
		return enBackground
	}
	return frBackground
}

var frBackground = []string{
	"quel temps fera-t-il demain à Paris", "raconte-moi une blague", "qui a gagné le match hier soir", "tu as vu le film à la télé", "le chat dort sur le canapé",
	"quelle est la capitale de l'Australie", "je cherche une recette de gâteau au chocolat", "il fait vraiment chaud aujourd'hui", "mets de la musique s'il te plaît",
	"mon voisin fait trop de bruit", "combien font douze fois trois", "allume la lumière du salon", "les enfants sont rentrés de l'école", "on mange quoi ce soir",
	"qui est le président", "j'ai mal au dos depuis trois jours", "le train est en retard à cause de la neige", "tu peux me chanter une chanson", "quelle heure est-il à Tokyo",
	"il y a du monde sur l'autoroute", "maman est dans la cuisine", "je lis un livre passionnant", "mon équipe joue samedi", "les impôts ont encore augmenté", "le jardin a besoin d'eau",
	"blabla bla", "oui d'accord", "non merci", "alors voilà", "c'est pour ça que je vous appelle",
}

var enBackground = []string{
	"what will the weather be like tomorrow in london", "tell me a joke", "who won the game last night", "did you see the film on television", "the cat is asleep on the sofa",
	"what is the capital of australia", "i am looking for a chocolate cake recipe", "it is really hot today", "play some music please", "my neighbour makes too much noise",
	"how much is twelve times three", "turn on the light in the living room", "the children are back from school", "what are we having for dinner", "who is the president",
	"my back has been hurting for three days", "the train is late because of the snow", "can you sing me a song", "what time is it in tokyo", "there is a lot of traffic on the motorway",
	"mum is in the kitchen", "i am reading a great book", "my team plays on saturday", "taxes went up again", "the garden needs water", "blah blah blah", "yes all right", "no thank you", "so there you go",
	"that is why i am calling you",
}
