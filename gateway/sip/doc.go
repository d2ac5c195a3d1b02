// Package sip is the trunk and phone side of the gateway: it answers and places calls over SIP
// (UDP and TCP) and hands each one out as a leg.Leg.
//
// The one idea: a *line* is one dialog with its media, and a line dies once, of one cause. Below
// it lie the RFC 3261 layers, one file each: transport (sockets), transaction (§17, with RFC
// 6026), validation (what strangers got wrong and the status that says so), dialog (§12), offer
// and answer (RFC 3264), session timers (RFC 4028), reliable provisional responses (RFC 3262).
//
// Messages are parsed and built by sipgo's message package. Its transport and transaction layers
// are not used: their timers are package variables, so tests could not run in parallel or in
// virtual time; each datagram gets its own goroutine, so a BYE may overtake its INVITE; and the
// table of UDP peers only grows. Here a message is handled on the goroutine that read it, in the
// order of arrival, and nothing on that path blocks: whatever may wait (a resolver, a TCP
// connection, an application) has a goroutine of its own that Serve waits for.
//
// What it refuses to do: registering, proxying, forking of incoming calls, and knowing what is
// said on a line.
package sip
