// Package strictyaml decodes YAML into Go structs and complains about everything at once:
// unknown keys with the nearest known one, wrong types, bad durations, duplicate keys, each
// with file, line and column. The decoder of the YAML library stops at the first mistake; a
// person who mends a file wants the whole list.
package strictyaml

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// MaxBytes bounds a file: configuration is written by hand.
const MaxBytes = 1 << 20

// maxNesting bounds the brackets that are open at once.
const maxNesting = 100

// Document is one decoded file; it remembers where each key stands, so that later checks can
// point at it.
type Document struct {
	File  string
	where map[string][2]int // "sip.listen" -> line, column
	lines []string
	read  bool
	bad   []string // key paths that were complained about
}

func newDocument(file string, data []byte) *Document {
	doc := &Document{File: file, where: map[string][2]int{}}
	for l := range strings.Lines(string(data)) {
		doc.lines = append(doc.lines, strings.TrimRight(l, "\r\n"))
	}
	return doc
}

// Read tells whether the file could be read as keys and values at all, mistakes in some aside.
func (d *Document) Read() bool { return d.read }

// Bad tells whether decoding complained about a key, one that holds it or one inside it: its
// value says nothing then.
func (d *Document) Bad(path string) bool {
	return slices.ContainsFunc(d.bad, func(b string) bool { return path == b || inside(path, b) || inside(b, path) })
}

// BadBeside returns the names of keys in the same section as path that decoding complained
// about: a comparison with one of them says nothing.
func (d *Document) BadBeside(path string) (names []string) {
	for _, b := range d.bad {
		if parent(b) == parent(path) && b != path {
			names = append(names, strings.TrimPrefix(strings.TrimPrefix(b, parent(b)), "."))
		}
	}
	return names
}

// inside tells whether a key path is below another.
func inside(path, outer string) bool {
	return strings.HasPrefix(path, outer+".") || strings.HasPrefix(path, outer+"[")
}

// line is a line of the file, as written, cut at 200 bytes; "" when there is none.
func (d *Document) line(n int) string {
	if n < 1 || n > len(d.lines) {
		return ""
	}
	return strings.ToValidUTF8(d.lines[n-1][:min(200, len(d.lines[n-1]))], "")
}

// At makes a Problem about a key path such as "sip.listen" or "agents[1].addr"; the nearest
// parent that is in the file is pointed at when the key itself is not.
func (d *Document) At(path, msg string) Problem {
	for p := path; p != ""; p = parent(p) {
		if w, ok := d.where[p]; ok {
			return Problem{File: d.File, Line: w[0], Col: w[1], Msg: path + ": " + msg, Source: d.line(w[0])}
		}
	}
	return Problem{File: d.File, Msg: path + ": " + msg}
}

func parent(p string) string {
	i := strings.LastIndexAny(p, ".[")
	if i < 0 {
		return ""
	}
	return p[:i]
}

// Decode reads data into out, a pointer to a struct that holds the defaults already. Keys that
// are absent keep their default, and so do those that are complained about, one by one: what
// else was read may be checked too, see Document.Bad. It returns every complaint by line.
func Decode(file string, data []byte, out any) (*Document, Problems) {
	doc, f, bad := syntax(file, data)
	if bad != nil {
		return doc, bad
	}
	doc.read = true
	if len(f.Docs) == 0 || f.Docs[0].Body == nil {
		return doc, nil
	}
	d := &decoder{doc: doc}
	d.value("", f.Docs[0].Body, reflect.ValueOf(out).Elem())
	d.problems.Sort()
	return doc, d.problems
}

// syntax reads one YAML document of bounded size and depth. The Document is never nil; the file is
// nil where there are problems.
func syntax(file string, data []byte) (*Document, *ast.File, Problems) {
	if len(data) > MaxBytes {
		return &Document{File: file}, nil, Problems{{File: file, Msg: fmt.Sprintf("is %d bytes long, more than the limit of %d", len(data), MaxBytes)}}
	}
	data, err := Text(data)
	if err != nil {
		return &Document{File: file}, nil, Problems{{File: file, Msg: err.Error()}}
	}
	doc := newDocument(file, data)
	if line, col, deep := TooDeep(data, maxNesting); deep {
		return doc, nil, Problems{{File: file, Line: line, Col: col, Msg: fmt.Sprintf("nested more than %d levels; write it flatter", maxNesting)}}
	}
	f, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		p := syntaxProblem(file, err)
		p.Source = doc.line(p.Line)
		return doc, nil, Problems{p}
	}
	if len(f.Docs) > 1 {
		p := Problem{File: file, Line: 1, Col: 1, Msg: "holds more than one YAML document; keep one"}
		if at := f.Docs[1].Start; at != nil { // "---"
			p.Line, p.Col = at.Position.Line, at.Position.Column
		}
		p.Source = doc.line(p.Line)
		return doc, nil, Problems{p}
	}
	return doc, f, nil
}

