package flows

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// voice reads what is spoken: plain text, or text with marks.
func (l *loader) voice(t *tree, what string, names []string) (*template, *speech) {
	tp := l.template(t, what, names)
	if !marked(tp.src) {
		return tp, nil
	}
	sp, complaint, near := parseSpeech(tp)
	if complaint != "" {
		l.add(l.inside(t.at, near), "%s (voice) %s", what, complaint)
		return tp, nil
	}
	return sp.words(tp.src), sp
}

// inside is where near is written in the value that begins at at; at itself when it is not found
// as it stands, for YAML may write it with escapes.
func (l *loader) inside(at place, near string) place {
	src := l.sources[at.file]
	for n := 1; n < at.line && len(src) > 0; n++ {
		_, src, _ = bytes.Cut(src, []byte("\n"))
	}
	text := string(src)
	skip := 0
	for range max(0, at.col-1) {
		_, size := utf8.DecodeRuneInString(text[skip:])
		skip += size
	}
	i := strings.Index(text[min(skip, len(text)):], near)
	if near == "" || i < 0 {
		return at
	}
	before := text[skip : skip+i]
	if n := strings.Count(before, "\n"); n > 0 {
		before = before[strings.LastIndexByte(before, '\n')+1:]
		return place{at.file, at.line + n, utf8.RuneCountInString(before) + 1}
	}
	return place{at.file, at.line, at.col + utf8.RuneCountInString(before)}
}
