// Package vcon writes a conversation as a vCon, the IETF's container for conversations
// (draft-ietf-vcon-vcon-core, syntax 0.4.0), and signs it. It reads nothing that strangers wrote: a vCon is
// made of our own record alone, so what is masked there is masked here.
//
// Parties have the role of draft-ietf-vcon-cc-extension, whose token CC stands in extensions.
package vcon

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"time"
)

// Syntax is the version of the JSON; the draft means to drop it when it becomes an RFC.
const Syntax = "0.4.0"

// MediaType is that of a vCon, signed or not.
const MediaType = "application/vcon"

// Vendor and Schema names tell what wrote the analyses, and in which form.
const (
	Vendor           = "decroche"
	SchemaTranscript = "decroche-transcript-1" // []Line
	SchemaTransfer   = "decroche-transfer-1"   // TransferReport
	SchemaResult     = "decroche-result-1"     // Result
	SchemaExport     = "decroche-export-1"     // Export
)

// VCon is the unsigned form (§4.1).
type VCon struct {
	Syntax      string       `json:"vcon"`
	UUID        string       `json:"uuid"`
	Extensions  []string     `json:"extensions,omitempty"`
	CreatedAt   time.Time    `json:"created_at"`
	UpdatedAt   time.Time    `json:"updated_at,omitzero"`
	Subject     string       `json:"subject,omitempty"`
	Parties     []Party      `json:"parties"`
	Dialog      []Dialog     `json:"dialog"`
	Analysis    []Analysis   `json:"analysis"`
	Attachments []Attachment `json:"attachments"`
}

// Party is who took part (§4.2). Role is of the contact-centre extension: customer, bot, agent, supervisor.
type Party struct {
	Tel  string `json:"tel,omitempty"`
	SIP  string `json:"sip,omitempty"`
	Name string `json:"name,omitempty"`
	Type string `json:"type"` // person | bot
	Role string `json:"role"`
	Org  string `json:"org,omitempty"`
}

// Dialog is one piece of the conversation (§4.3): the call, a written message, an attempt that failed, a
// hand-off. Fields that a type does not have are absent.
type Dialog struct {
	Type        string    `json:"type"` // recording | text | incomplete | transfer
	Start       time.Time `json:"start"`
	Duration    *float64  `json:"duration,omitempty"` // s
	Parties     any       `json:"parties,omitempty"`  // []int; of a recording, one int or []int for each channel
	Originator  *int      `json:"originator,omitempty"`
	MediaType   string    `json:"mediatype,omitempty"`
	Filename    string    `json:"filename,omitempty"`
	Body        any       `json:"body,omitempty"`
	Encoding    string    `json:"encoding,omitempty"`
	URL         string    `json:"url,omitempty"`
	ContentHash string    `json:"content_hash,omitempty"`
	Disposition string    `json:"disposition,omitempty"`
	History     []Moment  `json:"party_history,omitempty"`
	Transferee  *int      `json:"transferee,omitempty"`
	Transferor  *int      `json:"transferor,omitempty"`
	Target      []int     `json:"transfer_target,omitempty"`
	Original    *int      `json:"original,omitempty"`
	TargetOf    []int     `json:"target_dialog,omitempty"`
	Application string    `json:"application,omitempty"`
	MessageID   string    `json:"message_id,omitempty"`
	Skill       string    `json:"skill,omitempty"` // of the contact-centre extension: what a hand-off asked for
}

// Moment is what a party did (§4.3.11). Button is what was keyed; what is sensitive is masked in it.
type Moment struct {
	Party  int       `json:"party"`
	Time   time.Time `json:"time"`
	Event  string    `json:"event"` // join | drop | hold | unhold | keydown
	Button string    `json:"button,omitempty"`
}

// Analysis is what was made of the conversation (§4.5).
type Analysis struct {
	Type      string `json:"type"` // transcript | summary | report
	Dialog    []int  `json:"dialog"`
	MediaType string `json:"mediatype"`
	Vendor    string `json:"vendor"`
	Product   string `json:"product,omitempty"`
	Schema    string `json:"schema,omitempty"`
	Body      any    `json:"body"`
	Encoding  string `json:"encoding"`
}

