// Package rules holds the house rules as tests: who may import whom, that links in the
// documentation lead somewhere, that nothing stray is committed.
package rules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "decroche"

// may lists, for each room, which rooms of ours its non-test code may import. A pattern ending
// in /... covers the room and all below. A package that no row covers fails the test: adding a
// row is fine, it means that somebody thought about the arrow.
var may = []struct {
	room    string
	imports []string
}{
	{"cmd/demosystems", []string{"internal/demosystems"}},
	{"cmd/speaker", []string{"cmd/speaker/internal/...", "asr/embedded", "asr/wake", "internal/langtag", "internal/secret", "internal/strictyaml"}}, // a terminal: it calls a gateway, and knows none
	{"cmd/speaker/internal/sound", []string{"media/wav", "media/resample"}},
	{"cmd/speaker/internal/line", []string{"media/codec", "media/jitter", "media/resample", "internal/secret"}},
	{"cmd/speaker/internal/terminal", []string{"cmd/speaker/internal/sound", "asr/wake", "media/resample"}},
	{"cmd/decroche", []string{"..."}},
	{"bench/turneval", []string{"bench", "bench/callers", "asr", "gateway/endpointing", "gateway/turn", "flows", "flows/entity", "media/...", "tts", "tts/espeak", "internal/strictyaml", "internal/share"}}, // ends of turns as a call finds them
	{"bench/wake", []string{"asr/embedded", "asr/wake", "media/wav", "media/resample"}},                                                                                                                      // the wake phrase
	{"bench/...", []string{"bench/...", "internal/phone", "internal/browser", "gateway/sip", "gateway/leg", "media/...", "asr", "tts"}},

	{"configs", []string{"internal/strictyaml", "internal/langtag", "internal/models", "internal/worker", "gateway", "gateway/...", "media/...", "asr/...", "tts/...", "flows/..."}},
	{"gateway", []string{"gateway/...", "flows/...", "asr", "tts", "tts/cache", "media/...", "internal/secret"}},
	{"gateway/leg", []string{"media"}},
	{"gateway/leg/legtest", []string{"gateway/leg", "media", "media/tone", "media/codec/g711"}},
	{"gateway/sip", []string{"gateway/leg", "gateway/sip/...", "media/...", "internal/limit", "internal/secret"}},
	{"gateway/sip/...", nil}, // digest, numbers, keys: what stands by itself
	{"gateway/rtc", []string{"gateway/leg", "media/...", "internal/secret", "internal/limit"}},
	{"gateway/wyoming", []string{"gateway/leg", "internal/wyoming", "media", "media/resample", "media/vad"}},
	{"gateway/wyoming/wyomingtest", []string{"internal/wyoming"}}, // a scripted box
	{"gateway/turn", nil},
	{"gateway/endpointing", []string{"gateway/turn", "flows", "flows/entity", "media", "media/vad", "media/resample"}},
	{"gateway/event", nil},
	{"gateway/agents", []string{"internal/calendar"}},
	{"gateway/agents/day", []string{"gateway/agents"}},                           // the routing decision judged over a day that is drawn
	{"gateway/desk", []string{"gateway/agents", "gateway/event", "gateway/leg"}}, // brings a conversation to an agent who has to accept
	{"gateway/store/...", []string{"gateway/event", "gateway/store"}},
	{"gateway/call", []string{"gateway/leg", "gateway/sip/number", "gateway/speech", "gateway/turn", "gateway/endpointing", "gateway/agents", "gateway/event", "media/...", "flows", "flows/render", "flows/nlu", "flows/entity", "asr", "tts", "internal/langtag"}},
	{"gateway/speech", []string{"flows", "flows/lexicon", "flows/render", "tts", "tts/ssml", "internal/langtag"}},  // what is said, ready for any voice
	{"gateway/chat", []string{"gateway/agents", "gateway/event", "gateway/store", "gateway/webhook", "flows/..."}}, // conversations are data: the store is where they are
	{"gateway/record", []string{"gateway/event", "gateway/store", "media/..."}},
	{"gateway/outbound", []string{"gateway/store", "gateway/sip/number", "flows/entity", "internal/calendar"}}, // calls that we place; windows of time are understood as flows do
	{"gateway/vcon", []string{"gateway/event"}},
	{"gateway/sumup", []string{"gateway/event", "internal/openai"}},                                          // a model's summary, checked against the record
	{"gateway/skill", []string{"gateway/skill/...", "gateway/chat", "flows", "flows/nlu", "internal/limit"}}, // web doors onto chat: neither sound nor calls
	{"gateway/skill/alexa", nil},
	{"gateway/skill/model", []string{"flows", "flows/entity"}},
	{"gateway/skill/skilltest", []string{"gateway/skill", "gateway/skill/...", "flows"}}, // plays Amazon
	{"gateway/webhook", []string{"gateway/digest", "gateway/event", "gateway/store", "internal/hooksign"}},
	{"gateway/digest", []string{"gateway/event", "gateway/store"}}, // a conversation in sentences, by rule
	{"gateway/mail", nil}, // what is told by mail is given to it
	{"gateway/mail/mailtest", nil},
	{"docs/examples/webhook", nil},
	{"gateway/accounts", []string{"gateway/accounts/oidc", "gateway/store", "internal/limit"}}, // users are data: the store is where they are
	{"gateway/accounts/oidc", nil},
	{"gateway/inbox/mask", []string{"flows/entity"}},
	{"gateway/inbox", []string{"gateway/inbox/mask", "gateway/event", "gateway/store", "flows/...", "internal/strictyaml"}},
	{"web", nil}, // built pages
	{"gateway/console", []string{"gateway/accounts", "gateway/accounts/oidc", "web", "gateway/record", "gateway/vcon", "gateway/chat", "gateway/outbound", "gateway/inbox", "gateway/event", "gateway/store", "gateway/agents", "internal/langtag", "internal/limit", "internal/calendar"}},

	{"media", nil},
	{"media/rtp", []string{"media/..."}},
	{"media/codec", []string{"media/codec/...", "media/plc"}}, // the list of codecs
	{"media/codec/codectest", []string{"media/codec"}},        // the conformance kit
	{"media/wav", []string{"media", "media/codec/g711"}},      // A-law files, the origin of sound
	{"media/mix", []string{"media", "media/resample"}},        // parties of different rates
	{"media/...", []string{"media"}},

	{"asr", []string{"media", "internal/langtag"}},
	{"asr/wake", []string{"asr/embedded", "media/vad", "internal/langtag"}}, // a phrase that wakes a speaker
	{"asr/...", []string{"media/...", "asr/...", "internal/share", "internal/secret", "internal/wyoming", "internal/openai", "internal/breaker", "internal/native", "internal/sherpa", "internal/route", "internal/langtag", "internal/testlog"}},
	{"tts", []string{"media"}},
	{"tts/...", []string{"media/...", "tts", "tts/stream", "tts/ssml", "tts/level", "internal/native", "internal/sherpa", "internal/secret", "internal/wyoming", "internal/openai", "internal/breaker", "internal/route", "internal/langtag", "internal/testlog"}},
	{"tts/files", []string{"media/...", "tts", "tts/level", "internal/strictyaml", "internal/langtag"}}, // a manifest is strict

	{"flows/nlu", []string{"flows/entity"}},
	{"flows/entity", []string{"internal/calendar"}},
	{"flows/render", nil},
	{"flows/schema", nil},
	{"flows/lexicon", nil},
	{"flows/diff", []string{"flows", "flows/flowtest", "flows/lint"}}, // plays the golden conversations on each channel
	{"flows/parity", []string{"flows", "flows/flowtest"}},             // plays them as their callers would elsewhere
	{"flows/kb", []string{"flows/entity", "internal/strictyaml"}},
	{"flows", []string{"flows/nlu", "flows/entity", "flows/kb", "flows/lexicon", "flows/render", "flows/schema", "internal/strictyaml"}},
	{"flows/importer", []string{"flows", "flows/entity", "flows/schema", "internal/strictyaml", "internal/langtag"}},
	{"flows/action", []string{"flows", "internal/hooksign"}}, // requests that flows send
	{"flows/...", []string{"flows", "flows/entity", "flows/nlu", "flows/kb", "flows/render", "flows/schema", "internal/strictyaml"}},

	{"internal/worker", []string{"asr", "tts", "media", "internal/wyoming", "internal/langtag"}},
	{"internal/sherpa", []string{"internal/native"}}, // what asr/sherpa and tts/sherpa share
	{"internal/native", nil},  // opens C libraries: for the worker's engines alone
	{"internal/breaker", nil}, // what asr/chain and tts/chain share
	{"internal/langtag", nil},
	{"internal/hooksign", nil}, // signs what flows and webhooks send
	{"internal/calendar", nil}, // weekdays and holidays: opening hours, and days that people name
	{"internal/limit", nil},    // how often strangers may ask
	{"internal/route", []string{"internal/breaker", "internal/langtag"}},
	{"internal/strictyaml", nil},
	{"internal/secret", nil},
	{"internal/wyoming", nil},
	{"internal/models", []string{"internal/strictyaml", "internal/langtag"}},
	{"internal/openai", []string{"internal/secret"}},
	{"internal/genref", []string{"internal/reference"}}, // writes the reference
	{"internal/reference", []string{"flows/schema", "internal/strictyaml"}},
	{"internal/demosystems", nil},
	{"internal/loopback", nil},
	{"internal/testlog", []string{"internal/syncbuf"}},
	{"internal/syncbuf", nil},
	{"internal/phone", []string{"gateway/leg", "gateway/sip", "media/...", "asr", "tts"}},
	{"internal/...", []string{"gateway/leg", "gateway/sip", "media/...", "internal/loopback"}},
}

