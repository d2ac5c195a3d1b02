package kb

import (
	"slices"
	"testing"

	"decroche/flows/schema"
	"decroche/internal/strictyaml"
)

// The reference page lists the keys of the front matter, and no others.
func TestFrontMatterIsDeclared(t *testing.T) {
	t.Parallel()
	declared := schema.Keys[schema.Article]()
	slices.Sort(declared)
	if read := strictyaml.Keys(front{}); !slices.Equal(read, declared) {
		t.Errorf("an article has %q, flows/schema declares %q", read, declared)
	}
}
