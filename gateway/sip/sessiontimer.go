package sip

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	msg "github.com/emiago/sipgo/sip"
)

// sessionTimer is RFC 4028 for one line: who refreshes, and how often. The zero value is "none".
type sessionTimer struct {
	interval  time.Duration
	weRefresh bool
	theirs    bool // the far end keeps the timer too; otherwise our refreshes are a courtesy to what lies between
}

// expiresHeader is a parsed Session-Expires.
type expiresHeader struct {
	interval  time.Duration
	refresher string // "uac", "uas" or ""
}

func parseExpires(m msg.Message) (expiresHeader, bool) {
	v := headerValue(m, "Session-Expires", "x")
	num, params, _ := strings.Cut(v, ";")
	n, err := strconv.ParseUint(strings.TrimSpace(num), 10, 31)
	if err != nil {
		return expiresHeader{}, false
	}
	e := expiresHeader{interval: time.Duration(n) * time.Second}
	for _, p := range strings.Split(params, ";") {
		if k, val, _ := strings.Cut(strings.TrimSpace(p), "="); strings.EqualFold(k, "refresher") {
			e.refresher = strings.ToLower(strings.TrimSpace(val))
		}
	}
	return e, true
}

func parseMinSE(m msg.Message) time.Duration {
	num, _, _ := strings.Cut(headerValue(m, "Min-SE"), ";")
	n, err := strconv.ParseUint(strings.TrimSpace(num), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// seconds writes a duration as SIP wants it, rounded up.
func seconds(d time.Duration) string { return strconv.Itoa(int((d + time.Second - 1) / time.Second)) }

// answerTimer decides the session timer for a request in which the far end is the UAC (RFC 4028
// §9, table 2), and the headers of the 2xx that say so. fault is 422 when they ask for less than we take.
func (s *Server) answerTimer(req *msg.Request) (st sessionTimer, headers []string, f *fault) {
	theirs := supports(req, "timer") || requires(req, "timer")
	floor := max(s.cfg.MinSE, parseMinSE(req))
	st = sessionTimer{interval: max(s.cfg.SessionExpires, floor), weRefresh: true, theirs: theirs}
	if e, ok := parseExpires(req); ok {
		if e.interval < s.cfg.MinSE && theirs {
			return st, nil, &fault{verdict: vInterval, extra: []string{"Min-SE", seconds(s.cfg.MinSE)}}
		}
		st.interval = min(max(e.interval, floor), st.interval)
		st.weRefresh = !theirs || e.refresher == "uas"
	}
	who := "uac"
	if st.weRefresh {
		who = "uas"
	}
	headers = []string{"Session-Expires", fmt.Sprintf("%s;refresher=%s", seconds(st.interval), who)}
	if !st.weRefresh {
		headers = append(headers, "Require", "timer")
	}
	return st, headers, nil
}

// agreedTimer reads the timer from the 2xx to a request of ours (RFC 4028 §7.2). Without
// Session-Expires there is none.
func (s *Server) agreedTimer(res *msg.Response) sessionTimer {
	e, ok := parseExpires(res)
	if !ok {
		return sessionTimer{}
	}
	return sessionTimer{interval: max(e.interval, s.cfg.MinSE), weRefresh: e.refresher != "uas", theirs: true}
}

// grace is how long before the end of the interval the side that waits gives up (RFC 4028 §10).
func grace(interval time.Duration) time.Duration { return min(32*time.Second, interval/3) }

// armSession starts the timer anew after every 2xx that carries it; mu is held.
func (l *line) armSession(st sessionTimer) {
	stopTimer(l.sessionTick)
	l.session = st
	l.sessionRound++
	if st.interval <= 0 || l.over {
		return
	}
	round := l.sessionRound
	wait := st.interval - grace(st.interval)
	if st.weRefresh {
		wait = st.interval / 2
	}
	l.sessionTick = time.AfterFunc(wait, func() { l.sessionDue(round) })
}

// sessionDue refreshes, or ends a line that the far end should have refreshed.
func (l *line) sessionDue(round int) {
	l.mu.Lock()
	if round != l.sessionRound || l.over {
		l.mu.Unlock()
		return
	}
	if !l.session.weRefresh || l.refreshFailed {
		l.mu.Unlock()
		l.hangup(errExpired, expiredCause)
		return
	}
	// Should no refresh get through, the line ends before the far end's timer ends it.
	l.refreshFailed = true
	rest := l.session.interval/2 - grace(l.session.interval)
	l.sessionTick = time.AfterFunc(max(rest, 0), func() { l.sessionDue(round) })
	l.mu.Unlock()
	l.refresh()
}
