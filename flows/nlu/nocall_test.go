package nlu

import "testing"

// Who does not want to be rung again is understood, and nobody else: what is negated, limited to a
// time, or about somebody else's calls is no such wish.
func TestNoMoreCalls(t *testing.T) {
	t.Parallel()
	for lang, table := range map[string]map[bool][]string{
		"fr": {
			true: {"ne m'appelez plus", "ne m’appelez plus jamais", "m'appelez plus", "ne me rappelez plus s'il vous plaît", "merci de ne plus m'appeler", "veuillez ne plus me contacter", "je ne veux plus être appelé", "je ne veux plus que vous m'appeliez",
				"je veux plus recevoir d'appels", "arrêtez de m'appeler", "cessez de me déranger", "arrêtez vos appels", "retirez-moi de vos listes", "supprimez mon numéro de votre fichier", "non ne m'appelez plus", "je vous demande de ne plus m'appeler",
				"ne me contactez plus sur ce numéro", "stop arrêtez de m'appeler", "je m'oppose à ces appels", "ne me dérangez plus", "je ne souhaite plus être contactée par téléphone"},
			false: {"stop", "arrêtez", "appelez-moi", "rappelez-moi demain", "ne m'appelez pas demain, appelez-moi jeudi", "ne m'appelez pas avant 14 heures", "je ne veux pas que vous arrêtiez de m'appeler", "n'arrêtez pas de m'appeler", "ne me rappelez pas la date",
				"vous pouvez me rappeler", "je voudrais être rappelé", "le livreur ne m'appelle plus", "pourquoi ne m'appelez-vous plus", "il a dit ne m'appelez plus et il a raccroché", "je ne veux plus de ce colis", "ne m'oubliez pas", "je n'ai plus d'appels", "", "oui", "non"},
		},
		"en": {
			true:  {"don't call me again", "stop calling me", "please stop calling", "never call me again", "do not call this number", "i don't want to be called again", "take me off your list", "remove my number from your database", "no more calls please", "i no longer want to be contacted", "don't ever call me again", "stop your calls"},
			false: {"stop", "call me tomorrow", "don't call me before nine", "don't stop calling me", "i don't want you to stop calling me", "please call me back", "nobody called me", "the driver never calls me at home at noon", "i don't want to call you again tomorrow about this", "take me to your leader", ""},
		},
	} {
		for want, list := range table {
			for _, s := range list {
				if got := Command(lang, s); (got == CommandNoCall) != want {
					t.Errorf("%s %q: command %q, want no_call %v", lang, s, got, want)
				}
			}
		}
	}
}
