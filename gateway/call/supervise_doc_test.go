package call

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"decroche/media/mix"
)

// The table of docs/supervision.md is the one that decides.
func TestDocumentedTableOfWhoHearsWhom(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/supervision.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range mix.Roles() {
		row := fmt.Sprintf("| %s |", l)
		for _, s := range mix.Roles() {
			if mix.Hears(l, s) {
				row += " yes |"
			} else {
				row += " - |"
			}
		}
		if !strings.Contains(string(doc), row+"\n") {
			t.Errorf("docs/supervision.md lacks %s", row)
		}
	}
}
