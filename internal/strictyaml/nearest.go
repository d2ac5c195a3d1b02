package strictyaml

import (
	"fmt"
	"slices"
	"strings"
)

// Nearest returns the candidate closest to word, or "" when none is close enough to be
// what was meant (a third of the letters may differ, at least two; of a word of two or three one).
func Nearest(word string, candidates []string) string {
	n := len([]rune(word))
	best, limit := "", max(2, n/3)+1
	if n <= 3 {
		limit = 2
	}
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c), limit); d < limit {
			best, limit = c, d
		}
	}
	return best
}

// DidYouMean is the tail of a complaint about an unknown name.
func DidYouMean(word string, known []string) string {
	if n := Nearest(word, known); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	if len(known) == 0 {
		return ""
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(known)))
	if len(sorted) > 16 {
		sorted = append(sorted[:16], "…")
	}
	return "; known here: " + strings.Join(sorted, ", ")
}

// distance is Levenshtein's, given up at limit.
func distance(a, b string, limit int) int {
	ra, rb := []rune(a), []rune(b)
	if len(ra)-len(rb) >= limit || len(rb)-len(ra) >= limit {
		return limit
	}
	row := make([]int, len(rb)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range ra {
		diag := row[0]
		row[0] = i + 1
		for j, y := range rb {
			cost := diag
			if x != y {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(rb)]
}
