package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"decroche/internal/strictyaml"
)

// Bounds on one document.
const (
	maxDepth = 60
	maxNodes = 1_000_000
)

// node is a value of a YAML or JSON document with the line it stands at. A nil node is a value
// that is not there; its methods find nothing.
type node struct {
	scalar bool
	text   string // of a scalar
	list   bool
	keys   []string // of a map
	items  []*node  // of a list, or the values of a map
	line   int      // of the value; of the key for one in a map
	block  bool     // a "|" text: its first line is the next one
}

func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for i, k := range n.keys {
		if k == key {
			return n.items[i]
		}
	}
	return nil
}

// str is the text of a scalar, "" for anything else.
func (n *node) str(keys ...string) string {
	for _, k := range keys {
		n = n.get(k)
	}
	if n == nil || !n.scalar {
		return ""
	}
	return n.text
}

// elements are the values of a list; none for anything else.
func (n *node) elements() []*node {
	if n == nil || !n.list {
		return nil
	}
	return n.items
}

// problem is an error at a line of a file.
func problem(file string, line int, format string, args ...any) error {
	if line == 0 {
		return fmt.Errorf("%s: %s", file, fmt.Sprintf(format, args...))
	}
	return fmt.Errorf("%s:%d: %s", file, line, fmt.Sprintf(format, args...))
}

// parseYAML reads one YAML document. Anchors and aliases are refused: a few lines of them make
// gigabytes; and so is a key that is there twice, since the other system took one of them.
func parseYAML(file string, src []byte) (*node, error) {
	if line, _, deep := strictyaml.TooDeep(src, 4*maxDepth); deep {
		return nil, problem(file, line, "is nested more than %d deep", maxDepth)
	}
	doc, err := parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		line, msg := 1, err.Error()
		var ye yaml.Error
		if errors.As(err, &ye) {
			msg = ye.GetMessage()
			if tk := ye.GetToken(); tk != nil && tk.Position != nil {
				line = tk.Position.Line
			}
		}
		return nil, problem(file, line, "not YAML: %s", strings.TrimSpace(msg))
	}
	b := &yamlBuilder{file: file}
	for _, d := range doc.Docs {
		if d.Body != nil {
			n := b.build(d.Body, 0)
			return n, b.err
		}
	}
	return nil, nil
}

type yamlBuilder struct {
	file  string
	nodes int
	err   error
}

func (b *yamlBuilder) fail(line int, format string, args ...any) {
	if b.err == nil {
		b.err = problem(b.file, line, format, args...)
	}
}

func lineOf(n ast.Node) int {
	if n != nil && n.GetToken() != nil && n.GetToken().Position != nil {
		return n.GetToken().Position.Line
	}
	return 1
}

func (b *yamlBuilder) build(n ast.Node, depth int) *node {
	out := &node{line: lineOf(n)}
	b.nodes++
	switch {
	case b.err != nil:
		return out
	case b.nodes > maxNodes:
		b.fail(out.line, "holds more than %d values; split it", maxNodes)
		return out
	case depth > maxDepth:
		b.fail(out.line, "is nested more than %d deep", maxDepth)
		return out
	}
	switch v := n.(type) {
	case nil, *ast.NullNode:
	case *ast.StringNode:
		out.scalar, out.text = true, v.Value
	case *ast.LiteralNode:
		out.scalar, out.block = true, true
		if v.Value != nil {
			out.text = v.Value.Value
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		out.scalar, out.text = true, strings.TrimSpace(n.GetToken().Value)
	case *ast.MappingNode:
		for _, mv := range v.Values {
			b.pair(out, mv, depth)
		}
	case *ast.MappingValueNode:
		b.pair(out, v, depth)
	case *ast.SequenceNode:
		out.list = true
		for _, e := range v.Values {
			out.items = append(out.items, b.build(e, depth+1))
		}
	case *ast.TagNode: // "!!str 12": the text is what is meant
		return b.build(v.Value, depth+1)
	default:
		b.fail(out.line, "has an anchor, an alias or a merge key, which are not read; write it out")
	}
	return out
}

func (b *yamlBuilder) pair(out *node, mv *ast.MappingValueNode, depth int) {
	key := ""
	switch k := mv.Key.(type) {
	case *ast.StringNode:
		key = k.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		key = strings.TrimSpace(mv.Key.GetToken().Value)
	default:
		b.fail(lineOf(mv.Key), "has an anchor, an alias or a merge key, which are not read; write it out")
		return
	}
	if out.get(key) != nil {
		b.fail(lineOf(mv.Key), "has the key %q twice", key)
		return
	}
	v := b.build(mv.Value, depth+1)
	v.line = lineOf(mv.Key)
	if v.block {
		v.line = lineOf(mv.Value)
	}
	out.keys, out.items = append(out.keys, key), append(out.items, v)
}

// parseJSON reads one JSON document, with the line of every value.
func parseJSON(file string, src []byte) (*node, error) {
	b := &jsonBuilder{file: file, src: src, dec: json.NewDecoder(bytes.NewReader(src)), line: 1}
	b.dec.UseNumber()
	if !utf8.Valid(src) {
		return nil, problem(file, 0, "is not UTF-8 text")
	}
	n, err := b.value(0)
	if err == nil {
		if _, more := b.dec.Token(); more != io.EOF {
			err = problem(file, b.at(), "has more after its end")
		}
	}
	return n, err
}

type jsonBuilder struct {
	file  string
	src   []byte
	dec   *json.Decoder
	nodes int
	line  int   // of offset
	seen  int64 // offset
}

// at is the line the decoder has come to.
func (b *jsonBuilder) at() int {
	to := min(b.dec.InputOffset(), int64(len(b.src)))
	b.line += bytes.Count(b.src[b.seen:to], []byte("\n"))
	b.seen = to
	return b.line
}

func (b *jsonBuilder) token() (json.Token, error) {
	t, err := b.dec.Token()
	if err == nil {
		return t, nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, problem(b.file, b.at(), "not JSON: it ends in the middle")
	}
	return nil, problem(b.file, b.at(), "not JSON: %v", err)
}

func (b *jsonBuilder) value(depth int) (*node, error) {
	t, err := b.token()
	if err != nil {
		return nil, err
	}
	out := &node{line: b.at()}
	if b.nodes++; b.nodes > maxNodes {
		return nil, problem(b.file, out.line, "holds more than %d values; split it", maxNodes)
	}
	if depth > maxDepth {
		return nil, problem(b.file, out.line, "is nested more than %d deep", maxDepth)
	}
	switch v := t.(type) {
	case string:
		out.scalar, out.text = true, v
	case json.Number:
		out.scalar, out.text = true, v.String()
	case bool:
		out.scalar, out.text = true, fmt.Sprint(v)
	case json.Delim:
		for b.dec.More() {
			line := 0
			if v == '{' {
				k, err := b.token()
				if err != nil {
					return nil, err
				}
				key, _ := k.(string)
				if out.get(key) != nil {
					return nil, problem(b.file, b.at(), "has the key %q twice", key)
				}
				out.keys, line = append(out.keys, key), b.at()
			}
			item, err := b.value(depth + 1)
			if err != nil {
				return nil, err
			}
			if line > 0 {
				item.line = line
			}
			out.items = append(out.items, item)
		}
		out.list = v == '['
		if _, err := b.token(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
