package schema

// Step holds the keys that every step may have beside the one that makes it a sort of step.
type Step struct {
	// Its name, for goto; collect and http have the name that they collect or call.
	//
	// Example: id: panne
	ID Name `yaml:"id"`
	// Said before the rest.
	//
	// Example: say: {fr: "Votre colis est en route.", en: "Your parcel is on its way."}
	Say Text `yaml:"say"`
	// What an agent should know from here on; beside collect, once that is known. While a value in it is not
	// known it is left out, and a sensitive one is shown as "••••".
	//
	// Example: fact: {fr: "Colis en retard.", en: "Parcel delayed."}
	Fact Text `yaml:"fact"`
	// Forgets slots or saved values, first of all.
	//
	// Example: reset: [numero_commande]
	Reset Words `yaml:"reset"`
	// stop: from here on the call is not recorded, and what was recorded is deleted.
	//
	// Example: recording: stop
	Recording Word `yaml:"recording" one:"stop"`
	// false: the question is not to be spoken over, and neither another wish nor an article takes
	// the caller away from it; commands (a person, cancel, repeat) still work.
	//
	// Example: interrupt: false
	Interrupt Flag `yaml:"interrupt" default:"true"`
}

// Collect fills a slot: asks, listens, tries again, confirms. It asks only for what is not
// known yet: neither filled before, nor said earlier in the same wish, unless interrupt is false,
// the value has no form of its own (yes_no, number, text, digits of any length), or another question of
// the flow takes the same.
type Collect struct {
	// The slot; the entity of that name says what is listened for.
	//
	// Example: collect: numero_commande
	Collect Name `yaml:"collect" required:"true"`
	// The question.
	//
	// Example: ask: {fr: "Quel est votre numéro de commande ?", en: "What's your order number?"}
	Ask Text `yaml:"ask" required:"true"`
	// What is listened for, when the slot has not the name of an entity.
	//
	// Example: entity: {type: digits, length: 8}
	Entity Entity `yaml:"entity" or:"word"`
	// How it listens.
	//
	// Example: listen: {timeout: 8s, bargein: true}
	Listen Listen `yaml:"listen"`
	// One ladder for silence and misunderstanding; past it, a person.
	//
	// Example: retry: [{fr: "Deux chiffres à la fois ?", en: "Two digits at a time?"}, {transfer: {skills: ["{{lang}}"]}}]
	Retry []Rung `yaml:"retry" max:"6"`
	// Reads the value back; "implicit" does it in the next sentence, without a question.
	//
	// Example: confirm: {when: "channel != 'text' && conf < 0.9", fr: "Le {{digits numero}} ?", en: "{{digits numero}}?"}
	Confirm Confirm `yaml:"confirm" or:"implicit"`
	// true: a card number, a PIN. Actions get the value; records, consoles, webhooks, logs and
	// agents see "••••" in its place, and in place of what was said or keyed for it.
	//
	// Example: sensitive: true
	Sensitive Flag `yaml:"sensitive" default:"false"`
	// true: the value tells who the customer is, whatever number they call from. Whoever comes back about
	// the same topic within seven days was not helped the first time. What is sensitive is never compared.
	//
	// Example: customer: true
	Customer Flag `yaml:"customer" default:"false"`
	// Where a caller goes who says that they do not have it.
	//
	// Example: if_missing: sans_numero
	IfMissing Steps `yaml:"if_missing"`
}

// Listen says how a question listens.
type Listen struct {
	// How long the caller may be silent.
	//
	// Example: timeout: 8s
	Timeout Duration `yaml:"timeout" min:"1s" max:"1m" default:"policy.patience"`
	// How long a pause inside the answer may last before it counts as over. The table in
	// docs/turn-taking.md has the times of each kind of answer, which suit most questions: set it
	// where callers look something up.
	//
	// Example: pause: 2s
	Pause Duration `yaml:"pause" min:"200ms" max:"10s" default:"turn"`
	// The same once the answer is complete and nothing can follow, as when the last digit was heard.
	//
	// Example: complete: 200ms
	Complete Duration `yaml:"complete" min:"100ms" max:"2s" default:"turn"`
	// Whether the caller may speak over the question.
	//
	// Example: bargein: true
	Bargein Flag `yaml:"bargein" default:"true"`
}

// Rung is one answer to silence or to words not understood: something to say before
// listening again, or any step that leaves.
type Rung struct {
	Spoken
	// Said instead when the caller was silent.
	//
	// Example: silence: {fr: "Prenez votre temps.", en: "Take your time."}
	Silence Text `yaml:"silence"`
	// Keys are asked for, beside the voice or instead of it.
	//
	// Example: dtmf: also
	DTMF Word `yaml:"dtmf" one:"also,only"`
	// How a number is asked for: two by two, or one by one.
	//
	// Example: layout: pairs
	Layout Word `yaml:"layout" one:"pairs,singles"`
}

