package pocketsphinx

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// dictionary tells how words are said. Immutable after load.
type dictionary map[string][]string

// loadDictionary reads a file in the form of CMU Sphinx: "word P H", another pronunciation as
// "word(2) P H", comments from "##" or ";;;" on.
func loadDictionary(path string) (dictionary, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the dictionary: %w", err)
	}
	defer f.Close()
	d, err := readDictionary(f)
	if err != nil {
		return nil, fmt.Errorf("read the dictionary %s: %w", path, err)
	}
	if len(d) == 0 {
		return nil, fmt.Errorf("read the dictionary %s: there is no word in it", path)
	}
	return d, nil
}

func readDictionary(r io.Reader) (dictionary, error) {
	d := dictionary{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		word, phones, ok := strings.Cut(strings.ReplaceAll(lines.Text(), "\t", " "), " ")
		phones = strings.TrimSpace(phones)
		if !ok || phones == "" || strings.HasPrefix(word, "##") || strings.HasPrefix(word, ";;;") {
			continue
		}
		if i := strings.IndexByte(word, '('); i > 0 && strings.HasSuffix(word, ")") {
			word = word[:i]
		}
		d[word] = append(d[word], phones)
	}
	return d, lines.Err()
}

// maxReadings bounds how many pronunciations a word made of parts may have.
const maxReadings = 6

// say returns how a word is said, nil when nobody knows. A word that is not there is looked up in
// parts, at hyphens and after apostrophes: "dix-sept", "c'est".
func (d dictionary) say(word string) []string {
	if p := d[word]; p != nil {
		return p
	}
	for i, c := range word {
		if c != '-' && c != '\'' || i == 0 || i == len(word)-1 {
			continue
		}
		left, right := word[:i], word[i+1:]
		if c == '\'' {
			left = word[:i+1]
		}
		a, b := d.say(left), d.say(right)
		if a == nil || b == nil {
			continue
		}
		var all []string
		for _, x := range a {
			for _, y := range b {
				if z := x + " " + y; len(all) < maxReadings && !slices.Contains(all, z) {
					all = append(all, z)
				}
			}
		}
		return all
	}
	return nil
}
