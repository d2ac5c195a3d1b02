// Package terminal is the speaker itself: when to listen, when to call, what to let through.
//
// Its idea is one loop on the device's clock. Every 20 ms it takes what the microphone heard, decides,
// and gives the loudspeaker what comes next; placing a call, listening for phrases and running the hook
// happen elsewhere and report back. Nothing in the loop waits for anything but the device.
//
//	microphone -> gate -> call          call -> volume -> loudspeaker
//	     '-> ears (wake phrase, volume)   chimes --'
//
// Half-duplex is the rule: while the loudspeaker sounds, the call hears silence, so that the bot never
// hears itself. A key, or the wake phrase, lets people interrupt.
package terminal
