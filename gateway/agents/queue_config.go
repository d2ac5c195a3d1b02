package agents

import (
	"fmt"
	"slices"
	"time"
)

// Queue is where callers wait for some of the agents. In YAML:
//
//	queues:
//	  - name: litige
//	    skills: [litige]
//	    hours: {mon-fri: "09:00-12:30 13:30-18:00", sat: "09:00-12:00"}
//	    holidays: [fr]
//	    overflow: {after: 3m, to: callback}
type Queue struct {
	// Name is short and unique: flows ask for it, records and metrics tell it.
	Name string `yaml:"name"`
	// Skills are needed beside those that the flow asks for. A flow that names no queue gets the first
	// one that has the most of the skills it asks for and none that it does not; a queue without skills
	// is for whoever has no other.
	Skills []string `yaml:"skills"`
	// Languages of the callers whom it is for; none: any.
	Languages []string `yaml:"languages"`
	// MinLevel is what an agent's level of each skill must reach at first; LoosenEvery lowers it by one
	// after each such time, 0s never. 0: any level will do.
	MinLevel    int           `yaml:"min_level"`
	LoosenEvery time.Duration `yaml:"loosen_every"`
	// Priority is added to each caller's own, 0 to 10; see HeadStart.
	Priority int `yaml:"priority"`
	// OwnAgentFor is how long the customer's own agent is waited for while they are in a call; 0s: 20s.
	OwnAgentFor time.Duration `yaml:"own_agent_for"`
	// Hours by weekday or date; none: always. Timezone is Europe/Paris when empty.
	Hours    map[string]string `yaml:"hours"`
	Timezone string            `yaml:"timezone"`
	// Holidays: fr, fr-alsace, dates, file:/path.
	Holidays []string `yaml:"holidays"`
	// MaxWaiting is how many may wait at once, 0 no bound; MaxWait is how long, 0s as long as the flow says.
	MaxWaiting int           `yaml:"max_waiting"`
	MaxWait    time.Duration `yaml:"max_wait"`
	// RingFor is how long an agent's line rings; 0s: call.ring_for.
	RingFor time.Duration `yaml:"ring_for"`
	// InTime is what service level counts as answered in time; 0s: 20s.
	InTime   time.Duration `yaml:"in_time"`
	Overflow Overflow      `yaml:"overflow"`
	Announce Announce      `yaml:"announce"`
}

// Overflow says what becomes of who waits too long, and of who comes when the queue is closed or full.
type Overflow struct {
	// After is how long a caller waits before it; 0s: only when closed or full.
	After time.Duration `yaml:"after"`
	// To is queue, callback, message or bot; "": nowhere.
	To string `yaml:"to"`
	// Queue whose agents may take the caller too, who keeps their place here; with to: queue.
	Queue string `yaml:"queue"`
}

// Words of Overflow.To.
const (
	ToQueue    = "queue"
	ToCallback = "callback"
	ToMessage  = "message"
	ToBot      = "bot"
)

// Announce says what callers are told while they wait.
type Announce struct {
	// Every is the least time between two announcements, which are made only when something has got
	// better; 0s: 45s.
	Every time.Duration `yaml:"every"`
	// Position and Estimate: how many are before them, how long it may take; left out: true. An estimate
	// is told only when recent waits allow a good one.
	Position *bool `yaml:"position"`
	Estimate *bool `yaml:"estimate"`
	// Music is a WAV file that plays between the sentences; "": a soft tone.
	Music string `yaml:"music"`
}

// Queues are all queues that are configured.
type Queues []Queue

// DefaultQueues has none: who waits for the same skills and language waits in one line.
func DefaultQueues() Queues { return Queues{} }

// The defaults of what a queue leaves out.
const (
	ownAgentFor   = 20 * time.Second
	announceEvery = 45 * time.Second
	inTime        = 20 * time.Second
)

// Validate returns every complaint as "[1].key: what is wrong; what to do".
func (c Queues) Validate() (out []string) {
	names := map[string]int{}
	for i, q := range c {
		say := func(key, format string, args ...any) {
			out = append(out, fmt.Sprintf("[%d].%s: ", i, key)+fmt.Sprintf(format, args...))
		}
		if !nameShape.MatchString(q.Name) {
			say("name", "%q is not a name; use small letters, digits, dots, dashes and underscores, 63 at most", q.Name)
		} else if first, twice := names[q.Name]; twice {
			say("name", "%q is already queue [%d]; give each queue a name of its own", q.Name, first)
		} else {
			names[q.Name] = i
		}
		checkSkills(say, Can(q.Skills...))
		for j, l := range q.Languages {
			if !langShape.MatchString(l) {
				say(fmt.Sprintf("languages[%d]", j), "%q is not a language; write its two-letter code, such as fr or en", l)
			}
		}
		q.checkRanges(say)
		q.checkOverflow(c, say)
		newHours(q.Timezone, q.Hours, q.Holidays, say)
	}
	if len(c) > 200 {
		out = append(out, fmt.Sprintf("%d queues are too many for one gateway; keep 200", len(c)))
	}
	return out
}