// Skip is a rung that goes on without the value.
type Skip struct {
	// Goes on without the value.
	//
	// Example: skip: true
	Skip Flag `yaml:"skip" required:"true"`
	// Said before going on.
	//
	// Example: say: {fr: "On fera sans.", en: "We'll do without."}
	Say Text `yaml:"say"`
}

// Confirm reads a value back.
type Confirm struct {
	// Only then; without it, always.
	//
	// Example: when: "conf < 0.9"
	When Expr `yaml:"when"`
	// Said, without a question, when it need not be confirmed.
	//
	// Example: echo: {fr: "Le {{digits numero}}, d’accord.", en: "{{digits numero}}, got it."}
	Echo Text `yaml:"echo"`
	Spoken
}

// YesNo asks a question whose answer is yes or no.
type YesNo struct {
	// The question.
	//
	// Example: ask_yes_no: {fr: "L’avez-vous bien reçu ?", en: "Did you get it?"}
	AskYesNo Text `yaml:"ask_yes_no" required:"true"`
	// What follows a yes; without it, the next step.
	//
	// Example: if_yes: {end: true}
	IfYes Steps `yaml:"if_yes"`
	// What follows a no; without it, the next step.
	//
	// Example: if_no: litige
	IfNo Steps `yaml:"if_no"`
	// How it listens.
	//
	// Example: listen: {timeout: 5s}
	Listen Listen `yaml:"listen"`
	// One ladder for silence and misunderstanding; past it, a person.
	//
	// Example: retry: [{fr: "Oui, ou non ?", en: "Yes, or no?"}]
	Retry []Rung `yaml:"retry" max:"6"`
}

// HTTP asks one of the company's systems. Its outcomes error and timeout must have a route.
type HTTP struct {
	// Its name, in records and in the stubs of tests.
	//
	// Example: http: suivi
	HTTP Name `yaml:"http" required:"true"`
	// How it asks; one that writes carries an idempotency key.
	//
	// Example: method: POST
	Method Word `yaml:"method" one:"GET,POST,PUT,PATCH,DELETE" default:"GET"`
	// Where; values in it are escaped.
	//
	// Example: url: "{{vars.orders}}/orders/{{numero_commande}}"
	URL Template `yaml:"url" required:"true"`
	// Headers; a secret is written "secret:NAME" and never readable by templates.
	//
	// Example: headers: {Authorization: "secret:ORDERS_TOKEN"}
	Headers map[string]Template `yaml:"headers"`
	// Signs the request, as Standard Webhooks has it, with a secret: webhook-id, webhook-timestamp and
	// webhook-signature prove to who sends text messages or e-mails for you that it comes from here.
	//
	// Example: sign: "secret:REMINDERS_KEY"
	Sign Value `yaml:"sign"`
	// The JSON document to send; its strings are templates.
	//
	// Example: body: {order: "{{numero_commande}}", gift: false}
	Body JSON `yaml:"body"`
	// How long it may take.
	//
	// Example: timeout: 3s
	Timeout Duration `yaml:"timeout" min:"100ms" max:"30s" default:"3s"`
	// How often it is tried again when the system cannot be reached.
	//
	// Example: retry: 1
	Retry Number `yaml:"retry" min:"0" max:"3" default:"0"`
	// Said on voice when it takes longer than policy.filler_after.
	//
	// Example: wait_say: {fr: "Un instant, je regarde.", en: "One moment, I'm checking."}
	WaitSay Text `yaml:"wait_say"`
	// Values read out of body or status; one that is not there ends in error.
	//
	// Example: save: {etat: body.status, lieu: 'body.place ?? ""'}
	Save map[string]Value `yaml:"save"`
	// What follows ok, error, timeout or a status such as "404".
	//
	// Example: outcomes: {"404": inconnue, error: panne, timeout: panne}
	Outcomes map[string]Steps `yaml:"outcomes" required:"true"`
}

// Switch takes the first branch whose expression is true.
type Switch struct {
	// The branches.
	//
	// Example: switch: [{if: etat == "livre", say: {fr: "Livré.", en: "Delivered."}}, {else: {end: true}}]
	Switch []Branch `yaml:"switch" required:"true"`
}

