package reference

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"strings"
)

// comments are what stands over the declarations, by type name.
type comments map[string]*typeComment

type typeComment struct {
	about  string
	fields map[string]fieldComment // by the field's Go name
}

// fieldComment is what stands over one key.
type fieldComment struct{ meaning, example string }

// readComments reads the comments of the package in dir. A key without a comment, or without
// an example, is an error: the reference would have a hole.
func readComments(dir string) (comments, error) {
	set := token.NewFileSet()
	pkgs, err := parser.ParseDir(set, dir, func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("read the comments of %s: %w", dir, err)
	}
	out := comments{}
	for _, p := range pkgs {
		for _, f := range p.Files {
			for _, d := range f.Decls {
				if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
					if err := out.read(g); err != nil {
						return nil, fmt.Errorf("%s: %w", dir, err)
					}
				}
			}
		}
	}
	return out, nil
}

func (c comments) read(g *ast.GenDecl) error {
	for _, s := range g.Specs {
		t := s.(*ast.TypeSpec)
		about := t.Doc.Text()
		if about == "" && len(g.Specs) == 1 {
			about = g.Doc.Text()
		}
		tc := &typeComment{about: oneLine(about), fields: map[string]fieldComment{}}
		c[t.Name.Name] = tc
		st, ok := t.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range st.Fields.List {
			if len(f.Names) == 0 || f.Tag == nil {
				continue
			}
			meaning, example, _ := strings.Cut(f.Doc.Text(), "Example: ")
			fc := fieldComment{oneLine(meaning), strings.TrimSpace(example)}
			if fc.meaning == "" || fc.example == "" && t.Name.Name != "Spoken" {
				return fmt.Errorf("%s.%s has no comment with an \"Example:\" line; write both", t.Name.Name, f.Names[0].Name)
			}
			tc.fields[f.Names[0].Name] = fc
		}
	}
	return nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// key is one key of a type with all that is known of it.
type key struct {
	name, goName     string
	typ              reflect.Type
	tag              reflect.StructTag
	meaning, example string
	language         bool // of the languages
}

// keysOf lists the keys of a struct, embedded ones in their place.
func (c comments) keysOf(t reflect.Type) []key {
	var out []key
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			for _, k := range c.keysOf(f.Type) {
				k.language = k.language || f.Type.Name() == "Spoken"
				out = append(out, k)
			}
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		k := key{name: name, goName: f.Name, typ: f.Type, tag: f.Tag}
		if tc := c[t.Name()]; tc != nil {
			k.meaning, k.example = tc.fields[f.Name].meaning, tc.fields[f.Name].example
		}
		out = append(out, k)
	}
	return out
}
