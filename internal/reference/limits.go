package reference

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// limitName is how a bound that the code keeps is called.
var limitName = regexp.MustCompile(`^(max|most|longest|deepest)[A-Z]`)

// limitRooms are the folders whose bounds stand on the page.
var limitRooms = []string{"flows", "gateway/chat", "gateway/inbox", "internal/strictyaml"}

// limitsPage lists the bounds that are constants: what a bot's author or a stranger can run
// into. Those that an operator may want to move are keys of the configuration.
func limitsPage(root string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(generated)
	b.WriteString("# Limits\n\nBounds that are built in. Those that can be moved are in [the configuration](config.md).\n\n| where | limit | value | why |\n|---|---|---|---|\n")
	for _, room := range limitRooms {
		top := filepath.Join(root, filepath.FromSlash(room))
		err := filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
				if err != nil && p == top {
					return nil // a room that is not there has no limits
				}
				return err
			}
			rel, err := filepath.Rel(root, filepath.Dir(p))
			if err != nil {
				return err
			}
			return limitsOf(&b, filepath.ToSlash(rel), p)
		})
		if err != nil {
			return nil, fmt.Errorf("list the limits of %s: %w", room, err)
		}
	}
	return b.Bytes(), nil
}

func limitsOf(b *bytes.Buffer, room, file string) error {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			if !limitName.MatchString(v.Names[0].Name) || len(v.Values) == 0 {
				continue
			}
			var value bytes.Buffer
			if err := printer.Fprint(&value, set, v.Values[0]); err != nil {
				return err
			}
			why := slices.DeleteFunc([]string{oneLine(v.Doc.Text()), oneLine(v.Comment.Text()), oneLine(g.Doc.Text())}, func(s string) bool { return s == "" })
			remark := ""
			if len(why) > 0 {
				remark = why[0]
			}
			fmt.Fprintf(b, "| %s | `%s` | %s | %s |\n", room, v.Names[0].Name, code(value.String()), cell(remark))
		}
	}
	return nil
}
