// Package alexa is Amazon's side of a custom skill: what a request and a response are, how to know
// that a request comes from Amazon, the speech marks that Alexa reads, and the two services of hers
// that a skill may ask while it thinks.
//
// The one idea: nothing is believed before it is verified, and nothing is sent before it is within
// Amazon's limits. Verifier turns headers and body bytes into a Request or into a Refusal; Answer
// turns what is to be said into a Response that Alexa takes. The package knows no conversations.
//
// Sources: Amazon's pages "Host a Custom Skill as a Web Service" (verification), "Request and
// Response JSON Reference" (formats and sizes), "Speech Synthesis Markup Language (SSML) Reference",
// "Send the User a Progressive Response", and the verifier of Amazon's own SDK for Node
// (ask-sdk-express-adapter), whose rules are kept and made stricter: a timestamp of the future is
// refused as one of the past is, and a request is taken once.
package alexa

// Limits of Amazon's that a request or a response must keep.
const (
	// MaxBody is how long a request may be, in bytes; Amazon's are a few KiB.
	MaxBody = 128 << 10
	// MaxSpeech is how many characters an outputSpeech, and a reprompt, may have, marks included.
	MaxSpeech = 8000
	// MaxCard is how many characters a card may have, its title included.
	MaxCard = 8000
	// MaxProgress is how many characters a progressive response may have.
	MaxProgress = 600
)
