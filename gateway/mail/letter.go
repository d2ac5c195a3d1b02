package mail

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

const (
	maxSubject = 120      // runes
	maxLine    = 1000     // runes of one sentence
	maxMessage = 4000     // runes of a caller's message
	maxShown   = 40       // sentences
	cut        = "\u2026" // stands where something was left out
)

// Told is what a mail tells of one conversation. Every value may be a stranger's.
type Told struct {
	Kind      string // one of Kinds
	Lang      string // fr or en
	Hotline   string // title of the bot
	Queue     string // of the last hand-off; "" for none
	From      string // the caller, as people read it; "" when unknown
	At        time.Time
	Zone      *time.Location
	Sentences []string
	Message   string // that the caller left
	Phone     string // where they want to be rung, as people read it
	Window    string
	Agent     string // who had the conversation, and what they wrote
	Note      string
	Concluded string
	Link      string    // to the transcript; "" for none
	Until     time.Time // that the link works
}

// Write makes the subject and the text. Values cannot open a header, nor another line of the text.
func Write(t Told) (subject, text string) {
	if words[t.Lang] == nil {
		t.Lang = "fr"
	}
	if t.Zone == nil {
		t.Zone = time.UTC
	}
	say := func(key string, args ...any) string { return fmt.Sprintf(words[t.Lang][key], args...) }
	parts := []string{say("subject_" + t.Kind)}
	for _, p := range []string{t.Queue, t.From} {
		if p = Line(p, maxSubject); p != "" {
			parts = append(parts, p)
		}
	}
	subject = Line(strings.Join(parts, " \u2013 "), maxSubject)

	var b strings.Builder
	line := func(s string) { b.WriteString(s + "\n") }
	field := func(key, value string) {
		if value = Line(value, maxLine); value != "" {
			line(say(key, value))
		}
	}
	line(say("opening_" + t.Kind))
	line("")
	field("hotline", t.Hotline)
	field("queue", t.Queue)
	field("caller", t.From)
	field("at", moment(t.Lang, t.At.In(t.Zone)))
	field("phone", t.Phone)
	field("window", t.Window)
	if len(t.Sentences) > 0 {
		line("")
		line(say("summary"))
		for i, s := range t.Sentences {
			if i == maxShown {
				line("- " + cut)
				break
			}
			if s = Line(s, maxLine); s != "" {
				line("- " + s)
			}
		}
	}
	quote := func(value, head string) {
		if value = Line(value, maxMessage); value != "" {
			line("\n" + head)
			line("> " + value)
		}
	}
	quote(t.Message, say("message"))
	if t.Agent != "" {
		quote(t.Note, say("note", Line(t.Agent, maxLine)))
		field("concluded", t.Concluded)
	}
	if t.Link != "" {
		line("")
		line(say("link", moment(t.Lang, t.Until.In(t.Zone))))
		line(t.Link)
	}
	line("")
	line(say("closing"))
	return subject, b.String()
}

// Line is s as one line of at most most runes: what ends lines or is not for people becomes a space, what
// turns the direction of writing goes.
func Line(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == unicode.ReplacementChar:
			return ' '
		case unicode.Is(unicode.Cf, r) && r != '\u200d':
			return -1
		}
		return r
	}, s)
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' })
	out := []rune(strings.Join(words, " "))
	if len(out) > most {
		out = append(out[:most-1], []rune(cut)...)
	}
	return string(out)
}

var months = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}

// moment writes "24 novembre 2026 à 10:41 (Europe/Paris)".
func moment(lang string, t time.Time) string {
	if lang == "fr" {
		return fmt.Sprintf("%d\u00a0%s\u00a0%d à %s (%s)", t.Day(), months[t.Month()-1], t.Year(), t.Format("15:04"), t.Location())
	}
	return fmt.Sprintf("%s (%s)", t.Format("2\u00a0January\u00a02006 at 15:04"), t.Location())
}

// words are the sentences of mails, by language; a test proves that both have the same keys.
var words = map[string]map[string]string{
	"fr": {
		"subject_handoff_missed": "Demande sans réponse", "opening_handoff_missed": "Une personne a demandé un conseiller et n’a pu parler à personne.",
		"subject_callback": "Rappel demandé", "opening_callback": "Une personne souhaite être rappelée.",
		"subject_message": "Message reçu", "opening_message": "Une personne a laissé un message.",
		"subject_follow_up": "Conversation à suivre", "opening_follow_up": "Un conseiller a parlé avec cette personne et indique qu’il faut donner suite.",
		"subject_ended": "Conversation terminée", "opening_ended": "Une conversation est terminée.",
		"hotline": "Ligne\u202f: %s", "queue": "File\u202f: %s", "caller": "Appelant\u202f: %s", "at": "Date\u202f: %s", "phone": "À rappeler au\u202f: %s", "window": "Quand\u202f: %s",
		"summary": "En résumé\u202f:", "message": "Le message, dans ses mots\u202f:", "note": "Note de %s\u202f:", "concluded": "Conclusion\u202f: %s",
		"link":    "La transcription, lisible jusqu’au %s\u202f:",
		"closing": "Ce message est automatique\u202f; le résumé est tiré de l’enregistrement écrit de la conversation, sans rien y ajouter.",
	},
	"en": {
		"subject_handoff_missed": "Missed hand-off", "opening_handoff_missed": "Somebody asked for an agent and could speak with nobody.",
		"subject_callback": "Callback requested", "opening_callback": "Somebody wants to be called back.",
		"subject_message": "Message left", "opening_message": "Somebody left a message.",
		"subject_follow_up": "Conversation to follow up", "opening_follow_up": "An agent spoke with this person and says that somebody must follow it up.",
		"subject_ended": "Conversation ended", "opening_ended": "A conversation has ended.",
		"hotline": "Hotline: %s", "queue": "Queue: %s", "caller": "Caller: %s", "at": "Date: %s", "phone": "Call back at: %s", "window": "When: %s",
		"summary": "In short:", "message": "The message, in their words:", "note": "Note by %s:", "concluded": "Conclusion: %s",
		"link":    "The transcript, readable until %s:",
		"closing": "This message is automatic; the summary is made of the written record of the conversation and adds nothing to it.",
	},
}
