package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"decroche/bench"
	"decroche/bench/agents"
	"decroche/bench/callers"
	"decroche/bench/relay"
	"decroche/gateway/event"
	"decroche/media/rtp"
)

type benchTransfersCmd struct {
	Calls int           `help:"Callers who want a person." default:"1000"`
	Rate  float64       `help:"New calls per second." default:"10"`
	Leave float64       `help:"Share of callers who hang up while telephones ring." default:"0.15"`
	Wait  time.Duration `help:"How long a whole transfer may take (call.max_wait)." default:"40s"`
	Seed  uint64        `help:"Draws other behaviours and times." default:"1"`
	Loss  float64       `help:"Per cent of the SIP messages that get lost, each way, at the callers' and at the agents' telephones; the seed decides which." placeholder:"PERCENT"`
	Moods []string      `help:"What telephones do, drawn from these in place of a busy hotline's mixture (names as in the table that is printed); must: the rows of HOSTILE-TRANSFERS that hold for many at once." placeholder:"MOOD"`
	Kill  int           `help:"Instead: so many callers who wait and are rung for; the gateway is killed and started again, and their records are read." placeholder:"CALLS"`
	JSON  bool          `help:"Print one JSON object." name:"json"`
}

// What the gateway is told, and what callers and agents do.
const (
	benchRing    = 6 * time.Second // call.ring_for: above sip.no_reply, so that a dead telephone is known as one
	benchAccept  = 5 * time.Second
	longestQuiet = 2 * time.Second // beyond it a caller is left alone
	benchLost    = 2 * time.Second // call.line_lost
	askedMS      = 300.0           // for the key to both hear each other, and for the CANCEL
	settleWithin = 40 * time.Second
)

// transfersReport is what --json prints; scripts rely on the names.
type transfersReport struct {
	Calls     int            `json:"calls"`
	Failed    int            `json:"failed"`
	Attempts  int            `json:"attempts"`
	Silent    int            `json:"silent_over_2s"` // callers who were left alone
	Longest   float64        `json:"longest_silence_ms"`
	Equal     int            `json:"outcomes_equal"`
	Crossed   int            `json:"outcomes_crossed"` // of the equal: two ends at once, each side right
	EqualPct  float64        `json:"outcomes_equal_pct"`
	Stops     int            `json:"stops"`
	StopP50   float64        `json:"stop_p50_ms"`
	StopP95   float64        `json:"stop_p95_ms"`
	StopMax   float64        `json:"stop_max_ms"`
	Joined    int            `json:"joined"`
	JoinP50   float64        `json:"join_p50_ms"`
	JoinP95   float64        `json:"join_p95_ms"`
	JoinMax   float64        `json:"join_max_ms"`
	Transfers map[string]int `json:"transfers"` // by outcome
	LossPct   float64        `json:"loss_percent"`
	Passed    uint64         `json:"messages_passed"`
	Lost      uint64         `json:"messages_lost"`
	Together  int            `json:"both_left_within_50_ms"` // of both_leave
	Cut       int            `json:"lines_cut"`              // of goes_mute: the gateway gave the line up
	Rows      []transferRow  `json:"rows"`

	GoroutinesOver float64  `json:"goroutines_left"`
	LinesOver      float64  `json:"lines_left"`
	SessionsOver   float64  `json:"media_sessions_left"`
	CallsOver      float64  `json:"calls_left"`
	PortsOver      float64  `json:"ports_left"`
	RigLimit       string   `json:"rig_limit,omitempty"`
	Errors         []string `json:"errors,omitempty"`

	stop, join []float64
}

// transferRow is one behaviour of agents' telephones.
type transferRow struct {
	Behaviour agents.Behaviour `json:"behaviour"`
	Attempts  int              `json:"attempts"`
	Equal     int              `json:"outcomes_equal"`
	Outcomes  map[string]int   `json:"outcomes"`
	Wrong     int              `json:"wrong_on_the_wire"`
	Glares    int              `json:"glares"`
}

