package call

import (
	"strings"
	"unicode"

	"decroche/flows"
	"decroche/flows/nlu"
	"decroche/internal/langtag"
)

// lines are the few sentences a call says by itself, when the flow cannot: while something is
// late or broken, and around a hand-off. French uses typographic apostrophes and a narrow
// no-break space before ? and !.
type lines struct {
	thinking    []string // an answer takes a moment; short, another one each time
	waiting     []string // it takes long; the next one each time
	moment      []string // the caller asked for a moment, long ago; the next one each time
	sorry       string   // something of ours broke, a person comes
	bye         string   // nothing works any more
	deaf        string   // the recogniser failed
	coming      string   // before ringing, when the flow has no sentence of its own
	holding     []string // while a person is being rung; the next one each time
	joins       string   // %s answers
	joinsAny    string   // the same without a name
	connects    string   // %s has taken the caller, whose exchange is asked to connect both
	connectsAny string   // the same without a name
	comes       string   // to the agent meanwhile
	takes       string   // to who has answered, after the briefing: whether they take the caller
	declined    string   // and they do not
	left        string   // to the agent: the caller has gone
	returns     string   // the agent who spoke with the caller has lost their line
	noAnswer    string   // who was asked to take the caller has not answered
	cutOff      string   // the agent's telephone line broke
	held        string   // the agent puts the caller on hold
	onHold      string   // said now and then meanwhile
	passes      string   // the agent passes the caller on
	passedBy    string   // to the next agent, %s is the one before
	backDone    string   // %s, an agent, gives the caller back after what they did, %s
	rendered    string   // %s, an agent, gives the caller back to the bot
	// Where the caller stands in a queue; %s is one of the four waits below.
	queueing      []string // said now and then while the place has not got better; the next one each time
	youAreNext    string
	youAreNextFor string // %s
	oneAhead      string // without a full stop
	manyAhead     string // %d, without a full stop
	ringing       string // to who asks how long it takes while a telephone rings
	allBusy       string // in a queue that tells no places
	allBusyFor    string // %s
	underMinute   string
	oneMinute     string
	someMinutes   string // %d
	overQuarter   string
	// What is said when somebody steps in from outside.
	handsOver  string // %s takes the call over
	handedBack string // and gives the caller back
	dismissed  string // and ends the call
}

