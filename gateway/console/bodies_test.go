package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// bodies validates what handlers answer by the description of the API (OpenAPI 3.1, whose schemas are
// JSON Schema 2020-12).
type bodies struct {
	doc    map[string]any
	routes *http.ServeMux // by method and path, as described

	mu       sync.Mutex // guards what follows
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
}

const describedAt = "file:///openapi.json"

var described = sync.OnceValue(func() *bodies {
	data, err := yaml.YAMLToJSON(openapi)
	if err != nil {
		panic(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		panic(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(describedAt, doc); err != nil {
		panic(err)
	}
	b := &bodies{doc: doc.(map[string]any), routes: http.NewServeMux(), compiler: c, schemas: map[string]*jsonschema.Schema{}}
	for path, ops := range b.doc["paths"].(map[string]any) {
		for method := range ops.(map[string]any) {
			b.routes.Handle(strings.ToUpper(method)+" "+path, http.NotFoundHandler())
		}
	}
	return b
})

// part follows keys into the description, and references on the way; at is where it ended.
func (b *bodies) part(keys ...string) (found map[string]any, at string, ok bool) {
	found = b.doc
	for _, k := range keys {
		if found, ok = found[k].(map[string]any); !ok {
			return nil, "", false
		}
		at += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(k)
		if ref, is := found["$ref"].(string); is {
			return b.follow(ref, keys, k)
		}
	}
	return found, at, true
}

// follow goes on behind a reference that stands at key k.
func (b *bodies) follow(ref string, keys []string, k string) (map[string]any, string, bool) {
	rest := strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	for i, o := range keys {
		if o == k {
			return b.part(append(rest, keys[i+1:]...)...)
		}
	}
	return nil, "", false
}

// wrong says how an answer differs from its description; "" when it does not, or is no JSON.
func (b *bodies) wrong(pattern string, res *httptest.ResponseRecorder) string {
	method, path, _ := strings.Cut(pattern, " ")
	kind := res.Header().Get("Content-Type")
	if !strings.HasSuffix(kind, "json") || !strings.HasPrefix(path, "/api/") || res.Body.Len() == 0 {
		return ""
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	status := fmt.Sprint(res.Code)
	keys := []string{"paths", path, strings.ToLower(method), "responses", status, "content", kind, "schema"}
	_, at, ok := b.part(keys...)
	if !ok && res.Code >= 400 { // what any request may be answered
		_, at, ok = b.part("components", "schemas", "Problem")
	}
	if !ok {
		return fmt.Sprintf("%s answers %s %s, which is not described", pattern, status, kind)
	}
	s := b.schemas[at]
	if s == nil {
		var err error
		if s, err = b.compiler.Compile(describedAt + "#" + at); err != nil {
			return err.Error()
		}
		b.schemas[at] = s
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(res.Body.Bytes()))
	if err == nil {
		err = s.Validate(doc)
	}
	if err != nil {
		return fmt.Sprintf("%s %s: %v\n%.2000s", pattern, status, err, res.Body)
	}
	return ""
}

// asDescribed fails a test in which an answer of the API is not as docs/openapi.yaml says. Each test of
// this package that asks goes through it.
func asDescribed(t *testing.T, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	_, pattern := described().routes.Handler(r)
	if wrong := described().wrong(pattern, w); wrong != "" {
		t.Errorf("not as described: %s", wrong)
	}
}

// What is wrong in a body is found.
func TestBodiesAreCompared(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, kind, want string
		status              int
		body                any
	}{
		{"GET /api/v1/me", "application/json", "user", 200, map[string]any{"name": "x"}},
		{"GET /api/v1/me", "application/json", "not described", 299, map[string]any{}},
		{"GET /api/v1/me", "application/problem+json", "title", 401, map[string]any{"type": "about:blank", "status": 401}},
		{"GET /api/v1/conversations/{id}", "application/problem+json", "got string, want integer", 404, map[string]any{"type": "about:blank", "status": "404", "title": "x"}},
		{"GET /api/v1/conversations/{id}", "application/problem+json", "", 404, map[string]any{"type": "about:blank", "status": 404, "title": "x"}},
	} {
		w := httptest.NewRecorder()
		w.Header().Set("Content-Type", c.kind)
		w.WriteHeader(c.status)
		_ = json.NewEncoder(w).Encode(c.body)
		if got := described().wrong(c.pattern, w); !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s %d: %q, want %q", c.pattern, c.status, got, c.want)
		}
	}
}
