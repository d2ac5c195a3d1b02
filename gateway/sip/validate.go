package sip

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"slices"
	"strings"

	msg "github.com/emiago/sipgo/sip"
)

// fault is a refusal together with the headers that explain it.
type fault struct {
	verdict
	extra []string // name, value, …
}

// known methods: those that we could name, whether we take them or not (501 is for the rest).
var knownMethods = []string{"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "UPDATE", "PRACK", "INFO", "NOTIFY",
	"REGISTER", "SUBSCRIBE", "REFER", "MESSAGE", "PUBLISH"}

// single lists the headers that may stand once only, with their compact forms.
var single = [][]string{{"from", "f"}, {"to", "t"}, {"call-id", "i"}, {"cseq"}, {"max-forwards"},
	{"content-length", "l"}, {"content-type", "c"}}

// check looks at a request as RFC 3261 §8.2 asks, in its order: what cannot even be answered
// properly, version, method, target, required extensions, content. nil means it is fine.
func check(req *msg.Request) *fault {
	if req.Via() == nil || req.From() == nil || req.To() == nil || req.CallID() == nil || req.CSeq() == nil {
		return &fault{verdict: vBadRequest}
	}
	if !strings.EqualFold(req.SipVersion, "SIP/2.0") {
		return &fault{verdict: vVersion}
	}
	for _, names := range single {
		n := 0
		for _, name := range names {
			n += len(req.GetHeaders(name))
		}
		if n > 1 {
			return &fault{verdict: verdict{400, "Bad Request: " + names[0] + " stands more than once", 0}}
		}
	}
	cseq := strings.TrimSpace(string(req.CSeq().MethodName))
	if cseq != string(req.Method) {
		return &fault{verdict: verdict{400, "Bad Request: CSeq names another method", 0}}
	}
	if cl := req.ContentLength(); cl != nil && int(*cl) != len(req.Body()) {
		return &fault{verdict: verdict{400, "Bad Request: Content-Length", 0}}
	}
	if !slices.Contains(knownMethods, string(req.Method)) {
		return &fault{verdict: vUnknown, extra: []string{"Allow", allowed}}
	}
	if req.Method == msg.ACK || req.Method == msg.CANCEL {
		return nil // neither may be refused for the rest
	}
	switch strings.ToLower(req.Recipient.Scheme) {
	case "sip", "sips", "tel":
	default:
		return &fault{verdict: vScheme}
	}
	// A request that may go no further can still be for us when it only asks what we can do (§11).
	if mf := req.MaxForwards(); mf != nil && mf.Val() == 0 && req.Method != msg.OPTIONS {
		return &fault{verdict: vHops}
	}
	var strange []string
	for _, tok := range headerTokens(req, "Require") {
		if tok != "timer" && tok != "100rel" && tok != "replaces" && tok != "norefersub" {
			strange = append(strange, tok)
		}
	}
	if strange != nil {
		return &fault{verdict: vExtension, extra: []string{"Unsupported", strings.Join(strange, ", ")}}
	}
	return checkContent(req)
}

// checkContent refuses bodies we cannot read (RFC 3261 §8.2.3) and answers nobody could read.
func checkContent(req *msg.Request) *fault {
	if req.Method != msg.INVITE && req.Method != msg.UPDATE && req.Method != msg.PRACK {
		return nil
	}
	if enc := headerValue(req, "Content-Encoding", "e"); enc != "" && !strings.EqualFold(enc, "identity") {
		return &fault{verdict: vMediaType, extra: []string{"Accept-Encoding", "identity"}}
	}
	if _, err := sessionBody(req); errors.Is(err, errMediaType) {
		return &fault{verdict: vMediaType, extra: []string{"Accept", acceptType}}
	}
	if req.Method == msg.INVITE && !acceptsSDP(req) {
		return &fault{verdict: vNotAccept}
	}
	return nil
}

// acceptsSDP reads Accept; without one a UAS may assume application/sdp (RFC 3261 §20.1).
func acceptsSDP(req *msg.Request) bool {
	types := headerTokens(req, "Accept")
	if len(types) == 0 {
		return true
	}
	for _, t := range types {
		t, _, _ = strings.Cut(t, ";")
		switch strings.TrimSpace(t) {
		case acceptType, "application/*", "*/*":
			return true
		}
	}
	return false
}

var errMediaType = errors.New("body is not a session description")

// sessionBody returns the SDP of a message: the body itself or the part of a multipart body
// (RFC 5621 §3). nil without error means that there is no body.
func sessionBody(m msg.Message) ([]byte, error) {
	body := m.Body()
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	ct := headerValue(m, "Content-Type", "c")
	if ct == "" {
		return nil, errMediaType
	}
	kind, params, err := mime.ParseMediaType(ct)
	if err != nil && kind == "" {
		return nil, errMediaType
	}
	if kind == acceptType {
		return body, nil
	}
	if !strings.HasPrefix(kind, "multipart/") || params["boundary"] == "" {
		return nil, errMediaType
	}
	r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for range 16 {
		p, err := r.NextRawPart()
		if err != nil {
			break
		}
		if t, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); t == acceptType {
			b, err := io.ReadAll(io.LimitReader(p, maxSDP+1))
			if err != nil {
				return nil, errSDP
			}
			return b, nil
		}
	}
	return nil, errMediaType
}
