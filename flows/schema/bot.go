package schema

// Bot is bot.yaml: who answers, in which languages, and what holds when no flow says more.
type Bot struct {
	// The bot's name in records and metrics.
	//
	// Example: name: colibri
	Name Name `yaml:"name" required:"true"`
	// The company as callers hear it.
	//
	// Example: title: Colibri Express
	Title Word `yaml:"title" default:"name"`
	// The languages that it speaks; this build understands fr and en.
	//
	// Example: languages: [fr, en]
	Languages []Word `yaml:"languages" one:"fr,en" min:"1" required:"true"`
	// The language of a conversation that names none.
	//
	// Example: default_language: fr
	DefaultLanguage Word `yaml:"default_language" one:"fr,en" default:"the first of languages"`
	// The zone in which dates and times are heard and spoken.
	//
	// Example: timezone: Europe/Paris
	Timezone Word `yaml:"timezone" required:"true"`
	// The numbers it answers: the user part of the number that was called, and the language of the greeting there.
	//
	// Example: called: {hotline: fr, hotline-en: en}
	Called map[string]Word `yaml:"called" one:"fr,en"`
	// Where the callers of a language are, when that changes how numbers are said: fr-BE and fr-CH
	// count septante and nonante, en-US puts the month before the day.
	//
	// Example: regions: {fr: fr-BE}
	Regions Regions `yaml:"regions"`
	// How words are pronounced that the voice reads wrong: other words that sound right, or
	// phonemes. A word in small letters is found in any case, others as they are written.
	//
	// Example: lexicon: {fr: {Yvelines: yvline, Reims: {ipa: "ʁɛ̃s"}}}
	Lexicon Lexicon `yaml:"lexicon"`
	// Plain values for templates, {{vars.orders}}. The host's configuration may replace them; secrets are refused.
	//
	// Example: vars: {orders: "https://orders.example.org"}
	Vars map[string]Word `yaml:"vars"`
	// Says that a machine answers. Plain words, at most 6 seconds of speech.
	//
	// Example: disclosure: {fr: "Je suis un assistant automatique.", en: "I'm an automated assistant."}
	Disclosure Text `yaml:"disclosure" required:"true"`
	// The first thing said; {{disclosure}} must be in it (Regulation (EU) 2024/1689, article 50).
	//
	// Example: greeting: {fr: "Bonjour. {{disclosure}} Que puis-je faire pour vous ?", en: "Hello. {{disclosure}} How can I help?"}
	Greeting Text `yaml:"greeting" required:"true"`
	// Whether calls are recorded, where the host keeps recordings; without it, as the host says.
	// Callers hear it first, and may refuse at any time ("pas d’enregistrement").
	//
	// Example: recording: {sample: 0.1}
	Recording Recording `yaml:"recording"`
	// What the bot does when nothing more precise is written in a flow.
	//
	// Example: policy: {transfer: {skills: ["{{lang}}"]}}
	Policy Policy `yaml:"policy" required:"true"`
	// Any of the sentences that every bot has (see responses.yaml), said better.
	//
	// Example: responses: {listening: {fr: "Dites-moi.", en: "Go ahead."}}
	Responses map[string]Text `yaml:"responses"`
	// Asked at the end of every conversation unless "after" or "sample" says otherwise, or where a flow asks for it
	// (survey, end, goodbye); once, never in the way of a caller who hangs up or says goodbye. Left out: the
	// host's (survey in decroche.yaml, three faces); {}: nobody is asked.
	//
	// Example: surveys: {csat: {after: [resolved, transfer], sample: 0.5}}
	Surveys map[string]Survey `yaml:"surveys" or:"true"`
}

// Recording is recording: in bot.yaml.
type Recording struct {
	// true records every call, false none, whatever the host's configuration says.
	//
	// Example: enabled: true
	Enabled Flag `yaml:"enabled"`
	// The share of calls that are recorded, drawn for each call.
	//
	// Example: sample: 0.05
	Sample Share `yaml:"sample"`
	// Said first to callers who are recorded, instead of the sentence that every bot has; it says
	// that the call is recorded, in plain words. Nothing of the caller's is kept before it was heard.
	//
	// Example: announce: {fr: "Cet appel est enregistré pour former nos équipes. Dites « pas d’enregistrement » pour le refuser.", en: "This call is recorded to train our teams. Say \"no recording\" to refuse."}
	Announce Text `yaml:"announce"`
}