func covers(pattern, pkg string) bool {
	if pattern == "..." {
		return true
	}
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == base || strings.HasPrefix(pkg, base+"/")
	}
	return pkg == pattern
}

// root is the repository, two folders above this test.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// imports returns, for each package of ours, the packages of ours its non-test files import.
func imports(t *testing.T) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	top := root(t)
	err := filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && p != top || d.Name() == "testdata" || d.Name() == "node_modules" || d.Name() == "bin" || d.Name() == "out") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(top, p)
		pkg := path.Dir(filepath.ToSlash(rel))
		if out[pkg] == nil {
			out[pkg] = map[string]string{}
		}
		for _, im := range f.Imports {
			s, _ := strconv.Unquote(im.Path.Value)
			if r, ok := strings.CutPrefix(s, module+"/"); ok {
				out[pkg][r] = rel
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestImportTable(t *testing.T) {
	t.Parallel()
	for pkg, deps := range imports(t) {
		row := -1
		for i, r := range may { // the row of its own name decides, else the longest that covers it
			if r.room == pkg {
				row = i
				break
			}
			if covers(r.room, pkg) && (row < 0 || len(r.room) > len(may[row].room)) {
				row = i
			}
		}
		if row < 0 {
			t.Errorf("package %s has no row in the import table; add one and say why in the commit", pkg)
			continue
		}
		for dep, file := range deps {
			ok := false
			for _, p := range may[row].imports {
				ok = ok || covers(p, dep)
			}
			if !ok {
				t.Errorf("%s imports %s/%s, which the row of %q does not allow", file, module, dep, may[row].room)
			}
		}
	}
}

func TestNobodyImportsCmd(t *testing.T) {
	t.Parallel()
	for pkg, deps := range imports(t) {
		for dep := range deps {
			if strings.HasPrefix(dep, "cmd/") && !strings.HasPrefix(pkg, "cmd/") {
				t.Errorf("%s imports %s", pkg, dep)
			}
		}
	}
}

// TestServerNeedsNoCgo keeps the gateway one binary that builds without a C compiler, static with
// -tags static. What a peer of the tests needs C for is behind a build tag of its name.
func TestServerNeedsNoCgo(t *testing.T) {
	t.Parallel()
	top := root(t)
	for pkg := range imports(t) {
		files, err := os.ReadDir(filepath.Join(top, filepath.FromSlash(pkg)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
				continue
			}
			src, err := parser.ParseFile(token.NewFileSet(), filepath.Join(top, pkg, f.Name()), nil, parser.ImportsOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, im := range src.Imports {
				if im.Path.Value == `"C"` && !(strings.HasPrefix(pkg, "internal/peer/") && tagged(src, path.Base(pkg))) {
					t.Errorf("%s/%s uses cgo", pkg, f.Name())
				}
			}
		}
	}
}

// tagged reports whether a file is built with the build tag only.
func tagged(f *ast.File, tag string) bool {
	for _, g := range f.Comments {
		if g.End() < f.Package {
			for _, c := range g.List {
				if c.Text == "//go:build "+tag {
					return true
				}
			}
		}
	}
	return false
}
