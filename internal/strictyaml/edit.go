package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// People write these files, with comments and an order that mean something to them. A program
// that changes one value must leave every other byte alone, so these edits work on the text and
// are proven afterwards by reading both texts again; an encoder would reformat the whole file.

// ErrShape means that a text is written in a way that is not edited by machine: over several
// lines, as a block, with an anchor. The person has to.
var ErrShape = errors.New("written in a form that is not edited by machine; change it by hand")

// SetScalar replaces the one-line text old, which stands at line and col (from 1, in characters),
// by text in double quotes. Every other byte of src stays. The error is ErrShape when old is not
// found there in one piece.
func SetScalar(src []byte, line, col int, old, text string) ([]byte, error) {
	from, ok := offset(src, line, col)
	if !ok {
		return nil, fmt.Errorf("line %d, column %d: %w", line, col, ErrShape)
	}
	to, ok := scalarEnd(src, from, old)
	if !ok {
		return nil, fmt.Errorf("line %d: %w", line, ErrShape)
	}
	return splice(src, from, to, Quote(text)), nil
}

// AppendItem adds text to the end of the list behind the keys of path, in the style in which the
// list is written. Every other byte of src stays.
func AppendItem(src []byte, path []string, text string) ([]byte, error) {
	if rest, marked := bytes.CutPrefix(src, byteOrderMark); marked { // the loader reads over it
		out, err := AppendItem(rest, path, text)
		if err != nil {
			return nil, err
		}
		return slices.Concat(byteOrderMark, out), nil
	}
	f, err := parser.ParseBytes(src, 0)
	if err != nil || len(f.Docs) != 1 || f.Docs[0].Body == nil {
		return nil, fmt.Errorf("add to %s: the file is not one valid YAML document; decroche flow check says why", strings.Join(path, "."))
	}
	n, err := walk(f.Docs[0].Body, path)
	if err != nil {
		return nil, err
	}
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		return nil, fmt.Errorf("add to %s: it is not a list: %w", strings.Join(path, "."), ErrShape)
	}
	out, err := appendTo(src, seq, text)
	if err != nil {
		return nil, fmt.Errorf("add to %s: %w", strings.Join(path, "."), err)
	}
	if err := proveAppended(src, out, path, text); err != nil {
		return nil, fmt.Errorf("add to %s: %w", strings.Join(path, "."), err)
	}
	return out, nil
}

var byteOrderMark = []byte("\ufeff")

// walk follows keys of maps.
func walk(n ast.Node, path []string) (ast.Node, error) {
next:
	for i, key := range path {
		var vs []*ast.MappingValueNode
		switch m := n.(type) {
		case *ast.MappingNode:
			vs = m.Values
		case *ast.MappingValueNode:
			vs = []*ast.MappingValueNode{m}
		}
		for _, kv := range vs {
			if keyText(kv) == key {
				n = kv.Value
				continue next
			}
		}
		return nil, fmt.Errorf("there is no key %s", strings.Join(path[:i+1], "."))
	}
	return n, nil
}

func appendTo(src []byte, seq *ast.SequenceNode, text string) ([]byte, error) {
	if len(seq.Values) == 0 {
		from, ok := offset(src, seq.Start.Position.Line, seq.Start.Position.Column)
		if !ok || !bytes.HasPrefix(src[from:], []byte("[")) {
			return nil, ErrShape
		}
		return splice(src, from+1, from+1, Quote(text)), nil
	}
	last, ok := seq.Values[len(seq.Values)-1].(*ast.StringNode)
	if !ok {
		return nil, ErrShape
	}
	p := last.GetToken().Position
	from, ok := offset(src, p.Line, p.Column)
	if !ok {
		return nil, ErrShape
	}
	lineStart := bytes.LastIndexByte(src[:from], '\n') + 1
	lineEnd := len(src)
	if i := bytes.IndexByte(src[from:], '\n'); i >= 0 {
		lineEnd = from + i
	}
	end, ok := scalarEnd(src, from, last.Value)
	if !ok { // the parser counts spaces behind a plain text to its column
		line := src[lineStart:lineEnd]
		from = max(lineStart, from-(len(line)-len(bytes.TrimRight(line, " \t\r"))))
		end, ok = scalarEnd(src, from, last.Value)
	}
	if !ok {
		return nil, ErrShape
	}
	newline := "\n"
	if bytes.HasSuffix(src[:lineEnd], []byte("\r")) {
		newline, lineEnd = "\r\n", lineEnd-1
	}
	lead := string(src[lineStart:from])
	if !seq.IsFlowStyle {
		if strings.Trim(lead, " -") != "" {
			return nil, ErrShape // "- - x", "key: [..." and the like
		}
		return splice(src, lineEnd, lineEnd, newline+lead+Quote(text)), nil
	}
	comma := bytes.HasPrefix(bytes.TrimLeft(src[end:], " \t"), []byte(","))
	if strings.TrimSpace(lead) == "" && alone(src[end:lineEnd]) { // one item a line
		out := splice(src, lineEnd, lineEnd, newline+lead+Quote(text)+tail(comma))
		if comma {
			return out, nil
		}
		return splice(out, end, end, ","), nil
	}
	if comma {
		end += bytes.IndexByte(src[end:], ',') + 1
		return splice(src, end, end, " "+Quote(text)), nil
	}
	return splice(src, end, end, ", "+Quote(text)), nil
}

