package parity

import (
	"fmt"
	"io"
	"strings"
)

// Summary writes a line of a Markdown table for each hotline: how many of its conversations come to the
// same at each door, and how many to what Mappings says.
func Summary(w io.Writer, names []string, reports []*Report) error {
	p := &printer{w: w}
	doors := reports[0].Doors
	head, rule := "| hotline | conversations |", "|---|---|"
	for _, d := range doors {
		head, rule = head+" "+d.Name+" |", rule+"---|"
	}
	p.line("%s\n%s", head, rule)
	for i, r := range reports {
		line := fmt.Sprintf("| %s | %d |", names[i], len(r.Rows))
		for k := range doors {
			same, mapped := 0, 0
			for _, row := range r.Rows {
				switch c := row.Doors[k]; {
				case !c.OK:
				case c.Mapped:
					mapped++
				default:
					same++
				}
			}
			line += fmt.Sprintf(" %d same", same)
			if mapped > 0 {
				line += fmt.Sprintf(", %d by the table", mapped)
			}
			if bad := len(r.Rows) - same - mapped; bad > 0 {
				line += fmt.Sprintf(", **%d not**", bad)
			}
			line += " |"
		}
		p.line("%s", line)
	}
	return p.err
}

// Markdown writes a hotline's report as a page has it: every conversation with what it comes to, and
// below it every step that a door cannot have.
func (r *Report) Markdown(w io.Writer) error {
	p := &printer{w: w}
	head, rule := "| conversation | as written |", "|---|---|"
	for _, d := range r.Doors {
		head, rule = head+" "+d.Name+" |", rule+"---|"
	}
	p.line("%s\n%s", head, rule)
	for _, row := range r.Rows {
		line := fmt.Sprintf("| %s | %s |", cell(row.Name), row.Ending)
		for _, c := range row.Doors {
			line += " " + c.word() + " |"
		}
		p.line("%s", line)
	}
	p.line("\nSteps that a door cannot have:\n")
	for _, row := range r.Rows {
		p.lacks(r.Doors, row)
	}
	return p.err
}

// lacks lists the steps of one conversation that doors cannot have. Doors without the same ones share a
// line.
func (p *printer) lacks(doors []Door, row Row) {
	by, order := map[Lack][]string{}, []Lack{}
	for i, c := range row.Doors {
		for _, l := range c.Lacks {
			if by[l] == nil {
				order = append(order, l)
			}
			by[l] = append(by[l], doors[i].Name)
		}
	}
	if len(order) == 0 {
		return
	}
	p.line("* %s (%s:%d)", row.Name, row.File, row.Line)
	for _, l := range order {
		instead := "left out"
		if l.Instead != "" {
			instead = "“" + l.Instead + "” instead"
		}
		p.line("  * %s: `%s`: %s; %s", strings.Join(by[l], ", "), l.Step, l.Why, instead)
	}
}

// cell keeps a text from ending its cell.
func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }
