// Package flows is the mind of the hotline: it turns what a caller said into what the bot
// says, asks, does next. A bot is a folder of YAML (bot.yaml, intents/, flows/, tests/); Load
// reads it strictly and proves it before the first call, and Engine.Turn runs it as a pure
// function: state and input in, output out, no clock, no network. What no intent takes, an
// article of knowledge/ (package kb) may answer.
//
// The package knows nothing of phones. Voice and text hosts call the same Turn; what the
// engine wants done elsewhere (an HTTP request, a human, a callback) it asks for in Output
// and is told about in a later Input.
//
// # The files of a bot
//
// A tour; docs/reference/flows.md, generated from package schema, has every key with type, default
// and example. An unknown one is a mistake with file, line, column and the nearest known key. Durations are written 3s or 300ms. French is shown as it is printed (« Ça va ? », « l’appel »), however it was typed. A text is written per language, {fr: …, en: …},
// or bare in a bot of one language; each language is a text or {text, voice, quick}, where
// voice is what is spoken instead and quick are buttons. A voice may hold marks, a subset of SSML:
// <break time="300ms"/>, <say-as interpret-as="digits">, <emphasis>, <sub alias="…">, <prosody
// rate="slow">, <lang xml:lang="en">; values that are put into it stay text.
//
// bot.yaml:
//
//	name: colibri                    # in records and metrics
//	title: Colibri Express           # as callers hear it
//	languages: [fr, en]              # fr and en are understood
//	default_language: fr             # otherwise the first
//	timezone: Europe/Paris           # in which times are spoken
//	called: {hotline: fr}            # user part of the called number -> language
//	vars: {orders: "https://…"}      # {{vars.orders}}; the host's configuration may replace it
//	disclosure: {fr: …, en: …}       # says that a machine answers; must be in the greeting
//	greeting: {fr: "… {{disclosure}} …", en: …}
//	policy:
//	  patience: {word: 5s, number: 8s, wait: 15s}
//	  max_failed_steps: 3            # in one conversation, then a person
//	  filler_after: 1200ms           # of waiting for an action on voice
//	  late_after: 8s                 # and once more, responses.waiting_long
//	  transfer: {skills, queue, priority, vip, owner, say, max_wait, reason, summary}   # who takes over
//	  callback: {window, phone}      # offered when nobody could; leave it out to offer none
//	responses: {again: …, person: …} # any of responses.yaml, said better
//	surveys:
//	  csat:                          # or csat: true, which is all of the defaults
//	    ask: {fr: …}                 # {{scale}} is the best note
//	    scale: 5                     # 2 to 10, faces (three of them) or yes_no
//	    comment: {fr: …}             # asked after the note; left out, nothing is
//	    after: [resolved, transfer]  # asked by itself when a conversation ends so; left out, also after callback
//	    sample: 0.2                  # of the conversations, drawn by their ID; left out, all
//	    low: 2                       # a note up to this one is low; 0 for none
//	    on_low: STEPS                # otherwise the caller is offered a person
//	    thanks: {fr: …}
//
// intents/*.yaml, one map of intents each:
//
//	suivi_colis:
//	  title: {fr: "suivre un colis", en: …}   # spoken in "C'est pour …, ou pour … ?"; an example too
//	  flow: suivi_colis                       # or start: [suivi_colis] in the flow
//	  near: [remboursement]                   # easily taken for it
//	  offer: false                            # never named in clarifications and menus
//	  fr: ["où est mon colis", "le [4512](numero) n'est pas là"]
//
// flows/*.yaml:
//
//	entities:
//	  numero: {type, length, pattern, check, values, dtmf, title}
//	flows:
//	  suivi_colis: {start: [intents], title, back, skills, steps: [...]}
//
// back is said when another flow that had interrupted this one is done. A step has at most one
// of collect, ask_yes_no, http, switch, transfer, callback, survey, call, goto, end and goodbye, and
// beside it:
//
//	id: panne                # for goto; collect and http have the name they collect or call
//	reset: [numero]          # forgets slots or saved values, first of all
//	say: {fr: …}             # before the rest
//	fact: {fr: …}            # what an agent should know from here on; with collect: once it is known
//	interrupt: false         # not to be spoken over, nor left for another wish; commands work
//
// The steps:
//
//	collect: numero          # a slot; asked only when it is not known
//	ask: {fr: …}
//	entity: {type: digits}   # when the slot has not the name of one
//	listen: {timeout: 8s, bargein: true}
//	retry:                   # one ladder for silence and misunderstanding; past it, a person
//	  - {fr: …, silence: {fr: …}, dtmf: also, layout: pairs}
//	  - {skip: true}         # or any step: transfer, goto …
//	confirm: {when: "conf < 0.9", fr: …, echo: {fr: …}}   # or: confirm: implicit
//	if_missing: sans_numero  # the caller says that they do not have it
//
//	ask_yes_no: {fr: …}      # with listen and retry
//	if_yes: STEPS
//	if_no: STEPS
//
//	http: suivi
//	method: GET
//	url: "{{vars.orders}}/orders/{{numero}}"
//	headers: {Authorization: "secret:NAME"}
//	body: {order: "{{numero}}"}
//	timeout: 3s
//	retry: 1
//	wait_say: {fr: …}
//	save: {etat: body.status, lieu: 'body.place ?? ""'}   # what is not there ends in error
//	outcomes: {"404": STEPS, error: STEPS, timeout: STEPS, ok: STEPS}
//
//	switch: [{if: 'etat == "livre"', say: …}, {else: STEPS}]
//	transfer: {skills, queue, priority, vip, owner, reason, say, max_wait, summary: auto, outcomes: {nobody: STEPS}}
//	callback: {phone: caller, window, reason, confirm: true, ask, else: STEPS}
//	goto: STEP               # of this flow, or a flow, or flow/step
//	max: 2                   # times, then over: STEPS, or a person
//	call: FLOW               # runs another flow and comes back, with the same slots
//	survey: csat             # asks for a note now, once in a conversation
//	end: true                # of the flow: "anything else?", or back to what it interrupted
//	end: {survey: csat}      # the same; the survey comes when the caller has no further wish
//	goodbye: {fr: …, outcome: resolved, survey: csat}   # of the conversation
//
// STEPS is the name of a step or flow to go to, one step, or a list of them; what comes to
// its end goes on after the step that held it. Texts hold {{name}} and {{digits name}},
// {{spell name}}, {{date name}}, {{time name}}, {{money name}}, {{number name}}, {{phone name}}.
// Names are slots, saved values, vars.NAME, caller, lang and channel; confirm.when also has conf.
package flows
