package flowtest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"decroche/internal/strictyaml"
)

// Fix is one expectation of what the bot says that no longer holds.
type Fix struct {
	Line, Col int    // where its text stands in the file
	Old       string // as written
	New       string // what the bot says instead, whole
}

// fix finds what to expect instead: of what the bot said, the prompt that is most like what was
// expected. There is none when the bot said nothing.
func (p *player) fix(s step) (Fix, bool) {
	old := s.text
	if s.re != nil {
		old = strings.Trim(s.text, "/")
	}
	best, most := "", -1.0
	for _, pr := range p.said {
		text := pr.Text
		if text == "" {
			text = pr.Voice
		}
		if l := alike(normal(old), normal(text)); text != "" && l > most {
			best, most = text, l
		}
	}
	if isExpression(best) {
		best = "/" + regexp.QuoteMeta(best) + "/"
	}
	return Fix{Line: s.line, Col: s.col, Old: s.text, New: best}, best != ""
}

// alike is the share of words that two texts have in common, 0..1.
func alike(a, b string) float64 {
	split := func(s string) map[string]bool {
		out := map[string]bool{}
		for _, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" .,;:!?'()*\\", r) }) {
			out[w] = true
		}
		return out
	}
	x, y := split(a), split(b)
	both := 0
	for w := range x {
		if y[w] {
			both++
		}
	}
	return float64(2*both) / float64(max(1, len(x)+len(y)))
}

// Update writes the Fixes of results into the files of the bot's folder dir: only the texts that
// no longer hold change, every comment and every other byte stays. A file is written whole or not
// at all, and not when it has changed since it was played. It returns how many expectations were
// rewritten in each file.
func Update(dir string, results []Result) (map[string]int, error) {
	byFile := map[string][]Fix{}
	var order []string
	for _, r := range results {
		if len(r.Fixes) > 0 && byFile[r.File] == nil {
			order = append(order, r.File)
		}
		byFile[r.File] = append(byFile[r.File], r.Fixes...)
	}
	out := map[string]int{}
	for _, file := range order {
		name := filepath.Join(dir, filepath.FromSlash(file))
		src, err := os.ReadFile(name)
		if err != nil {
			return out, fmt.Errorf("update %s: %w", name, err)
		}
		now, n, err := rewrite(src, byFile[file])
		if err != nil {
			return out, fmt.Errorf("update %s: %w", name, err)
		}
		if err := strictyaml.WriteFile(name, src, now); err != nil {
			return out, fmt.Errorf("update %s: %w", name, err)
		}
		out[file] = n
	}
	return out, nil
}

// rewrite replaces one text after another. Two channels may have found the same expectation
// stale, in the same words or in others: then neither can be written.
func rewrite(src []byte, fixes []Fix) ([]byte, int, error) {
	done := map[[2]int]Fix{}
	for _, f := range fixes {
		at := [2]int{f.Line, f.Col}
		if had, ok := done[at]; ok {
			if had.New != f.New {
				return nil, 0, fmt.Errorf("line %d: one channel says %q, another %q; expect a part that both say", f.Line, had.New, f.New)
			}
			continue
		}
		done[at] = f
	}
	// From right to left and from the end, so that places stay true.
	n := 0
	lines := bytes.Count(src, []byte("\n")) + 1
	for line := lines; line > 0; line-- {
		for {
			last, ok := Fix{}, false
			for at, f := range done {
				if at[0] == line && f.Col > last.Col {
					last, ok = f, true
				}
			}
			if !ok {
				break
			}
			delete(done, [2]int{last.Line, last.Col})
			var err error
			if src, err = strictyaml.SetScalar(src, last.Line, last.Col, last.Old, last.New); err != nil {
				return nil, 0, err
			}
			n++
		}
	}
	return src, n, nil
}
