package sip

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"decroche/gateway/leg"
	"decroche/media/rtp"
)

// verdict is how one failure is told to the far end: the one table from our reasons to SIP.
type verdict struct {
	status     int
	text       string
	retryAfter int // seconds, 0 leaves the header out
}

// The failures we decide on ourselves, each with its status (RFC 3261 §21 unless noted).
var (
	vBadRequest   = verdict{400, "Bad Request", 0}
	vUnauthorised = verdict{401, "Unauthorized", 0}
	vForbidden    = verdict{403, "Forbidden", 0}
	vNotAllowed   = verdict{405, "Method Not Allowed", 0}
	vNotAccept    = verdict{406, "Not Acceptable", 0}
	vTooLarge     = verdict{413, "Request Entity Too Large", 0}
	vMediaType    = verdict{415, "Unsupported Media Type", 0}
	vScheme       = verdict{416, "Unsupported URI Scheme", 0}
	vExtension    = verdict{420, "Bad Extension", 0}
	vInterval     = verdict{422, "Session Interval Too Small", 0} // RFC 4028 §6
	vTooBrief     = verdict{423, "Interval Too Brief", 0}
	vNoDialog     = verdict{481, "Call/Transaction Does Not Exist", 0}
	vMerged       = verdict{482, "Loop Detected", 0} // RFC 3261 §8.2.2.2
	vLoop         = verdict{482, "Loop Detected", 0} // RFC 3261 §16.3
	vHops         = verdict{483, "Too Many Hops", 0}
	vTerminated   = verdict{487, "Request Terminated", 0}
	vNoCommon     = verdict{488, "Not Acceptable Here", 0}
	vGlare        = verdict{491, "Request Pending", 0}       // RFC 3261 §14.1
	vBusyHere     = verdict{500, "Server Internal Error", 3} // RFC 3261 §14.2: an INVITE is still pending
	vOutOfOrder   = verdict{500, "Server Internal Error", 0} // RFC 3261 §12.2.2
	vUnknown      = verdict{501, "Not Implemented", 0}
	vOverload     = verdict{503, "Service Unavailable", 10}
	vNoPrack      = verdict{504, "Server Time-out", 0} // RFC 3262 §3 asks for a 5xx
	vVersion      = verdict{505, "Version Not Supported", 0}
	vNoMediaPorts = verdict{503, "Service Unavailable", 30}
)

// verdictOf maps an error of ours to what the far end is told.
func verdictOf(err error) verdict {
	switch {
	case errors.Is(err, errNoCommon):
		return vNoCommon
	case errors.Is(err, errSDP):
		return vBadRequest
	case errors.Is(err, rtp.ErrNoPort):
		return vNoMediaPorts
	case errors.Is(err, errMediaType):
		return vMediaType
	}
	return verdict{500, "Server Internal Error", 0}
}

// refusal maps what the application says when it does not take a call. Normal clearing before the
// answer is a decline: 603.
func refusal(why leg.Cause) verdict {
	if why.Status < 300 || why.Status > 699 {
		return verdict{603, "Decline", 0}
	}
	text := oneLine(why.Text)
	if text == "" {
		text = "Refused"
	}
	return verdict{why.Status, text, why.RetryAfter}
}

// reasonHeader is the Reason of a BYE or CANCEL (RFC 3326), "" for normal clearing.
func reasonHeader(why leg.Cause) string {
	if why.Status == 0 || why.Status == 200 {
		return ""
	}
	return fmt.Sprintf("SIP;cause=%d;text=%q", why.Status, strings.ReplaceAll(oneLine(why.Text), `"`, "'"))
}

// causeLabel is the bounded name of a line's end for the metrics.
func causeLabel(err error) string {
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return "local"
	case errors.Is(err, leg.ErrHungUp):
		return "remote"
	case errors.Is(err, leg.ErrMediaTimeout):
		return "media_timeout"
	case errors.Is(err, leg.ErrDrained):
		return "drained"
	case errors.Is(err, errNoAck):
		return "no_ack"
	case errors.Is(err, errExpired):
		return "session_expired"
	case errors.Is(err, errRefused):
		return "refused"
	}
	return "error"
}

// Ends of a line that leg has no word for.
var (
	errNoAck   = errors.New("sip: the answered call was never acknowledged")
	errExpired = errors.New("sip: the session timer ran out")
	errRefused = errors.New("sip: the call was not taken")
)
