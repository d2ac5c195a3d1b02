package event

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Started opens a conversation. {"channel":"voice","from":"sip:+336…","called":"hotline","bot":"colibri","version":"1f0c9a","lang":"fr"}
type Started struct {
	Channel string `json:"channel"` // voice | text | speaker
	From    string `json:"from"`
	Called  string `json:"called"`
	Bot     string `json:"bot"`
	Version string `json:"version,omitempty"` // of the bot: the hash of its folder
	Lang    string `json:"lang"`
	CallID  string `json:"call_id,omitempty"` // SIP Call-ID
	Out     bool   `json:"out,omitempty"`     // we have rung them: From is who was rung
}

// Answered says that the media runs. {"codec":"PCMA"}
type Answered struct {
	Codec string `json:"codec"`
}

// Prompted is what the bot said and how much of it was heard. It is written when the prompt
// has ended or was cut. {"text":"Quel est votre numéro ?","heard":"Quel est","cut":true,"for_ms":1240,"answer_ms":640,"step":"suivi_colis/numero"}
type Prompted struct {
	Text     string `json:"text"`
	Heard    string `json:"heard"` // the part that left before a barge-in; equals Text when Cut is false
	Cut      bool   `json:"cut"`
	ForMS    int64  `json:"for_ms"`              // playing time that was heard
	AnswerMS int64  `json:"answer_ms,omitempty"` // end of the caller's speech -> first packet, 0 when nobody had spoken
	Step     string `json:"step,omitempty"`
	Lang     string `json:"lang,omitempty"`
	Author   string `json:"author,omitempty"` // the supervisor whose words they are; "": the bot's own
	// Synthetic is how the voice was made, a term of IPTC's digitalsourcetype: algorithmicMedia,
	// trainedAlgorithmicMedia; empty for a recorded person and for what was typed.
	Synthetic string `json:"synthetic,omitempty"`
	// Quick are the answers that were offered as buttons.
	Quick []string `json:"quick,omitempty"`
	// Voice is Text as a smart speaker says it, SSML the same with marks, where the flow has some; both
	// are kept because an answer may be said at the next turn only.
	Voice string `json:"voice,omitempty"`
	SSML  string `json:"ssml,omitempty"`
}

// Said is a final result of what the caller said, typed or keyed. {"text":"où est mon colis","confidence":0.91,"how":"speech"}
type Said struct {
	Text         string        `json:"text"`
	Confidence   float64       `json:"confidence"`
	Alternatives []Alternative `json:"alternatives,omitempty"`
	How          string        `json:"how"` // speech | keys | typed
	Barge        bool          `json:"barge,omitempty"`
	Who          string        `json:"who,omitempty"`      // "" = caller, "agent"
	StartMS      int64         `json:"start_ms,omitempty"` // media time from answer
	EndMS        int64         `json:"end_ms,omitempty"`
	ID           string        `json:"id,omitempty"`   // that the sender gave a typed message
	Name         string        `json:"name,omitempty"` // of an agent who typed, as the caller knows them
	// Lang is the language of the words when the recogniser told it, and how sure it was.
	Lang           string  `json:"lang,omitempty"`
	LangConfidence float64 `json:"lang_confidence,omitempty"`
}

// Alternative is another reading of the same words.
type Alternative struct {
	Text       string  `json:"text"`
	Confidence float64 `json:"confidence"`
}

// Silent says that the caller said nothing for a while. {"for_ms":8000}
type Silent struct {
	ForMS int64 `json:"for_ms"`
}

// Stepped is the engine's trace of one turn. {"intent":"suivi_colis","steps":[{"flow":"suivi_colis","step":"numero"}],"slots":[…]}
type Stepped struct {
	Intent string `json:"intent,omitempty"`
	Steps  []Step `json:"steps,omitempty"`
	Slots  []Slot `json:"slots,omitempty"`
	Lang   string `json:"lang,omitempty"`
}

// Step is one step passed.
type Step struct {
	Flow string `json:"flow"`
	Step string `json:"step"`
	Note string `json:"note,omitempty"`
}

// Slot is one thing known about the caller's wish.
type Slot struct {
	Name       string  `json:"name"`
	Value      string  `json:"value"`
	Shown      string  `json:"shown"`
	Confidence float64 `json:"confidence"`
	Confirmed  bool    `json:"confirmed"`
	Customer   bool    `json:"customer,omitempty"` // it tells who the customer is: an account, a contract
}

// Text is the value as people read it.
func (s Slot) Text() string { return cmp.Or(s.Shown, s.Value) }

// Acted is one action and how it ended. {"name":"http","target":"suivi","outcome":"ok","took_ms":41}
type Acted struct {
	Name    string `json:"name"`
	Target  string `json:"target"`
	Outcome string `json:"outcome"`
	TookMS  int64  `json:"took_ms"`
	Retries int    `json:"retries,omitempty"`
}

// TransferStarted opens a hand-off. {"skills":["litige","fr"],"reason":"asked","summary":["…"]}
type TransferStarted struct {
	Skills   []string `json:"skills"`
	Queue    string   `json:"queue,omitempty"` // the configured one that is for them, or that the flow named
	Reason   string   `json:"reason"`
	Topic    string   `json:"topic,omitempty"`
	Summary  []string `json:"summary,omitempty"`
	Briefing string   `json:"briefing,omitempty"`
}

// Line is where the caller waits, as people name it: the queue, else the skills.
func (t TransferStarted) Line() string {
	if t.Queue != "" {
		return t.Queue
	}
	return strings.Join(t.Skills, ", ")
}

// TransferRinging says that one agent's phone is being rung. {"agent":"karim","addr":"sip:karim@…","try":1}
type TransferRinging struct {
	Agent string `json:"agent"`
	Addr  string `json:"addr"`
	Try   int    `json:"try"`
}

// TransferAttempt is the one final outcome of one attempt, in the words of package agents.
// {"agent":"karim","outcome":"busy","status":486,"took_ms":210}
// Missing is FromAgent when an answered leg stayed without sound.
type TransferAttempt struct {
	Agent   string `json:"agent"`
	Addr    string `json:"addr"`
	Outcome string `json:"outcome"`
	Status  int    `json:"status,omitempty"`
	Reason  string `json:"reason,omitempty"`  // of an agent who declined: file_open, not_my_skill, technical
	Via     string `json:"via,omitempty"`     // refer | attended: the caller's own exchange was asked; "": we joined them, or would have
	Missing string `json:"missing,omitempty"` // beside the reason no_media: the direction in which no sound passed
	TookMS  int64  `json:"took_ms"`
}

// FromAgent is the direction in which sound was missing: nothing came from the agent's telephone. The other
// one cannot be told without receiver reports (RFC 3550 §6.4), which telephones need not send.
const FromAgent = "from_agent"

// TransferEnded is the one final outcome of the hand-off. {"outcome":"completed","agent":"karim","waited_ms":5200,"talked_ms":81000}
type TransferEnded struct {
	Outcome  string `json:"outcome"`
	Agent    string `json:"agent,omitempty"`
	WaitedMS int64  `json:"waited_ms"`
	TalkedMS int64  `json:"talked_ms,omitempty"`
	HeldMS   int64  `json:"held_ms,omitempty"` // the caller was on hold meanwhile; not in TalkedMS
}

// Bridged says that the caller and the agent hear each other, and in which codec each of them does.
// {"agent":"karim","caller_codec":"PCMA","agent_codec":"opus"}
type Bridged struct {
	Agent       string `json:"agent"`
	CallerCodec string `json:"caller_codec,omitempty"` // of typed conversations there are none
	AgentCodec  string `json:"agent_codec,omitempty"`
}

