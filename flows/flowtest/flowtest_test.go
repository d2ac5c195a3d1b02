package flowtest_test

import (
	"os"
	"testing"

	"decroche/flows/flowtest"
)

// Every hotline of the house is played, whatever is in its folder.
func TestHotlines(t *testing.T) {
	t.Parallel()
	root := "../../configs/hotlines"
	dirs, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		if !d.IsDir() {
			continue
		}
		results := flowtest.Run(os.DirFS(root + "/" + d.Name()))
		if len(results) == 0 {
			t.Errorf("%s has no golden conversations; write tests/*.yaml", d.Name())
		}
		for _, r := range results {
			t.Run(d.Name()+"/"+r.Name, func(t *testing.T) {
				t.Parallel()
				if !r.OK {
					t.Errorf("%s\n%s", r.File, r.Diff)
				}
			})
		}
	}
}
