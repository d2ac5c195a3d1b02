// Package render writes values the way people say them and the way they read them.
package render

import "time"

// Voice returns value as it is spoken.
func Voice(kind, lang, value string, loc *time.Location) (string, error) { return value, nil }

// Text returns value as it is shown.
func Text(kind, lang, value string, loc *time.Location) (string, error) { return value, nil }

// Spoken writes out what a synthesiser would stumble over.
func Spoken(lang, text string) string { return text }
