package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"decroche/flows/nlu"
	"decroche/internal/strictyaml"
)

// versionLength is how many hexadecimal digits of the hash are kept: enough to tell any two
// versions of one folder apart, short enough to read out.
const versionLength = 12

// maxVersioned bounds the files of one kind that are hashed; a folder with more does not load.
const maxVersioned = 10_000

// Version names what a bot's folder says: a hash over the names and contents of bot.yaml,
// intents/, flows/ and knowledge/. Tests, notes and hidden files do not count, because they
// change nothing that a caller meets.
func Version(fsys fs.FS) (string, error) {
	sum := sha256.New()
	add := func(name string) error {
		st, err := fs.Stat(fsys, name)
		if err == nil {
			err = strictyaml.Regular(st)
		}
		var f fs.File
		if err == nil {
			f, err = fsys.Open(name)
		}
		if err != nil {
			return fmt.Errorf("flows: version of %s: %w", name, err)
		}
		defer func() { _ = f.Close() }()
		one := sha256.New()
		if _, err := io.Copy(one, io.LimitReader(f, mostFileBytes+1)); err != nil {
			return fmt.Errorf("flows: version of %s: %w", name, err)
		}
		_, _ = fmt.Fprintf(sum, "%q %x\n", name, one.Sum(nil))
		return nil
	}
	if err := add("bot.yaml"); err != nil {
		return "", err
	}
	for _, dir := range []string{"flows", "intents", "knowledge"} {
		n := 0
		err := fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error { // in the order of names
			switch {
			case errors.Is(err, fs.ErrNotExist) && name == dir:
				return fs.SkipAll
			case err != nil:
				return fmt.Errorf("flows: version of %s: %w", name, err)
			case d.Name()[0] == '.' && d.IsDir():
				return fs.SkipDir
			case d.IsDir() || d.Name()[0] == '.' || !d.Type().IsRegular() && d.Type()&fs.ModeSymlink == 0:
				return nil
			}
			if n++; n > maxVersioned {
				return fs.SkipAll
			}
			if st, err := fs.Stat(fsys, name); err == nil && st.IsDir() { // a link to a folder: not followed
				return nil
			}
			return add(name)
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:versionLength], nil
}

// HasFlow tells whether a step of a trace belongs to a flow of this bot, not to what every bot does.
func (b *Bot) HasFlow(name string) bool { return b.flows[name] != nil }

// HasIntent tells whether callers can want this of the bot.
func (b *Bot) HasIntent(name string) bool { return b.intent(name) != nil }

// Intents are the names of what callers can want, in reading order.
func (b *Bot) Intents() []string {
	out := make([]string, len(b.intents))
	for i, in := range b.intents {
		out[i] = in.name
	}
	return out
}

// Lessons are the sentences that the bot's own understanding of lang is learnt from, titles
// included, in reading order.
func (b *Bot) Lessons(lang string) []nlu.Example {
	var out []nlu.Example
	for _, in := range b.intents {
		if t := in.title[lang]; t != "" {
			out = append(out, nlu.Example{Intent: in.name, Text: t})
		}
		for _, e := range in.examples[lang] {
			out = append(out, nlu.Example{Intent: in.name, Text: e})
		}
	}
	return out
}
