// Package rtc is the door for browsers: WebRTC peers, each of which becomes a leg.Leg. One UDP port
// serves all of them, and an HTTP request carries the offer in and the answer out, as RFC 9725 (WHIP)
// has it.
//
// Its idea is that a line outlives its connection. A line is a caller's leg: one media session, from
// the answered offer until somebody hangs up. A peer is one way to reach the caller: ICE, DTLS and SRTP.
// When the network under a browser changes, or its page is loaded again, the peer goes and another
// takes its place; the line, and the conversation on it, heard nothing but silence.
//
// The sound path is package media/rtp's, over a wire: jitter buffer, codecs, keys, pacing and RTCP
// reports are the same as on a telephone line. Of pion it takes ICE, DTLS and SRTP, and none of what
// pion/webrtc lays above them, for that would do the same things once more (docs/decisions/0012).
//
// Somebody signed in may wait with a connection that stands already (Server.Park); to dial them
// ("rtc:NAME") then takes no network's time at all: the parked line gets up and sound flows.
//
// It refuses to know who is who, what a bot is and what is said: whom a call is for comes with it as
// Wish, and who takes it decides.
package rtc
