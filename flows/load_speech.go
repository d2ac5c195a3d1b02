package flows

import (
	"decroche/flows/lexicon"
	"decroche/flows/render"
	"decroche/flows/schema"
)

// readSpeech reads what belongs to how the bot speaks: regions and pronunciations.
func (l *loader) readSpeech(t *tree) {
	b := l.bot
	b.regions = map[string]string{}
	if v := t.get("regions"); v != nil && l.want(v, isMap, "regions") {
		l.only(v, "regions", b.Languages...)
		for lang, known := range map[string][]string{"fr": {"fr-FR", "fr-BE", "fr-CH"}, "en": {"en-GB", "en-US"}} {
			if r := v.get(lang); r != nil && contains(b.Languages, lang) {
				b.regions[lang] = l.oneOf(r, "regions."+lang, known...)
			}
		}
	}
	v := t.get("lexicon")
	if v == nil || !l.want(v, isMap, "lexicon") {
		return
	}
	l.only(v, "lexicon", b.Languages...)
	all := map[string]map[string]lexicon.Pronunciation{}
	for _, lang := range b.Languages {
		all[lang] = l.pronunciations(v.get(lang), "lexicon."+lang)
	}
	b.lexicon = lexicon.New(all, func(lang, word string) bool { return render.Spoken(b.Tag(lang), word) != word })
}

// pronunciations reads the words of one language.
func (l *loader) pronunciations(t *tree, what string) map[string]lexicon.Pronunciation {
	out := map[string]lexicon.Pronunciation{}
	if t != nil && len(t.keys) > lexicon.MaxWords {
		l.add(t.at, "%s has %d words; at most %d", what, len(t.keys), lexicon.MaxWords)
		return out
	}
	l.each(t, what, func(word string, at place, v *tree) {
		var p lexicon.Pronunciation
		if v.shape == isScalar {
			p.Say = v.text
		} else if l.want(v, isMap, what+"."+word) {
			l.only(v, what+"."+word, schema.Keys[schema.Pronunciation]()...)
			for key, to := range map[string]*string{"say": &p.Say, "ipa": &p.IPA, "espeak": &p.Espeak} {
				if s := v.get(key); s != nil {
					*to = l.str(s, what+"."+word+"."+key)
				}
			}
		} else {
			return
		}
		if bad := lexicon.Validate(word, p); bad != "" {
			l.add(at, "%s: %q %s", what, word, bad)
			return
		}
		out[word] = p
	})
	return out
}