// syntaxProblem takes position and first line out of the library's error "[3:5] message\n…".
func syntaxProblem(file string, err error) Problem {
	p := Problem{File: file, Line: 1, Col: 1, Msg: err.Error()}
	msg := err.Error()
	if strings.HasPrefix(msg, "[") {
		if end := strings.IndexByte(msg, ']'); end > 0 {
			if l, c, ok := strings.Cut(msg[1:end], ":"); ok {
				p.Line, _ = strconv.Atoi(l)
				p.Col, _ = strconv.Atoi(c)
			}
			msg = strings.TrimSpace(msg[end+1:])
		}
	}
	msg, _, _ = strings.Cut(msg, "\n")
	p.Msg = "not valid YAML: " + msg
	return p
}

type decoder struct {
	doc      *Document
	problems Problems
	depth    int
}

// fail complains about the key path at node n.
func (d *decoder) fail(path string, n ast.Node, format string, args ...any) {
	d.doc.bad = append(d.doc.bad, path)
	t := n.GetToken()
	d.problems = append(d.problems, Problem{File: d.doc.File, Line: t.Position.Line, Col: t.Position.Column, Msg: fmt.Sprintf(format, args...), Source: d.doc.line(t.Position.Line)})
}

var durationType = reflect.TypeFor[time.Duration]()

// value decodes n into v; path is the key path so far.
func (d *decoder) value(path string, n ast.Node, v reflect.Value) {
	if d.depth++; d.depth > 40 {
		d.fail(path, n, "%s: nested deeper than 40 levels", path)
		d.depth--
		return
	}
	defer func() { d.depth-- }()
	switch n := n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		d.fail(path, n, "%s: anchors and aliases are not used here; write the value out", path)
		return
	case *ast.NullNode:
		return // "key:" with nothing keeps the default
	}
	if v.Type() == durationType {
		d.duration(path, n, v)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		d.value(path, n, v.Elem())
	case reflect.Struct:
		d.structure(path, n, v)
	case reflect.Map:
		d.mapping(path, n, v)
	case reflect.Slice:
		d.list(path, n, v)
	default:
		d.scalar(path, n, v)
	}
}

func (d *decoder) duration(path string, n ast.Node, v reflect.Value) {
	s, ok := n.(*ast.StringNode)
	if !ok {
		if i, isInt := n.(*ast.IntegerNode); isInt && fmt.Sprint(i.Value) == "0" {
			v.SetInt(0)
			return
		}
		d.fail(path, n, "%s: expected a duration with its unit, like 300ms or 20s", path)
		return
	}
	x, err := time.ParseDuration(s.Value)
	if err != nil {
		d.fail(path, n, "%s: %q is not a duration; write it like 300ms, 20s or 5m", path, s.Value)
		return
	}
	v.SetInt(int64(x))
}

// pairs returns the key-value pairs of a mapping node and complains about duplicates.
func (d *decoder) pairs(path string, n ast.Node, want string) []*ast.MappingValueNode {
	var vs []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		vs = m.Values
	case *ast.MappingValueNode:
		vs = []*ast.MappingValueNode{m}
	default:
		d.fail(path, n, "%sexpected %s", prefix(path), want)
		return nil
	}
	seen := map[string]bool{}
	for _, kv := range vs {
		k := keyText(kv)
		if seen[k] {
			d.fail(join(path, k), kv.Key, "%sthe key %q is given twice", prefix(path), k)
		}
		seen[k] = true
		t := kv.Key.GetToken()
		d.doc.where[join(path, k)] = [2]int{t.Position.Line, t.Position.Column}
	}
	return vs
}

// Short is a struct that may also be written in one word, or as "word: 3": a pointer to it takes both.
// n is 0 when there was only the word.
type Short interface{ Short(word string, n int) }

// short reads the short form, when v has one and n is written in it.
func (d *decoder) short(path string, n ast.Node, v reflect.Value, fields map[string][]int) bool {
	if !v.CanAddr() {
		return false
	}
	s, ok := v.Addr().Interface().(Short)
	if !ok {
		return false
	}
	if w, ok := n.(*ast.StringNode); ok {
		s.Short(w.Value, 0)
		return true
	}
	kvs := []*ast.MappingValueNode(nil)
	switch m := n.(type) {
	case *ast.MappingNode:
		kvs = m.Values
	case *ast.MappingValueNode:
		kvs = []*ast.MappingValueNode{m}
	}
	if len(kvs) != 1 {
		return false
	}
	k := keyText(kvs[0])
	if _, field := fields[k]; field {
		return false
	}
	number, ok := kvs[0].Value.(*ast.IntegerNode)
	if !ok {
		return false
	}
	x, err := strconv.ParseInt(number.GetToken().Value, 0, 32)
	if err != nil || x == 0 {
		d.fail(path, number, "%s: expected a whole number from 1 behind %q, got %q", path, k, number.GetToken().Value)
		return true
	}
	s.Short(k, int(x))
	return true
}