// Run rings and measures. Exit code 3: something was not as asked.
func (c *benchTransfersCmd) Run(ctx context.Context, _ *globals) error {
	if c.Calls < 1 || c.Calls > 20000 || !(c.Rate > 0) || c.Rate > 200 || c.Leave < 0 || c.Leave > 1 || c.Wait < 5*time.Second || !(c.Loss >= 0 && c.Loss <= 20) {
		return errors.New("--calls goes from 1 to 20000, --rate to 200, --leave from 0 to 1, --wait from 5s on, --loss from 0 to 20")
	}
	if _, err := c.deck(); err != nil {
		return err
	}
	if c.Kill > 0 {
		return c.kill(ctx)
	}
	r, err := c.measure(ctx)
	if err != nil {
		return err
	}
	if err := r.print(c); err != nil {
		return err
	}
	return asAsked(r.wrong())
}

// deck is what telephones do.
func (c *benchTransfersCmd) deck() ([]agents.Behaviour, error) {
	switch {
	case len(c.Moods) == 0:
		return agents.Deck(), nil
	case slices.Equal(c.Moods, []string{"must"}):
		return agents.Must(), nil
	}
	var out []agents.Behaviour
	for _, m := range c.Moods {
		if !slices.Contains(agents.All(), agents.Behaviour(m)) {
			return nil, fmt.Errorf("--moods: %q is none; choose must, or of %v", m, agents.All())
		}
		out = append(out, agents.Behaviour(m))
	}
	return out, nil
}

// plain says that every agent is rung by us: a telephone system that is sent REFER repeats none of its reports, and
// would lose them.
func (c *benchTransfersCmd) plain() bool { return c.Loss > 0 || len(c.Moods) > 0 }

// near is how close two ends may be for both to be right.
func (c *benchTransfersCmd) near() time.Duration {
	if c.Loss > 0 {
		return agents.NearLossy
	}
	return agents.Near
}

// measure runs the whole bench against a gateway of its own.
func (c *benchTransfersCmd) measure(ctx context.Context) (*transfersReport, error) {
	deck, err := c.deck()
	if err != nil {
		return nil, err
	}
	drop, waiters := relay.NewDrop(c.Loss/100, c.Seed), c.waiters()
	phones, err := agents.Open(agents.Options{Seed: c.Seed, Deck: deck, Talk: 1500 * time.Millisecond, Leave: 0.3, Lost: drop.Lost, Told: joinIn(waiters)})
	if err != nil {
		return nil, err
	}
	defer phones.Close()
	set, err := startGateway(ctx, bench.Desk{}, c.Calls, []string{"bench", "gateway", "--wish"}, c.config(phones)...)
	if err != nil {
		return nil, err
	}
	defer set.stop()
	before := readLeft(ctx, set)
	res, err := c.ring(ctx, set, waiters, drop)
	if err != nil {
		return nil, err
	}
	r := &transfersReport{Calls: c.Calls, RigLimit: res.RigLimit, Transfers: map[string]int{}, LossPct: c.Loss}
	j := transferJudge{r: r, ring: benchRing, near: c.near(), logs: map[string][]*agents.Log{}, rows: map[agents.Behaviour]*transferRow{}}
	after := c.settle(ctx, set, before)
	r.GoroutinesOver, r.LinesOver, r.SessionsOver, r.CallsOver, r.PortsOver = after.over(before)
	r.Passed, r.Lost = drop.Stats().Passed, drop.Stats().Lost
	logs := phones.Logs()
	for i := range logs {
		j.logs[logs[i].Agent] = append(j.logs[logs[i].Agent], &logs[i])
	}
	for i, call := range res.Calls {
		if call.Err != nil {
			r.Failed++
			r.err("call %d: %v", i, call.Err)
			continue
		}
		rec, err := waitRecord(ctx, set.api(), call.Tag)
		if err != nil {
			r.Failed++
			r.err("record of call %d: %v", i, err)
			continue
		}
		j.call(i, call, waiters[i], rec)
	}
	j.rest()
	return r, ctx.Err()
}

// config gives the gateway its agents, enough that somebody is free, and times that fit into a bench.
func (c *benchTransfersCmd) config(p *agents.Phones) []string {
	var b strings.Builder
	b.WriteString("agents:\n")
	many := max(20, min(int(c.Rate*25), c.Calls))
	if len(c.Moods) > 0 {
		many *= 3 // most of them take nobody, and rest
	}
	for i := range many {
		name, via := fmt.Sprintf("a%d", i), "bridge"
		if i%4 == 3 && !c.plain() {
			name, via = fmt.Sprintf("%s%d", referAgents, i), "refer"
		}
		fmt.Fprintf(&b, "- {name: %s, addr: %q, skills: [fr], languages: [fr], via: %s}\n", name, p.Addr(name), via)
	}
	fmt.Fprintf(&b, "call: {ring_for: %v, accept_within: %v, max_wait: %v, max_briefing: 3s, key_gap: 500ms, line_lost: %v}", benchRing, benchAccept, c.Wait, benchLost)
	return []string{b.String()}
}

