package ssml

import "strings"

// The International Phonetic Alphabet in the mnemonics of espeak-ng, longest signs first; those
// that are the same letter in both are not listed. Taken from what espeak-ng 1.51 prints for the
// same words with -x and with --ipa.
var (
	ipaShared  = []string{"ˈ", "'", "ˌ", ",", "ː", ":", "ɡ", "g", "ʃ", "S", "ʒ", "Z", "ŋ", "N", "ɛ", "E", "ɔ", "O", "ə", "@", ".", "", " ", " "}
	ipaFrench  = append([]string{"ɑ̃", "A~", "ɛ̃", "E~", "ɔ̃", "O~", "œ̃", "W~", "ɲ", "n^", "ʁ", "r", "ʀ", "r", "ɥ", "y", "ø", "Y", "œ", "W", "ɑ", "a"}, ipaShared...)
	ipaEnglish = append([]string{"tʃ", "tS", "dʒ", "dZ", "iː", "i:", "ɑː", "A:", "ɔː", "O:", "uː", "u:", "ɜː", "3:", "eɪ", "eI", "aɪ", "aI", "ɔɪ", "OI", "aʊ", "aU", "əʊ", "oU", "oʊ", "oU", "ɪə", "i@", "eə", "e@", "ʊə", "U@", "θ", "T", "ð", "D", "ɹ", "r",
		"ɒ", "0", "ʌ", "V", "ɪ", "I", "æ", "a", "ʊ", "U", "ɐ", "a#", "i", "i", "e", "E"}, ipaShared...)
	toFrench, toEnglish = strings.NewReplacer(ipaFrench...), strings.NewReplacer(ipaEnglish...)
)

// EspeakPhonemes writes a pronunciation in IPA with the mnemonics that espeak-ng reads, "" when it
// holds a sign that the language does not have there. lang is "fr" or "en", a region may follow.
func EspeakPhonemes(lang, ipa string) string {
	to := toFrench
	if sameLanguage(lang, "en") {
		to = toEnglish
	}
	out := to.Replace(ipa)
	if !EspeakMnemonics(out) {
		return ""
	}
	return out
}

// EspeakMnemonics reports whether s may be phonemes for espeak-ng: printable ASCII without the
// brackets and the angle brackets that begin other things.
func EspeakMnemonics(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || strings.IndexByte(`[]<>"&\`, c) >= 0 {
			return false
		}
	}
	return strings.TrimSpace(s) != ""
}
