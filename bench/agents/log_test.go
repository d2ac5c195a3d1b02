package agents

import (
	"slices"
	"testing"
	"time"
)

// What the wire shows is what must stand in the record.
func TestOutcomesOnTheWire(t *testing.T) {
	t.Parallel()
	start := time.Now()
	at := func(d time.Duration) time.Time { return start.Add(d) }
	const s = time.Second
	for name, c := range map[string]struct {
		l      Log
		left   time.Time
		want   []string
		status int
	}{
		"refused":                              {l: Log{Rang: at(0), Final: at(s), Status: 603}, want: []string{"refused"}, status: 603},
		"busy":                                 {l: Log{Final: at(0), Status: 486}, want: []string{"busy"}, status: 486},
		"busy as the caller leaves":            {l: Log{Final: at(s), Status: 486}, left: at(s + Near/2), want: []string{"busy", "caller_left"}, status: 486},
		"rings out":                            {l: Log{Rang: at(0), Cancelled: at(6 * s), Final: at(6 * s), Status: 487}, want: []string{"no_answer"}},
		"given up while it rings":              {l: Log{Rang: at(0), Cancelled: at(3 * s), Final: at(3 * s), Status: 487}, want: []string{"timeout"}},
		"the caller leaves":                    {l: Log{Rang: at(0), Cancelled: at(3 * s), Final: at(3 * s), Status: 487}, left: at(3*s - 5*time.Millisecond), want: []string{"caller_left"}},
		"answers too late":                     {l: Log{Rang: at(0), Cancelled: at(6 * s), Final: at(6*s - time.Millisecond), Status: 200}, want: []string{"no_answer"}},
		"dead":                                 {l: Log{}, want: []string{"unreachable"}},
		"takes the caller":                     {l: Log{Rang: at(0), Final: at(s), Status: 200, Acked: at(s), Pressed: '1', Key: at(3 * s), Heard: at(3*s + 200*time.Millisecond)}, want: []string{"completed"}},
		"declines":                             {l: Log{Rang: at(0), Final: at(s), Status: 200, Acked: at(s), Pressed: '2', Key: at(3 * s), Dropped: at(5 * s)}, want: []string{"refused"}},
		"hangs up in the briefing":             {l: Log{Final: at(s), Status: 200, Acked: at(s), Left: at(2 * s)}, want: []string{"agent_left"}},
		"declines as the caller leaves":        {l: Log{Final: at(s), Status: 200, Acked: at(s), Pressed: '2', Key: at(3 * s), Dropped: at(5 * s)}, left: at(3*s - Near/2), want: []string{"caller_left", "refused"}},
		"declines, being told that they left":  {l: Log{Final: at(s), Status: 200, Acked: at(s), Pressed: '2', Key: at(3 * s), Dropped: at(5 * s)}, left: at(2 * s), want: []string{"caller_left"}},
		"declines, and then the caller leaves": {l: Log{Final: at(s), Status: 200, Acked: at(s), Pressed: '2', Key: at(3 * s), Dropped: at(5 * s)}, left: at(4 * s), want: []string{"refused"}},
		"hangs up, being told that they left":  {l: Log{Final: at(s), Status: 200, Acked: at(s), Left: at(3 * s)}, left: at(2 * s), want: []string{"caller_left"}},
		"presses nothing":                      {l: Log{Final: at(s), Status: 200, Acked: at(s), Dropped: at(9 * s)}, want: []string{"no_answer"}},
	} {
		c.l.Invited = start
		c.l.Ended = at(10 * s)
		got, status := c.l.Outcome(c.left, 6*s, 5*s, Near)
		if !slices.Equal(got, c.want) || status != c.status {
			t.Errorf("%s: %v %d, want %v %d", name, got, status, c.want, c.status)
		}
	}
}
