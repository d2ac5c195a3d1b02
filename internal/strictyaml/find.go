package strictyaml

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Find returns every text that stands behind a key, alone or in a list, at any depth of a YAML
// file, as Problems whose Msg is the text. A file that is not valid YAML has none.
func Find(file string, data []byte, key string) Problems {
	if len(data) > MaxBytes {
		return nil
	}
	f, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil
	}
	s := &finder{doc: newDocument(file, data), key: key}
	for _, d := range f.Docs {
		if d.Body != nil {
			ast.Walk(s, d.Body)
		}
	}
	return s.found
}

type finder struct {
	doc   *Document
	key   string
	found Problems
}

// Visit implements ast.Visitor.
func (s *finder) Visit(n ast.Node) ast.Visitor {
	kv, ok := n.(*ast.MappingValueNode)
	if !ok || keyText(kv) != s.key {
		return s
	}
	texts := []ast.Node{kv.Value}
	if seq, ok := kv.Value.(*ast.SequenceNode); ok {
		texts = seq.Values
	}
	for _, t := range texts {
		if t, ok := t.(*ast.StringNode); ok {
			at := t.GetToken().Position
			s.found = append(s.found, Problem{File: s.doc.File, Line: at.Line, Col: at.Column, Msg: t.Value, Source: s.doc.line(at.Line)})
		}
	}
	return s
}
