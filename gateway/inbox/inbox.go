// Package inbox lets a hotline learn from its calls: what callers said and the bot did not
// understand, or took for something else, is grouped by likeness, each group with the intent that
// it most likely means, and becomes an example of that intent when a person says so.
//
// Nothing is learnt by itself. Accepting shows first what an example changes, in the golden
// conversations and in cross-validated accuracy, then writes one line into the hotline's YAML and
// leaves every other byte alone; reload, review and undo are those of any other edit. The idea
// of reviewing real messages for training data is that of Rasa's conversation-driven development.
package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/inbox/mask"
	"decroche/gateway/store"
)

// Errors of an Inbox.
var (
	// ErrNotFound means that there is no such group (any more), or no such conversation.
	ErrNotFound = store.ErrNotFound
	// ErrBreaks means that the example breaks golden conversations, and was not forced.
	ErrBreaks = errors.New("inbox: the example breaks golden conversations")
)

// Deps is what an Inbox works on.
type Deps struct {
	Store store.Inbox
	Bots  func() []*flows.Bot             // as they answer now
	Dir   func(bot string) (string, bool) // the folder of a bot; false when it has none, like the demo
	// Load reads a bot's folder the way the gateway does; nil reads it with the default limits.
	Load func(bot string, folder fs.FS) (*flows.Bot, error)
	Now  func() time.Time // nil means time.Now
}

// Inbox is the work on what was not understood. Its methods are safe for concurrent use.
type Inbox struct {
	d Deps

	mu      sync.Mutex          // guards groups; one file is edited at a time
	groups  map[string]*grouper // by bot and language; grows as utterances come
	groupOf map[int64]int       // utterance -> group of its grouper
}

// New makes an Inbox.
func New(d Deps) *Inbox {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Load == nil {
		d.Load = func(_ string, folder fs.FS) (*flows.Bot, error) { return flows.Load(folder, flows.Options{}) }
	}
	return &Inbox{d: d, groups: map[string]*grouper{}, groupOf: map[int64]int{}}
}

// Bounds of one look: an inbox that holds more was not looked at for years.
const (
	maxUtterances = 50_000
	maxShown      = 20 // utterances of a group that are listed
	maxClassified = 10 // distinct utterances of a group that are classified for the suggestion
)

// Query selects groups.
type Query struct {
	State string // open when empty
	Bot   string // "" for all
	Lang  string // "" for all
}

// Group is utterances that are alike. Its ID is that of its oldest utterance; any of its
// utterances' IDs finds it.
type Group struct {
	ID       int64        `json:"id"`
	Bot      string       `json:"bot"`
	Lang     string       `json:"lang"`
	State    string       `json:"state"`
	Text     string       `json:"text"`            // the most frequent wording, masked for people
	Asked    string       `json:"asked,omitempty"` // what they were no answer to, a slot or "flow/step"; "" for wishes
	Count    int          `json:"count"`           // utterances
	Last     time.Time    `json:"last"`
	Suggest  []Suggestion `json:"suggest"`           // likeliest first, at most three
	Decided  string       `json:"decided,omitempty"` // the intent it is an example of; out_of_scope of what was set aside as that
	Gain     float64      `json:"gain"`              // what deciding may bring: how often it was said, how uncertain it is, how badly it ended
	Said     []Said       `json:"said"`              // the newest, at most 20
	all      []store.Utterance
	original string // the most frequent wording as it was said
}

// Suggestion is an intent that a group may mean.
type Suggestion struct {
	Intent string   `json:"intent"`
	Title  string   `json:"title,omitempty"` // as callers hear it
	Share  float64  `json:"share"`           // of the evidence, 0..1; a lone guess has its own probability
	From   []string `json:"from"`            // label: an agent said so; conversation: it turned out so; classifier
}

// Said is one utterance, masked.
type Said struct {
	ID    int64     `json:"id"`
	Conv  string    `json:"conversation"`
	Seq   uint64    `json:"seq"` // of the event in it
	At    time.Time `json:"at"`
	Text  string    `json:"text"`
	Why   string    `json:"why"`
	Guess string    `json:"guess,omitempty"`
	P     float64   `json:"p,omitempty"`
}

