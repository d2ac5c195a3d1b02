package leg

import (
	"context"
	"time"

	"decroche/media"
)

// Referrer is an optional ability of a Leg whose far end can be asked to call somebody else in our
// place: a transfer by REFER (RFC 3515, RFC 5589).
//
// Refer blocks until the attempt has ended, which is at most 49 s with the timers as they come, and
// returns the one outcome it had; it fails in no other way. While it runs the leg works as before:
// play something to the far end. After "completed" the far end is with the target: the leg ends by
// their BYE, or by ours a few seconds later; say nothing more on it. After any other outcome but
// "caller_left" the far end is still there. When ctx ends, Refer returns "cancelled"; a transfer that
// the far end has taken cannot be called back, and may yet end the leg. One attempt at a time: a
// second one is refused with the reason "transfer_in_progress". Any goroutine may call it.
type Referrer interface {
	Refer(ctx context.Context, to Referral) Referred
}

// Referral says whom the far end shall call.
type Referral struct {
	// To is the target: "sip:204@pbx.example" or "tel:+33…", without headers of its own. "" with With
	// set means the far end of that leg.
	To string
	// With is the leg of a consultation that the far end shall take over from us (Replaces, RFC 3891);
	// nil makes it a blind transfer. It must come from the same Dialer and be answered. It stays up
	// whatever the outcome is, but for "completed": then its far end leaves us, or is hung up by us a
	// few seconds later.
	With Leg
	// ReferredBy is our address as the target is shown it (RFC 3892); "" means that of the leg.
	ReferredBy string
	// Headers go to the target within the address, like User-to-User (RFC 7433 §4.1): at most 8, each
	// of at most 512 bytes, CR and LF refused.
	Headers map[string]string
	// Told, when not nil, is called with what happens in between, from any goroutine; it must not block.
	Told func(ReferralNews)
}

// ReferralNews is what happens while a transfer is tried. One field is set.
type ReferralNews struct {
	Status int  // the target's progress as it was reported: 100, 180, 183
	Quiet  bool // accepted, and nothing reported for 5 s: the far end needs a ringback of ours
	GaveUp bool // no outcome within 45 s: go on with the far end; Refer returns within 4 s
}

// Referred is how a transfer ended.
type Referred struct {
	// Outcome is one of completed, refused, busy, no_answer, unreachable, timeout, caller_left,
	// cancelled, error, unknown: the words of hand-offs.
	Outcome string
	Status  int    // the SIP status that decided, else the last one reported; 0 when there was none
	Reason  string // what Outcome and Status do not say: a word in lower case, "" mostly; docs/transfers.md lists them
	Proof   string // of "completed": "notify", or "bye_after_202" when the far end hung up without a report
	Rang    bool   // the target was reported to ring
	// RetryAfter is how long the far end, or the target, asks to be left alone.
	RetryAfter   time.Duration
	Began, Ended time.Time
}

// Referee is an optional ability of a Leg whose far end can ask to have the other party connected with
// somebody else: a PBX, or an agent's telephone, that sends REFER. to is called with each request, before
// anything else of the far end's is read: it must not block, nor call the leg but by Tell. A nil to, or
// none set, refuses them. Set it when the leg is made.
type Referee interface{ OnRefer(to func(Ask)) }

// Ask is a request of a far end: call Invite, join it with the other party of the call, and leave the
// far end out. The far end may hang up at any moment; that ends neither the other party nor the ask.
type Ask struct {
	// To is the target as it was asked for: "sip:204@pbx.example", "tel:+33…".
	To string
	// ReferredBy is who asked, as told by the far end, "" when it does not tell.
	ReferredBy string
	// Refused says that To may not be called and they were told so: there is nothing to do, but that some hang
	// up because of it. Only To and ReferredBy are set then.
	Refused bool
	// Invite is ready for a Dialer: it carries Replaces and Referred-By. Set From and RingFor.
	Invite Invite
	// Tell reports to the far end: 180 while it rings, and at last one final status, 200 when the other
	// party is connected. What comes after that, or after the far end is gone, is ignored. It does not
	// block. A hang-up of ours waits until the last report was confirmed, at most 500 ms.
	Tell func(status int)
}

// Adopter is an optional ability of a Leg whose far end may ask to be exchanged for somebody whom we call:
// its own telephone system moves its end of the call elsewhere.
type Adopter interface {
	// Stay lets the leg outlive a far end that hangs up while an Ask of it has no final report: it is silent
	// until Adopt gives it another, and ends, as hung up by the far end, by a final report of a failure. Set it
	// with OnRefer.
	Stay()
	// Adopt gives the leg the far end of other, which the same Dialer reached and which nobody has used; other
	// is over for its owner whatever comes of it. Who was there before is told 200 and hung up. The leg goes on
	// as it is: what it plays, and what hears it. It blocks until the new far end has agreed, for which ctx
	// should leave 10 s; after an error nobody is at the far end, and the leg is to be hung up. Replaced is told.
	Adopt(ctx context.Context, other Leg) error
}

// Replaced is an optional ability of a Leg whose far end can be exchanged for another in the middle of a
// call (INVITE with Replaces, RFC 3891): the leg stays, its sound moves. to is called with the new far
// end, once it is there; Info keeps telling of the first one. to must not block or call the leg.
type Replaced interface{ OnReplaced(to func(by Info)) }

// Holder is an optional ability of a Leg whose far end can be told that it is on hold: Hold says that it
// will be played to and not heard, Unhold that both count again. Both wait until the far end has agreed;
// when both sides ask at once they wait and try again (RFC 3261 §14.1), for which ctx should leave 10 s.
type Holder interface {
	Hold(ctx context.Context) error
	Unhold(ctx context.Context) error
}

// Holdee is an optional ability of a Leg whose far end can put us on hold: to is told when it does, and
// when it is back. A leg on hold has no media timeout, and what is sent to it is heard only if they like.
// to must not block or call the leg.
type Holdee interface{ OnHold(to func(held bool)) }

// EarlySound takes what a called party lets the caller hear before it answers: an announcement, its own
// ringback (183 with a description, RFC 3960). It is called with each frame, from one goroutine, and must
// not keep the PCM. The first call is the moment from which a ringback of ours has to be silent.
type EarlySound func(f media.Frame)
