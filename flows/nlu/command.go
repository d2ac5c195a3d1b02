package nlu

import (
	"regexp"
	"strings"
	"time"

	"decroche/flows/entity"
)

// Commands that work everywhere in a conversation.
const (
	CommandAgent    = "agent"     // wants a human
	CommandRepeat   = "repeat"    // did not hear
	CommandCancel   = "cancel"    // gives up what the bot is doing, not an order
	CommandStop     = "stop"      // wants the bot to be quiet
	CommandSlower   = "slower"    // wants the bot to speak more slowly
	CommandGoodbye  = "goodbye"   // is done
	CommandWait     = "wait"      // needs a moment
	CommandHelp     = "help"      // asks what can be said
	CommandDontHave = "dont_have" // cannot give what was asked for
	// CommandNoRecording does not want the call recorded.
	CommandNoRecording = "no_recording"
	// CommandNoCall does not want to be rung by us any more, ever.
	CommandNoCall = "no_call"
)

// rule gives command to texts that whole matches from end to end once courtesies are off.
type rule struct {
	command string
	whole   *regexp.Regexp
}

// commands is one language's vocabulary of commands, over folded words and single spaces.
type commands struct {
	courtesy *regexp.Regexp // stripped in front, behind and between
	bare     map[string]string
	rules    []rule
	request  *regexp.Regexp // a request for a human inside a longer sentence
	refusal  *regexp.Regexp // …that is not one: "je ne veux pas parler à un conseiller"
}

// longCommand is the number of words above which only a request for a human counts.
const longCommand = 14

// Command returns the global command that text is, as one of the Command constants, or "".
// It looks at the utterance as a whole: "annulez" is a command, "je voudrais annuler ma
// commande" is an intent of the flow. Only a request for a human is also found inside a
// longer sentence.
func Command(lang, text string) string {
	v := &frCommands
	if lang == "en" {
		v = &enCommands
	}
	words := plainWords(text)
	s := strings.Join(words, " ")
	if len(words) == 0 && strings.Contains(entity.Fold(text), "hein") {
		return CommandRepeat
	}
	if c := v.bare[s]; c != "" {
		return c
	}
	if v.request.MatchString(s) && !v.refusal.MatchString(s) {
		return CommandAgent
	}
	if strings.Count(s, " ") >= longCommand {
		return ""
	}
	if c := v.match(once(s)); c != "" {
		return c
	}
	return v.match(once(v.strip(s)))
}

func (v *commands) match(s string) string {
	if c := v.bare[s]; c != "" || s == "" {
		return c
	}
	for _, r := range v.rules {
		if r.whole.MatchString(s) {
			return r.command
		}
	}
	return ""
}

// plainWords are the folded words of text, at most 120, "euh" and the like left out.
func plainWords(text string) []string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	words := strings.FieldsFunc(entity.Fold(text), func(r rune) bool { return r < 'a' || r > 'z' })
	out := words[:0]
	for _, w := range words {
		if !frFillers[w] && !enFillers[w] && (len(out) == 0 || out[len(out)-1] != w) && len(out) < 120 {
			out = append(out, w)
		}
	}
	return out
}

// strip takes courtesies off both ends until none is left.
func (v *commands) strip(s string) string {
	for range 12 {
		t := s
		if m := v.courtesy.FindStringIndex(t); m != nil && m[0] == 0 && m[1] > 0 {
			t = strings.TrimPrefix(t[m[1]:], " ")
		}
		for _, m := range v.courtesy.FindAllStringIndex(t, -1) {
			if m[1] == len(t) {
				t = strings.TrimSuffix(t[:m[0]], " ")
				break
			}
		}
		if t == s {
			break
		}
		s = t
	}
	return s
}

// once turns "attendez une seconde attendez une seconde" into one.
func once(s string) string {
	w := strings.Fields(s)
	n := len(w) / 2
	if n == 0 || len(w)%2 != 0 {
		return s
	}
	for i := range n {
		if w[i] != w[n+i] {
			return s
		}
	}
	return strings.Join(w[:n], " ")
}

// whole compiles alternatives that must match from end to end.
func whole(alternatives ...string) *regexp.Regexp {
	return regexp.MustCompile("^(?:" + strings.Join(alternatives, "|") + ")$")
}

func part(alternatives ...string) *regexp.Regexp {
	return regexp.MustCompile(`\b(?:` + strings.Join(alternatives, "|") + `)\b`)
}

// YesNo reads a yes or a no; ok is false when text is neither. rest is what follows it:
// for "non c'est pas ça c'est quarante-cinq" it is "c'est quarante-cinq".
func YesNo(lang, text string) (yes, ok bool, rest string) {
	vs := entity.Parse(entity.Spec{Type: entity.TypeYesNo}, lang, text, time.Time{})
	if len(vs) == 0 {
		return false, false, text
	}
	return vs[0].Text == "yes", true, strings.TrimLeft(text[vs[0].End:], " ,.;:!?…\u00a0\u202f-")
}
