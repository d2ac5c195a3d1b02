// Package rtp carries the sound of calls over UDP: RTP and RTCP (RFC 3550, RFC 3551), keys as events
// (RFC 4733), symmetric and hard to hijack (RFC 4961 with a latch).
//
// The one idea: everything that has to happen in time happens on one goroutine per core, the
// pacer's worker, on an absolute beat. When a slot begins it takes what has come to the ports of its
// calls (there is no reading goroutine, see docs/decisions/0009), plays each call's jitter buffer,
// builds each call's packet, and when the slot ends sends all of them at once. What is heard is decoded
// there and given to who is fed (Session.Feed, see docs/decisions/0011); who would rather wait for it
// (Receive), and who speaks, meet the beat in small bounded queues. Ports are shared by calls from
// different addresses.
//
// It refuses to know what a call is: addresses, payload types and directions come in as Params,
// and whoever negotiated them may change them at any time.
package rtp
