package console

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"decroche/gateway/accounts"
	"decroche/gateway/event"
)

type description struct {
	OpenAPI string                          `yaml:"openapi"`
	Paths   map[string]map[string]operation `yaml:"paths"`
	Parts   struct {
		Parameters map[string]struct {
			Name string `yaml:"name"`
		} `yaml:"parameters"`
		Schemas map[string]struct {
			Properties map[string]struct {
				Enum []string `yaml:"enum"`
			} `yaml:"properties"`
		} `yaml:"schemas"`
	} `yaml:"components"`
}

type operation struct {
	OperationID string           `yaml:"operationId"`
	Permission  string           `yaml:"x-permission"`
	Security    []map[string]any `yaml:"security"`
	Parameters  []struct {
		Ref  string `yaml:"$ref"`
		Name string `yaml:"name"`
		In   string `yaml:"in"`
	} `yaml:"parameters"`
	Responses map[string]any `yaml:"responses"`
}

// The description names exactly the routes there are, says which are open, and the file that is
// served is the one in docs.
func TestDescriptionMatchesTheRoutes(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if string(doc) != string(openapi) {
		t.Fatal("gateway/console/openapi.yaml is not docs/openapi.yaml; run go generate ./gateway/console")
	}
	var d description
	if err := yaml.Unmarshal(doc, &d); err != nil {
		t.Fatal(err)
	}
	described := map[string]operation{}
	ids := map[string]bool{}
	for path, methods := range d.Paths {
		for method, op := range methods {
			described[strings.ToUpper(method)+" "+path] = op
			if op.OperationID == "" || ids[op.OperationID] {
				t.Errorf("%s %s: operationId %q is empty or used twice", method, path, op.OperationID)
			}
			ids[op.OperationID] = true
		}
	}
	for _, r := range newHouse(t).routes() {
		if r.page {
			continue
		}
		key := r.method + " " + r.path
		op, ok := described[key]
		if !ok {
			t.Errorf("%s is served and not described", key)
			continue
		}
		delete(described, key)
		if open := op.Security != nil; open != (r.open || r.own || r.anyone) {
			t.Errorf("%s: described as open %v, is %v", key, open, r.open)
		}
		if op.Permission != string(r.needs) {
			t.Errorf("%s: described as needing %q, needs %q", key, op.Permission, r.needs)
		}
		if _, says := op.Responses["403"]; !says && r.needs != "" && r.needs != accounts.Self {
			t.Errorf("%s needs %q and 403 is not described", key, r.needs)
		}
		if _, says := op.Responses["401"]; says == r.open && r.path != "/metrics" && r.path != "/api/v1/sign-in" {
			t.Errorf("%s: 401 described %v, open %v", key, says, r.open)
		}
	}
	for key := range described {
		t.Errorf("%s is described and not served", key)
	}
}

// Each parameter of the list is understood, and each kind of event is described.
func TestDescriptionMatchesTheCode(t *testing.T) {
	t.Parallel()
	var d description
	if err := yaml.Unmarshal(openapi, &d); err != nil {
		t.Fatal(err)
	}
	samples := map[string]string{"before": "2026-11-21T09:30:00Z", "since": "2026-11-21T09:30:00Z", "before_id": "x", "limit": "5", "channel": "voice", "outcome": "failed,resolved", "open": "true",
		"text": "colis", "number": "06 12", "intent": "suivi", "agent": "karim", "queue": "litige", "bot": "colibri"}
	for path, without := range map[string][]string{"/api/v1/conversations": {}, "/api/v1/conversations.csv": {"limit", "before_id"}} {
		left := maps.Clone(filters)
		for _, p := range d.Paths[path]["get"].Parameters {
			if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
				p.Name = d.Parts.Parameters[name].Name
			}
			if p.Name == "lang" {
				continue
			}
			q := p.Name + "=" + url.QueryEscape(samples[p.Name])
			if p.Name == "before_id" {
				q += "&before=2026-11-21T09:30:00Z"
			}
			if _, err := parseQuery(q); err != nil || samples[p.Name] == "" {
				t.Errorf("%s: %v", q, err)
			}
			delete(left, p.Name)
		}
		for _, name := range without {
			delete(left, name)
		}
		if len(left) > 0 {
			t.Errorf("%s: understood and not described: %v", path, slices.Sorted(maps.Keys(left)))
		}
	}
	types := d.Parts.Schemas["Event"].Properties["type"].Enum
	for _, typ := range event.Types() {
		if !slices.Contains(types, typ) {
			t.Errorf("%s is not in the enum of Event.type", typ)
		}
	}
	for _, typ := range types {
		if _, err := event.Decode(typ, []byte("{}")); err != nil {
			t.Error(fmt.Errorf("described type: %w", err))
		}
	}
	for _, w := range []string{byCaller, byBot, byAgent, byNobody, bySteps} {
		if !slices.Contains(d.Parts.Schemas["Line"].Properties["who"].Enum, w) {
			t.Errorf("%s is not in the enum of Line.who", w)
		}
	}
}
