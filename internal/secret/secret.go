// Package secret holds references to secrets: "env:NAME" or "file:/path". A configuration never
// holds a secret itself, and a reference never prints what it refers to.
package secret

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Ref is a reference to a secret; it prints as ***. The zero Ref refers to nothing.
type Ref struct{ kind, where string }

// String hides the reference's value; it never holds one.
func (Ref) String() string { return "***" }

// Parse reads "env:NAME" or "file:/path". Its error never shows what it was given, for that may
// be the secret itself.
func Parse(ref string) (Ref, error) {
	kind, where, ok := strings.Cut(ref, ":")
	if !ok || where == "" || (kind != "env" && kind != "file") {
		return Ref{}, errors.New("a secret is never written here; refer to it as env:NAME or file:/path")
	}
	return Ref{kind, where}, nil
}

// Read fetches the secret. The error says what to do and never holds the value.
func (s Ref) Read() (string, error) {
	if s.kind == "env" {
		v, ok := os.LookupEnv(s.where)
		if !ok {
			return "", fmt.Errorf("the environment variable %s is not set; export it before starting", s.where)
		}
		return v, nil
	}
	b, err := os.ReadFile(s.where)
	if err != nil {
		return "", fmt.Errorf("read the secret's file: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// Value is a secret that was read; it prints as ***.
type Value string

// String hides the secret.
func (Value) String() string { return "***" }

// GoString hides the secret.
func (Value) GoString() string { return "***" }

// Fetch reads what an optional reference refers to; an empty one is no secret.
func Fetch(ref string) (Value, error) {
	if ref == "" {
		return "", nil
	}
	r, err := Parse(ref)
	if err != nil {
		return "", err
	}
	v, err := r.Read()
	return Value(v), err
}