// waiters are the callers.
func (c *benchTransfersCmd) waiters() []*systemCaller {
	rnd := rand.New(rand.NewPCG(c.Seed, 11))
	voice := callers.Tone(agents.CallerHz, callers.FaintTone)
	waiters := make([]*systemCaller, c.Calls)
	for i := range waiters {
		w := &callers.Waiter{Key: '0', After: time.Second, Voice: voice, Hz: agents.ToneHz, Level: 1500, Talk: 2500 * time.Millisecond, Bored: 5 * time.Second}
		if rnd.Float64() < c.Leave {
			w.Leave = 2*time.Second + time.Duration(rnd.Int64N(int64(6*time.Second)))
		}
		waiters[i] = &systemCaller{Waiter: w, rnd: rand.New(rand.NewPCG(c.Seed, uint64(i)+100))}
	}
	return waiters
}

// cameBy is by which address caller i comes, so that an agent's telephone knows whose call it has.
func cameBy(i int) string { return fmt.Sprintf("<sip:caller%d@bench.invalid>;index=1", i) }

// joinIn lets callers take part in what telephones do.
func joinIn(waiters []*systemCaller) func(string, agents.Behaviour, time.Time) {
	return func(came string, b agents.Behaviour, at time.Time) {
		_, n, _ := strings.Cut(came, "caller")
		n, _, _ = strings.Cut(n, "@")
		i, err := strconv.Atoi(n)
		if err != nil || i < 0 || i >= len(waiters) {
			return
		}
		switch b {
		case agents.BothLeave:
			at = at.Add(time.Duration(i%5-3) * 10 * time.Millisecond) // the rig looks at its callers every 20 ms
		case agents.GoesMute:
			at = at.Add(4 * benchLost)
		}
		waiters[i].LeaveAt.CompareAndSwap(0, at.UnixNano())
	}
}

// ring places the calls.
func (c *benchTransfersCmd) ring(ctx context.Context, set *scenery, waiters []*systemCaller, drop *relay.Drop) (*callers.Result, error) {
	return callers.Run(ctx, callers.Options{
		Target: "sip:bench@" + set.sip, Calls: c.Calls, Rate: c.Rate, Stay: c.Wait + time.Minute, MayEnd: true,
		Script: func(i int) callers.Script { return waiters[i] },
		Tell:   func(done, of int) { progress("transfers", done, of) },
		Lost:   drop.Lost, Came: cameBy,
	})
}

// left is what a gateway has open.
type left struct{ goroutines, lines, sessions, calls, ports float64 }

func readLeft(ctx context.Context, set *scenery) left {
	return left{
		goroutines: goroutines(ctx, set),
		lines:      metric(ctx, set, `decroche_sip_lines{direction="in"} `) + metric(ctx, set, `decroche_sip_lines{direction="out"} `),
		sessions:   metric(ctx, set, "decroche_rtp_sessions "),
		calls:      metric(ctx, set, "decroche_calls_running "),
		ports:      metric(ctx, set, "decroche_rtp_ports "),
	}
}

func (l left) over(than left) (goroutines, lines, sessions, calls, ports float64) {
	// A core keeps its first pairs of ports open for the next calls (media.shared_ports).
	kept := float64(runtime.NumCPU() * rtp.DefaultConfig().SharedPorts)
	return max(0, l.goroutines-than.goroutines), l.lines, l.sessions, l.calls, max(0, l.ports-max(than.ports, kept))
}

// settle waits until the gateway has no more open than before the first call, or settleWithin is over.
func (c *benchTransfersCmd) settle(ctx context.Context, set *scenery, before left) left {
	for deadline := time.Now().Add(settleWithin); ; {
		now := readLeft(ctx, set)
		g, l, s, n, p := now.over(before)
		if g+l+s+n+p == 0 || time.Now().After(deadline) || ctx.Err() != nil {
			return now
		}
		time.Sleep(500 * time.Millisecond)
	}
}

