package sip

import (
	"slices"
	"strings"

	msg "github.com/emiago/sipgo/sip"
)

// dialog is the state of RFC 3261 §12. It belongs to one line and is guarded by its mu.
type dialog struct {
	callID    string
	localTag  string
	remoteTag string
	local     msg.FromHeader // who we are in From, tag included
	remote    msg.ToHeader   // who they are in To, tag included once known
	target    msg.Uri        // remote target: where requests are addressed
	routes    []msg.Uri      // route set, first hop first
	localSeq  uint32         // CSeq of our last request
	remoteSeq uint32         // CSeq of their last request
}

// dialogID keys the table: one of our tags is unique, so the remote tag is only compared.
func dialogID(callID, localTag string) string { return callID + "|" + localTag }

// tagOf reads a tag whatever its case.
func tagOf(params msg.HeaderParams) string {
	for _, kv := range params {
		if strings.EqualFold(kv.K, "tag") {
			return kv.V
		}
	}
	return ""
}

// serverDialog is the dialog that our answer to req begins (RFC 3261 §12.1.1).
func serverDialog(req *msg.Request, localTag string) dialog {
	from, to := req.From(), req.To()
	d := dialog{
		callID:    string(*req.CallID()),
		localTag:  localTag,
		remoteTag: tagOf(from.Params),
		local:     msg.FromHeader{DisplayName: to.DisplayName, Address: *to.Address.Clone()},
		remote:    msg.ToHeader{DisplayName: from.DisplayName, Address: *from.Address.Clone()},
		remoteSeq: req.CSeq().SeqNo,
		localSeq:  1,
	}
	d.local.Params.Add("tag", localTag)
	if d.remoteTag != "" {
		d.remote.Params.Add("tag", d.remoteTag)
	}
	if c := req.Contact(); c != nil {
		d.target = *c.Address.Clone()
	} else {
		d.target = *from.Address.Clone()
	}
	for _, h := range req.GetHeaders("Record-Route") {
		if rr, ok := h.(*msg.RecordRouteHeader); ok {
			d.routes = append(d.routes, *rr.Address.Clone())
		}
	}
	return d
}

// confirm completes the dialog of our own INVITE from a response (RFC 3261 §12.1.2).
func (d *dialog) confirm(res *msg.Response) {
	to := res.To()
	d.remoteTag = tagOf(to.Params)
	d.remote = msg.ToHeader{DisplayName: to.DisplayName, Address: *to.Address.Clone(), Params: to.Params.Clone()}
	if c := res.Contact(); c != nil {
		d.target = *c.Address.Clone()
	}
	d.routes = nil
	for _, h := range res.GetHeaders("Record-Route") {
		if rr, ok := h.(*msg.RecordRouteHeader); ok {
			d.routes = append(d.routes, *rr.Address.Clone())
		}
	}
	slices.Reverse(d.routes)
}

// refreshTarget follows a new Contact (RFC 3261 §12.2.2, RFC 3311 §5.2).
func (d *dialog) refreshTarget(m msg.Message) {
	if hs := m.GetHeaders("Contact"); len(hs) > 0 {
		if c, ok := hs[0].(*msg.ContactHeader); ok && !c.Address.Wildcard {
			d.target = *c.Address.Clone()
		}
	}
}

// request builds the next request inside the dialog (RFC 3261 §12.2.1.1) without Via, which
// depends on the flow; next returns where to send it. ACK takes seq, everything else a new CSeq.
func (d *dialog) request(method msg.RequestMethod, seq uint32) (req *msg.Request, next msg.Uri) {
	if method != msg.ACK {
		d.localSeq++
		seq = d.localSeq
	}
	target, routes := d.target, d.routes
	next = target
	if len(routes) > 0 {
		next = routes[0]
		if !routes[0].UriParams.Has("lr") { // a strict router: RFC 3261 §12.2.1.1
			routes = append(slices.Clone(routes[1:]), target)
			target = next
		}
	}
	req = msg.NewRequest(method, target)
	for _, r := range routes {
		req.AppendHeader(&msg.RouteHeader{Address: r})
	}
	from, to := d.local, d.remote
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	id := msg.CallIDHeader(d.callID)
	req.AppendHeader(&id)
	req.AppendHeader(&msg.CSeqHeader{SeqNo: seq, MethodName: method})
	forwards := msg.MaxForwardsHeader(70)
	req.AppendHeader(&forwards)
	return req, next
}
