// Package flowtest plays golden conversations: the tests/*.yaml of a bot's folder, against
// the very engine that answers calls, with a fixed clock and stubbed systems. It needs no
// telephone, no network and no time. Nothing in the engine is drawn by lot, so the clock and the
// caller fix everything, the idempotency keys too: a conversation that passes once passes always.
//
// The idea of keeping what the bot said as the expectation, and of a command that accepts what
// has changed, is that of golden files (go test -update) and of Rasa's end-to-end stories.
//
// # A conversation
//
//	tests:
//	  - name: colis en route              # once in a file
//	    channel: voice                    # voice (default), text or speaker
//	    lang: fr                          # the bot's default otherwise
//	    caller: "+33612345678"            # where the caller can be rung
//	    now: 2026-11-23T10:00:00+01:00    # the clock when it begins; 9:00 UTC that day otherwise
//	    http:                             # what the systems answer, by the name of the step
//	      suivi: {status: 200, body: {statut: en_route}}
//	      avoir: [{status: 503}, {status: 201, after: 2s, request: {method: POST, body: {n: "1"}}}]
//	      panne: timeout                  # or error
//	    steps: [...]
//
// An answer has status and body, or outcome (timeout, error); after (or delay) is how long it
// takes: past the step's timeout it is one. request is what must have been asked: method, url
// (a part of it), headers and body (those named). A list answers one request after another, the
// last one for ever.
//
// # Its steps
//
// What the caller does:
//
//	user: "où est mon colis"                     # said and perfectly understood
//	asr: [{text: "quarante cinq", conf: 0.7}]    # what a recogniser made of it, best first
//	dtmf: "45127802"                             # keyed
//	quick: "Oui"                                 # pressed a button that the bot offered
//	silence: 6s                                  # said nothing
//	cut: "Bonjour, je"                           # speaks over the prompt, of which this was heard; the words follow
//	spoken: en                                   # the recogniser says that the words that follow are in this language
//	returned: busy                               # the hand-off ended so
//	channel: voice                               # goes on over another channel
//	hangup: true
//
// and what must be true afterwards, of everything the bot said and did since:
//
//	bot: "numéro de commande"                    # a part of it, or a /regular expression/
//	quiet: "remboursement"                       # is not said
//	slot: {numero_commande: "45127802"}          # "" means empty
//	flow: suivi_colis                            # passed through this flow
//	event: {transfer: {reason: asked, skills: [fr], topic: suivi, briefing: …, summary: …}}
//	event: {callback: {phone: "+33612345678", reason: busy, window: …}}
//	event: {act: {name: suivi, method: GET, url: /orders/}}
//	event: {unclear: {why: no_match, text: …, intent: …}}
//	event: listen                                # or act, hand_off, end, or a note of the trace
//	rating: {survey: csat, score: 4, comment: …} # or rating: 4
//	article: horaires_noel                       # was said, or given to the agent
//	lang: en
//	outcome: resolved                            # of an ended conversation
//
// Case, width of spaces and form of apostrophes do not matter in what is said.
package flowtest

import (
	"io/fs"
	"path"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"decroche/flows"
)

// Result is one conversation on one channel, and how it went.
type Result struct {
	File    string // "tests/colis.yaml", in the bot's folder
	Line    int    // where the conversation begins there
	Name    string // as written; with the channel behind it when several were asked for
	Channel flows.Channel
	Written flows.Channel // the channel that it is written for
	OK      bool
	// CallOnly: it has steps that only a call has: readings of a recogniser, keys, silence, words
	// over a prompt. In a chat it need not hold.
	CallOnly bool
	// Diff shows the conversation up to the first step that failed, that step marked with
	// "-" (expected) and "+" (what happened); "" when OK.
	Diff string
	Took time.Duration
	// Fixes are the expectations of what the bot says that no longer hold, with what it says
	// now: only with Options.Update, where they do not count as failures.
	Fixes []Fix
	// Turns is all that was said and done, the greeting first: only with Options.Record.
	Turns []Turn
}