// tail keeps a list's habit of a comma after its last item.
func tail(comma bool) string {
	if comma {
		return ","
	}
	return ""
}

// alone reports whether only a comma or a comment follows on the line.
func alone(rest []byte) bool {
	s := strings.TrimPrefix(strings.TrimSpace(string(rest)), ",")
	s = strings.TrimSpace(s)
	return s == "" || strings.HasPrefix(s, "#")
}

// proveAppended reads both texts and compares what they mean.
func proveAppended(before, after []byte, path []string, text string) error {
	var a, b any
	if err := yaml.Unmarshal(before, &a); err != nil {
		return ErrShape
	}
	if err := yaml.Unmarshal(after, &b); err != nil {
		return ErrShape
	}
	m := a
	for i, key := range path {
		mm, ok := m.(map[string]any)
		if !ok {
			return ErrShape
		}
		if i == len(path)-1 {
			list, ok := mm[key].([]any)
			if !ok && mm[key] != nil {
				return ErrShape
			}
			mm[key] = append(list, text)
		}
		m = mm[key]
	}
	if !reflect.DeepEqual(a, b) {
		return ErrShape
	}
	return nil
}

// splice puts text in the place of src[from:to].
func splice(src []byte, from, to int, text string) []byte {
	out := make([]byte, 0, len(src)+len(text))
	out = append(out, src[:from]...)
	out = append(out, text...)
	return append(out, src[to:]...)
}

// offset finds a line and column, both from 1, the column in characters.
func offset(src []byte, line, col int) (int, bool) {
	at := 0
	for n := 1; n < line; n++ {
		i := bytes.IndexByte(src[at:], '\n')
		if i < 0 {
			return 0, false
		}
		at += i + 1
	}
	rest := string(src[at:])
	n := 1
	for i, r := range rest {
		if n == col {
			return at + i, true
		}
		if r == '\n' {
			break
		}
		n++
	}
	return 0, false
}

// scalarEnd is where the one-line text at from, whose value is known, ends.
func scalarEnd(src []byte, from int, value string) (int, bool) {
	line := src[from:]
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	if len(line) == 0 {
		return 0, false
	}
	end := 0
	switch line[0] {
	case '"':
		for i := 1; i < len(line) && end == 0; i++ {
			switch line[i] {
			case '\\':
				i++
			case '"':
				end = i + 1
			}
		}
	case '\'':
		for i := 1; i < len(line) && end == 0; i++ {
			if line[i] != '\'' {
				continue
			}
			if i+1 < len(line) && line[i+1] == '\'' {
				i++
				continue
			}
			end = i + 1
		}
	default:
		if !bytes.HasPrefix(line, []byte(value)) || value == "" {
			return 0, false
		}
		end = len(value)
		after := strings.TrimLeft(string(line[end:]), " \t\r")
		if after != "" && !strings.ContainsAny(after[:1], "#,}]") {
			return 0, false // goes on, here or on the next line
		}
	}
	if end == 0 {
		return 0, false
	}
	var got any
	if err := yaml.Unmarshal(line[:end], &got); err != nil || line[0] <= '\'' && got != value {
		return 0, false
	}
	return from + end, true
}

// Quote writes s in YAML's double quotes: what would not survive in a file, or could not be
// seen in it, is escaped.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r >= 0x80 && r < 0xa0 || r == 0xfeff || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// ErrChanged means that a file is no longer what it was when the edit was made.
var ErrChanged = errors.New("the file was changed meanwhile; look at it and try again")

// WriteFile puts text in the place of a file that held was: whole or not at all, with the same
// permissions, and not when somebody else has changed it since (ErrChanged).
func WriteFile(name string, was, text []byte) error {
	name, err := filepath.EvalSymlinks(name) // what a link leads to is replaced, not the link
	if err != nil {
		return err
	}
	st, err := os.Stat(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // fails once renamed
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(st.Mode().Perm()), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if now, err := os.ReadFile(name); err != nil || !bytes.Equal(now, was) {
		return errors.Join(ErrChanged, err)
	}
	return os.Rename(f.Name(), name)
}
