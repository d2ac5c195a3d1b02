package reference

import (
	"os"
	"path/filepath"
	"testing"
)

// What is committed is what the code says now.
func TestGeneratedFilesAreFresh(t *testing.T) {
	t.Parallel()
	files, err := files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil || string(have) != string(want) {
			t.Errorf("%s is stale (%v); run go run ./internal/genref and commit what changed", name, err)
		}
	}
}
