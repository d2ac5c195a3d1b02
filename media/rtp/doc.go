// Package rtp carries one call's sound over UDP: RTP and RTCP (RFC 3550, RFC 3551), keys as events
// (RFC 4733), symmetric and hard to hijack (RFC 4961 with a latch).
//
// The one idea: a Session is two halves that meet in small bounded queues. The receiving half
// belongs to a reading goroutine, which today is one per session and knows nothing that a shared
// reader of many sockets could not know as well. Everything that has to happen in time (sending a
// packet, playing the jitter buffer, reports) happens in Tick, which the pacer's wheel calls every
// 20 ms at an absolute due time.
//
// It refuses to know what a call is: addresses, payload types and directions come in as Params,
// and whoever negotiated them may change them at any time.
package rtp
