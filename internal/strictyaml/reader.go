package strictyaml

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Parse reads one YAML document as nodes, for formats that a struct cannot describe: the root is
// nil when the file holds nothing. Size, nesting, encoding and a second document are bounded and
// told as by Decode.
func Parse(file string, data []byte) (ast.Node, Problems) {
	_, f, bad := syntax(file, data)
	if bad != nil {
		return nil, bad
	}
	if len(f.Docs) == 0 {
		return nil, nil
	}
	return f.Docs[0].Body, nil
}

// Reader takes nodes apart and collects every complaint about them, with its place. Its methods
// return zero values for what they complained about.
type Reader struct {
	Bad Problems
	doc *Document
}

// NewReader makes a Reader of the file that data is the text of.
func NewReader(file string, data []byte) *Reader { return &Reader{doc: newDocument(file, data)} }

// Pair is a key with its value.
type Pair struct {
	Key   string
	Value ast.Node
	Line  int // of the key
}

// Fail complains about n.
func (r *Reader) Fail(n ast.Node, format string, args ...any) {
	at := n.GetToken().Position
	r.Bad = append(r.Bad, Problem{File: r.doc.File, Line: at.Line, Col: at.Column, Msg: fmt.Sprintf(format, args...), Source: r.doc.line(at.Line)})
}

// Keys returns the pairs of a map, and complains about doubles and, when some are known, about
// others.
func (r *Reader) Keys(n ast.Node, what string, known ...string) []Pair {
	var vs []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		vs = m.Values
	case *ast.MappingValueNode:
		vs = []*ast.MappingValueNode{m}
	default:
		r.Fail(n, "%s must be keys and values", what)
		return nil
	}
	var out []Pair
	seen := map[string]bool{}
	for _, kv := range vs {
		k := keyText(kv)
		switch {
		case seen[k]:
			r.Fail(kv.Key, "the key %q is given twice in %s", k, what)
			continue
		case len(known) > 0 && !slices.Contains(known, k):
			r.Fail(kv.Key, "unknown key %q in %s%s", k, what, DidYouMean(k, known))
			continue
		}
		seen[k] = true
		out = append(out, Pair{k, kv.Value, kv.Key.GetToken().Position.Line})
	}
	return out
}

// List returns the items of a list.
func (r *Reader) List(n ast.Node, what string) []ast.Node {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		r.Fail(n, "%s must be a list", what)
		return nil
	}
	return seq.Values
}

// IsScalar tells a single value from a map, a list or something that is not read.
func IsScalar(n ast.Node) bool {
	switch n.(type) {
	case *ast.StringNode, *ast.LiteralNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return true
	}
	return false
}

// Text returns a single value as it is written, quotes aside: 0612 stays 0612.
func (r *Reader) Text(n ast.Node, what string) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	}
	if !IsScalar(n) {
		r.Fail(n, "%s must be a single value", what)
		return ""
	}
	return strings.TrimSpace(n.GetToken().Value)
}

// Int returns a whole number from lo to hi.
func (r *Reader) Int(n ast.Node, what string, lo, hi int) int {
	if !IsScalar(n) {
		r.Fail(n, "%s must be a single value", what)
		return 0
	}
	v, err := strconv.Atoi(r.Text(n, what))
	if err != nil || v < lo || v > hi {
		r.Fail(n, "%s is a whole number from %d to %d", what, lo, hi)
		return 0
	}
	return v
}

// Duration returns a time from lo to hi, written 300ms or 6s.
func (r *Reader) Duration(n ast.Node, what string, lo, hi time.Duration) time.Duration {
	if !IsScalar(n) {
		r.Fail(n, "%s must be a single value", what)
		return 0
	}
	d, err := time.ParseDuration(r.Text(n, what))
	if err != nil || d < lo || d > hi {
		r.Fail(n, "%s is a duration from %v to %v; write it like 300ms or 6s", what, lo, hi)
		return 0
	}
	return d
}

// OneOf returns one of known words.
func (r *Reader) OneOf(n ast.Node, what string, known ...string) string {
	if !IsScalar(n) {
		r.Fail(n, "%s must be a single value", what)
		return ""
	}
	s := r.Text(n, what)
	if !slices.Contains(known, s) {
		r.Fail(n, "%s cannot be %q; it is %s%s", what, s, strings.Join(known, ", "), DidYouMean(s, known))
		return ""
	}
	return s
}
