package entity

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// spoken is one line of the fixture: a number and its words from ICU.
type spoken struct {
	n    int64
	text string
}

// openForms opens one file of testdata/icu; make.py there tells its form.
func openForms(name string) (io.Reader, error) {
	raw, err := os.ReadFile(filepath.Join("testdata", "icu", name+".gz.gz"))
	if err != nil {
		return nil, err
	}
	outer, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return gzip.NewReader(outer)
}

// icuForms calls each with the lines of one file in chunks, from several goroutines; it
// returns when all are done.
func icuForms(t testing.TB, name string, each func(chunk []spoken)) {
	t.Helper()
	r, err := openForms(name)
	if err != nil {
		t.Fatal(err)
	}
	chunks := make(chan []spoken, 4)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for c := range chunks {
				each(c)
			}
		})
	}
	err = readForms(r, func(c []spoken) bool { chunks <- c; return true })
	close(chunks)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
}

// readForms gives the lines of a file to chunk, until it returns false.
func readForms(r io.Reader, chunk func([]spoken) bool) error {
	var last []byte
	var out []spoken
	next := int64(0)
	sc := bufio.NewScanner(r)
	for sc.Scan() {
		head, tail, ok := bytes.Cut(sc.Bytes(), []byte(" "))
		if !ok {
			return fmt.Errorf("line %d of the fixture: %q has no space", next, sc.Bytes())
		}
		if head[0] == '=' {
			n, err := strconv.ParseInt(string(head[1:]), 10, 64)
			if err != nil {
				return err
			}
			out = append(out, spoken{n, string(tail)})
			continue
		}
		drop, err := strconv.Atoi(string(head))
		if err != nil || drop > len(last) {
			return fmt.Errorf("line %d of the fixture drops %q of %d bytes", next, head, len(last))
		}
		last = append(last[:len(last)-drop], tail...)
		out = append(out, spoken{next, string(last)})
		if next++; len(out) == 4096 {
			if !chunk(out) {
				return nil
			}
			out = nil
		}
	}
	chunk(out)
	return sc.Err()
}

// spokenForms are the files that hold every integer below a million.
var spokenForms = []struct{ file, lang string }{
	{"fr", "fr"}, {"fr-BE", "fr"}, {"fr-CH", "fr"}, {"en", "en"}, {"en-and", "en"}, {"fr-feminine", "fr"},
}

// heard is what a recogniser writes for words of the dictionary: no hyphens, no accents,
// and neither "cents" nor "vingts".
var heard = strings.NewReplacer("-", " ", "é", "e", "cents", "cent", "vingts", "vingt")

// stride leaves most of the million out where the race detector makes each ten times
// slower. DECROCHE_LONG=1 without -race reads them all: "make test-long".
func stride() int64 {
	switch {
	case os.Getenv("DECROCHE_LONG") != "":
		return 1
	case raceEnabled:
		return 61
	}
	return 23
}

// TestEveryIntegerFromICU reads the words that ICU writes for every integer below a million,
// and for a sample up to a thousand million, as written and as a recogniser would.
func TestEveryIntegerFromICU(t *testing.T) {
	t.Parallel()
	step := stride()
	for _, form := range spokenForms {
		var read, wrong atomic.Int64
		icuForms(t, form.file, func(chunk []spoken) {
			for _, s := range chunk {
				if s.n%step != 0 && s.n >= 10_000 && s.n < 1_000_000 {
					continue
				}
				for _, said := range []string{s.text, heard.Replace(s.text)} {
					read.Add(1)
					vs := Parse(Spec{Type: TypeNumber}, form.lang, said, sunday)
					if len(vs) > 0 && vs[0].Text == strconv.FormatInt(s.n, 10) {
						continue
					}
					if wrong.Add(1) <= 10 {
						t.Errorf("%s %q: %v, want %d", form.file, said, vs, s.n)
					}
				}
			}
		})
		t.Logf("%-11s %d forms read, %d wrong", form.file, read.Load(), wrong.Load())
	}
}