func (q *Queue) checkRanges(say func(key, format string, args ...any)) {
	for _, r := range []struct {
		key    string
		v, max int
	}{{"min_level", q.MinLevel, MaxLevel}, {"priority", q.Priority, MaxPriority}, {"max_waiting", q.MaxWaiting, 100000}} {
		if r.v < 0 || r.v > r.max {
			say(r.key, "%d is out of range; choose 0 to %d", r.v, r.max)
		}
	}
	for _, r := range []struct {
		key         string
		v, min, max time.Duration
	}{
		{"loosen_every", q.LoosenEvery, time.Second, time.Hour},
		{"own_agent_for", q.OwnAgentFor, time.Second, 10 * time.Minute},
		{"max_wait", q.MaxWait, 5 * time.Second, 4 * time.Hour},
		{"ring_for", q.RingFor, time.Second, 3 * time.Minute},
		{"in_time", q.InTime, time.Second, time.Hour},
		{"announce.every", q.Announce.Every, 10 * time.Second, 10 * time.Minute},
		{"overflow.after", q.Overflow.After, time.Second, 4 * time.Hour},
	} {
		if r.v != 0 && (r.v < r.min || r.v > r.max) {
			say(r.key, "%v is out of range; choose %v to %v, or leave it out", r.v, r.min, r.max)
		}
	}
	if q.LoosenEvery > 0 && q.MinLevel < 2 {
		say("loosen_every", "there is nothing to loosen; set min_level to 2 or more, or leave it out")
	}
}

func (q *Queue) checkOverflow(all Queues, say func(key, format string, args ...any)) {
	o := q.Overflow
	switch o.To {
	case "", ToCallback, ToMessage, ToBot:
		if o.Queue != "" {
			say("overflow.queue", "%.40q gets nobody; write to: queue", o.Queue)
		}
		if o.To == "" && o.After > 0 {
			say("overflow.to", "is missing; write queue, callback, message or bot")
		}
	case ToQueue:
		switch {
		case o.Queue == q.Name:
			say("overflow.queue", "%.40q overflows into itself; name another queue", o.Queue)
		case !slices.ContainsFunc(all, func(other Queue) bool { return other.Name == o.Queue }):
			say("overflow.queue", "%.40q is no queue; name one of this list", o.Queue)
		}
	default:
		say("overflow.to", "%.40q is nowhere; use queue, callback, message or bot", o.To)
	}
}

// find tells where a request waits: the index into c, -1 for the line of its own skills.
func (c Queues) find(req Request) int {
	best, most := -1, -1
	for i := range c {
		q := &c[i]
		if req.Queue != "" && q.Name == req.Queue {
			return i
		}
		if len(q.Skills) <= most || len(q.Languages) > 0 && !slices.Contains(q.Languages, word(req.Lang)) {
			continue
		}
		if !slices.ContainsFunc(q.Skills, func(s string) bool {
			return !slices.ContainsFunc(req.Skills, func(r string) bool { return word(r) == word(s) })
		}) {
			best, most = i, len(q.Skills)
		}
	}
	return best
}

// MaxPriority is the highest of a caller and of a queue.
const MaxPriority = 10

// HeadStart is what one point of priority is worth: as much as so long a wait.
const HeadStart = 20 * time.Second

// headStart is what a caller with this priority has in q, nil being no queue. VIP is ten points.
func (q *Queue) headStart(priority int, vip bool) time.Duration {
	n := min(max(priority, 0), MaxPriority)
	if vip {
		n += MaxPriority
	}
	if q != nil {
		n += q.Priority
	}
	return time.Duration(n) * HeadStart
}

// minLevel is what an agent's level must reach for who has waited so long.
func (q *Queue) minLevel(waited time.Duration) int {
	if q == nil || q.MinLevel <= 1 {
		return 1
	}
	if q.LoosenEvery <= 0 {
		return q.MinLevel
	}
	return max(1, q.MinLevel-int(max(0, waited)/q.LoosenEvery))
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}
