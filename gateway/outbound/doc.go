// Package outbound places calls: it rings people back who asked for it, and people whom a program has
// ordered to be called, with proof that they agreed.
//
// What decides is pure, with the clock as an argument: Window understands "demain entre 9 h et 11 h",
// Hours knows when somebody may be rung, Config.Check says why an order is refused, Config.After what
// becomes of a call once an attempt has ended. Runner lets time pass: it plans what came in, claims
// what is due in the store, and has a Line ring it. A call is written down as being rung before the
// first ring, so that a process that dies and comes back rings nobody twice who has answered.
//
// It does not know SIP, flows or pages.
package outbound