// Attachment is what belongs to the conversation (§4.4).
type Attachment struct {
	Purpose   string    `json:"purpose"`
	Start     time.Time `json:"start"`
	Party     int       `json:"party"`
	Dialog    int       `json:"dialog"`
	MediaType string    `json:"mediatype"`
	Body      any       `json:"body"`
	Encoding  string    `json:"encoding"`
}

// Line is one utterance of a transcript.
type Line struct {
	Party      int       `json:"party"`
	Start      time.Time `json:"start"`
	Text       string    `json:"text"`              // of the bot, what was heard of it
	Unheard    bool      `json:"unheard,omitempty"` // the caller spoke over the rest
	Confidence float64   `json:"confidence,omitempty"`
	How        string    `json:"how,omitempty"` // speech | keys | typed
}

// TransferReport is why a hand-off was made and what came of it: the draft wants reasons here, not in the
// dialog.
type TransferReport struct {
	Reason   string    `json:"reason"`
	Skills   []string  `json:"skills,omitempty"`
	Topic    string    `json:"topic,omitempty"`
	Briefing string    `json:"briefing,omitempty"`
	Attempts []Attempt `json:"attempts,omitempty"`
	Outcome  string    `json:"outcome,omitempty"` // absent while it goes on
	WaitedMS int64     `json:"waited_ms"`
	TalkedMS int64     `json:"talked_ms,omitempty"`
}

// Attempt is one agent who was rung.
type Attempt struct {
	Party   int    `json:"party"`
	Outcome string `json:"outcome"`
	Reason  string `json:"reason,omitempty"`
	TookMS  int64  `json:"took_ms"`
}

// Result is how the conversation ended.
type Result struct {
	Channel string `json:"channel"`
	Lang    string `json:"lang,omitempty"`
	Intent  string `json:"intent,omitempty"`
	// Repeated is the conversation in which the same customer came back about the same topic within seven
	// days: this one resolved nothing, whatever Outcome says. Absent when none is known.
	Repeated string  `json:"repeated,omitempty"`
	Label    string  `json:"label,omitempty"`   // what an agent found it to be about
	Outcome  string  `json:"outcome,omitempty"` // absent while it goes on
	EndedBy  string  `json:"ended_by,omitempty"`
	Turns    int     `json:"turns"`
	Rating   *Rating `json:"rating,omitempty"`
}

// Export is who took this copy, and when.
type Export struct {
	By string    `json:"by"` // a user of the gateway; terminal, and the system's user, for who ran decroche export
	At time.Time `json:"at"`
}

// Rating is what the caller thought.
type Rating struct {
	Score   int    `json:"score"`
	Scale   int    `json:"scale"`
	Comment string `json:"comment,omitempty"`
}

// Slot is one thing that was found out.
type Slot struct {
	Name      string `json:"name"`
	Value     string `json:"value"`
	Confirmed bool   `json:"confirmed"`
}

// NoteBody is what an agent wrote.
type NoteBody struct {
	Text       string `json:"text"`
	Conclusion string `json:"conclusion,omitempty"`
}

// UUID is the name of a conversation's vCon, the same each time: a version 8 UUID laid out like version 7,
// milliseconds first (§4.1.2). The draft takes the custom bits from the SHA-1 of the host alone; we
// add the conversation, so that two of one millisecond differ.
func UUID(host, conv string, at time.Time) string {
	sum := sha1.Sum([]byte(host + "/" + conv))
	var u [16]byte
	ms := at.UnixMilli()
	for i := range 6 {
		u[i] = byte(ms >> (40 - 8*i))
	}
	copy(u[6:], sum[:10])
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Hash writes a SHA-512 as content_hash has it (§2.5).
func Hash(sum []byte) string { return "sha512-" + base64.RawURLEncoding.EncodeToString(sum) }