// Groups are the groups of utterances in one state: wishes first, then what was no answer to a
// question, those with the most to gain first.
func (in *Inbox) Groups(ctx context.Context, q Query) ([]Group, error) {
	if q.State == "" {
		q.State = store.UtteranceOpen
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	out, err := in.gather(ctx, q)
	if err != nil {
		return nil, err
	}
	for i := range out {
		in.finish(&out[i])
	}
	slices.SortStableFunc(out, func(a, b Group) int {
		return cmp.Or(order(a.Asked != "", b.Asked != ""), cmp.Compare(b.Gain, a.Gain), b.Last.Compare(a.Last), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// gather puts the utterances of one state into their groups, which are not finished; mu is held.
func (in *Inbox) gather(ctx context.Context, q Query) ([]Group, error) {
	type key struct {
		bot, lang, asked string
		group            int
	}
	at := map[key]int{}
	var out []Group
	for u, err := range in.d.Store.Utterances(ctx, store.UtteranceQuery{State: q.State, Bot: q.Bot, Limit: maxUtterances}) {
		if err != nil {
			return nil, fmt.Errorf("read the inbox: %w", err)
		}
		if q.Lang != "" && u.Lang != q.Lang || u.Text == "" {
			continue
		}
		k := key{u.Bot, u.Lang, u.Asked, in.place(u)}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, Group{ID: u.ID, Bot: u.Bot, Lang: u.Lang, Asked: u.Asked, State: q.State})
		}
		out[i].all = append(out[i].all, u)
	}
	return out, nil
}

// order puts what is not a before what is.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// place is the group of an utterance; mu is held.
func (in *Inbox) place(u store.Utterance) int {
	if n, ok := in.groupOf[u.ID]; ok {
		return n
	}
	k := u.Bot + "\x00" + u.Lang + "\x00" + u.Asked
	g := in.groups[k]
	if g == nil {
		g = newGrouper()
		in.groups[k] = g
	}
	n := g.add(u.ID, u.Lang, u.Text)
	in.groupOf[u.ID] = n
	return n
}

// finish fills in what follows from a group's utterances.
func (in *Inbox) finish(g *Group) {
	g.Count = len(g.all)
	times := map[string]int{}
	most := 0
	for _, u := range g.all {
		example, _ := mask.Text(u.Lang, u.Text)
		times[example]++
		if times[example] > most {
			most, g.original = times[example], u.Text
		}
		if u.At.After(g.Last) {
			g.Last = u.At
		}
		if u.Decided != "" {
			g.Decided = u.Decided
		}
	}
	_, g.Text = mask.Text(g.Lang, g.original)
	for i := len(g.all) - 1; i >= 0 && len(g.Said) < maxShown; i-- {
		u := g.all[i]
		_, shown := mask.Text(u.Lang, u.Text)
		g.Said = append(g.Said, Said{u.ID, u.Conv, u.Seq, u.At, shown, u.Why, u.Guess, u.P})
	}
	g.Suggest = in.suggest(g)
	g.Gain = g.gain()
}

// gain is what a decision about the group may bring: frequent, uncertain, and ended badly come first. How often
// it was said counts most; that nothing explains it, and that the bot did not mend it itself, a quarter more each.
func (g *Group) gain() float64 {
	margin := 0.0
	switch len(g.Suggest) {
	case 0:
	case 1:
		margin = g.Suggest[0].Share
	default:
		margin = g.Suggest[0].Share - g.Suggest[1].Share
	}
	bad := 0
	for _, u := range g.all {
		if u.Why == "transferred" || u.Why == "no_match" {
			bad++
		}
	}
	n := float64(len(g.all))
	return n * (1 + (1-margin)/4) * (1 + float64(bad)/max(n, 1)/4)
}

// What each sign is worth: a person who spoke with the caller, what the conversation came to be
// about, the bot's own guess today.
const (
	worthLabel      = 3.0
	worthShown      = 2.0
	worthFinal      = 1.0
	worthClassifier = 1.0
)

// suggest weighs what a group may mean. Only intents that the bot has count.
func (in *Inbox) suggest(g *Group) []Suggestion {
	bot := in.bot(g.Bot)
	if bot == nil {
		return []Suggestion{}
	}
	votes, from := map[string]float64{}, map[string][]string{}
	total := 0.0
	vote := func(intent, sign string, worth float64) {
		if intent == "" || !bot.HasIntent(intent) || worth <= 0 {
			return
		}
		votes[intent] += worth
		total += worth
		if !slices.Contains(from[intent], sign) {
			from[intent] = append(from[intent], sign)
		}
	}
	seen := map[string]bool{}
	for _, u := range g.all {
		switch {
		case u.Asked != "":
			// No answer to a question says nothing about what the conversation is about: "oui"
			// to "quel motif ?" is no way to ask for a return.
			vote(u.Intent, "conversation", worthShown)
		case u.Intent != "":
			vote(u.Label, "label", worthLabel)
			vote(u.Intent, "conversation", worthShown)
		default:
			vote(u.Label, "label", worthLabel)
			vote(u.Final, "conversation", worthFinal)
		}
		if !seen[u.Text] && len(seen) < maxClassified {
			seen[u.Text] = true
			m, err := bot.Understander(g.Lang).Understand(context.Background(), u.Text, flows.Expect{})
			if err == nil { // the bot's own never fails
				vote(m.Intent, "classifier", worthClassifier*m.Confidence)
			}
		}
	}
	out := []Suggestion{}
	for intent, v := range votes {
		out = append(out, Suggestion{intent, bot.IntentTitle(intent, g.Lang), v / max(total, 1), from[intent]}) // a guess of 5 % alone is no certainty
	}
	slices.SortFunc(out, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Intent, b.Intent))
	})
	return out[:min(3, len(out))]
}

