// Package peer holds the far ends that tests talk to, none of which shares code with what it
// tests: Raw, a SIP endpoint that sends exactly the bytes it is told; Phone, a small telephone
// that rings, answers, refuses and hums a known tone; Net, a network in memory whose clock is
// synctest's; and drivers for SIPp, baresip, linphonec and Kamailio, which nobody here wrote.
package peer