// Regions are regions: in bot.yaml.
type Regions struct {
	// The French of France, Belgium or Switzerland.
	//
	// Example: fr: fr-CH
	Fr Word `yaml:"fr" one:"fr-FR,fr-BE,fr-CH" default:"fr-FR"`
	// The English of Great Britain or the United States.
	//
	// Example: en: en-US
	En Word `yaml:"en" one:"en-GB,en-US" default:"en-GB"`
}

// Lexicon is lexicon: in bot.yaml.
type Lexicon struct {
	// Words in French texts.
	//
	// Example: fr: {Colibri: colli bri}
	Fr map[string]Pronunciation `yaml:"fr" or:"word"`
	// Words in English texts.
	//
	// Example: en: {Reims: {say: rance}}
	En map[string]Pronunciation `yaml:"en" or:"word"`
}

// Pronunciation is how a word is said; with phonemes, say is for voices that take none.
type Pronunciation struct {
	// Other words that sound right; a plain text instead of {say: …} will do.
	//
	// Example: say: yvline
	Say Word `yaml:"say"`
	// Phonemes of the International Phonetic Alphabet, without slashes.
	//
	// Example: ipa: ʁɛ̃s
	IPA Word `yaml:"ipa"`
	// Phonemes as espeak-ng -x writes them.
	//
	// Example: espeak: "rE~s"
	Espeak Word `yaml:"espeak"`
}

// Survey asks what the caller thought of the conversation: by voice, by digit or by button.
type Survey struct {
	// The question; {{scale}} is the best note.
	//
	// Example: ask: {fr: "Une note de un à cinq pour cet appel ?", en: "From one to five, how was this call?"}
	Ask Text `yaml:"ask" default:"a question of responses.yaml"`
	// How the note is given: from 1 to a number of 2 to 10, by three faces, or by yes and no.
	//
	// Example: scale: 5
	Scale Word `yaml:"scale" default:"5"`
	// Asked after the note; without it nothing is. What somebody says beside their note is kept with it
	// in any case.
	//
	// Example: comment: {fr: "Un mot de plus ?", en: "Anything to add?"}
	Comment Text `yaml:"comment"`
	// The ends of a conversation after which it is asked by itself; [] for none.
	//
	// Example: after: [resolved, transfer]
	After Words `yaml:"after" one:"resolved,transfer,callback" default:"all three"`
	// The share of conversations that are asked at all, drawn by the conversation's ID: the same one is
	// always decided alike.
	//
	// Example: sample: 0.2
	Sample Share `yaml:"sample" min:"0" max:"1" default:"1"`
	// A note up to this one is low; 0 for none.
	//
	// Example: low: 2
	Low Number `yaml:"low" min:"0" max:"10" default:"two fifths of the scale"`
	// What follows a low note; otherwise the caller is offered a person.
	//
	// Example: on_low: {transfer: {skills: ["{{lang}}"]}}
	OnLow Steps `yaml:"on_low"`
	// What follows any other note.
	//
	// Example: thanks: {fr: "C’est noté.", en: "Noted."}
	Thanks Text `yaml:"thanks"`
}

// Policy is policy: in bot.yaml.
type Policy struct {
	// How long the bot waits for an answer, by what it asked.
	//
	// Example: patience: {word: 5s, number: 8s, wait: 15s}
	Patience Patience `yaml:"patience"`
	// Steps that may fail in one conversation before a person takes over.
	//
	// Example: max_failed_steps: 3
	MaxFailedSteps Number `yaml:"max_failed_steps" min:"1" max:"20" default:"3"`
	// How long an action may take on voice before the bot says that it is waiting.
	//
	// Example: filler_after: 1200ms
	FillerAfter Duration `yaml:"filler_after" min:"200ms" max:"10s" default:"1200ms"`
	// How long an action may take on voice before the bot says once more that it is there.
	//
	// Example: late_after: 8s
	LateAfter Duration `yaml:"late_after" min:"2s" max:"30s" default:"8s"`
	// Who takes what the bot cannot.
	//
	// Example: transfer: {skills: ["{{lang}}"], max_wait: 90s}
	Transfer PolicyTransfer `yaml:"transfer" required:"true"`
	// Offered when nobody could take over; without it none is offered.
	//
	// Example: callback: {phone: caller, window: "9h-18h lun-ven"}
	Callback PolicyCallback `yaml:"callback"`
	// Whether a message may be left when nobody could take over and the caller wants no callback: it
	// stands in the list of callbacks, in words, with the conversation.
	//
	// Example: message: true
	Message Flag `yaml:"message" default:"false"`
}

