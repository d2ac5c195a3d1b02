package diff

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"decroche/flows"
)

// Print writes the report for people, width columns wide, the channels side by side.
func (r *Report) Print(w io.Writer, width int) error {
	p := &printer{w: w, column: max(20, (width-2)/max(1, len(r.Channels))-3), channels: r.Channels}
	turns, differ := 0, 0
	for _, c := range r.Conversations {
		turns += c.Turns
		differ += len(c.Differ)
		p.conversation(c)
	}
	if len(r.Forms) > 0 {
		p.line("texts in two forms:")
		for _, f := range r.Forms {
			p.line("  %s:%d:%d: %s (%s)", f.File, f.Line, f.Col, f.ID, f.Lang)
			p.line("    text   %s", f.Text)
			p.line("    voice  %s", f.Voice)
		}
	}
	if len(r.Buttons) > 0 {
		p.line("buttons that cannot be heard:")
		for _, b := range r.Buttons {
			p.line("  %s:%d:%d: %s (%s): [%s]", b.File, b.Line, b.Col, b.ID, b.Lang, b.Words)
		}
	}
	p.line("%d conversations on %s: %d of %d turns differ; %d texts in two forms, %d buttons that cannot be heard",
		len(r.Conversations), channelWords(r.Channels), differ, turns, len(r.Forms), len(r.Buttons))
	return p.err
}

func channelWords(list []flows.Channel) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = string(c)
	}
	return strings.Join(words, ", ")
}

type printer struct {
	w        io.Writer
	column   int
	channels []flows.Channel
	err      error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) conversation(c Conversation) {
	if len(c.Differ) == 0 && len(c.Failed) == 0 {
		return
	}
	p.line("%s:%d: %s", c.File, c.Line, c.Name)
	for _, t := range c.Differ {
		caller := t.Caller
		if t.Number == 0 {
			caller = "(the beginning)"
		}
		p.line("  %s", caller)
		var heads []string
		var cells [][]string
		for _, ch := range p.channels {
			heads = append(heads, string(ch))
			var lines []string
			for _, s := range t.Said[ch] {
				lines = append(lines, wrap(s, p.column)...)
			}
			for _, s := range t.Steps[ch] {
				lines = append(lines, wrap("· "+s, p.column)...)
			}
			cells = append(cells, lines)
		}
		p.row(heads)
		for i := 0; ; i++ {
			row, more := make([]string, len(cells)), false
			for k, lines := range cells {
				if i < len(lines) {
					row[k], more = lines[i], true
				}
			}
			if !more {
				break
			}
			p.row(row)
		}
		p.line("    ≠ %s", strings.Join(t.Why, "; "))
	}
	for _, ch := range p.channels {
		if d := c.Failed[ch]; d != "" {
			why := ""
			if c.CallOnly {
				why = ", and need not: it has steps that only a call has"
			}
			p.line("  does not hold on %s%s:\n    %s", ch, why, strings.ReplaceAll(tail(d), "\n", "\n    "))
		}
	}
	p.line("")
}

// tail is the end of a conversation's diff: what was expected and what came.
func tail(d string) string {
	if i := strings.LastIndex(d, "\n- "); i >= 0 {
		return d[i+1:]
	}
	return d
}

func (p *printer) row(cells []string) {
	var b strings.Builder
	b.WriteString("    ")
	for i, c := range cells {
		if i > 0 {
			b.WriteString(" | ")
		}
		b.WriteString(c)
		if i+1 < len(cells) {
			b.WriteString(strings.Repeat(" ", max(0, p.column-utf8.RuneCountInString(c))))
		}
	}
	p.line("%s", strings.TrimRight(b.String(), " "))
}

// wrap cuts a text into lines of at most width runes, between words where it can.
func wrap(s string, width int) []string {
	var out []string
	line := ""
	for _, w := range strings.Fields(s) {
		for utf8.RuneCountInString(w) > width {
			if line != "" {
				out, line = append(out, line), ""
			}
			rs := []rune(w)
			out, w = append(out, string(rs[:width])), string(rs[width:])
		}
		switch {
		case line == "":
			line = w
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) <= width:
			line += " " + w
		default:
			out, line = append(out, line), w
		}
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}
