package strictyaml

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestSetScalarLeavesTheRestAlone(t *testing.T) {
	t.Parallel()
	const src = "# tête\ntests:\n  - bot: \"numéro \\\"x\\\" ?\"   # pourquoi\n  - bot: 'c''est là'\n  - bot: plain text # et\n  - {é: 1, bot: flow text}\n  - bot: |\n      block\n"
	for _, c := range []struct {
		line, col int
		old, want string
	}{
		{3, 10, `numéro "x" ?`, `  - bot: "neuf"   # pourquoi`},
		{4, 10, "c'est là", `  - bot: "neuf"`},
		{5, 10, "plain text", `  - bot: "neuf" # et`},
		{6, 17, "flow text", `  - {é: 1, bot: "neuf"}`},
	} {
		got, err := SetScalar([]byte(src), c.line, c.col, c.old, "neuf")
		if err != nil {
			t.Errorf("line %d: %v", c.line, err)
			continue
		}
		was, now := strings.Split(src, "\n"), strings.Split(string(got), "\n")
		for i := range was {
			if i == c.line-1 {
				was[i] = c.want
			}
			if was[i] != now[i] {
				t.Errorf("line %d: %q, want %q", i+1, now[i], was[i])
			}
		}
	}
	for _, c := range []struct{ line, col int }{{7, 10}, {99, 1}, {3, 99}} {
		if _, err := SetScalar([]byte(src), c.line, c.col, "block\n", "x"); !errors.Is(err, ErrShape) {
			t.Errorf("%d:%d: %v, want ErrShape", c.line, c.col, err)
		}
	}
}

func TestAppendItemKeepsTheStyle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, want string }{
		"one line":         {"# a\nx: {title: T, fr: [un, \"deux\"], en: [one]} # z\n", "# a\nx: {title: T, fr: [un, \"deux\", \"neuf\"], en: [one]} # z\n"},
		"empty":            {"x:\n  fr: [] # rien\n", "x:\n  fr: [\"neuf\"] # rien\n"},
		"an item a line":   {"x:\n  fr: [\n    un, # 1\n    'deux' # 2\n  ]\ny: 1\n", "x:\n  fr: [\n    un, # 1\n    'deux', # 2\n    \"neuf\"\n  ]\ny: 1\n"},
		"trailing comma":   {"x:\n  fr: [\n    un,\n    deux, # 2\n  ]\n", "x:\n  fr: [\n    un,\n    deux, # 2\n    \"neuf\",\n  ]\n"},
		"several per line": {"x:\n  fr: [un, deux,\n       trois, quatre]\n", "x:\n  fr: [un, deux,\n       trois, quatre, \"neuf\"]\n"},
		"block":            {"x:\n  fr:\n    - un # 1\n    - \"deux\" # 2\n  en: [a]\n", "x:\n  fr:\n    - un # 1\n    - \"deux\" # 2\n    - \"neuf\"\n  en: [a]\n"},
		"block at the end": {"x:\n  fr:\n  - un", "x:\n  fr:\n  - un\n  - \"neuf\""},
		"CRLF, block":      {"x:\r\n  fr:\r\n    - un\r\n    - deux # 2\r\ny: 1\r\n", "x:\r\n  fr:\r\n    - un\r\n    - deux # 2\r\n    - \"neuf\"\r\ny: 1\r\n"},
		"CRLF, lines":      {"x:\r\n  fr: [\r\n    un\r\n  ]\r\n", "x:\r\n  fr: [\r\n    un,\r\n    \"neuf\"\r\n  ]\r\n"},
		"byte order mark":  {"\ufeffx:\n  fr: [un]\n", "\ufeffx:\n  fr: [un, \"neuf\"]\n"},
		"spaces behind":    {"x:\n  fr:\n    - un   \n    - deux  \n\ny: 1\n", "x:\n  fr:\n    - un   \n    - deux  \n    - \"neuf\"\n\ny: 1\n"},
		"CRLF":             {"x:\r\n  fr: [un]\r\n", "x:\r\n  fr: [un, \"neuf\"]\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := AppendItem([]byte(c.src), []string{"x", "fr"}, "neuf")
			if err != nil || string(got) != c.want {
				t.Errorf("%v\n got %q\nwant %q", err, got, c.want)
			}
		})
	}
	for _, src := range []string{"x: {fr: un}", "x: {fr: [un, |\n a\n]}", "x:\n  fr:\n  - >\n    a\n", "a: &b [c]\nx: {fr: *b}", "x: 1\nx: 2", ":", ""} {
		if out, err := AppendItem([]byte(src), []string{"x", "fr"}, "neuf"); err == nil {
			t.Errorf("%q became %q", src, out)
		}
	}
}

// A file that is a link stays one: what it leads to is written.
func TestWriteFileBehindALink(t *testing.T) {
	t.Parallel()
	real, link := filepath.Join(t.TempDir(), "a.yaml"), filepath.Join(t.TempDir(), "b.yaml")
	if err := errors.Join(os.WriteFile(real, []byte("a"), 0o600), os.Symlink(real, link), WriteFile(link, []byte("a"), []byte("b"))); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(real); string(got) != "b" {
		t.Errorf("%q, %v", got, err)
	}
}

// Whatever the file, an edit either means exactly one item more or is refused.
func FuzzAppendItem(f *testing.F) {
	f.Add([]byte("x: {fr: [a, 'b']}\n"), "où ça \"x\"")
	f.Add([]byte("x:\n  fr:\n    - a # b\n"), "\u2028\x01")
	f.Fuzz(func(t *testing.T, src []byte, text string) {
		out, err := AppendItem(src, []string{"x", "fr"}, text)
		if err != nil {
			return
		}
		var v map[string]map[string]any
		if yaml.Unmarshal(out, &v) != nil {
			t.Skip("x holds more than maps")
		}
		list, _ := v["x"]["fr"].([]any)
		if len(list) == 0 || list[len(list)-1] != text {
			t.Errorf("%q after appending %q to %q", list, text, src)
		}
	})
}