// Patience is how long to wait for the caller.
type Patience struct {
	// For an answer of a few words.
	//
	// Example: word: 5s
	Word Duration `yaml:"word" min:"1s" max:"1m" default:"5s"`
	// For a number, a date, an address.
	//
	// Example: number: 8s
	Number Duration `yaml:"number" min:"1s" max:"1m" default:"8s"`
	// After the caller asked to wait.
	//
	// Example: wait: 15s
	Wait Duration `yaml:"wait" min:"1s" max:"1m" default:"15s"`
}

// PolicyTransfer is a hand-off whose outcomes the engine itself routes: a callback when the
// bot offers them, an apology otherwise.
type PolicyTransfer struct {
	// What the agent must be able to do; every one of them is needed.
	//
	// Example: skills: [livraison, "{{lang}}"]
	Skills Templates `yaml:"skills"`
	// Whom to ask next, one rung after the other, when nobody with the skills takes the caller or all of
	// them are in a call. When everybody is, the caller waits for the first of the rungs.
	//
	// Example: then: [{skills: ["{{lang}}"]}]
	Then []TransferRung `yaml:"then"`
	// The queue of the gateway's configuration in which the caller waits; without it, the one whose
	// skills these are.
	//
	// Example: queue: litige
	Queue Word `yaml:"queue"`
	// Who goes first in the queue: 0 is everybody, each point counts as 20 s of waiting. A number, or
	// a value that holds one; a value that does not counts as 0.
	//
	// Example: priority: "{{client.priorite}}"
	Priority Number `yaml:"priority" min:"0" max:"10" default:"0" or:"word"`
	// true, or a value that is true, yes, oui, vip or 1: ten points of priority more.
	//
	// Example: vip: "{{client.vip}}"
	VIP Flag `yaml:"vip" default:"false" or:"word"`
	// The customer's own agent, by name: asked first, and waited for a little while they are in a call.
	//
	// Example: owner: "{{client.conseiller}}"
	Owner Template `yaml:"owner"`
	// Why, in one word, for records and metrics.
	//
	// Example: reason: numero_incompris
	Reason Name `yaml:"reason"`
	// Said before ringing.
	//
	// Example: say: {fr: "Je vous passe l’équipe litige.", en: "I'll put you through to the claims team."}
	Say Text `yaml:"say"`
	// How long the caller waits for an agent.
	//
	// Example: max_wait: 90s
	MaxWait Duration `yaml:"max_wait" min:"5s" max:"1h" default:"1m"`
	// What the agent reads: who, why, slots, facts, what went wrong. "auto" is the only way.
	//
	// Example: summary: auto
	Summary Word `yaml:"summary" one:"auto" default:"auto"`
}

// TransferRung is whom a hand-off asks next.
type TransferRung struct {
	// What the agent must be able to do.
	//
	// Example: skills: [accueil, "{{lang}}"]
	Skills Templates `yaml:"skills" required:"true"`
	// The queue in which the caller waits for them; without it, the one whose skills these are.
	//
	// Example: queue: accueil
	Queue Word `yaml:"queue"`
}

// PolicyCallback is the callback that the engine offers by itself.
type PolicyCallback struct {
	// The number to ring: the caller's own.
	//
	// Example: phone: caller
	Phone Word `yaml:"phone" one:"caller" default:"caller"`
	// When, in words that agents read.
	//
	// Example: window: "9h-18h lun-ven"
	Window Word `yaml:"window"`
}

