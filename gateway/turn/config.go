package turn

import (
	"fmt"
	"time"
)

// Times are the silences that end one kind of answer, by how far its words satisfy what is
// expected.
//
// Example: {complete: 200ms, possible: 800ms, partial: 1.6s}
type Times struct {
	Complete time.Duration `yaml:"complete"` // nothing can follow
	Possible time.Duration `yaml:"possible"` // an answer that may go on; also before any words have come
	Partial  time.Duration `yaml:"partial"`  // no answer yet
}

// Config holds the silences that end a turn and the speech that begins one: one table, with
// what each number rests on. docs/turn-taking.md tells how they were found and what they lead to.
type Config struct {
	// Threshold is the speech probability from which a frame counts as speech.
	Threshold float64 `yaml:"threshold"`
	// Onset of speech within OnsetWithin begins a turn: 60 ms keeps clicks out and is shorter
	// than the shortest syllable.
	Onset       time.Duration `yaml:"onset"`
	OnsetWithin time.Duration `yaml:"onset_within"`
	// BargeOnset within BargeWithin does so while the bot speaks: a cough lasts about 100 ms.
	BargeOnset  time.Duration `yaml:"barge_onset"`
	BargeWithin time.Duration `yaml:"barge_within"`

	// Free ends a free sentence. Pauses at clause boundaries last 150 to 250 ms, and the next word
	// is heard up to 60 ms late.
	Free time.Duration `yaml:"free"`
	// Filler ends what asks for a continuation: "euh", a vowel drawn out, "parce que". People take
	// 500 to 900 ms to find the word.
	Filler time.Duration `yaml:"filler"`
	// Short ends one short word where a free sentence is expected: "bonjour" and "alors" open one
	// more often than they are one.
	Short time.Duration `yaml:"short"`

	// YesNo: "oui, c'est ça" has a comma of 150 ms in it.
	YesNo Times `yaml:"yes_no"`
	// List: a choice of the flow's own words.
	List Times `yaml:"list"`
	// Digits and Phone: 350 to 900 ms between groups, 1.2 s to look the next one up; 250 to 600 ms
	// inside "quatre-vingt … dix-sept".
	Digits Times `yaml:"digits"`
	Phone  Times `yaml:"phone"`
	// Postcode and Spelled: 400 to 1000 ms between groups and letters.
	Postcode Times `yaml:"postcode"`
	Spelled  Times `yaml:"spelled"`
	// Number and Amount: 250 to 600 ms inside a number, and before "euros".
	Number Times `yaml:"number"`
	Amount Times `yaml:"amount"`
	// Date and Time: a month or minutes may follow.
	Date Times `yaml:"date"`
	Time Times `yaml:"time"`
	// Email: 400 to 1100 ms around the at sign.
	Email Times `yaml:"email"`
	// Text is a free text that fills a slot: a street waits for its town.
	Text Times `yaml:"text"`

	// Lag is how far words come behind the voice, until this call has shown it: 340 ms is the
	// median of the embedded recogniser.
	Lag time.Duration `yaml:"lag"`
	// EOT is the probability of the end from which a turn has ended. At 0.5 the silences of this
	// table hold as they stand; more makes every one of them longer, less shorter: 0.8 doubles
	// and 0.2 halves them. It is the one knob that trades cutting callers off against dead air.
	EOT float64 `yaml:"eot"`
	// Wait is when a caller who asked for a moment ("attendez", "let me check") is told that we
	// are still there, and again as often.
	Wait time.Duration `yaml:"wait"`
	// MaxTurn ends a turn whatever is heard: steady noise must not hold a call for ever.
	MaxTurn time.Duration `yaml:"max_turn"`
}

// ms is a Times in milliseconds.
func ms(complete, possible, partial int) Times {
	return Times{time.Duration(complete) * time.Millisecond, time.Duration(possible) * time.Millisecond, time.Duration(partial) * time.Millisecond}
}

