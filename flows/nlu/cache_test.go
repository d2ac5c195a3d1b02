package nlu

import (
	"os"
	"path/filepath"
	"testing"
)

// A stored model answers as the trained one; a damaged one is passed over and written anew.
func TestTrainCached(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "kept")
	ex := []Example{{"colis", "où est mon [colis](objet)"}, {"colis", "suivre ma commande"}, {"horaires", "vous ouvrez quand"}, {"horaires", "les horaires du samedi"}}
	opt := Options{Lists: map[string][]string{"ville": {"Lyon", "Brest"}}, Outside: []string{"une pizza"}}
	want, err := TrainCached(dir, "fr", ex, opt)
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "fr-*.model"))
	if len(files) != 1 {
		t.Fatalf("stored %v, want one model", files)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	same := func(c *Classifier) {
		t.Helper()
		for _, s := range []string{"où est mon colis", "ouvert à Brest samedi", "une pizza", "", "zorglub"} {
			a, b := want.Classify(s), c.Classify(s)
			for i := range a {
				if a[i] != b[i] {
					t.Errorf("%q: %v, stored %v", s, a, b)
				}
			}
		}
		if a, b := c.Thresholds(); a != want.act || b != want.clarify || c.Size() != want.Size() {
			t.Errorf("thresholds %v %v, size %d; want %v %v, %d", a, b, c.Size(), want.act, want.clarify, want.Size())
		}
	}
	read, err := readModel(files[0])
	if err != nil {
		t.Fatal(err)
	}
	same(read)
	for name, damage := range map[string][]byte{"empty": nil, "cut": whole[:len(whole)/2], "flipped": flipped(whole), "foreign": []byte("#!/bin/sh\n")} {
		if err := os.WriteFile(files[0], damage, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readModel(files[0]); err == nil {
			t.Errorf("%s: read without an error", name)
		}
		c, err := TrainCached(dir, "fr", ex, opt)
		if err != nil {
			t.Fatal(err)
		}
		same(c)
		if now, _ := os.ReadFile(files[0]); len(now) != len(whole) {
			t.Errorf("%s: not written anew", name)
		}
	}
	if _, err := TrainCached(dir, "fr", ex[:3], opt); err != nil {
		t.Fatal(err)
	}
	if files, _ = filepath.Glob(filepath.Join(dir, "*.model")); len(files) != 2 {
		t.Errorf("other examples: %v, want a model of their own", files)
	}
	if _, err := TrainCached("/dev/null/no", "fr", ex, opt); err != nil {
		t.Errorf("a folder that cannot be made: %v", err)
	}
}

func flipped(b []byte) []byte {
	b = append([]byte(nil), b...)
	b[len(b)-9] ^= 4
	return b
}
