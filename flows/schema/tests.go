package schema

// Tests is one of tests/*.yaml: golden conversations.
type Tests struct {
	// The conversations.
	//
	// Example: tests: [{name: un conseiller, steps: [{user: un conseiller}, {event: transfer}]}]
	Tests []Conversation `yaml:"tests" min:"1" required:"true"`
}

// Conversation is one golden conversation.
type Conversation struct {
	// What it proves.
	//
	// Example: name: colis en route, numéro corrigé en un tour
	Name Word `yaml:"name" required:"true"`
	// Where it takes place.
	//
	// Example: channel: text
	Channel Word `yaml:"channel" one:"voice,text,speaker" default:"voice"`
	// The language at the start.
	//
	// Example: lang: en
	Lang Word `yaml:"lang" one:"fr,en" default:"the bot's"`
	// Where the caller can be rung.
	//
	// Example: caller: "+33612345678"
	Caller Word `yaml:"caller"`
	// The first instant of the fixed clock (RFC 3339).
	//
	// Example: now: "2026-11-23T10:00:00+01:00"
	Now Word `yaml:"now" default:"2026-11-23T09:00:00Z"`
	// What the company's systems answer, by the name of the http step; a list answers one request after another.
	//
	// Example: http: {suivi: {status: 200, body: {statut: en_route}}, adresse: timeout}
	HTTP map[string]Reply `yaml:"http" or:"timeout,error,list"`
	// What happens and what must be true.
	//
	// Example: steps: [{user: "où est mon colis"}, {bot: "numéro de commande"}]
	Steps []TestStep `yaml:"steps"`
}

// Reply is what a stubbed system answers.
type Reply struct {
	// The status; 200 to 299 end in ok.
	//
	// Example: status: 200
	Status Number `yaml:"status" min:"100" max:"599"`
	// The document.
	//
	// Example: body: {statut: en_route}
	Body JSON `yaml:"body"`
	// Instead of a status.
	//
	// Example: outcome: timeout
	Outcome Word `yaml:"outcome"`
	// How long it takes; past the filler's delay the filler is said.
	//
	// Example: after: 2s
	After Duration `yaml:"after"`
	// The same as after.
	//
	// Example: delay: 2s
	Delay Duration `yaml:"delay"`
	// Must be part of the address that was asked for; the same as in request.
	//
	// Example: url: /orders/45127802
	URL Word `yaml:"url"`
	// What must have been asked for.
	//
	// Example: request: {method: POST, body: {order: "45127802"}}
	Request Request `yaml:"request"`
}

// Request is what a system must have been asked for; what is not written is not compared.
type Request struct {
	// How.
	//
	// Example: method: POST
	Method Word `yaml:"method"`
	// A part of the address.
	//
	// Example: url: /orders/45127802
	URL Word `yaml:"url"`
	// Headers that must have been sent.
	//
	// Example: headers: {Authorization: "secret:ORDERS_TOKEN"}
	Headers map[string]Word `yaml:"headers"`
	// Fields of the document that must have been sent.
	//
	// Example: body: {order: "45127802"}
	Body JSON `yaml:"body"`
}

// TestStep is one step: what the caller does, or what must be true afterwards. One key is set.
type TestStep struct {
	// Said and perfectly understood.
	//
	// Example: user: "où est mon colis"
	User Word `yaml:"user"`
	// What a recogniser made of it, best first.
	//
	// Example: asr: [{text: "quarante cinq", conf: 0.7}]
	ASR []Hypothesis `yaml:"asr" min:"1"`
	// Keyed.
	//
	// Example: dtmf: "45127802"
	DTMF Word `yaml:"dtmf"`
	// Pressed a button that the bot offered.
	//
	// Example: quick: Oui
	Quick Word `yaml:"quick"`
	// Said nothing for so long.
	//
	// Example: silence: 6s
	Silence Duration `yaml:"silence"`
	// The hand-off ended so.
	//
	// Example: returned: busy
	Returned Word `yaml:"returned"`
	// The next words are said over the prompt, of which so much was heard.
	//
	// Example: cut: "Colibri Express, bonjour."
	Cut Word `yaml:"cut"`
	// The recogniser says that the next words are in this language.
	//
	// Example: spoken: en
	Spoken Word `yaml:"spoken" one:"fr,en"`
	// The conversation goes on over another channel.
	//
	// Example: channel: voice
	Channel Word `yaml:"channel" one:"voice,text,speaker"`
	// Beside channel: where the caller can be rung from here on.
	//
	// Example: caller: "+33612345678"
	Caller Word `yaml:"caller"`
	// The caller leaves.
	//
	// Example: hangup: true
	Hangup Flag `yaml:"hangup"`
	// Said since the caller last did something: a part of it, or a /regular expression/.
	//
	// Example: bot: /arrive .*24 novembre/
	Bot Word `yaml:"bot"`
	// Not said.
	//
	// Example: quiet: remboursement
	Quiet Word `yaml:"quiet"`
	// Slots and their values; "" is empty.
	//
	// Example: slot: {numero_commande: "45127802"}
	Slot map[string]Word `yaml:"slot"`
	// A flow that was passed through.
	//
	// Example: flow: suivi_colis
	Flow Word `yaml:"flow"`
	// What the bot did: a word, listen, act, hand_off, end or a note of the trace, or one of the
	// others with details.
	//
	// Example: event: {transfer: {reason: asked, skills: [fr]}}
	Event Event `yaml:"event" or:"word"`
	// The note that was given.
	//
	// Example: rating: {survey: csat, score: 4}
	Rating RatingEvent `yaml:"rating" or:"word"`
	// The article that was said, or given to the agent.
	//
	// Example: article: horaires_noel
	Article Word `yaml:"article"`
	// The language now.
	//
	// Example: lang: en
	Lang Word `yaml:"lang" one:"fr,en"`
	// How the conversation ended.
	//
	// Example: outcome: resolved
	Outcome Word `yaml:"outcome"`
}

