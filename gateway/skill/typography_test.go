package skill

import (
	"reflect"
	"testing"

	"decroche/flows/render"
)

// What callers hear in French is written as it is printed: narrow no-break spaces, curly apostrophes.
func TestFrenchIsWrittenAsPrinted(t *testing.T) {
	t.Parallel()
	w, n := reflect.ValueOf(wordsFor("fr")), 0
	check := func(s string) {
		if n++; s != render.Typography("fr", s) {
			t.Errorf("%q, print it %q", s, render.Typography("fr", s))
		}
	}
	for i := range w.NumField() {
		switch f := w.Field(i); f.Kind() {
		case reflect.String:
			check(f.String())
		case reflect.Slice:
			for j := range f.Len() {
				check(f.Index(j).String())
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d sentences were read", n)
	}
}