func (r *transfersReport) err(format string, args ...any) {
	if len(r.Errors) < 20 {
		r.Errors = append(r.Errors, fmt.Sprintf(format, args...))
	}
}

// wrong says what was not as asked; "" when all was.
func (r *transfersReport) wrong() string {
	var bad []string
	say := func(is bool, what string) {
		if is {
			bad = append(bad, what)
		}
	}
	say(r.Failed > 0, fmt.Sprintf("%d calls failed", r.Failed))
	say(r.Silent > 0, fmt.Sprintf("%d callers were left without sound", r.Silent))
	say(r.Equal < r.Attempts || r.Attempts == 0, fmt.Sprintf("%d of %d outcomes are as the telephones' logs say", r.Equal, r.Attempts))
	say(r.LossPct > 0 && r.Lost == 0, "no message was lost")
	say(r.LossPct == 0 && r.StopP95 > askedMS, fmt.Sprintf("telephones rang on for %.0f ms", r.StopP95))
	say(r.LossPct == 0 && r.JoinP95 > askedMS, fmt.Sprintf("both heard each other after %.0f ms", r.JoinP95))
	say(r.GoroutinesOver+r.LinesOver+r.SessionsOver+r.CallsOver+r.PortsOver > 0, "something remains open")
	say(r.RigLimit != "", "the rig was the limit: "+r.RigLimit)
	for _, row := range r.Rows {
		say(row.Wrong > 0, fmt.Sprintf("%d wrong things on the wire (%s)", row.Wrong, row.Behaviour))
	}
	if len(bad) == 0 {
		return ""
	}
	return "not as asked: " + strings.Join(bad, "; ")
}

func (r *transfersReport) print(c *benchTransfersCmd) error {
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	fmt.Printf("%d transfers at %.0f/s, %d attempts, %s\n\n", r.Calls, c.Rate, r.Attempts, machine())
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "telephone\tattempts\tas its log says\trecorded")
	for _, row := range r.Rows {
		var words []string
		for o, n := range row.Outcomes {
			words = append(words, fmt.Sprintf("%s %d", o, n))
		}
		sort.Strings(words)
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", row.Behaviour, row.Attempts, row.Equal, strings.Join(words, ", "))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Println()
	for _, row := range []struct {
		k string
		v any
	}{
		{"failed calls", r.Failed}, {"callers without sound over 2 s", r.Silent}, {"longest silence, ms", r.Longest},
		{"outcomes as the logs say", fmt.Sprintf("%d of %d (%.1f %%), %d of them crossed", r.Equal, r.Attempts, r.EqualPct, r.Crossed)},
		{"caller hangs up -> CANCEL p50 / p95 / max, ms", fmt.Sprintf("%.0f / %.0f / %.0f of %d", r.StopP50, r.StopP95, r.StopMax, r.Stops)},
		{"key -> both hear each other p50 / p95 / max, ms", fmt.Sprintf("%.0f / %.0f / %.0f of %d", r.JoinP50, r.JoinP95, r.JoinMax, r.Joined)},
		{"left open: goroutines, lines, media, calls, ports", fmt.Sprint(r.GoroutinesOver, " ", r.LinesOver, " ", r.SessionsOver, " ", r.CallsOver, " ", r.PortsOver)},
		{"transfers by outcome", r.Transfers},
		{"SIP messages that got lost", fmt.Sprintf("%d of %d", r.Lost, r.Lost+r.Passed)},
		{"both hung up within 50 ms; lines given up", fmt.Sprintf("%d; %d", r.Together, r.Cut)},
	} {
		fmt.Printf("  %-50s %v\n", row.k, row.v)
	}
	for _, e := range r.Errors {
		fmt.Println("  error:", e)
	}
	return nil
}

// transferJudge lays the gateway's records beside the telephones' logs and what callers heard.
type transferJudge struct {
	r    *transfersReport
	ring time.Duration
	near time.Duration
	mute []callers.Silent         // of the call at hand: times in which the agent's telephone sent nothing
	logs map[string][]*agents.Log // by agent, in the order of their INVITEs; those that are matched are taken out
	rows map[agents.Behaviour]*transferRow
}

