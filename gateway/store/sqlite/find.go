package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"decroche/gateway/store"
)

// Around the words that were found, in what the index gives back. They are no characters of a
// transcript: oneLine leaves no control character in it.
const markOn, markOff = "\x02", "\x03"

// excerpt is how many runes of a line are shown on each side of the first word found.
const excerpt = 80

// question writes what people look for in the index's own words, each quoted.
func question(text string) (string, error) {
	terms, err := store.Terms(text)
	if err != nil {
		return "", fmt.Errorf("text: %w", err)
	}
	var all []string
	for _, t := range terms {
		var ways []string
		for _, w := range t.Spellings() {
			q := `"` + strings.ReplaceAll(w, `"`, `""`) + `"`
			if !t.Whole {
				q += "*"
			}
			ways = append(ways, q)
		}
		all = append(all, "("+strings.Join(ways, " OR ")+")")
	}
	return strings.Join(all, " AND "), nil
}

// finder builds one question to the database.
type finder struct {
	where []string
	args  []any
}

func (f *finder) add(cond string, vals ...any) {
	f.where = append(f.where, cond)
	f.args = append(f.args, vals...)
}

// holds adds that a column holds a text, whatever its case.
func (f *finder) holds(column, text string) {
	if text != "" {
		f.add(column+` LIKE ? ESCAPE '\'`, "%"+strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text)+"%")
	}
}

// filters adds what every list can be narrowed by.
func (f *finder) filters(q store.Query) error {
	equal := func(column, v string) {
		if v != "" {
			f.add(column+` = ?`, v)
		}
	}
	equal("c.channel", q.Channel)
	equal("c.bot", q.Bot)
	if q.Outcome != "" {
		list := strings.Split(q.Outcome, ",")
		var marks []string
		for _, o := range list {
			marks = append(marks, "?")
			f.args = append(f.args, o)
		}
		f.where = append(f.where, `c.outcome IN (`+strings.Join(marks, ", ")+`)`)
	}
	if q.Open {
		f.add(`c.end_us IS NULL`)
	}
	if !q.Since.IsZero() {
		f.add(`c.start_us >= ?`, micros(q.Since))
	}
	f.holds("c.intent", q.Intent)
	f.holds("c.agent", q.Agent)
	f.holds("c.queue", q.Queue)
	if q.Number != "" {
		ways, err := store.Numbers(q.Number)
		if err != nil {
			return fmt.Errorf("number: %w", err)
		}
		var any []string
		for _, w := range ways {
			any = append(any, "c.caller LIKE ?")
			f.args = append(f.args, w)
		}
		f.where = append(f.where, "("+strings.Join(any, " OR ")+")")
	}
	return nil
}

// list asks for conversations without words.
func (f *finder) list(q store.Query) (string, error) {
	switch {
	case q.Before.IsZero():
	case q.BeforeID == "":
		f.add(`c.start_us < ?`, micros(q.Before))
	default:
		f.add(`(c.start_us < ? OR c.start_us = ? AND c.id > ?)`, micros(q.Before), micros(q.Before), q.BeforeID)
	}
	if err := f.filters(q); err != nil {
		return "", err
	}
	query := `SELECT ` + summaryColumns + `, '', '' FROM conversations c`
	if len(f.where) > 0 {
		query += ` WHERE ` + strings.Join(f.where, ` AND `)
	}
	return query + ` ORDER BY c.start_us DESC, c.id LIMIT ?`, nil
}

// search asks the index, which goes through its documents newest first and stops when the page is
// full. A document's number is when the conversation began, moved on by a little where several began
// at once.
func (f *finder) search(q store.Query) (string, error) {
	words, err := question(q.Text)
	if err != nil {
		return "", err
	}
	f.add(`search MATCH ?`, words)
	const moved = 1000 // µs
	switch {
	case q.Before.IsZero():
	case q.BeforeID == "":
		f.add(`search.rowid < ?`, micros(q.Before)+moved)
		f.add(`c.start_us < ?`, micros(q.Before))
	default:
		f.add(`search.rowid < coalesce((SELECT id FROM search_docs WHERE conv = ?), ?)`, q.BeforeID, micros(q.Before))
	}
	if !q.Since.IsZero() {
		f.add(`search.rowid >= ?`, micros(q.Since))
	}
	if err := f.filters(q); err != nil {
		return "", err
	}
	return `SELECT ` + summaryColumns + `, highlight(search, 0, '` + markOn + `', '` + markOff + `'), d.lines
		FROM search CROSS JOIN search_docs d ON d.id = search.rowid CROSS JOIN conversations c ON c.id = d.conv
		WHERE ` + strings.Join(f.where, ` AND `) + ` ORDER BY search.rowid DESC LIMIT ?`, nil
}

func (s *Store) conversations(ctx context.Context, q store.Query) ([]store.Summary, error) {
	f, ask := finder{}, (*finder).list
	if q.Text != "" {
		ask = (*finder).search
	}
	query, err := ask(&f, q)
	if err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	rows, err := s.read.QueryContext(ctx, query, append(f.args, min(limit, 500))...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []store.Summary
	for rows.Next() {
		var marked, lines string
		sum, err := scanSummary(rows, &marked, &lines)
		if err != nil {
			return nil, err
		}
		if q.Text != "" {
			if sum.Match, err = match(marked, lines); err != nil {
				return nil, fmt.Errorf("what was found in %q: %w", sum.ID, err)
			}
		}
		out = append(out, sum)
	}
	return out, rows.Err()
}

// match finds the line with most of the words, the caller's before others', the first before later
// ones.
func match(marked, about string) (*store.Match, error) {
	var lines []line
	if err := json.Unmarshal([]byte(about), &lines); err != nil {
		return nil, err
	}
	best, most := -1, 0
	texts := strings.Split(marked, "\n")
	for i, text := range texts[:min(len(texts), len(lines))] {
		n := 2 * strings.Count(text, markOn)
		if n > 0 && lines[i].Who == "caller" {
			n++
		}
		if n > most {
			best, most = i, n
		}
	}
	if best < 0 {
		return nil, nil // a phrase that goes from one line to the next
	}
	l := lines[best]
	return &store.Match{Seq: l.Seq, OffsetMS: l.At, Who: l.Who, Parts: cut(texts[best])}, nil
}

// cut makes pieces of a marked line, every second one a word that was found, and leaves out what is
// far from the first of them.
func cut(text string) []string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '\x02' || r == '\x03' })
	if !strings.HasPrefix(text, markOn) {
		parts[0] = tail(parts[0], excerpt)
	} else {
		parts = append([]string{""}, parts...)
	}
	room := 2 * excerpt
	for i, p := range parts[1:] {
		if n := utf8.RuneCountInString(p); n > room {
			parts[i+1] = head(p, room)
			return parts[:i+2]
		} else {
			room -= n
		}
	}
	return parts
}

// tail and head are the end and the beginning of a text, whole words where there are any.
func tail(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	r := []rune(s)
	s = string(r[len(r)-most:])
	if _, rest, ok := strings.Cut(s, " "); ok {
		s = rest
	}
	return "…" + s
}

func head(s string, most int) string {
	s = string([]rune(s)[:most])
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		s = s[:i]
	}
	return s + "…"
}
