package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	top     = regexp.MustCompile(`^(package|package-lock|tsconfig)\.json$|^vite\.config\.ts$`)
	deep    = regexp.MustCompile(`^(src|build)/`)
	notMade = regexp.MustCompile(`\.test\.tsx?$|\.gen\.ts$`) // build/sums.ts has the same rule
)

// The built files are made of exactly the sources beside them, and nobody edited them by hand.
func TestBuiltFilesMatchTheirSources(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile("dist/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(list)) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok {
			t.Fatalf("dist/SHA256SUMS: %q is no line of sha256sum", line)
		}
		want[name] = sum
	}
	const build = "; run make web and commit web/dist"
	err = filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "node_modules" {
			return filepath.SkipDir
		}
		p = filepath.ToSlash(p)
		source := (top.MatchString(p) || deep.MatchString(p)) && !notMade.MatchString(p)
		if d.IsDir() || p == "dist/SHA256SUMS" || !source && !strings.HasPrefix(p, "dist/") {
			return nil
		}
		body, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		switch got := hex.EncodeToString(sum[:]); {
		case want[p] == "":
			t.Errorf("%s is new since the build%s", p, build)
		case want[p] != got:
			t.Errorf("%s was changed since the build%s", p, build)
		}
		delete(want, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range want {
		t.Errorf("%s is gone since the build%s", name, build)
	}
}

var loads = regexp.MustCompile(`(?:src|href)="/web/([^"]+)"`)

// page returns the files that a page loads before anybody does anything.
func page(t *testing.T, f *Files, name string) []string {
	t.Helper()
	b := f.byName[name+"/index.html"]
	if b == nil {
		t.Fatalf("there is no page %s", name)
	}
	out := []string{name + "/index.html"}
	for _, m := range loads.FindAllStringSubmatch(string(b.body), -1) {
		if !f.Has(m[1]) {
			t.Errorf("%s loads %s, which is not there", name, m[1])
		}
		out = append(out, m[1])
	}
	return out
}

// A site that takes the widget in gives its readers 60 KiB more to load, at most.
func TestWidgetIsSmall(t *testing.T) {
	t.Parallel()
	f, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for name, also := range map[string]string{"widget": "widget.js", "caller": ""} {
		n := f.Packed(also)
		for _, p := range page(t, f, name) {
			n += f.Packed(p)
		}
		t.Logf("%s: %d bytes compressed", name, n)
		if n > 60<<10 {
			t.Errorf("%s has %d bytes compressed, more than 60 KiB", name, n)
		}
	}
	if n := f.Packed("widget.js"); n > 3<<10 {
		t.Errorf("widget.js, which every page of a site loads, has %d bytes, more than 3 KiB", n)
	}
}

// Nothing in a page would be refused by its own content security policy, or waits for a stranger.
func TestPagesNeedNobodyElse(t *testing.T) {
	t.Parallel()
	f, err := New()
	if err != nil {
		t.Fatal(err)
	}
	inline := regexp.MustCompile(`<script(?:[^>]*)>[^<]|<style|style="|\son[a-z]+="|(?:src|href)="(?:https?:)?//`)
	for name, b := range f.byName {
		if strings.HasSuffix(name, ".html") {
			if m := inline.Find(b.body); m != nil {
				t.Errorf("%s has %q", name, m)
			}
		}
		if bytes.Contains(b.body, []byte("sourceMappingURL")) {
			t.Errorf("%s names a source map", name)
		}
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	f, err := New()
	if err != nil {
		t.Fatal(err)
	}
	ask := func(name string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/", nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		if !f.Serve(w, r, name) {
			t.Errorf("%s is not served", name)
		}
		return w
	}
	const caller = "caller/index.html"
	plain, packed := ask(caller), ask(caller, "Accept-Encoding", "br, gzip;q=0.5")
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil || string(body) != plain.Body.String() || packed.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("compressed: %v, %q", err, packed.Header())
	}
	if plain.Header().Get("ETag") == packed.Header().Get("ETag") || plain.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("a cache would mix the two: %v %v", plain.Header(), packed.Header())
	}
	if w := ask(caller, "Accept-Encoding", "gzip;q=0"); w.Header().Get("Content-Encoding") != "" {
		t.Error("compressed for who does not take it")
	}
	if w := ask(caller, "If-None-Match", plain.Header().Get("ETag")); w.Code != 304 {
		t.Errorf("unchanged: %d", w.Code)
	}
	if got := plain.Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("a page is kept: %q", got)
	}
	for _, p := range page(t, f, "caller")[1:] {
		if got := ask(p).Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: %q", p, got)
		}
	}
	for _, name := range []string{"", "SHA256SUMS", "../web.go", "dist/widget.js", "assets"} {
		if f.Serve(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), name) {
			t.Errorf("%q is served", name)
		}
	}
}

// Each test that README.md names is where it says.
func TestBadInputHasTheTestsItNames(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(doc), "## Bad input")
	named := regexp.MustCompile("`([^`]+\\.(?:go|tsx?))` (?:((?:Test|Fuzz)\\w+)|\"([^\"]+)\")").FindAllStringSubmatch(table, -1)
	if len(named) < 25 {
		t.Fatalf("%d tests are named", len(named))
	}
	for _, m := range named {
		src, err := os.ReadFile(filepath.Join("..", m[1]))
		if err != nil {
			t.Error(err)
		} else if m[2] != "" && !strings.Contains(string(src), "\nfunc "+m[2]+"(") || m[3] != "" && !strings.Contains(string(src), m[3]) {
			t.Errorf("%s has no test %s%s", m[1], m[2], m[3])
		}
	}
}
