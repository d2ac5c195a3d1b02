// Package wyoming lets open speakers use the hotline: satellites of the Wyoming protocol
// (github.com/OHF-Voice/wyoming), boxes with a microphone, a loudspeaker and a wake word or a
// button. The gateway takes the place that Home Assistant has for them: it connects to each
// satellite of its configuration, tells it that it is ready, and makes a call of what the
// satellite streams once somebody woke it.
//
//	gateway                         satellite
//	   | run-satellite, describe -->  |
//	   | <-- info                     |
//	   | <-- ping, pong both ways --> |        every 2 s; 10 s without a word is the end
//	   | <-- detection, run-pipeline  |        somebody woke it: a call begins
//	   | transcribe -->               |        picked up
//	   | <-- audio-chunk …            |        the microphone, for the whole call
//	   | audio-start, synthesize,     |
//	   |   audio-chunk …, audio-stop ->        a prompt, at the pace at which it is heard
//	   | <-- played                   |        and it was heard to its end
//	   | voice-started, -stopped -->  |        for its lights
//	   | transcript -->               |        the call is over: back to the wake word
//
// A satellite of that protocol goes back to its wake word when it is sent a transcript. So that a
// caller need not wake it for every answer, the transcript is sent once, at the end of the call.
//
// The one idea: a satellite is a leg like a telephone's, at 16 kHz, so everything that a call can do
// it can do by a speaker, a transfer to a person too. Most satellites hear their own loudspeaker; the
// microphone is therefore closed while a prompt plays, unless the configuration says that the box
// removes its echo (barge_in).
//
// The protocol knows neither passwords nor encryption. The package connects to this machine and to
// private networks only, unless the configuration allows more, and believes nobody: sizes are bounded,
// what a satellite sends too much is dropped, and a satellite that sends garbage is left.
package wyoming