// tried is one attempt as the record has it.
type tried struct {
	Agent    string `json:"agent"`
	Outcome  string `json:"outcome"`
	Status   int    `json:"status"`
	began    time.Time
	Missing  string `json:"missing"`
	outcomes int
}

// call judges one call.
func (j *transferJudge) call(i int, call *callers.Call, w *systemCaller, rec record) {
	var list []*tried
	ended := time.Time{}
	for _, e := range rec.Events {
		var b tried
		switch e.Type {
		case "transfer_ringing":
			if json.Unmarshal(e.Body, &b) == nil {
				b.began = e.At
				list = append(list, &b)
			}
		case "transfer_attempt":
			if json.Unmarshal(e.Body, &b) != nil || len(list) == 0 || list[len(list)-1].Agent != b.Agent {
				j.r.err("call %d (%s): an outcome that belongs to no attempt", i, rec.ID)
				continue
			}
			a := list[len(list)-1]
			a.Outcome, a.Status, a.Missing = b.Outcome, b.Status, b.Missing
			a.outcomes++
		case "transfer_ended":
			ended = e.At
			if json.Unmarshal(e.Body, &b) == nil {
				j.r.Transfers[b.Outcome]++
			}
		}
	}
	asked := 0
	j.mute = j.mute[:0]
	for _, a := range list {
		if strings.HasPrefix(a.Agent, referAgents) {
			j.referred(i, asked, call, w, rec.ID, a)
			asked++
			continue
		}
		j.attempt(i, call, w.Waiter, rec.ID, a)
	}
	for ; asked < len(call.Referrals); asked++ {
		j.r.Attempts++
		j.r.err("call %d (%s): a REFER came that no record knows of", i, rec.ID)
	}
	j.silence(i, call, w.Waiter, rec, ended)
}

// silence looks for the caller's longest time without sound, from their key to the end of the transfer, or
// to when both hear each other.
func (j *transferJudge) silence(i int, call *callers.Call, w *callers.Waiter, rec record, ended time.Time) {
	if w.Pressed.IsZero() {
		j.r.Failed++
		j.r.err("call %d (%s): the caller never heard the bot", i, rec.ID)
		return
	}
	gone := call.LeftAt
	if gone.IsZero() {
		gone = w.Last
	}
	if ended.IsZero() {
		ended = gone
	}
	longest, since := time.Duration(0), time.Time{}
	for _, s := range append(w.Silences, callers.Silent{From: w.Last, To: gone}) {
		if s.To.Before(w.Pressed) || s.From.After(ended) {
			continue // before the transfer, or after it: it is the caller's turn then
		}
		from := s.From
		if from.Before(w.Pressed) {
			from = w.Pressed
		}
		for _, m := range j.mute {
			if from.After(m.From.Add(-longestQuiet)) && from.Before(m.To) { // what an agent's telephone does not send, nobody can hear
				from = m.To
			}
		}
		if d := s.To.Sub(from); d > longest {
			longest, since = d, from
		}
	}
	j.r.Longest = max(j.r.Longest, ms(longest))
	if longest > longestQuiet {
		j.r.Silent++
		j.r.err("call %d (%s): without sound for %v, from %v after the key on; the transfer ended %v after it", i, rec.ID, longest.Round(time.Millisecond),
			since.Sub(w.Pressed).Round(time.Millisecond), ended.Sub(w.Pressed).Round(time.Millisecond))
	}
}