// Intent is one thing that callers want, in intents/*.yaml.
type Intent struct {
	// Spoken when two meanings are possible, "C'est pour …, ou pour … ?"; an example too.
	//
	// Example: title: {fr: "suivre un colis", en: "track a parcel"}
	Title Title `yaml:"title" required:"true"`
	// The flow that answers; or write start: [this intent] in the flow.
	//
	// Example: flow: suivi_colis
	Flow Name `yaml:"flow"`
	// Intents that are easily taken for this one: the bot asks which, rather than guess.
	//
	// Example: near: [remboursement]
	Near Words `yaml:"near"`
	// Whether menus and clarifications may name it.
	//
	// Example: offer: false
	Offer Flag `yaml:"offer" default:"true"`
	// What French callers say; at least 8 sentences. `[4512](numero)` marks an entity.
	//
	// Example: fr: ["où est mon colis", "le [45127802](numero) n'est pas là"]
	Fr []Word `yaml:"fr" min:"1"`
	// What English callers say.
	//
	// Example: en: ["where is my parcel", "it never arrived"]
	En []Word `yaml:"en" min:"1"`
}

// IntentKeys lists the keys of an intent, those of the languages left out.
func IntentKeys() []string {
	var out []string
	for _, k := range Keys[Intent]() {
		if k != "fr" && k != "en" {
			out = append(out, k)
		}
	}
	return out
}

// Entity is a kind of value that a slot may hold.
type Entity struct {
	// What is listened for. A text is the caller's own words, whatever they are.
	//
	// Example: type: digits
	Type Word `yaml:"type" one:"digits,spelled,yes_no,number,date,time,amount,phone,email,postcode_fr,list,text" required:"true"`
	// The number of characters; knowing it makes spoken numbers unambiguous. Up to 64; of a text the
	// most characters that it may have, up to 1000.
	//
	// Example: length: 8
	Length Number `yaml:"length" min:"1" max:"1000"`
	// What the whole value must look like (RE2).
	//
	// Example: pattern: '[A-Z]{2}[0-9]{6}'
	Pattern Pattern `yaml:"pattern"`
	// A check digit.
	//
	// Example: check: luhn
	Check Word `yaml:"check" one:"luhn"`
	// Of type list: each value with its other names.
	//
	// Example: values: {express: [chronopost, rapide]}
	Values map[string]Words `yaml:"values"`
	// Whether it may be keyed in on a telephone; digits, numbers, phones, post codes may by default.
	//
	// Example: dtmf: true
	DTMF Flag `yaml:"dtmf"`
	// What agents read before the value.
	//
	// Example: title: {fr: "numéro de commande", en: "order number"}
	Title Title `yaml:"title"`
}

// FlowFile is one of flows/*.yaml.
type FlowFile struct {
	// Kinds of values that slots may hold; every flow of the bot may use them.
	//
	// Example: entities: {numero: {type: digits, length: 8}}
	Entities map[string]Entity `yaml:"entities"`
	// The flows, by name.
	//
	// Example: flows: {horaires: {start: [horaires], steps: [{say: {fr: "De 9 à 18 heures.", en: "From 9 to 6."}}]}}
	Flows map[string]Flow `yaml:"flows"`
}

// Flow answers one or more intents.
type Flow struct {
	// The intents that it answers.
	//
	// Example: start: [suivi_colis]
	Start Words `yaml:"start"`
	// What it is about, as agents read it.
	//
	// Example: title: {fr: "suivi de colis", en: "parcel tracking"}
	Title Title `yaml:"title"`
	// Said when another flow that had interrupted this one is done.
	//
	// Example: back: {fr: "Revenons à votre colis.", en: "Back to your parcel."}
	Back Text `yaml:"back"`
	// Skills that an agent needs beside those of a transfer.
	//
	// Example: skills: [livraison]
	Skills Templates `yaml:"skills"`
	// What happens, one after the other.
	//
	// Example: steps: [{say: {fr: "Bonjour.", en: "Hello."}}, {end: true}]
	Steps []AnyStep `yaml:"steps" min:"1" required:"true"`
}

// AnyStep stands for a step of any sort.
type AnyStep struct{}
