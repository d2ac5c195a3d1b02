package main

type benchCmd struct {
	Calls        benchCallsCmd        `cmd:"" help:"Thousands of calls at once against any SIP server that answers with G.711: set-up, sound, what it costs."`
	RTC          benchRTCCmd          `cmd:"" name:"rtc" help:"Hundreds of browsers at once over WebRTC: sound without gaps, click to greeting, what it costs."`
	Media        benchMediaCmd        `cmd:"" help:"One prompt on many calls: our gateway beside a goroutine, ticker and socket per call, in turn."`
	VAD          benchVADCmd          `cmd:"" name:"vad" help:"Conversations without recognition: voice detection ends each turn, a prompt answers; CPU per call."`
	Conversation benchConversationCmd `cmd:"" help:"How many conversations at once are sustainable: a ladder of counts, engines with fixed delays or the embedded recogniser."`
	Errands      benchErrandsCmd      `cmd:"" help:"Callers with an errand each at once, against the demo hotline: right answers, SIPp beside them."`
	Relay        benchRelayCmd        `cmd:"" help:"The same conversations over a good and a bad line: loss, jitter, reordering."`
	Soak         benchSoakCmd         `cmd:"" help:"Calls that come and go for long: what grows."`
	Demo         benchDemoCmd         `cmd:"" help:"Demo calls in a row with many voices: order found, right answer, human reached."`
	Bargein      benchBargeinCmd      `cmd:"" help:"Speak over prompts: how soon does the bot stop."`
	Turns        benchTurnsCmd        `cmd:"" help:"Ends of turns: 320 generated turns, callers cut off against dead air, beside plain silence timers."`
	ASR          benchASRCmd          `cmd:"" name:"asr" help:"Recognisers on a folder of recordings: word error, closed sets, times, in babble and with packets lost."`
	Speaker      benchSpeakerCmd      `cmd:"" help:"A speaker (cmd/speaker) against a gateway with the real recogniser: end of speech to sound from the loudspeaker, read from the two WAV files."`
	Wake         benchWakeCmd         `cmd:"" help:"The wake phrase of speakers, said by voices that the recogniser never heard, near and far, and an hour of other speech."`
	Alexa        benchAlexaCmd        `cmd:"" help:"Golden conversations by the Alexa door, every request signed and verified: request to response."`
	Chat         benchChatCmd         `cmd:"" help:"Many typed conversations at once: memory each, lost messages, time of a turn."`
	Routing      benchRoutingCmd      `cmd:"" help:"Queues: a day of 10,000 calls, who waits how long; the time of a decision with 1,000 agents and 500 waiting."`
	Transfers    benchTransfersCmd    `cmd:"" help:"Callers who want a person, against agents' telephones that answer, refuse, ring out, die and break the rules: silence, outcomes beside the telephones' own logs, how soon both hear each other."`

	Tapes   benchTapesCmd   `cmd:"" hidden:"" help:"The gateway whose recogniser knows its callers' recordings, as bench turns --gateway starts it."`
	Gateway benchGatewayCmd `cmd:"" hidden:"" help:"The gateway with engines that cost nothing, as benches start it."`

	Reference benchReferenceCmd `cmd:"" hidden:"" help:"The reference of bench media as a server."`
	Engines   benchEnginesCmd   `cmd:"" hidden:"" help:"The mock engines of bench conversation."`
	Send      benchSendCmd      `cmd:"" hidden:"" help:"Streams without calls, for bench media."`
}