// Hypothesis is one reading of what was said.
type Hypothesis struct {
	// The words.
	//
	// Example: text: "quarante cinq"
	Text Word `yaml:"text"`
	// The recogniser's confidence.
	//
	// Example: conf: 0.7
	Conf Share `yaml:"conf" min:"0" max:"1"`
}

// Event is what the bot did.
type Event struct {
	// A hand-off.
	//
	// Example: transfer: {reason: asked, skills: [fr]}
	Transfer TransferEvent `yaml:"transfer"`
	// A callback was taken.
	//
	// Example: callback: {phone: "+33612345678"}
	Callback CallbackEvent `yaml:"callback"`
	// A system was asked.
	//
	// Example: act: {name: suivi, method: GET}
	Act ActEvent `yaml:"act"`
	// Something was not understood, or wrongly at first.
	//
	// Example: unclear: {why: no_match}
	Unclear UnclearEvent `yaml:"unclear"`
}

// RatingEvent is what a note must look like.
type RatingEvent struct {
	// Which survey.
	//
	// Example: survey: csat
	Survey Word `yaml:"survey"`
	// The note.
	//
	// Example: score: 4
	Score Number `yaml:"score"`
	// What the caller said beside it.
	//
	// Example: comment: trop long
	Comment Word `yaml:"comment"`
}

// UnclearEvent is what the inbox must have got.
type UnclearEvent struct {
	// What was said.
	//
	// Example: text: tralala
	Text Word `yaml:"text"`
	// The best intent at the time.
	//
	// Example: guess: suivi_colis
	Guess Word `yaml:"guess"`
	// Why: no_match, clarified, corrected or transferred.
	//
	// Example: why: no_match
	Why Word `yaml:"why"`
	// What was meant, as the conversation showed.
	//
	// Example: intent: remboursement
	Intent Word `yaml:"intent"`
}

// TransferEvent is what a hand-off must look like; what is not written is not compared.
type TransferEvent struct {
	// Why.
	//
	// Example: reason: asked
	Reason Word `yaml:"reason"`
	// The skills asked for.
	//
	// Example: skills: [litige, fr]
	Skills []Word `yaml:"skills"`
	// What the agent reads as the topic.
	//
	// Example: topic: suivi de colis
	Topic Word `yaml:"topic"`
	// A part of what the agent hears.
	//
	// Example: briefing: non reçu
	Briefing Word `yaml:"briefing"`
	// A part of what the agent reads.
	//
	// Example: summary: Colis annoncé livré
	Summary Word `yaml:"summary"`
}

// CallbackEvent is what a callback must look like.
type CallbackEvent struct {
	// The number to ring.
	//
	// Example: phone: "+33612345678"
	Phone Word `yaml:"phone"`
	// Why.
	//
	// Example: reason: suivi_en_panne
	Reason Word `yaml:"reason"`
	// When.
	//
	// Example: window: "9h-18h lun-ven"
	Window Word `yaml:"window"`
}

// ActEvent is what a request must look like.
type ActEvent struct {
	// Name of the http step.
	//
	// Example: name: suivi
	Name Word `yaml:"name"`
	// How it asked.
	//
	// Example: method: POST
	Method Word `yaml:"method"`
	// A part of the address.
	//
	// Example: url: /orders/45127802
	URL Word `yaml:"url"`
}