// Turn is one thing that the caller did, and what the bot made of it: several outputs when it
// asked systems in between.
type Turn struct {
	Caller  string // as a person reads it; "" at the start
	Outputs []flows.Output
}

// Options choose what is played, and how. The zero Options play everything once, as written.
type Options struct {
	// Parallel is how many conversations are played at once; 0: one for each core.
	Parallel int
	// Match plays only conversations whose name it finds; nil plays all.
	Match *regexp.Regexp
	// Channels, when set, plays each conversation once on each of them, whatever it says.
	Channels []flows.Channel
	// Update collects Fixes instead of failing where the bot says something else than expected.
	Update bool
	// Record keeps Result.Turns, and plays on past expectations that do not hold.
	Record bool
	// Bot plays against this bot instead of the one in the folder.
	Bot *flows.Bot
	// Done is told after each conversation; it may be nil and is not called at once by two.
	Done func(done, of int)
}

// Run loads the bot in fsys and plays all of its conversations: RunWith without options.
func Run(fsys fs.FS) []Result { return RunWith(fsys, Options{}) }

// RunWith loads the bot in fsys and plays its conversations. Results are in the order of files and
// conversations, however they were played. A folder that does not load, or a file that cannot be
// read, is a failed Result.
func RunWith(fsys fs.FS, opt Options) []Result {
	bot := opt.Bot
	if bot == nil {
		var err error
		if bot, err = flows.Load(fsys, flows.Options{}); err != nil {
			return []Result{{File: "bot.yaml", Name: "load", Diff: err.Error()}}
		}
	}
	results, jobs := collect(fsys, opt)
	workers := opt.Parallel
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex // guards done
	done := 0
	queue := make(chan job)
	for range min(workers, len(jobs)) {
		wg.Go(func() {
			for j := range queue {
				began := time.Now()
				r := &results[j.at]
				r.Diff, r.Fixes, r.Turns = play(bot, j.c, opt)
				r.OK, r.Took = r.Diff == "", time.Since(began)
				if opt.Done != nil {
					mu.Lock()
					done++
					opt.Done(done, len(jobs))
					mu.Unlock()
				}
			}
		})
	}
	for _, j := range jobs {
		queue <- j
	}
	close(queue)
	wg.Wait()
	return results
}

// callOnly reports whether a step is one that a chat has not.
func (c *conversation) callOnly() bool {
	return slices.ContainsFunc(c.steps, func(s step) bool { return slices.Contains([]string{"asr", "dtmf", "silence", "cut", "spoken"}, s.key) })
}

// job is one conversation to play, and where its result belongs.
type job struct {
	c  conversation
	at int
}

// collect reads the files and deals out the conversations that were asked for.
func collect(fsys fs.FS, opt Options) (results []Result, jobs []job) {
	names, err := fs.ReadDir(fsys, "tests")
	if err != nil && len(names) == 0 {
		return nil, nil // a bot without tests has none
	}
	sort.Slice(names, func(i, k int) bool { return names[i].Name() < names[k].Name() })
	for _, e := range names {
		ext := path.Ext(e.Name())
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || ext != ".yaml" && ext != ".yml" {
			continue
		}
		name := "tests/" + e.Name()
		cases, err := readFile(fsys, name)
		if err != nil {
			results = append(results, Result{File: name, Name: "read", Diff: err.Error()})
			continue
		}
		for _, c := range cases {
			if opt.Match != nil && !opt.Match.MatchString(c.name) {
				continue
			}
			own, channels := c.channel, opt.Channels
			if len(channels) == 0 {
				channels = []flows.Channel{c.channel}
			}
			for _, ch := range channels {
				c.channel = ch
				shown := c.name
				if len(opt.Channels) > 0 {
					shown += " [" + string(ch) + "]"
				}
				jobs = append(jobs, job{c, len(results)})
				results = append(results, Result{File: name, Line: c.line, Name: shown, Channel: ch, Written: own, CallOnly: c.callOnly()})
			}
		}
	}
	return results, jobs
}
