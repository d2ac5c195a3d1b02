// Package schema declares every key of a bot's files, once. The loader of package flows takes
// the keys it knows from here, the JSON Schemas for editors and the reference pages are
// generated from here, so that none of them can say something else than the others.
//
// A file, or a part of one, is a Go struct; a key is a field with a yaml tag; what stands over
// the field is what the reference says. To add a key, add a field with a comment and an
// "Example:" line, read it in the loader, and run go run ./internal/genref. Tags:
//
//	default:"3s"        what holds without the key
//	required:"true"     the file does not load without it
//	one:"also,only"     the words it may be
//	min:"1" max:"6"     of a number, a duration, or how many of a list
//	or:"true"           a bare "true" will do as well (also: or:"word", or:"words", or:"list";
//	                    a list may hold what stands before it, as in or:"word,list")
//
// The package declares and does nothing else: it reads no file, and imports nothing of ours.
package schema

import (
	"reflect"
	"slices"
	"strings"
)

// Kinds of single values. They are Go types so that a field says what it holds.
type (
	// Word is one plain value: text, a number, true or false, read as text.
	Word string
	// Name is an identifier: letters, digits, _ or -, beginning with a letter, at most 64.
	Name string
	// Words is one plain value or a list of them.
	Words string
	// Template is one text that may hold {{values}}.
	Template string
	// Templates is one Template or a list of them.
	Templates string
	// Expr is an expression that is true or false.
	Expr string
	// Value is an expression of any type.
	Value string
	// Duration is written 3s or 300ms.
	Duration string
	// Number is a whole number.
	Number int
	// Share is a number from 0 to 1.
	Share float64
	// Flag is true or false.
	Flag bool
	// Pattern is a regular expression (RE2).
	Pattern string
	// JSON is any document; its strings are templates.
	JSON string
	// Title is a plain text per language; bare in a bot of one language.
	Title string
	// Text is something to say, per language; bare in a bot of one language.
	Text string
	// Steps is the name of a step or flow to go to, one step, or a list of steps.
	Steps string
)

// Spoken stands in a struct whose keys are beside the languages: {fr: …, en: …, when: …}.
type Spoken struct {
	// What is said in French.
	Fr Wording `yaml:"fr" or:"word"`
	// What is said in English.
	En Wording `yaml:"en" or:"word"`
}

// Languages are the keys of Spoken: the languages that this build understands.
func Languages() []string { return []string{"fr", "en"} }

var spokenType = reflect.TypeFor[Spoken]()

// Keys lists the keys that T declares, in order, those of the languages left out: which of
// them a bot writes is its own choice.
func Keys[T any]() []string { return KeysOf(reflect.TypeFor[T]()) }

// KeysOf is Keys for a type known only at run time.
func KeysOf(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case f.Type == spokenType:
		case f.Anonymous:
			out = append(out, KeysOf(f.Type)...)
		default:
			name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			out = append(out, name)
		}
	}
	return out
}

// Kind is one sort of step: the key that makes it one, and what declares its keys.
type Kind struct {
	Key  string
	Type reflect.Type
}

// StepKinds lists the sorts of steps in the order of the reference; a step has the key of at
// most one.
func StepKinds() []Kind {
	types := []reflect.Type{
		reflect.TypeFor[Collect](), reflect.TypeFor[YesNo](), reflect.TypeFor[HTTP](), reflect.TypeFor[Switch](),
		reflect.TypeFor[TransferStep](), reflect.TypeFor[CallbackStep](), reflect.TypeFor[SurveyStep](), reflect.TypeFor[Call](), reflect.TypeFor[Goto](),
		reflect.TypeFor[End](), reflect.TypeFor[Goodbye](),
	}
	out := make([]Kind, len(types))
	for i, t := range types {
		out[i] = Kind{KeysOf(t)[0], t}
	}
	return out
}

// StepKeys lists the keys that may stand in a step of the sort key, "" for one that has none:
// the key itself first, then its own, then those of every step.
func StepKeys(key string) []string {
	common := Keys[Step]()
	for _, k := range StepKinds() {
		if k.Key != key {
			continue
		}
		own := KeysOf(k.Type)
		return append(own, slices.DeleteFunc(common, func(c string) bool { return slices.Contains(own, c) })...)
	}
	return common
}

// Primaries lists the keys of StepKinds.
func Primaries() []string {
	var out []string
	for _, k := range StepKinds() {
		out = append(out, k.Key)
	}
	return out
}
