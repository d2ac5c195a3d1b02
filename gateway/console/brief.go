package console

import (
	"strings"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// brief is what an agent reads before saying hello: why, what is known, what was tried.
type brief struct {
	Why   string   // one sentence
	Facts []string // what the flow wrote for the agent
	Tried []string
	Model string // what a language model made of it, checked against the record; "" when none did
}

func (s *Server) brief(sum store.Summary, evs []event.Event, lang string) brief {
	b := brief{Why: s.why(sum.Bot, sum.Intent, lang)}
	var misses, silences, cuts int
	var acts []string
	if s.d.SumUp != nil {
		b.Model = s.d.SumUp(sum.ID)
	}
	for _, e := range evs {
		switch v := e.Body.(type) {
		case event.Summarised:
			b.Model = v.Text
		case event.TransferStarted:
			if v.Topic != "" {
				b.Why = v.Topic
			}
			b.Facts = v.Summary
		case event.Stepped:
			for _, st := range v.Steps {
				if strings.HasPrefix(st.Note, "no_match") {
					misses++
				}
			}
		case event.Silent:
			silences++
		case event.Prompted:
			if v.Cut {
				cuts++
			}
		case event.Acted:
			acts = append(acts, say(lang, "tried_act", strings.ReplaceAll(v.Target, "_", " "), sayCode(lang, "act_", v.Outcome)))
		case event.TransferAttempt:
			if v.Outcome != "completed" && !notTheirs(v) {
				acts = append(acts, say(lang, "tried_agent", s.d.Agent(v.Agent), sayCode(lang, "try_", v.Outcome)))
			}
		}
	}
	times := func(n int) string {
		if n == 1 {
			return say(lang, "once")
		}
		return say(lang, "times", n)
	}
	if misses > 0 {
		b.Tried = append(b.Tried, say(lang, "tried_misses", times(misses)))
	}
	if silences > 0 {
		b.Tried = append(b.Tried, say(lang, "tried_silences", silences))
	}
	if cuts > 0 {
		b.Tried = append(b.Tried, say(lang, "tried_cuts", times(cuts)))
	}
	b.Tried = append(b.Tried, acts...)
	return b
}
