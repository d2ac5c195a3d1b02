// Package eval measures the understander on labelled sentences: accuracy, what is rejected,
// calibration, speed, what word errors cost; and finds the examples of a bot that fight.
//
// The one idea behind it: every figure that we publish about understanding is one call of Run,
// so that anybody can make it again on sentences of their own. Nothing here is used in a call.
package eval

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"decroche/flows/nlu"
)

// OutOfScope is the intent of sentences that are about none of the others.
const OutOfScope = "oos"

// Limits of a file of sentences.
const (
	maxLine  = 8 << 10
	maxLines = 500_000
)

// ReadTSV reads "intent<TAB>text" lines. Empty lines, lines that begin with #, a byte order
// mark and a header (intent or label, then text, sentence or utterance) are passed over; a text
// may stand in quotes as spreadsheets write it, and columns after the second are ignored. The
// error names the line and what is wrong with it; name is the file in it.
func ReadTSV(r io.Reader, name string) ([]nlu.Example, error) {
	var out []nlu.Example
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 4<<10), maxLine)
	n := 0
	for s.Scan() {
		n++
		line := strings.TrimSuffix(s.Text(), "\r")
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if n > maxLines {
			return nil, fmt.Errorf("%s:%d: more than %d lines; take a part of the set", name, n, maxLines)
		}
		if !utf8.ValidString(line) {
			return nil, fmt.Errorf("%s:%d: not UTF-8; convert the file (iconv -f latin1 -t utf-8)", name, n)
		}
		cols := strings.Split(line, "\t")
		if len(out) == 0 && header(cols) {
			continue
		}
		if len(cols) < 2 {
			return nil, fmt.Errorf("%s:%d:1: no tab in %q; each line is intent, tab, text", name, n, short(line))
		}
		intent, text := strings.TrimSpace(cols[0]), unquote(strings.TrimSpace(cols[1]))
		switch {
		case intent == "":
			return nil, fmt.Errorf("%s:%d:1: the intent is empty; write %q for sentences out of scope", name, n, OutOfScope)
		case text == "":
			return nil, fmt.Errorf("%s:%d:%d: intent %q has an empty text; remove the line or write a sentence", name, n, len(cols[0])+2, intent)
		}
		out = append(out, nlu.Example{Intent: intent, Text: text})
	}
	switch err := s.Err(); {
	case err == bufio.ErrTooLong:
		return nil, fmt.Errorf("%s:%d: longer than %d bytes; nobody says so much at once", name, n+1, maxLine)
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case len(out) == 0:
		return nil, fmt.Errorf("%s: no sentences; each line is intent, tab, text", name)
	}
	return out, nil
}

func header(cols []string) bool {
	if len(cols) < 2 {
		return false
	}
	one := func(s string, of ...string) bool {
		s = strings.ToLower(strings.Trim(s, "\" \t"))
		for _, o := range of {
			if s == o {
				return true
			}
		}
		return false
	}
	return one(cols[0], "intent", "label", "category", "intention") && one(cols[1], "text", "sentence", "utterance", "example", "phrase", "texte", "query")
}

// unquote takes the quotes off that a spreadsheet put round a text with a quote in it.
func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return strings.ReplaceAll(s[1:len(s)-1], `""`, `"`)
	}
	return s
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