// CallbackTaken says that the caller asked to be rung back. {"phone":"+33…","reason":"nobody"}
type CallbackTaken struct {
	Phone  string `json:"phone"`
	Reason string `json:"reason"`
	Window string `json:"window,omitempty"`
	// Message is what the caller leaves to whoever reads it, in their words; "" when they are to be rung.
	Message string `json:"message,omitempty"`
}

// Trouble is something that went wrong on our side and what was done. {"where":"asr","what":"…","did":"asked again"}
type Trouble struct {
	Where string `json:"where"`
	What  string `json:"what"`
	Did   string `json:"did"`
}

// Rated is what the caller thought of the conversation. {"survey":"csat","score":4,"scale":5}
type Rated struct {
	Survey  string `json:"survey"`
	Score   int    `json:"score"` // 1..Scale, more is better
	Scale   int    `json:"scale"`
	Comment string `json:"comment,omitempty"`
}

// Unclear is an utterance that was not understood, or taken for something else at first.
// {"text":"j'ai un souci de truc","guess":"remboursement","p":0.31,"why":"no_match"}
type Unclear struct {
	Text   string  `json:"text"`
	Lang   string  `json:"lang,omitempty"`
	Guess  string  `json:"guess,omitempty"`  // best intent at the time
	P      float64 `json:"p,omitempty"`      // its confidence
	Why    string  `json:"why"`              // no_match | clarified | corrected | transferred
	Asked  string  `json:"asked,omitempty"`  // what the bot had asked, a slot or "flow/step"; "" when any wish was welcome
	Intent string  `json:"intent,omitempty"` // what was meant, when the conversation showed it
}

// Labelled says what an agent found the conversation to be about. {"agent":"karim","intent":"remboursement"}
type Labelled struct {
	Agent  string `json:"agent"`
	Intent string `json:"intent"`
}

// Moved says that the conversation goes on elsewhere: another channel, a newer version of the
// flow, a restarted gateway. {"channel":"voice","why":"called back"}
type Moved struct {
	Channel string `json:"channel"`
	Why     string `json:"why"`
	Note    string `json:"note,omitempty"` // what changed: "resumed at colis/numero, the step it waited at is gone"
}

// Language says that the conversation goes on in another language of the bot, and why: the caller
// spoke it, or asked for it. {"from":"fr","to":"en","why":"heard","confidence":0.98}
type Language struct {
	From       string  `json:"from"`
	To         string  `json:"to"`
	Why        string  `json:"why"`                  // heard | asked
	Confidence float64 `json:"confidence,omitempty"` // of the recogniser that heard it
}

// Recorded says that the sound of the call was kept. {"file":"2026-11-22/c7f3.wav","seconds":93.4,"bytes":1494458,"sha256":"9f86…"}
type Recorded struct {
	File    string  `json:"file"` // in the folder of recordings
	Seconds float64 `json:"seconds"`
	Bytes   int64   `json:"bytes"`
	SHA256  string  `json:"sha256"`            // of the file, hexadecimal
	Dropped float64 `json:"dropped,omitempty"` // seconds that did not get to the disk in time; silence stands for them
	Paused  float64 `json:"paused,omitempty"`  // seconds that were left out because something sensitive was said
}

// RecordingDeleted says that the sound of the call is no more, and why. {"why":"ttl"}
type RecordingDeleted struct {
	Why string `json:"why"` // ttl | caller (their number was erased) | conversation (this one was) | refused (they did not want it)
}

// RecordingOpened says that somebody listened to the sound of the call, or took a copy. {"by":"api","from":"192.0.2.7"}
type RecordingOpened struct {
	By   string `json:"by"`             // api | link
	From string `json:"from,omitempty"` // address they asked from
}

// Summarised is what a language model made of the conversation, once it was checked against the record.
// {"text":"…","model":"mistral-small"}
type Summarised struct {
	Text  string `json:"text"`
	Model string `json:"model"`
}

