package secret

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFetch(t *testing.T) {
	t.Setenv("DECROCHE_TEST_SECRET", "hunter2")
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]Value{"": "", "env:DECROCHE_TEST_SECRET": "hunter2", "file:" + file: "hunter2"} {
		if got, err := Fetch(ref); got != want || err != nil {
			t.Errorf("%q: %d bytes, %v", ref, len(got), err)
		}
	}
	for _, ref := range []string{"hunter2", "env:", "vault:hunter2", "env:DECROCHE_NO_SUCH", "file:/nowhere/at/all"} {
		if _, err := Fetch(ref); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", ref, err)
		}
	}
	v, _ := Fetch("env:DECROCHE_TEST_SECRET")
	r, _ := Parse("env:DECROCHE_TEST_SECRET")
	if s := fmt.Sprintf("%v %s %#v %+v %v", v, v, v, struct{ V Value }{v}, r); strings.Contains(s, "hunter2") {
		t.Errorf("printed as %s", s)
	}
}
