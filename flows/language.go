package flows

import (
	"strings"

	"decroche/flows/nlu"
)

// languageNames are the ways to ask for a language, flattened.
var languageNames = map[string][]string{
	"en": {"english", "in english", "english please", "speak english", "do you speak english", "can you speak english",
		"can we speak english", "in english please", "anglais", "en anglais", "en anglais sil vous plait", "parlez vous anglais", "vous parlez anglais"},
	"fr": {"francais", "en francais", "en francais sil vous plait", "parlez vous francais", "vous parlez francais",
		"french", "in french", "french please", "in french please", "do you speak french"},
}

var unaccent = strings.NewReplacer("ç", "c", "î", "i", "-", " ", "'", "", "’", "", ".", "", "?", "", "!", "", ",", "", "\u202f", "", "\u00a0", " ")

// changeLanguage follows a caller who asks for another language of the bot, who is told to speak
// it, or whose first sentence is clearly in it. Asking comes first: "do you speak French" is no
// reason to go on in English. It reports whether that was all the caller said.
func (t *turn) changeLanguage() bool {
	told := t.in.Kind == Said && contains(t.b.Languages, t.in.Lang)
	plain := strings.Join(strings.Fields(unaccent.Replace(strings.ToLower(t.said))), " ")
	for _, lang := range t.b.Languages {
		if contains(languageNames[lang], plain) && (lang != t.m.Lang || told && t.in.Lang != lang) {
			t.goOnIn(lang, "asked")
			t.respond("language", nil)
			t.reask()
			return true
		}
	}
	if told {
		if t.in.Lang != t.m.Lang {
			t.goOnIn(t.in.Lang, "heard")
		}
		return false
	}
	for _, lang := range t.b.Languages {
		if lang == t.m.Lang {
			continue
		}
		if t.m.Spoke || t.m.Wait.For != forWish {
			continue
		}
		if t.surely(lang) > t.surely(t.m.Lang)+0.2 {
			t.goOnIn(lang, "heard")
			return false
		}
	}
	return false
}

// goOnIn changes the language of the conversation.
func (t *turn) goOnIn(lang, why string) {
	t.noteHere("language %s %s", lang, why)
	if lang == t.m.Lang {
		return
	}
	t.m.Lang, t.out.LangWhy = lang, why
	t.in.Meaning = nil // it was made by the other language's mind
}

// surely is how sure lang's own mind is of what was said: 0 below what it acts upon, 1 for
// a command.
func (t *turn) surely(lang string) float64 {
	if nlu.Command(lang, t.said) != "" {
		return 1
	}
	mean, err := t.b.Understander(lang).Understand(t.ctx, t.said, Expect{})
	if act, _ := t.b.Thresholds(lang); err != nil || mean.Confidence < act {
		return 0
	}
	return mean.Confidence
}
