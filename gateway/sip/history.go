package sip

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	msg "github.com/emiago/sipgo/sip"
)

// History-Info tells by which addresses a call has come (RFC 7044). What an incoming call carries is kept
// as it is, and goes on with the calls that we place for it; what we follow ourselves is added.

// maxHistory bounds what is kept and sent: bytes, and entries.
const (
	maxHistory        = 4096
	maxHistoryEntries = 20
)

// historyOf is the History-Info of a request, all headers as one list; "" when there is none, or it is
// longer than a call's history can be.
func historyOf(req *msg.Request) string {
	var list []string
	for _, h := range req.GetHeaders("History-Info") {
		list = append(list, splitList(h.Value())...)
	}
	if len(list) > maxHistoryEntries {
		return ""
	}
	for _, e := range list {
		if _, ok := paramOf(e, "index"); !ok || !strings.HasPrefix(e, "<") && !strings.Contains(e, " <") {
			return "" // not an entry of a history: nothing after it could be placed
		}
	}
	text := strings.Join(list, ", ")
	if len(text) > maxHistory || strings.ContainsFunc(text, isControl) {
		return ""
	}
	return text
}

// addHistory notes that a call to from went on to next because from answered with status. Reasons stand
// escaped within the address that gave them (RFC 7044 §10.2); who is called next has the next number.
func addHistory(headers map[string]string, from, next msg.Uri, status int) map[string]string {
	out := maps.Clone(headers)
	if out == nil {
		out = map[string]string{}
	}
	history, index := out["History-Info"], "1"
	reason := "Reason=" + escapeFact(fmt.Sprintf("SIP;cause=%d", status))
	if history == "" {
		history = fmt.Sprintf("<%s?%s>;index=1", plain(from), reason)
	} else {
		list := splitList(history)
		if i, ok := paramOf(list[len(list)-1], "index"); ok {
			index = i
		}
		if !strings.Contains(list[len(list)-1], "<"+plain(from)+">") { // ours was not among it yet
			index += ".1"
			history += fmt.Sprintf(", <%s?%s>;index=%s", plain(from), reason, index)
		} else {
			list[len(list)-1] = strings.Replace(list[len(list)-1], "<"+plain(from)+">", "<"+plain(from)+"?"+reason+">", 1)
			history = strings.Join(list, ", ")
		}
	}
	history += fmt.Sprintf(", <%s>;index=%s;rc=%s", plain(next), after(index), index)
	if len(history) <= maxHistory {
		out["History-Info"] = history
	}
	return out
}

// plain is an address without parameters and headers.
func plain(uri msg.Uri) string {
	u := msg.Uri{Scheme: uri.Scheme, User: uri.User, Host: uri.Host, Port: uri.Port}
	return u.String()
}

// after is the index of the next address that is tried in the place of one: "1.2" after "1.1".
func after(index string) string {
	head, last := "", index
	if i := strings.LastIndexByte(index, '.'); i >= 0 {
		head, last = index[:i+1], index[i+1:]
	}
	n, err := strconv.Atoi(last)
	if err != nil {
		return index + ".1"
	}
	return head + strconv.Itoa(n+1)
}
