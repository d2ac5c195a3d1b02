package flows

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"decroche/internal/strictyaml"
)

type shape int

const (
	isNull shape = iota
	isScalar
	isList
	isMap
)

func (s shape) String() string {
	return [...]string{"nothing", "a single value", "a list", "a map of keys"}[s]
}

// tree is a YAML document with positions, free of the parser's own types: scalars keep
// their text as written, map keys their order.
type tree struct {
	shape  shape
	text   string // of a scalar
	quoted bool
	keys   []string // of a map
	keyAt  []place
	items  []*tree // of a list, or the values of a map
	at     place
}

// place is where something is written.
type place struct {
	file      string
	line, col int
}

func (p place) problem(format string, args ...any) Problem {
	return Problem{File: p.file, Line: p.line, Col: p.col, Msg: fmt.Sprintf(format, args...)}
}

func (t *tree) get(key string) *tree {
	if t == nil {
		return nil
	}
	for i, k := range t.keys {
		if k == key {
			return t.items[i]
		}
	}
	return nil
}

func (t *tree) has(key string) bool { return t.get(key) != nil }

// keyPlace is where key itself is written.
func (t *tree) keyPlace(key string) place {
	for i, k := range t.keys {
		if k == key {
			return t.keyAt[i]
		}
	}
	return t.at
}

// parseTree reads one YAML document. Anchors, aliases, merge keys, tags and further
// documents are refused: each has been used to blow up a reader, and none makes a flow
// clearer.
func parseTree(file string, src []byte, limits Config) (*tree, Problems) {
	whole := place{file: file}
	if len(src) > limits.MaxFileBytes {
		return nil, Problems{whole.problem("is more than %d bytes (flows.max_file_bytes); split it", limits.MaxFileBytes)}
	}
	src, err := strictyaml.Text(src)
	if err != nil {
		return nil, Problems{whole.problem("%v", err)}
	}
	if line, col, deep := strictyaml.TooDeep(src, 4*limits.MaxDepth); deep {
		return nil, Problems{place{file, line, col}.problem("nested more than %d deep (flows.max_depth); write it flatter", limits.MaxDepth)}
	}
	doc, err := parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, Problems{syntaxProblem(file, err)}
	}
	b := &treeBuilder{file: file, limits: limits}
	var root *tree
	for _, d := range doc.Docs {
		if d.Body == nil {
			continue
		}
		if root != nil {
			b.complain(d.Body, "a second document; one file holds one document: remove the \"---\"")
			break
		}
		root = b.build(d.Body, 0)
	}
	if root == nil && len(b.problems) == 0 {
		b.problems = append(b.problems, whole.problem("is empty"))
	}
	return root, b.problems
}

func syntaxProblem(file string, err error) Problem {
	at := place{file: file, line: 1, col: 1}
	msg := err.Error()
	var ye yaml.Error
	if errors.As(err, &ye) {
		msg = ye.GetMessage()
		if tk := ye.GetToken(); tk != nil && tk.Position != nil {
			at.line, at.col = tk.Position.Line, tk.Position.Column
		}
	}
	return at.problem("not YAML: %s", strings.TrimSpace(msg))
}

type treeBuilder struct {
	file     string
	limits   Config
	nodes    int
	problems Problems
}

func (b *treeBuilder) where(n ast.Node) place {
	p := place{file: b.file, line: 1, col: 1}
	if n == nil {
		return p
	}
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		n = m.Values[0]
	}
	if v, ok := n.(*ast.MappingValueNode); ok && v.Key != nil {
		n = v.Key
	}
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		p.line, p.col = tk.Position.Line, tk.Position.Column
	}
	return p
}

func (b *treeBuilder) complain(n ast.Node, format string, args ...any) {
	b.problems = append(b.problems, b.where(n).problem(format, args...))
}

func (b *treeBuilder) build(n ast.Node, depth int) *tree {
	t := &tree{at: b.where(n)}
	if b.nodes++; b.nodes > b.limits.MaxValues {
		if b.nodes == b.limits.MaxValues+1 {
			b.complain(n, "more than %d values in one file (flows.max_values); split it", b.limits.MaxValues)
		}
		return t
	}
	if depth > b.limits.MaxDepth {
		b.complain(n, "nested more than %d deep (flows.max_depth); write it flatter", b.limits.MaxDepth)
		return t
	}
	switch v := n.(type) {
	case nil, *ast.NullNode:
	case *ast.StringNode:
		t.shape, t.text, t.quoted = isScalar, v.Value, true
	case *ast.LiteralNode:
		t.shape, t.quoted = isScalar, true
		if v.Value != nil {
			t.text = v.Value.Value
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		t.shape, t.text = isScalar, strings.TrimSpace(n.GetToken().Value)
	case *ast.MappingNode:
		t.shape = isMap
		for _, mv := range v.Values {
			b.pair(t, mv, depth)
		}
	case *ast.MappingValueNode:
		t.shape = isMap
		b.pair(t, v, depth)
	case *ast.SequenceNode:
		t.shape = isList
		for _, e := range v.Values {
			t.items = append(t.items, b.build(e, depth+1))
		}
	case *ast.AnchorNode, *ast.AliasNode:
		b.complain(n, "anchors (&) and aliases (*) are not read here; write it out")
	case *ast.TagNode:
		b.complain(n, "tags (!) are not read here; put the text in quotes")
	default:
		b.complain(n, "cannot be read here (%s); write plain keys, lists and text", n.Type())
	}
	return t
}

func (b *treeBuilder) pair(t *tree, mv *ast.MappingValueNode, depth int) {
	key, ok := b.key(mv.Key)
	if !ok {
		return
	}
	at := b.where(mv.Key)
	if t.has(key) {
		first := t.keyPlace(key)
		b.complain(mv.Key, "key %q is here twice (first on line %d); remove one", key, first.line)
		return
	}
	t.keys = append(t.keys, key)
	t.keyAt = append(t.keyAt, at)
	t.items = append(t.items, b.build(mv.Value, depth+1))
}

func (b *treeBuilder) key(k ast.MapKeyNode) (string, bool) {
	switch v := k.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return strings.TrimSpace(k.GetToken().Value), true
	case *ast.MergeKeyNode:
		b.complain(k, "merge keys (<<) are not read here; write it out")
	default:
		b.complain(k, "a key must be plain text")
	}
	return "", false
}
