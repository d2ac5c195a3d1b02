package flows

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
)

// Problem is one mistake in a bot's files. Line and Col count from 1; they are 0 when the
// mistake is about a whole file or about a file that is missing.
type Problem struct {
	File string
	Line int
	Col  int
	Msg  string
	// Source is the line as written, "" when there is none.
	Source string
}

// Caret writes the problem with its line and a caret under its column.
func (p Problem) Caret() string {
	if p.Source == "" {
		return p.String()
	}
	var pad strings.Builder
	for i, r := range []rune(p.Source) {
		if i == p.Col-1 {
			break
		}
		if r != '\t' {
			r = ' '
		}
		pad.WriteRune(r)
	}
	return fmt.Sprintf("%s\n    %s\n    %s^", p, p.Source, pad.String())
}

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

// String writes "flows/colis.yaml:14:9: what is wrong; what to do".
func (p Problem) String() string {
	switch {
	case p.File == "":
		return p.Msg
	case p.Line == 0:
		return p.File + ": " + p.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Col, p.Msg)
}

// Problems is every mistake found in a bot's files, in reading order. It is the error of Load.
type Problems []Problem

// Error writes one problem per line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// sorted orders by file and position and drops repetitions, so that one cause seen from two
// sides is told once.
func (ps Problems) sorted() Problems {
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

// nearest returns the candidate closest to word, or "" when none is close enough to be
// what was meant (a third of the letters may differ, at least two).
func nearest(word string, candidates []string) string {
	best, limit := "", max(2, len([]rune(word))/3)+1
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c), limit); d < limit {
			best, limit = c, d
		}
	}
	return best
}

// didYouMean is the tail of a complaint about an unknown name.
func didYouMean(word string, known []string) string {
	if n := nearest(word, known); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	if len(known) == 0 {
		return ""
	}
	sorted := append([]string(nil), known...)
	sort.Strings(sorted)
	if len(sorted) > 16 {
		sorted = append(sorted[:16], "…")
	}
	return "; known here: " + strings.Join(sorted, ", ")
}

// distance is Levenshtein's, given up at limit.
func distance(a, b string, limit int) int {
	ra, rb := []rune(a), []rune(b)
	if len(ra)-len(rb) >= limit || len(rb)-len(ra) >= limit {
		return limit
	}
	row := make([]int, len(rb)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range ra {
		diag := row[0]
		row[0] = i + 1
		for j, y := range rb {
			cost := diag
			if x != y {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(rb)]
}