// Ended closes a conversation. {"outcome":"resolved","by":"bot","cause":"normal clearing"}
type Ended struct {
	Outcome string `json:"outcome"` // resolved | transferred | callback | unconfirmed (had an answer and left) | abandoned | failed | unanswered
	By      string `json:"by"`      // caller | bot | agent | supervisor | gateway
	Cause   string `json:"cause,omitempty"`
}

// Type names as stored; never rename one.
func (Started) Type() string          { return "started" }
func (Answered) Type() string         { return "answered" }
func (Prompted) Type() string         { return "prompted" }
func (Said) Type() string             { return "said" }
func (Silent) Type() string           { return "silent" }
func (Stepped) Type() string          { return "stepped" }
func (Acted) Type() string            { return "acted" }
func (TransferStarted) Type() string  { return "transfer_started" }
func (TransferRinging) Type() string  { return "transfer_ringing" }
func (TransferAttempt) Type() string  { return "transfer_attempt" }
func (TransferEnded) Type() string    { return "transfer_ended" }
func (Bridged) Type() string          { return "bridged" }
func (CallbackTaken) Type() string    { return "callback_taken" }
func (Trouble) Type() string          { return "trouble" }
func (Rated) Type() string            { return "rated" }
func (Unclear) Type() string          { return "unclear" }
func (Labelled) Type() string         { return "labelled" }
func (Moved) Type() string            { return "moved" }
func (Language) Type() string         { return "language" }
func (Recorded) Type() string         { return "recorded" }
func (RecordingDeleted) Type() string { return "recording_deleted" }
func (RecordingOpened) Type() string  { return "recording_opened" }
func (Ended) Type() string            { return "ended" }
func (Summarised) Type() string       { return "summarised" }
func (AgentLost) Type() string        { return "agent_lost" }
func (AgentBack) Type() string        { return "agent_back" }
func (CallerAway) Type() string       { return "caller_away" }
func (CallerBack) Type() string       { return "caller_back" }

func decodeInto[T Body](unmarshal func(any) error) (Body, error) {
	var v T
	err := unmarshal(&v)
	return v, err
}

// Types are the names of all kinds of events, sorted.
func Types() []string { return slices.Sorted(maps.Keys(kinds)) }

// kinds maps a stored type name to its decoder.
var kinds = map[string]func(func(any) error) (Body, error){
	"started":           decodeInto[Started],
	"answered":          decodeInto[Answered],
	"prompted":          decodeInto[Prompted],
	"said":              decodeInto[Said],
	"silent":            decodeInto[Silent],
	"stepped":           decodeInto[Stepped],
	"acted":             decodeInto[Acted],
	"transfer_started":  decodeInto[TransferStarted],
	"transfer_ringing":  decodeInto[TransferRinging],
	"transfer_attempt":  decodeInto[TransferAttempt],
	"transfer_ended":    decodeInto[TransferEnded],
	"bridged":           decodeInto[Bridged],
	"callback_taken":    decodeInto[CallbackTaken],
	"trouble":           decodeInto[Trouble],
	"rated":             decodeInto[Rated],
	"unclear":           decodeInto[Unclear],
	"labelled":          decodeInto[Labelled],
	"moved":             decodeInto[Moved],
	"language":          decodeInto[Language],
	"recorded":          decodeInto[Recorded],
	"recording_deleted": decodeInto[RecordingDeleted],
	"recording_opened":  decodeInto[RecordingOpened],
	"supervised":        decodeInto[Supervised],
	"ended":             decodeInto[Ended],
	"summarised":        decodeInto[Summarised],
	"agent_lost":        decodeInto[AgentLost],
	"agent_back":        decodeInto[AgentBack],
	"caller_away":       decodeInto[CallerAway],
	"caller_back":       decodeInto[CallerBack],
	"agent_acted":       decodeInto[AgentActed],
	"party_left":        decodeInto[PartyLeft],
	"party_joined":      decodeInto[PartyJoined],
	"screened":          decodeInto[Screened],
	"no_calls":          decodeInto[NoCalls],
}