// DefaultConfig is the table.
func DefaultConfig() Config {
	return Config{
		Threshold: 0.5,
		Onset:     60 * time.Millisecond, OnsetWithin: 120 * time.Millisecond,
		BargeOnset: 120 * time.Millisecond, BargeWithin: 200 * time.Millisecond,
		Free:     330 * time.Millisecond,
		Filler:   1200 * time.Millisecond,
		Short:    700 * time.Millisecond,
		YesNo:    ms(220, 240, 1600),
		List:     ms(260, 300, 500),
		Digits:   ms(200, 850, 1600),
		Phone:    ms(200, 850, 1600),
		Postcode: ms(200, 850, 1400),
		Spelled:  ms(220, 900, 1400),
		Number:   ms(250, 850, 1000),
		Amount:   ms(250, 850, 1000),
		Date:     ms(300, 750, 1000),
		Time:     ms(250, 750, 1000),
		Email:    ms(250, 1400, 1500),
		Text:     ms(300, 480, 1300),
		Lag:      340 * time.Millisecond,
		EOT:      0.5,
		Wait:     10 * time.Second,
		MaxTurn:  20 * time.Second,
	}
}

// times of each kind of answer, under its key.
func (c *Config) times() []struct {
	key string
	*Times
} {
	return []struct {
		key string
		*Times
	}{{"yes_no", &c.YesNo}, {"list", &c.List}, {"digits", &c.Digits}, {"phone", &c.Phone}, {"postcode", &c.Postcode},
		{"spelled", &c.Spelled}, {"number", &c.Number}, {"amount", &c.Amount}, {"date", &c.Date}, {"time", &c.Time}, {"email", &c.Email}, {"text", &c.Text}}
}

// of is the row of a kind of answer; nil for free speech.
func (c *Config) of(kind string) *Times {
	switch kind {
	case "yes_no":
		return &c.YesNo
	case "list":
		return &c.List
	case "digits":
		return &c.Digits
	case "phone":
		return &c.Phone
	case "postcode_fr":
		return &c.Postcode
	case "spelled":
		return &c.Spelled
	case "number":
		return &c.Number
	case "amount":
		return &c.Amount
	case "date":
		return &c.Date
	case "time":
		return &c.Time
	case "email":
		return &c.Email
	case "text":
		return &c.Text
	}
	return nil
}

// Validate returns every problem, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	if !(c.Threshold > 0 && c.Threshold < 1) {
		bad = append(bad, fmt.Sprintf("threshold: %v is not between 0 and 1; 0.5 is usual", c.Threshold))
	}
	if !(c.EOT >= 0.02 && c.EOT <= 0.98) {
		bad = append(bad, fmt.Sprintf("eot: %v is not between 0.02 and 0.98; 0.5 leaves the silences below as they are", c.EOT))
	}
	within := func(key string, v, lo, hi time.Duration) {
		if v < lo || v > hi {
			bad = append(bad, fmt.Sprintf("%s: %v is not between %v and %v", key, v, lo, hi))
		}
	}
	within("onset", c.Onset, frame, 300*time.Millisecond)
	within("onset_within", c.OnsetWithin, c.Onset, window*frame)
	within("barge_onset", c.BargeOnset, frame, 300*time.Millisecond)
	within("barge_within", c.BargeWithin, c.BargeOnset, window*frame)
	within("free", c.Free, 100*time.Millisecond, 5*time.Second)
	within("filler", c.Filler, c.Free, 10*time.Second)
	within("short", c.Short, c.Free, 10*time.Second)
	for _, row := range c.times() {
		within(row.key+".complete", row.Complete, 100*time.Millisecond, 2*time.Second)
		within(row.key+".possible", row.Possible, row.Complete, 10*time.Second)
		within(row.key+".partial", row.Partial, row.Possible, 10*time.Second)
	}
	within("lag", c.Lag, 0, 2*time.Second)
	within("wait", c.Wait, time.Second, time.Minute)
	within("max_turn", c.MaxTurn, time.Second, 2*time.Minute)
	return bad
}
