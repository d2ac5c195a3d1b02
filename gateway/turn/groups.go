package turn

import "time"

// groups are the parts between pauses in which a number is said: "zéro six … douze … trente-quatre".
// Whoever has said four pairs of five says a pair next, so the end of the last one is known before
// its words are.
type groups struct {
	start time.Duration // of the stretch of speech that is being said
	due   time.Duration // when the words of the stretch before will have come; 0 when they have
	took  time.Duration // how long the stretch before was

	base int           // characters up to the last pause
	size int           // of the last whole group
	last time.Duration // how long it was
	n    int           // groups counted
}

// groupPause is the least pause between groups: less is the gap of a "t" or "k".
const groupPause = 180 * time.Millisecond

func (g *groups) reset(at time.Duration) { *g = groups{start: at} }

// resumed notes that a stretch that ended at end is followed by one that begins at at; the words
// of the first will all be known by due.
func (g *groups) resumed(end, at, due time.Duration) {
	g.took, g.due, g.start = end-g.start, due, at
}

// counted notes that count characters are known at media time at.
func (g *groups) counted(at time.Duration, count int) {
	switch {
	case count < g.base: // taken back
		g.reset(g.start)
	case g.due > 0 && at >= g.due:
		if g.due = 0; count > g.base {
			g.size, g.last, g.base, g.n = count-g.base, g.took, count, g.n+1
		}
	}
}

const (
	groupsLeast = 2                      // groups that make a habit
	groupShort  = 160 * time.Millisecond // the shortest group: "neuf"
	groupPart   = 0.7                    // of the time that a group of more than two should take
)

// final reports whether the stretch that ended at end was the last group of want characters. split
// tells of a language in which people pause inside a pair, "quatre-vingt … treize": there one group
// makes no habit.
func (g *groups) final(want int, end time.Duration, split bool) bool {
	habit := 1
	if split {
		habit = groupsLeast
	}
	rest, said := want-g.base, end-g.start
	if g.n < habit || g.due > 0 || rest <= 0 || g.size <= 0 {
		return false
	}
	switch alike := float64(g.last) * float64(rest) / float64(g.size); {
	case rest == g.size && g.size <= 2: // "douze" is as good a pair as "quatre-vingt-dix-sept"
		return said >= groupShort
	case rest == g.size:
		return float64(said) >= groupPart*alike
	case g.n >= groupsLeast && rest == g.size+1 && g.size >= 3: // 3-3-4, as Americans say telephone numbers
		return float64(said) >= alike
	}
	return false
}
