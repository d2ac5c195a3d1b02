package strictyaml

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one complaint about one place. Line and Col count from 1; they are 0 when the
// complaint is about a whole file.
type Problem struct {
	File      string
	Line, Col int
	Msg       string
	// Source is the line as written, "" when there is none.
	Source string
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

// Problems is every complaint about a set of files. It is an error when not empty.
type Problems []Problem

// Sort puts the complaints of each file in the order of its lines; files stay in their order.
func (ps Problems) Sort() {
	order := map[string]int{}
	for _, p := range ps {
		if _, ok := order[p.File]; !ok {
			order[p.File] = len(order)
		}
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
}

// Error lists all complaints, one per line, each with its line of the file where it is known.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Caret()
	}
	return strings.Join(lines, "\n")
}
