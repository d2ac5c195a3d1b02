package event

import (
	"fmt"
	"strings"
	"time"
)

// BoardConfig says when the supervisors' board marks a call, and what it counts as in time. Counts are
// of what happened in a row. docs/board.md tells when each marker begins and ends.
type BoardConfig struct {
	// InTime is how long a caller may wait for an agent to have been answered in time: the service level.
	InTime time.Duration `yaml:"in_time"`
	// Waits is from when on a caller who waits for an agent is marked.
	Waits time.Duration `yaml:"waits"`
	// Anger are words that mark a call, by language; WordList says what may stand there.
	Anger WordList `yaml:"anger"`
	// Person are words for a person, and Wants for wanting one: a sentence asks for a person when it has one
	// of each, or names one in four words at most.
	Person WordList `yaml:"person"`
	Wants  WordList `yaml:"wants"`
	// Asked sentences for a person mark a call that has none.
	Asked int `yaml:"asked"`
	// Loop turns at the same step do.
	Loop int `yaml:"loop"`
	// Mute is how long the bot may do nothing after the caller's sentence.
	Mute time.Duration `yaml:"mute"`
	// Transfers that ended without an answer mark a call.
	Transfers int `yaml:"transfers"`
	// Misses are turns that were not understood.
	Misses int `yaml:"misses"`
	// Silence is how long a caller may say nothing after the bot.
	Silence time.Duration `yaml:"silence"`
	// Unsure sentences that were heard with less than Confidence, from 0 to 1, mark a call.
	Unsure     int     `yaml:"unsure"`
	Confidence float64 `yaml:"confidence"`
	// Long is how many times the median of its intent a call may take.
	Long float64 `yaml:"long"`
	// Lasts is how long a cause has to hold before it is shown, Clears how long it is shown after it ended.
	Lasts  time.Duration `yaml:"lasts"`
	Clears time.Duration `yaml:"clears"`
}

// DefaultBoardConfig suits a hotline of twenty agents; the words are those that made supervisors listen.
func DefaultBoardConfig() BoardConfig {
	return BoardConfig{
		InTime: 20 * time.Second, Waits: 90 * time.Second,
		Anger: WordList{
			"fr": {"marre", "ras le bol", "honte", "scandal*", "inadmissible", "inacceptable", "arnaque*", "voleur", "voleurs", "escro*", "incompéten*", "fous de moi", "moque* de moi", "foutez de", "n'importe quoi", "ridicule", "avocat", "plainte", "énerv*", "insupportable", "furieu*"},
			"en": {"fed up", "ridiculous", "scam", "disgrace*", "unacceptable", "useless", "lawyer", "sue you", "furious", "sick of", "joke"},
		},
		Person: WordList{
			"fr": {"conseiller", "conseillère", "humain", "opérateur", "opératrice", "quelqu'un", "une personne", "une vraie personne", "un agent"},
			"en": {"someone", "somebody", "a person", "a real person", "a human", "a real human", "human", "operator", "an agent", "representative", "adviser", "advisor"},
		},
		Wants: WordList{
			"fr": {"parler", "passe", "passer", "passez", "veux", "voudrais", "avoir", "joindre", "mettez"},
			"en": {"talk", "speak", "want", "need", "get", "put", "give", "connect", "transfer"},
		},
		Asked: 2, Loop: 3, Mute: 4 * time.Second, Transfers: 2, Misses: 2, Silence: 12 * time.Second, Unsure: 3, Confidence: 0.5, Long: 2,
		Lasts: 5 * time.Second, Clears: 10 * time.Second,
	}
}

// Validate returns every problem, each "key: what is wrong; what to do".
func (c BoardConfig) Validate() []string {
	var bad []string
	for _, d := range []struct {
		key      string
		v        time.Duration
		min, max time.Duration
	}{
		{"in_time", c.InTime, time.Second, time.Hour}, {"waits", c.Waits, time.Second, time.Hour}, {"mute", c.Mute, time.Second, time.Minute},
		{"silence", c.Silence, time.Second, 10 * time.Minute}, {"lasts", c.Lasts, 0, time.Minute}, {"clears", c.Clears, 0, 10 * time.Minute},
	} {
		if d.v < d.min || d.v > d.max {
			bad = append(bad, fmt.Sprintf("%s: %v is not between %v and %v", d.key, d.v, d.min, d.max))
		}
	}
	for _, n := range []struct {
		key string
		v   int
	}{{"asked", c.Asked}, {"loop", c.Loop}, {"transfers", c.Transfers}, {"misses", c.Misses}, {"unsure", c.Unsure}} {
		if n.v < 1 || n.v > 20 {
			bad = append(bad, fmt.Sprintf("%s: %d is not between 1 and 20", n.key, n.v))
		}
	}
	if !(c.Confidence >= 0 && c.Confidence <= 1) {
		bad = append(bad, fmt.Sprintf("confidence: %v is not between 0 and 1", c.Confidence))
	}
	if !(c.Long >= 1 && c.Long <= 100) {
		bad = append(bad, fmt.Sprintf("long: %v is not between 1 and 100 times the median", c.Long))
	}
	bad = append(bad, c.Anger.problems("anger")...)
	bad = append(bad, c.Person.problems("person")...)
	return append(bad, c.Wants.problems("wants")...)
}

// rules are a BoardConfig, ready to be asked.
type rules struct {
	BoardConfig
	anger, person, wants phrases
}

func newRules(c BoardConfig) *rules {
	return &rules{c, c.Anger.ready(), c.Person.ready(), c.Wants.ready()}
}

// shortAsk is how many words name a person without a verb: "un conseiller s'il vous plaît".
const shortAsk = 4

// reads tells whether what was said asks for a person, and whether it sounds angry.
func (r *rules) reads(lang, text string) (asks, angry bool) {
	words := wordsOf(text)
	asks = r.person.in(lang, words) && (r.wants.in(lang, words) || len(strings.Fields(text)) <= shortAsk)
	return asks, r.anger.in(lang, words)
}
