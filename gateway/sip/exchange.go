package sip

import (
	"cmp"
	"context"
	"strconv"
	"time"

	msg "github.com/emiago/sipgo/sip"
)

// talk is a sequence of requests of one kind to a trunk, outside any call: registrations, or pings. They
// share Call-ID and tag, and count up CSeq (RFC 3261 §10.2).
type talk struct {
	s      *Server
	t      *trunk
	method msg.RequestMethod
	callID string
	tag    string
	cseq   uint32
	signer *signer
}

func (s *Server) newTalk(t *trunk, method msg.RequestMethod) *talk {
	return &talk{s: s, t: t, method: method, callID: token() + token(), tag: token(), signer: newSigner(t.who)}
}

// once sends one request and waits for its final response, for as long as ctx lasts. Who asks who we are
// is answered. extra headers are name, value pairs; contact adds ours, with its parameters.
func (k *talk) once(ctx context.Context, contact string, extra ...string) (*msg.Response, error) {
	for range maxAsked {
		f, err := k.s.hop(ctx, k.t.way, flow{tls: k.t.tls})
		if err != nil {
			return nil, err
		}
		k.t.found(f.addr.Addr())
		req := k.request(f, contact, extra)
		res, err := k.s.exchange(ctx, req, f)
		if err != nil {
			return nil, err
		}
		if challenges(res) {
			if err := k.signer.challenged(req, res); err == nil {
				continue
			}
		}
		return res, nil
	}
	return nil, errCredentials
}

func (k *talk) request(f flow, contact string, extra []string) *msg.Request {
	k.cseq++
	uri := msg.Uri{Scheme: "sip", Host: bracket(k.t.domain)}
	if k.t.cfg.Domain == "" {
		uri.Port = k.t.way.Port
	}
	me := uri
	me.User = cmp.Or(k.t.cfg.Username, "decroche")
	req := msg.NewRequest(k.method, uri)
	req.AppendHeader(k.s.via(f.network, f.addr.Addr()))
	from := &msg.FromHeader{Address: me}
	from.Params.Add("tag", k.tag)
	req.AppendHeader(from)
	to := &msg.ToHeader{Address: me}
	if k.method == msg.OPTIONS {
		to.Address = uri
	}
	req.AppendHeader(to)
	id := msg.CallIDHeader(k.callID)
	req.AppendHeader(&id)
	req.AppendHeader(&msg.CSeqHeader{SeqNo: k.cseq, MethodName: k.method})
	forwards := msg.MaxForwardsHeader(70)
	req.AppendHeader(&forwards)
	if contact != "" {
		c := k.s.contact(f)
		c.Address.User = me.User
		req.AppendHeader(msg.NewHeader("Contact", "<"+c.Address.String()+">"+contact))
	}
	for i := 0; i+1 < len(extra); i += 2 {
		req.AppendHeader(msg.NewHeader(extra[i], extra[i+1]))
	}
	if k.s.cfg.UserAgent != "" {
		req.AppendHeader(msg.NewHeader("User-Agent", k.s.cfg.UserAgent))
	}
	k.signer.sign(req)
	req.SetBody(nil)
	return req
}

// exchange sends a request outside any call and waits for its final response.
func (s *Server) exchange(ctx context.Context, req *msg.Request, f flow) (*msg.Response, error) {
	type result struct {
		res *msg.Response
		err error
	}
	got := make(chan result, 1)
	tx := s.tx.request(req, f, func(res *msg.Response) {
		if res.StatusCode >= 200 {
			select {
			case got <- result{res: res}:
			default:
			}
		}
	}, func(err error) {
		select {
		case got <- result{err: err}:
		default:
		}
	})
	select {
	case r := <-got:
		return r.res, r.err
	case <-ctx.Done():
		tx.end(nil) // who waited is gone: nothing is repeated for nobody
		return nil, context.Cause(ctx)
	}
}

// retryAfter reads Retry-After (RFC 3261 §20.33): seconds, then a comment or parameters. 0 for none.
func retryAfter(res *msg.Response) time.Duration {
	text := headerValue(res, "Retry-After")
	end := 0
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	n, err := strconv.ParseUint(text[:end], 10, 31)
	if err != nil {
		return 0
	}
	return min(time.Duration(n)*time.Second, maxRetryAfter)
}

// maxRetryAfter bounds what a far end may ask us to wait.
const maxRetryAfter = 10 * time.Minute