// attempt judges one attempt.
func (j *transferJudge) attempt(i int, call *callers.Call, w *callers.Waiter, conv string, a *tried) {
	l := j.take(a)
	j.r.Attempts++
	if l == nil {
		if a.outcomes == 1 && a.Outcome == "caller_left" && call.LeftAt.Sub(a.began) < j.near { // before the INVITE left
			j.r.Equal++
			j.r.Crossed++
			return
		}
		j.r.err("call %d (%s): %s was never rung, and the record says %s", i, conv, a.Agent, a.Outcome)
		return
	}
	j.moods(call, l, a)
	row := j.row(l.Behaviour)
	row.Attempts++
	row.Glares += l.Glares
	if row.Outcomes[a.Outcome]++; l.Wrong != "" {
		row.Wrong++
		j.r.err("call %d (%s), %s: %s", i, conv, l.Behaviour, l.Wrong)
	}
	want, status := l.Outcome(call.LeftAt, j.ring, benchAccept, j.near)
	switch at := slices.Index(want, a.Outcome); {
	case a.outcomes != 1:
		j.r.err("call %d (%s), %s: %d outcomes in the record", i, conv, l.Behaviour, a.outcomes)
	case at < 0, at == 0 && status > 0 && status != a.Status: // without one from the telephone, the gateway writes its own
		j.r.err("call %d (%s), %s: recorded %s %d, the telephone saw %v %d: %s", i, conv, l.Behaviour, a.Outcome, a.Status, want, status, l.Tell(call.LeftAt))
	default:
		if at > 0 {
			j.r.Crossed++
		}
		j.r.Equal++
		row.Equal++
	}
	if a.Outcome == "caller_left" && !l.Cancelled.IsZero() && !call.LeftAt.IsZero() {
		j.r.stop = append(j.r.stop, max(0, ms(l.Cancelled.Sub(call.LeftAt))))
	}
	if a.Outcome == "completed" && !l.Heard.IsZero() && !w.Heard.IsZero() {
		both := l.Heard
		if w.Heard.After(both) {
			both = w.Heard
		}
		j.r.join = append(j.r.join, ms(both.Sub(l.Key)))
	}
}

// moods looks at what is asked of single behaviours beside their outcome.
func (j *transferJudge) moods(call *callers.Call, l *agents.Log, a *tried) {
	left := call.LeftAt
	switch {
	case l.Behaviour == agents.BothLeave && !l.Left.IsZero() && !left.IsZero() && left.Sub(l.Left).Abs() <= 50*time.Millisecond:
		j.r.Together++
	case l.Behaviour == agents.Soundless && a.Outcome == "error" && a.Missing != event.FromAgent:
		l.Wrong = fmt.Sprintf("no sound came from it, and the record says of the direction %q", a.Missing)
	case l.Behaviour == agents.Soundless && a.Outcome == "error" && l.Offered == 0:
		l.Wrong = "no sound came from it, and it was not asked to agree on it again"
	case !l.Muted.IsZero():
		end := l.Dropped
		if end.IsZero() {
			end = l.Ended
		}
		j.mute = append(j.mute, callers.Silent{From: l.Muted, To: end})
		switch after := end.Sub(l.Muted); {
		case after > benchLost+2*time.Second+j.near:
			l.Wrong = fmt.Sprintf("its line was given up %v after its last packet", after.Round(time.Millisecond))
		case left.IsZero() || end.Before(left):
			j.r.Cut++
		}
	}
}

// take finds the log of an attempt: the first that this agent's telephone has about then.
func (j *transferJudge) take(a *tried) *agents.Log {
	list := j.logs[a.Agent]
	for k, l := range list {
		if d := l.Invited.Sub(a.began); d > -200*time.Millisecond && d < 1500*time.Millisecond+j.near {
			j.logs[a.Agent] = slices.Delete(list, k, k+1)
			return l
		}
	}
	return nil
}

func (j *transferJudge) row(b agents.Behaviour) *transferRow {
	if j.rows[b] == nil {
		j.rows[b] = &transferRow{Behaviour: b, Outcomes: map[string]int{}}
	}
	return j.rows[b]
}

// rest closes the report: telephones that rang and no record knows of count too.
func (j *transferJudge) rest() {
	r := j.r
	for _, list := range j.logs {
		for _, l := range list {
			r.Attempts++
			j.row(l.Behaviour).Attempts++
			r.err("%s was rung at %s, and no record says so", l.Agent, l.Invited.Format(time.TimeOnly))
		}
	}
	for _, b := range append(agents.All(), systemNames...) {
		if row := j.rows[b]; row != nil {
			r.Rows = append(r.Rows, *row)
		}
	}
	if r.Attempts > 0 {
		r.EqualPct = 100 * float64(r.Equal) / float64(r.Attempts)
	}
	r.Stops, r.Joined = len(r.stop), len(r.join)
	r.StopP50, r.StopP95, r.StopMax = bench.Percentile(r.stop, 50), bench.Percentile(r.stop, 95), bench.Percentile(r.stop, 100)
	r.JoinP50, r.JoinP95, r.JoinMax = bench.Percentile(r.join, 50), bench.Percentile(r.join, 95), bench.Percentile(r.join, 100)
}
