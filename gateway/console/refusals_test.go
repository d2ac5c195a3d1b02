package console

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// Every refusal that reaches a desk or a board has a code, and docs/openapi.yaml lists it: the pages have a
// sentence for each code of that list, which their own tests prove.
func TestEveryRefusalHasACodeThatIsListed(t *testing.T) {
	t.Parallel()
	files := []string{"body.go", "auth.go", "chat_callback.go", "callbacks.go", "supervision.go", "../supervision.go", "../deskline.go", "../callback.go", "../call/control.go"}
	desk, err := filepath.Glob("desk*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range desk {
		if !strings.HasSuffix(f, "_test.go") {
			files = append(files, f)
		}
	}
	given := map[string]string{}
	for _, f := range files {
		codesIn(t, f, given)
	}
	for _, status := range []int{400, 404, 409, 413, 422, 429, 503} {
		given[chatCode(status)] = "chat_routes.go"
	}
	for _, c := range []string{"no_record", "broken"} { // api.go, broken
		given[c] = "api.go"
	}
	listed := listedCodes(t)
	for code, f := range given {
		if !listed[code] {
			t.Errorf("%s refuses with %q, which neither DeskRefusal nor SupervisionRefusal lists in docs/openapi.yaml", f, code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(listed)) {
		if given[code] == "" {
			t.Errorf("docs/openapi.yaml lists %q, with which nothing refuses", code)
		}
	}
}

func listedCodes(t *testing.T) map[string]bool {
	t.Helper()
	doc, err := os.ReadFile("../../docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Components struct {
			Schemas map[string]struct {
				Enum []string `yaml:"enum"`
			} `yaml:"schemas"`
		} `yaml:"components"`
	}
	if err := yaml.Unmarshal(doc, &d); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, name := range []string{"DeskRefusal", "SupervisionRefusal"} {
		for _, c := range d.Components.Schemas[name].Enum {
			out[c] = true
		}
	}
	return out
}

// codesIn gathers the codes of a file: arguments of refuse and deskCodes, codes of *NotDone and *NotCalled, constants Why… and
// code…. A refusal without one fails the test where desks ask.
func codesIn(t *testing.T, file string, into map[string]string) {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	take := func(e ast.Expr) {
		if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if code, err := strconv.Unquote(l.Value); err == nil && code != "" {
				into[code] = file
			}
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			f, ok := n.Fun.(*ast.SelectorExpr)
			switch {
			case ok && f.Sel.Name == "refuse" && len(n.Args) == 5:
				take(n.Args[3])
			case ok && f.Sel.Name == "fail" && strings.HasPrefix(file, "desk"):
				t.Errorf("%s answers a desk without a code", file)
			}
		case *ast.CompositeLit:
			of, _ := n.Type.(*ast.SelectorExpr)
			if n.Type == nil && len(n.Elts) == 3 { // deskCodes
				take(n.Elts[2])
			}
			for _, e := range n.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok || of == nil || of.Sel.Name != "NotDone" && of.Sel.Name != "NotCalled" { // others do not reach a page
					continue
				}
				if k, ok := kv.Key.(*ast.Ident); ok && k.Name == "Code" {
					take(kv.Value)
				}
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if i < len(n.Values) && (strings.HasPrefix(name.Name, "Why") || strings.HasPrefix(name.Name, "code")) {
					take(n.Values[i])
				}
			}
		}
		return true
	})
}
