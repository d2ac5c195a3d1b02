// Package langtag reads the beginning of language tags (BCP 47), which is all that we look at:
// "fr-CA" is heard, spoken and answered as "fr".
package langtag

import "strings"

// Base is the language of a tag without its region, in small letters: "fr" of "fr-CA"; "" of "".
func Base(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return base
}

// Is accepts what a tag begins with: two or three small letters.
func Is(s string) bool {
	return (len(s) == 2 || len(s) == 3) && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

// names are those that Whisper servers write instead of tags.
var names = map[string]string{"dutch": "nl", "english": "en", "french": "fr", "german": "de", "italian": "it", "portuguese": "pt", "spanish": "es"}

// Named is Base of a tag, or of the language that an English name like "french" stands for.
func Named(name string) string {
	base := Base(strings.TrimSpace(name))
	if tag, ok := names[base]; ok {
		return tag
	}
	return base
}