var said = map[string]lines{
	"fr": {
		thinking:    []string{"Un instant.", "Je regarde.", "Alors, voyons.", "Une petite seconde."},
		waiting:     []string{"Excusez-moi, un instant.", "Excusez-moi, c’est un peu plus long que d’habitude. Je suis toujours là.", "Désolé de vous faire attendre, encore un instant."},
		moment:      []string{"Prenez votre temps, je vous attends.", "Je suis toujours là.", "Je reste en ligne."},
		sorry:       "Excusez-moi, j’ai un problème technique. Je vous passe quelqu’un.",
		bye:         "Excusez-moi, je n’y arrive pas pour l’instant. Merci de rappeler un peu plus tard. Au revoir.",
		deaf:        "Je vous entends mal. Vous pouvez aussi répondre avec les touches de votre téléphone.",
		coming:      "Je vous passe quelqu’un.",
		holding:     []string{"Je cherche quelqu’un pour vous, restez en ligne.", "Ça sonne toujours, merci de patienter.", "Je suis toujours là, on va vous répondre."},
		joins:       "%s vous répond.",
		joinsAny:    "Un conseiller vous répond.",
		connects:    "Un instant, je vous mets en relation avec %s.",
		connectsAny: "Un instant, je vous mets en relation avec un conseiller.",
		comes:       "Merci. Un instant, je vous passe l’appelant.",
		takes:       "Pour prendre l’appel, dites oui ou faites le un. Sinon, dites non ou faites le deux.",
		declined:    "C’est noté, merci.",
		left:        "L’appelant a raccroché.",
		returns:     "Un instant, votre conseiller revient.",
		noAnswer:    "Ça ne répond pas, je cherche quelqu’un d’autre.",
		cutOff:      "La ligne avec votre conseiller a été coupée. Je cherche quelqu’un, restez en ligne.",
		held:        "Un instant, je vous mets en attente.",
		onHold:      "Merci de patienter, votre conseiller revient vers vous.",
		passes:      "Restez en ligne, on vous passe quelqu’un.",
		passedBy:    "%s vous passe un appel.",
		backDone:    "%s %s, et vous repasse l’assistant automatique.",
		rendered:    "%s vous repasse l’assistant automatique.",

		queueing:      []string{"Merci de patienter, on va vous répondre.", "Je suis toujours là, vous gardez votre tour.", "Encore un peu de patience, on va vous répondre."},
		youAreNext:    "Vous êtes la prochaine personne.",
		youAreNextFor: "Vous êtes la prochaine personne, %s.",
		oneAhead:      "Il y a une personne avant vous",
		manyAhead:     "Il y a %d personnes avant vous",
		ringing:       "Ça sonne chez un conseiller, il devrait décrocher d’un instant à l’autre.",
		allBusy:       "Tous nos conseillers sont en ligne, vous gardez votre tour.",
		allBusyFor:    "Tous nos conseillers sont en ligne, %s.",
		underMinute:   "moins d’une minute",
		oneMinute:     "environ une minute",
		someMinutes:   "environ %d minutes",
		overQuarter:   "plus d’un quart d’heure",

		handsOver:  "Je vous passe %s.",
		handedBack: "Je vous repasse l’assistant automatique.",
		dismissed:  "Je dois mettre fin à cet appel. Merci, au revoir.",
	},
	"en": {
		thinking:    []string{"One moment.", "Let me see.", "Let me check.", "Just a second."},
		waiting:     []string{"I'm sorry, one moment.", "I'm sorry, it's taking a little longer than usual. I'm still here.", "I'm sorry to keep you waiting, just a moment more."},
		moment:      []string{"Take your time, I'm here.", "I'm still here.", "I'm staying on the line."},
		sorry:       "I'm sorry, I have a technical problem. I'll put you through to someone.",
		bye:         "I'm sorry, I can't do this right now. Please call again a little later. Goodbye.",
		deaf:        "I can't hear you well. You can also answer with the keys of your phone.",
		coming:      "I'll put you through to someone.",
		holding:     []string{"I'm finding someone for you, please stay on the line.", "It's still ringing, thank you for waiting.", "I'm still here, someone will be with you."},
		joins:       "%s is with you now.",
		joinsAny:    "A colleague is with you now.",
		connects:    "One moment, I'm connecting you with %s.",
		connectsAny: "One moment, I'm connecting you with a colleague.",
		comes:       "Thank you. One moment, the caller is coming.",
		takes:       "To take the call, say yes or press one. Otherwise, say no or press two.",
		declined:    "Noted, thank you.",
		left:        "The caller has hung up.",
		returns:     "One moment, your adviser is coming back.",
		noAnswer:    "There is no answer, I'm finding someone else.",
		cutOff:      "The line to your adviser was cut off. I'm finding someone, please stay on the line.",
		held:        "One moment, you are on hold.",
		onHold:      "Thank you for waiting, your adviser will be back with you.",
		passes:      "Please stay on the line, you are being put through.",
		passedBy:    "%s is passing you a call.",
		backDone:    "%s %s and is handing you back to the assistant.",
		rendered:    "%s is handing you back to the assistant.",

		queueing:      []string{"Thank you for waiting, someone will be with you.", "I'm still here, you keep your turn.", "A little more patience, someone will be with you."},
		youAreNext:    "You're next.",
		youAreNextFor: "You're next, %s.",
		oneAhead:      "There's one person ahead of you",
		manyAhead:     "There are %d people ahead of you",
		ringing:       "A colleague's phone is ringing, they should answer any moment.",
		allBusy:       "All our colleagues are busy, you keep your turn.",
		allBusyFor:    "All our colleagues are busy, %s.",
		underMinute:   "less than a minute",
		oneMinute:     "about a minute",
		someMinutes:   "about %d minutes",
		overQuarter:   "more than a quarter of an hour",

		handsOver:  "Here is %s.",
		handedBack: "I'm handing you back to the assistant.",
		dismissed:  "I have to end this call now. Thank you, goodbye.",
	},
}

// linesFor returns the lines in lang.
func linesFor(lang string) lines { return in(lang, said) }

// in is what there is of something in lang, English for a language that has none.
func in[T any](lang string, of map[string]T) T {
	if v, ok := of[langtag.Base(lang)]; ok {
		return v
	}
	return of["en"]
}

// own makes a prompt of one of our lines.
func own(id, text, lang string) flows.Prompt {
	return flows.Prompt{ID: "call/" + id, Text: text, Lang: lang, Barge: true}
}

// plainWords is text in lower case without punctuation, words separated by one space.
func plainWords(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// urgent reports whether words said while we are busy must be heard afterwards: a command, or
// the beginning of a correction. Everything else said meanwhile was not meant as an answer.
func urgent(lang, text string) bool {
	if nlu.Command(lang, text) != "" {
		return true
	}
	first, _, _ := strings.Cut(plainWords(text), " ")
	return first == "non" || first == "no" || first == "pardon" || first == "stop"
}
