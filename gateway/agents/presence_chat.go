package agents

import (
	"slices"
	"time"
)

// What presence knows of typed conversations: they are beside a call, need no microphone, and there
// may be several at once. They need a page that is open: nothing else can show them.

// TakesChat says whether a typed conversation can be offered now.
func (p *Presence) TakesChat(now time.Time, r Rules) bool {
	return (p.Status == Available || p.Status == OnCall) && p.there(now, r) && len(p.Chats)+len(p.Asked) < r.Chats
}

// willTakeChat says whether one will be, by itself: they have as many as they may, or conclude a call.
func (p *Presence) willTakeChat(now time.Time, r Rules) bool {
	return (p.Status == Available || p.Status == OnCall || p.Status == WrapUp) && p.there(now, r) && r.Chats > 0
}

// there reports whether a page of theirs is alive.
func (p *Presence) there(now time.Time, r Rules) bool {
	return len(p.Tabs) > 0 && now.Sub(p.seen) < r.Unheard
}

// AskChat offers them a typed conversation.
func (p *Presence) AskChat(conv string) { p.Asked = with(without(p.Asked, conv), conv) }

// WithdrawChat ends such an offer. Who was available and did not answer is away, as after a call;
// who is in a call has something better to do.
func (p *Presence) WithdrawChat(now time.Time, conv string, how Ending) {
	if !slices.Contains(p.Asked, conv) {
		return
	}
	p.Asked = without(p.Asked, conv)
	switch {
	case how == Taken:
		p.Chats = with(without(p.Chats, conv), conv)
	case how == Expired && p.Status == Available && p.Offered == "":
		p.to(now, Away, WhyUnread, "")
	}
}

// KeepChat gives them a typed conversation that was theirs before the gateway was started again. It
// counts as unseen from now on until a page of theirs is heard.
func (p *Presence) KeepChat(now time.Time, conv string) {
	if len(p.Tabs) == 0 && p.unseen.IsZero() {
		p.unseen = now
	}
	p.Chats = with(without(p.Chats, conv), conv)
}

// DropChat takes a typed conversation from them.
func (p *Presence) DropChat(now time.Time, conv string) {
	if slices.Contains(p.Chats, conv) {
		p.Chats, p.Wrote = without(p.Chats, conv), now
	}
}

func without(list []string, s string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(c string) bool { return c == s })
}

func with(list []string, s string) []string { return append(list, s) }
