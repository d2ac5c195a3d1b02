package alexa

import (
	"strings"
	"unicode/utf8"
)

// Response is what a skill answers. Make it with Answer, or with Silent.
type Response struct {
	Version    string            `json:"version"`
	Attributes map[string]string `json:"sessionAttributes,omitempty"`
	Body       ResponseBody      `json:"response"`
}

// ResponseBody is what Alexa says, shows and does next.
type ResponseBody struct {
	Speech     *Speech     `json:"outputSpeech,omitempty"`
	Card       *Card       `json:"card,omitempty"`
	Reprompt   *Reprompt   `json:"reprompt,omitempty"`
	Directives []Directive `json:"directives,omitempty"`
	// End says whether the session is over; nil where that is Alexa's to know.
	End *bool `json:"shouldEndSession,omitempty"`
}

// Speech is what is said, as SSML.
type Speech struct {
	Type string `json:"type"`
	SSML string `json:"ssml"`
}

// Reprompt is what is said to somebody who says nothing.
type Reprompt struct {
	Speech Speech `json:"outputSpeech"`
}

// Card is what the Alexa app shows.
type Card struct {
	Type        string   `json:"type"` // Simple, LinkAccount, AskForPermissionsConsent
	Title       string   `json:"title,omitempty"`
	Content     string   `json:"content,omitempty"`
	Permissions []string `json:"permissions,omitempty"`
}

// LinkAccount asks the person to link the account that they have with the company.
func LinkAccount() *Card { return &Card{Type: "LinkAccount"} }

// Simple is a card with a title and text, cut to what a card may hold.
func Simple(title, content string) *Card {
	title = cutRunes(title, 200)
	return &Card{Type: "Simple", Title: title, Content: cutRunes(content, MaxCard-utf8.RuneCountInString(title))}
}

// AskPermission asks the person to let the skill read something of theirs.
func AskPermission(permissions ...string) *Card {
	return &Card{Type: "AskForPermissionsConsent", Permissions: permissions}
}

// Directive is something that Alexa is to do.
type Directive struct {
	Type   string         `json:"type"`
	Slot   string         `json:"slotToElicit,omitempty"`
	Update *UpdatedIntent `json:"updatedIntent,omitempty"`
}

// UpdatedIntent is the intent that a directive goes on with.
type UpdatedIntent struct {
	Name         string                 `json:"name"`
	Confirmation string                 `json:"confirmationStatus"`
	Slots        map[string]UpdatedSlot `json:"slots"`
}

// UpdatedSlot is one of its slots, not known yet.
type UpdatedSlot struct {
	Name         string `json:"name"`
	Confirmation string `json:"confirmationStatus"`
}

// Elicit makes Alexa take the person's next words as the value of a slot. With a slot of type
// AMAZON.SearchQuery they come as they were said, without the carrier phrase that such a slot needs
// in a sample utterance; so every answer in a conversation reaches the flow in its own words.
func Elicit(intent, slot string) Directive {
	return Directive{Type: "Dialog.ElicitSlot", Slot: slot, Update: &UpdatedIntent{Name: intent, Confirmation: "NONE",
		Slots: map[string]UpdatedSlot{slot: {slot, "NONE"}}}}
}

// Answer says speech, a whole <speak> document made by Speak, and ends the session or listens on.
// reprompt is for somebody who then says nothing; it is left out when the session ends.
func Answer(speech, reprompt string, end bool) *Response {
	r := &Response{Version: "1.0", Body: ResponseBody{Speech: &Speech{"SSML", speech}, End: &end}}
	if reprompt != "" && !end {
		r.Body.Reprompt = &Reprompt{Speech{"SSML", reprompt}}
	}
	return r
}

// Silent answers a request to which nothing may be said: the end of a session, or an event.
func Silent() *Response { return &Response{Version: "1.0"} }

// cutRunes shortens s to n characters, at the end of a word where one is near.
func cutRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	if n <= 1 {
		return ""
	}
	cut := string([]rune(s)[:n-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)-80 && i > 0 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ") + "…"
}
