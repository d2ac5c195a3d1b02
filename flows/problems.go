package flows

import (
	"bytes"
	"sort"
	"strings"

	"decroche/internal/strictyaml"
)

// Problem is one mistake in a bot's files, with its place.
type Problem = strictyaml.Problem

// Problems is every mistake found in a bot's files, in reading order. It is the error of Load.
type Problems = strictyaml.Problems

// maxSource bounds a line that is shown, in bytes.
const maxSource = 200

func sourceLine(src []byte, line int) string {
	for n := 1; line > 0 && len(src) > 0; n++ {
		text, rest, _ := bytes.Cut(src, []byte("\n"))
		if n == line {
			return clip(strings.TrimRight(string(text), "\r"), maxSource)
		}
		src = rest
	}
	return ""
}

// sorted orders by file and position and drops repetitions, so that one cause seen from two
// sides is told once.
func sorted(ps Problems) Problems {
	sort.SliceStable(ps, func(i, j int) bool {
		a, b := ps[i], ps[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Col < b.Col
	})
	out := ps[:0]
	for i, p := range ps {
		if i == 0 || p != ps[i-1] {
			out = append(out, p)
		}
	}
	return out
}

// didYouMean is the tail of a complaint about an unknown name.
func didYouMean(word string, known []string) string { return strictyaml.DidYouMean(word, known) }
