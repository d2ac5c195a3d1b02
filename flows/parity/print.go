package parity

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// nameWidth is how much of a conversation's name a table shows, in runes.
const nameWidth = 52

// Print writes the report for people: a line for each conversation, with what it comes to at each door;
// below, what is not the same and which steps a door cannot have.
func (r *Report) Print(w io.Writer) error {
	p := &printer{w: w}
	head := pad("conversation", nameWidth) + "  " + pad("as written", 20)
	for _, d := range r.Doors {
		head += "  " + pad(d.Name, 22)
	}
	p.line("%s", strings.TrimRight(head, " "))
	for _, row := range r.Rows {
		line := pad(row.Name, nameWidth) + "  " + pad(row.Ending, 20)
		for _, c := range row.Doors {
			line += "  " + pad(c.word(), 22)
		}
		p.line("%s", strings.TrimRight(line, " "))
	}
	for _, row := range r.Rows {
		for i, c := range row.Doors {
			if !c.OK {
				p.line("%s:%d: %s: not the same on %s: %s", row.File, row.Line, row.Name, r.Doors[i].Name, c.Diff)
			}
		}
	}
	for _, d := range r.Lacks() {
		p.line("%s: %s: %d steps in %d conversations", d.Door, d.Why, d.Steps, d.Rows)
	}
	p.line("%d conversations on %d doors: %d the same everywhere", len(r.Rows), len(r.Doors), len(r.Rows)-r.Failed())
	return p.err
}

// word is what a conversation came to at a door, in a table.
func (c Cell) word() string {
	mark := "="
	switch {
	case !c.OK:
		mark = "≠"
	case c.Mapped:
		mark = "~"
	}
	word := mark + " " + c.Ending
	if n := len(c.Lacks); n > 0 {
		word += fmt.Sprintf(" (%d)", n)
	}
	return word
}

// Count is how many steps a door lacks for one reason.
type Count struct {
	Door, Why   string
	Steps, Rows int
	Said        int // of the steps: how many are done otherwise rather than left out
}

// Lacks counts what the doors cannot have, by door and reason.
func (r *Report) Lacks() []Count {
	by := map[[2]string]*Count{}
	for _, row := range r.Rows {
		for i, c := range row.Doors {
			seen := map[string]bool{}
			for _, l := range c.Lacks {
				key := [2]string{r.Doors[i].Name, l.Why}
				if by[key] == nil {
					by[key] = &Count{Door: key[0], Why: key[1]}
				}
				by[key].Steps++
				if l.Instead != "" {
					by[key].Said++
				}
				if !seen[l.Why] {
					seen[l.Why] = true
					by[key].Rows++
				}
			}
		}
	}
	var out []Count
	for _, c := range slices.SortedFunc(maps.Values(by), func(a, b *Count) int {
		return cmp.Or(cmp.Compare(r.at(a.Door), r.at(b.Door)), cmp.Compare(b.Steps, a.Steps), cmp.Compare(a.Why, b.Why))
	}) {
		out = append(out, *c)
	}
	return out
}

// at is the place of a door in the report.
func (r *Report) at(name string) int {
	return slices.IndexFunc(r.Doors, func(d Door) bool { return d.Name == name })
}

type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// pad cuts or fills s to n runes.
func pad(s string, n int) string {
	if k := utf8.RuneCountInString(s); k <= n {
		return s + strings.Repeat(" ", n-k)
	}
	return string([]rune(s)[:n-1]) + "…"
}