// Branch is {if: …} with a step beside it, or {else: STEPS}.
type Branch struct {
	// An expression that is true or false.
	//
	// Example: if: etat == "livre" && prevu != ""
	If Expr `yaml:"if"`
	// What happens when nothing above was true; it comes last.
	//
	// Example: else: {goto: panne}
	Else Steps `yaml:"else"`
}

// TransferStep hands the conversation to a person.
type TransferStep struct {
	// To whom.
	//
	// Example: transfer: {skills: [litige, "{{lang}}"], outcomes: {nobody: rappel}}
	Transfer Transfer `yaml:"transfer" or:"true" required:"true"`
}

// Transfer is a hand-off of a flow.
type Transfer struct {
	PolicyTransfer
	// What follows when it ends so; what is not named falls to the policy.
	//
	// Example: outcomes: {full: rappel, nobody: {callback: {phone: caller}}}
	Outcomes map[string]Steps `yaml:"outcomes"`
}

// CallbackStep takes a request to be rung back.
type CallbackStep struct {
	// Which number, when.
	//
	// Example: callback: {phone: caller, window: "9h-18h lun-ven"}
	Callback Callback `yaml:"callback" or:"true" required:"true"`
}

// Callback is a request to be rung back.
type Callback struct {
	// The number to ring: "caller" or a slot.
	//
	// Example: phone: caller
	Phone Name `yaml:"phone" default:"caller"`
	// When, in words that agents read.
	//
	// Example: window: "9h-18h lun-ven"
	Window Word `yaml:"window"`
	// Why, in one word.
	//
	// Example: reason: suivi_en_panne
	Reason Word `yaml:"reason"`
	// Whether the caller is asked first.
	//
	// Example: confirm: true
	Confirm Flag `yaml:"confirm" default:"true"`
	// The question.
	//
	// Example: ask: {fr: "Je vous fais rappeler ?", en: "Shall we call you back?"}
	Ask Text `yaml:"ask"`
	// What follows a no.
	//
	// Example: else: {transfer: {skills: ["{{lang}}"]}}
	Else Steps `yaml:"else"`
}

// Goto goes to a step.
type Goto struct {
	// A step of this flow, or a flow, or flow/step.
	//
	// Example: goto: numero_commande
	Goto Word `yaml:"goto" required:"true"`
	// How often in one conversation.
	//
	// Example: max: 2
	Max Number `yaml:"max" min:"1" max:"20"`
	// What follows when max is passed; without it, a person.
	//
	// Example: over: {transfer: {skills: ["{{lang}}"]}}
	Over Steps `yaml:"over"`
}

// SurveyStep asks for a note in the middle of a flow, once in a conversation.
type SurveyStep struct {
	// One of surveys: in bot.yaml.
	//
	// Example: survey: csat
	Survey Name `yaml:"survey" required:"true"`
}

// Call runs another flow, with the same slots, and goes on after it without a word.
type Call struct {
	// The flow; none may call itself, through others or not.
	//
	// Example: call: identifier
	Call Name `yaml:"call" required:"true"`
}

// End ends the flow: "anything else?", or back to what it interrupted.
type End struct {
	// Ends the flow.
	//
	// Example: end: true
	End EndWith `yaml:"end" or:"true" required:"true"`
}

// EndWith is what may stand behind end.
type EndWith struct {
	// The survey that comes once the caller has no further wish.
	//
	// Example: survey: csat
	Survey Name `yaml:"survey"`
}

// Goodbye ends the conversation.
type Goodbye struct {
	// What is said, and how the conversation ended.
	//
	// Example: goodbye: {fr: "Merci, bonne journée.", en: "Thank you, goodbye.", outcome: resolved}
	Goodbye Farewell `yaml:"goodbye" or:"true" required:"true"`
}

// Farewell is what may stand behind goodbye.
type Farewell struct {
	Spoken
	// How the conversation ended, for records.
	//
	// Example: outcome: resolved
	Outcome Word `yaml:"outcome" one:"resolved,abandoned,callback,failed" default:"resolved"`
	// The survey that comes before it.
	//
	// Example: survey: csat
	Survey Name `yaml:"survey"`
}

// Wording is a text in one language, with what differs between channels.
type Wording struct {
	// What is shown; spoken as well without voice.
	//
	// Example: text: "Quel est votre numéro de commande ?"
	Text Template `yaml:"text"`
	// What is spoken instead. It may hold marks, the SSML elements break, say-as, emphasis, sub,
	// prosody and lang; < is written &lt; then. Values are text there, whatever they hold.
	//
	// Example: voice: "Quel est votre numéro de commande ? Il a huit chiffres."
	Voice Template `yaml:"voice"`
	// Buttons.
	//
	// Example: quick: [Oui, Non]
	Quick Words `yaml:"quick"`
}
