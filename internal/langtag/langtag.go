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