func (d *decoder) structure(path string, n ast.Node, v reflect.Value) {
	fields := fieldsOf(v.Type())
	if d.short(path, n, v, fields) {
		return
	}
	for _, kv := range d.pairs(path, n, "keys and values") {
		k := keyText(kv)
		i, ok := fields[k]
		if !ok {
			known := make([]string, 0, len(fields))
			for f := range fields {
				known = append(known, f)
			}
			d.fail(join(path, k), kv.Key, "%sunknown key %q%s", prefix(path), k, DidYouMean(k, known))
			continue
		}
		d.value(join(path, k), kv.Value, v.FieldByIndex(i))
	}
}

func (d *decoder) mapping(path string, n ast.Node, v reflect.Value) {
	if v.Type().Key().Kind() != reflect.String {
		d.fail(path, n, "%s: cannot be configured", path)
		return
	}
	m := reflect.MakeMap(v.Type())
	for _, kv := range d.pairs(path, n, "keys and values") {
		e := reflect.New(v.Type().Elem()).Elem()
		before := len(d.problems)
		d.value(join(path, keyText(kv)), kv.Value, e)
		if len(d.problems) > before {
			continue
		}
		m.SetMapIndex(reflect.ValueOf(keyText(kv)).Convert(v.Type().Key()), e)
	}
	v.Set(m)
}

func (d *decoder) list(path string, n ast.Node, v reflect.Value) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.fail(path, n, "%sexpected a list, like [a, b]", prefix(path))
		return
	}
	out := reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values))
	for i, e := range seq.Values {
		p := fmt.Sprintf("%s[%d]", path, i)
		t := e.GetToken()
		d.doc.where[p] = [2]int{t.Position.Line, t.Position.Column}
		d.value(p, e, out.Index(i))
	}
	v.Set(out)
}

func (d *decoder) scalar(path string, n ast.Node, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		switch n := n.(type) {
		case *ast.StringNode:
			v.SetString(n.Value)
		case *ast.LiteralNode:
			v.SetString(n.Value.Value)
		default:
			d.fail(path, n, "%s: expected text, got %s; put it in quotes", path, n.GetToken().Value)
		}
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			d.fail(path, n, "%s: expected true or false, got %q", path, n.GetToken().Value)
			return
		}
		v.SetBool(b.Value)
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Uint16, reflect.Uint32:
		_, ok := n.(*ast.IntegerNode)
		x, err := strconv.ParseInt(n.GetToken().Value, 0, 64)
		if !ok || err != nil || (v.CanInt() && v.OverflowInt(x)) || (v.CanUint() && (x < 0 || v.OverflowUint(uint64(x)))) {
			d.fail(path, n, "%s: expected a whole number in range, got %q", path, n.GetToken().Value)
			return
		}
		if v.CanInt() {
			v.SetInt(x)
		} else {
			v.SetUint(uint64(x))
		}
	case reflect.Float64:
		x, err := strconv.ParseFloat(n.GetToken().Value, 64)
		if err != nil {
			d.fail(path, n, "%s: expected a number, got %q", path, n.GetToken().Value)
			return
		}
		v.SetFloat(x)
	default:
		d.fail(path, n, "%s: cannot be configured", path)
	}
}

func keyText(kv *ast.MappingValueNode) string {
	if s, ok := kv.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return kv.Key.GetToken().Value
}

// fieldsOf maps yaml names to field indexes; structs tagged ",inline" are flattened.
func fieldsOf(t reflect.Type) map[string][]int {
	out := map[string][]int{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, opt, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case opt == "inline":
			for k, idx := range fieldsOf(f.Type) {
				out[k] = append([]int{i}, idx...)
			}
		default:
			if name == "" {
				name = strings.ToLower(f.Name)
			}
			out[name] = f.Index
		}
	}
	return out
}

// Keys lists every key path a struct type accepts, for tests that prove a file complete.
func Keys(v any) []string {
	var out []string
	var walk func(path string, t reflect.Type)
	walk = func(path string, t reflect.Type) {
		if t.Kind() != reflect.Struct || t == durationType {
			out = append(out, path)
			return
		}
		for k, idx := range fieldsOf(t) {
			walk(join(path, k), t.FieldByIndex(idx).Type)
		}
	}
	walk("", reflect.TypeOf(v))
	sort.Strings(out)
	return out
}

// Has tells whether the document sets a key path.
func (d *Document) Has(path string) bool { _, ok := d.where[path]; return ok }

func join(path, k string) string {
	if path == "" {
		return k
	}
	return path + "." + k
}

func prefix(path string) string {
	if path == "" {
		return ""
	}
	return path + ": "
}