func (in *Inbox) bot(name string) *flows.Bot {
	for _, b := range in.d.Bots() {
		if b.Name == name {
			return b
		}
	}
	return nil
}

// Group finds the group of an utterance, in whatever state it is.
func (in *Inbox) Group(ctx context.Context, id int64) (Group, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, state := range []string{store.UtteranceOpen, store.UtteranceAccepted, store.UtteranceDismissed} {
		groups, err := in.gather(ctx, Query{State: state})
		if err != nil {
			return Group{}, err
		}
		for _, g := range groups {
			if slices.ContainsFunc(g.all, func(u store.Utterance) bool { return u.ID == id }) {
				in.finish(&g)
				return g, nil
			}
		}
	}
	return Group{}, ErrNotFound
}

// Intents are what utterances of a bot may mean: name and title, in the bot's order.
func (in *Inbox) Intents(bot, lang string) []Suggestion {
	b := in.bot(bot)
	if b == nil {
		return nil
	}
	var out []Suggestion
	for _, name := range b.Intents() {
		out = append(out, Suggestion{Intent: name, Title: b.IntentTitle(name, lang)})
	}
	return out
}

// Set decides about a whole group without writing an example: dismissed, out of scope (OutOfScope), or
// open again. An example that was written stays; take it out of the file.
func (in *Inbox) Set(ctx context.Context, id int64, state string) (Group, error) {
	why := ""
	switch state {
	case store.UtteranceDismissed, store.UtteranceOpen:
	case OutOfScope:
		state, why = store.UtteranceDismissed, store.OutOfScope
	default:
		return Group{}, fmt.Errorf("inbox: %q is not a decision; a group is dismissed, out of scope, or open again", state)
	}
	g, err := in.Group(ctx, id)
	if err != nil {
		return g, err
	}
	return g, in.d.Store.SetUtterances(ctx, g.ids(), state, why)
}

// OutOfScope is the decision that a group is nothing that the hotline is for.
const OutOfScope = store.OutOfScope

func (g *Group) ids() []int64 {
	out := make([]int64, len(g.all))
	for i, u := range g.all {
		out[i] = u.ID
	}
	return out
}

// Label writes what an agent found an ended conversation to be about: it counts for the
// suggestions. The errors are those of store.Inbox.
func (in *Inbox) Label(ctx context.Context, conv, agent, intent string) error {
	return in.d.Store.Label(ctx, conv, event.Labelled{Agent: agent, Intent: intent}, in.d.Now())
}
