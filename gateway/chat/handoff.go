package chat

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"decroche/flows"
	"decroche/flows/nlu"
	"decroche/gateway/agents"
	"decroche/gateway/event"
)

// handing is a hand-off that is out, as it stands in the store: somebody of the company is fetched,
// or has the conversation. It outlives the process as everything else of a conversation does.
type handing struct {
	N        uint64         `json:"n"` // number of its TransferStarted: its name
	Skills   []string       `json:"skills,omitempty"`
	Priority int            `json:"priority,omitempty"`
	Queue    string         `json:"queue,omitempty"`
	VIP      bool           `json:"vip,omitempty"`
	Owner    string         `json:"owner,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Began    time.Time      `json:"began"`
	Until    time.Time      `json:"until"` // nobody is waited for after this
	MaxWait  time.Duration  `json:"max_wait"`
	Tried    []string       `json:"tried,omitempty"`
	Tries    int            `json:"tries,omitempty"`
	Last     agents.Outcome `json:"last,omitempty"` // of the last attempt
	Asked    *colleague     `json:"asked,omitempty"`
	With     *colleague     `json:"with,omitempty"`
	Waited   time.Duration  `json:"waited,omitempty"` // until somebody came
	Spoke    time.Duration  `json:"spoke,omitempty"`  // with agents who were lost
	Lost     time.Time      `json:"lost,omitzero"`    // with With: since when they are gone, once it was told
	Away     time.Time      `json:"away,omitzero"`    // since when the person reads no more, once it was told
	Opens    time.Time      `json:"opens,omitzero"`   // of a queue that is closed
	Told     int            `json:"told,omitempty"`   // place in the line that was told last, from 1
	ToldAt   time.Time      `json:"told_at,omitzero"`
}

// colleague is an agent who is asked, or who has the conversation.
type colleague struct {
	Agent string    `json:"agent"`
	Title string    `json:"title"`
	Since time.Time `json:"since"`
}

// With is who of the company has a conversation, or that one is being fetched.
type With struct {
	State  string `json:"state"`           // waiting | agent | away: their page is gone, they are waited for
	Agent  string `json:"agent,omitempty"` // as the person knows them: "Karim"
	Before int    `json:"before,omitempty"`
	WaitS  int    `json:"wait_s,omitempty"` // how long others waited lately; 0: not known
	Typing bool   `json:"typing,omitempty"`

	typed time.Time
}

// same reports whether a watcher has seen w already.
func (w *With) same(o *With) bool {
	if w == nil || o == nil {
		return w == o
	}
	return *w == *o
}

// typingFor is how long an agent counts as typing after a key.
const typingFor = 6 * time.Second

// company is how a conversation stands with people of the company; nil: the bot has it.
func (h *Host) company(x *exchange) *With {
	g := x.w.Hand
	switch {
	case g == nil || !x.c.Ended.IsZero():
		return nil
	case g.With == nil:
		w := &With{State: "waiting", Before: h.line.before(x.c.Conv)}
		if d, known := h.waits.usual(h.now()); known {
			w.WaitS = int(d.Seconds())
		}
		return w
	case !g.Lost.IsZero():
		return &With{State: "away", Agent: g.With.Title}
	}
	return &With{State: FromAgent, Agent: g.With.Title}
}

// request is what the desk is asked.
func (g *handing) request(c, lang string) agents.Request {
	return agents.Request{Conv: c, Skills: g.Skills, Lang: lang, Priority: g.Priority, Queue: g.Queue, VIP: g.VIP, Owner: g.Owner, Tried: g.Tried}
}

// handOff asks for a person. Where somebody at a desk can take the conversation it waits for them;
// else it goes on at once: more says that the flow is to be told next.
func (x *exchange) handOff(tr *flows.Transfer) (next flows.Input, more bool) {
	queue := tr.Queue
	if d := x.h.d.Desk; d != nil {
		queue = cmp.Or(d.QueueOf(agents.Request{Skills: tr.Skills, Queue: tr.Queue, Lang: x.c.Lang}), queue)
	}
	x.write(event.TransferStarted{Skills: tr.Skills, Queue: queue, Reason: tr.Reason, Topic: tr.Topic, Summary: tr.Summary, Briefing: tr.Briefing})
	x.h.d.Metrics.asked(tr.Reason)
	g := &handing{N: x.c.Seq, Skills: tr.Skills, Priority: tr.Priority, Queue: tr.Queue, VIP: tr.VIP, Owner: tr.Owner, Reason: tr.Reason, Began: x.now, MaxWait: tr.MaxWait}
	if g.MaxWait <= 0 {
		g.MaxWait = x.h.cfg.MaxWait
	}
	g.Until = x.now.Add(g.MaxWait)
	x.w.Hand = g
	if x.w.channel() == flows.Speaker { // which nobody can be put through to
		return x.unserved(agents.Nobody)
	}
	if o := x.rung(g, tr.Then); o != "" {
		return x.unserved(o)
	}
	if tr.Say.Text != "" {
		x.show(tr.Say)
	} else {
		x.own("coming", wordsFor(x.c.Lang).coming)
	}
	return flows.Input{}, false
}

// rung chooses the first rung of a hand-off with somebody who writes, free or not: they are waited for. It
// says why when there is none.
func (x *exchange) rung(g *handing, then []flows.Rung) (none agents.Outcome) {
	d := x.h.d.Desk
	if d == nil {
		return agents.Nobody
	}
	for i := -1; i < len(then); i++ {
		at := *g
		if i >= 0 {
			at.Skills, at.Queue, at.Owner = then[i].Skills, then[i].Queue, ""
		}
		req := at.request(x.c.Conv, x.c.Lang)
		left := d.Closed(req)
		switch {
		case left != nil:
			none, g.Opens = cmp.Or(none, agents.Closed), left.Opens
		case d.ReachChat(req) == agents.ErrNobody:
			none = cmp.Or(none, agents.Nobody)
		default:
			g.Skills, g.Queue, g.Owner = at.Skills, at.Queue, at.Owner
			return ""
		}
	}
	return none
}

// own shows a sentence of ours.
func (x *exchange) own(id, text string) { x.show(flows.Prompt{ID: "chat/" + id, Text: text}) }

// unserved ends a hand-off without anybody. Who left a number is rung back and the conversation is
// over; otherwise the flow is told, and may ask for one.
func (x *exchange) unserved(o agents.Outcome) (next flows.Input, more bool) {
	ring := x.c.Phone != "" && !x.w.Talked && o != agents.Cancelled && x.w.Instead == ""
	if ring {
		x.callBack(flows.Callback{Phone: x.c.Phone, Reason: x.w.Hand.Reason})
	}
	var opens time.Time
	if g := x.w.Hand; g != nil {
		opens = g.Opens
	}
	x.closeHand(o)
	if !ring {
		return flows.Input{Kind: flows.Returned, Outcome: string(o), Opens: opens, Instead: x.w.Instead, Apart: x.w.channel() == flows.Speaker}, true
	}
	x.own("callback", fmt.Sprintf(wordsFor(x.c.Lang).callback, x.c.Phone))
	x.over(event.Ended{Outcome: "callback", By: "bot"})
	return flows.Input{}, false
}

// closeHand writes down how the hand-off ended, if one is out: with o, or completed when somebody has
// the conversation.
func (x *exchange) closeHand(o agents.Outcome) {
	g := x.w.Hand
	if g == nil {
		return
	}
	x.attempted(o, "")
	ended := event.TransferEnded{WaitedMS: x.now.Sub(g.Began).Milliseconds(), TalkedMS: g.Spoke.Milliseconds()}
	if g.Waited > 0 {
		ended.WaitedMS = g.Waited.Milliseconds()
	}
	if g.With != nil {
		o = agents.Completed
		ended.Agent = g.With.Agent
		ended.TalkedMS = (g.Spoke + x.now.Sub(g.With.Since)).Milliseconds()
	}
	ended.Outcome = string(o)
	x.write(ended)
	x.h.d.Metrics.handOff(string(o))
	x.w.Hand = nil
}

// attempted writes down how asking one agent ended, if one is asked.
func (x *exchange) attempted(o agents.Outcome, why agents.Decline) {
	g := x.w.Hand
	if g.Asked == nil {
		return
	}
	x.write(event.TransferAttempt{Agent: g.Asked.Agent, Addr: agents.Scheme + g.Asked.Agent, Outcome: string(o), Reason: string(why), TookMS: x.now.Sub(g.Asked.Since).Milliseconds()})
	g.Asked, g.Last = nil, o
}

// toPerson takes what somebody writes while a person is fetched or has the conversation. It is for
// that person; "forget it" while nobody has come is for us.
func (x *exchange) toPerson(ctx context.Context, in flows.Input) {
	if x.w.Hand.With != nil || in.Kind != flows.Said {
		return
	}
	switch nlu.Command(x.c.Lang, in.Text) {
	case nlu.CommandCancel, nlu.CommandStop:
		x.giveUp(ctx, agents.Cancelled)
	default:
		x.aside(ctx, in)
	}
}

// aside answers what somebody asks while a person is fetched (flows.Aside); the hand-off goes on.
func (x *exchange) aside(ctx context.Context, in flows.Input) {
	in.Kind, in.Now, in.Meaning = flows.Aside, x.now, x.understand(ctx, in.Text)
	out, err := x.decide(ctx, in)
	if err != nil {
		x.write(event.Trouble{Where: "flow", What: err.Error(), Did: "did not answer what was asked while waiting"})
		return
	}
	x.c.State = out.State.Raw
	for _, p := range out.Say {
		x.show(p)
	}
}

// giveUp goes on without anybody.
func (x *exchange) giveUp(ctx context.Context, o agents.Outcome) {
	if in, more := x.unserved(o); more {
		x.take(ctx, in)
	}
}
