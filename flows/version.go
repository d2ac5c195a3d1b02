package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"decroche/flows/nlu"
)

// versionLength is how many hexadecimal digits of the hash are kept: enough to tell any two
// versions of one folder apart, short enough to read out.
const versionLength = 12

// Version names what a bot's folder says: a hash over the names and contents of bot.yaml,
// intents/, flows/ and knowledge/. Tests, notes and hidden files do not count, because they
// change nothing that a caller meets.
func Version(fsys fs.FS) (string, error) {
	sum := sha256.New()
	add := func(name string) error {
		f, err := fsys.Open(name)
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
		entries, err := fs.ReadDir(fsys, dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("flows: version of %s: %w", dir, err)
		}
		for i, e := range entries { // in the order of names
			if e.IsDir() || !e.Type().IsRegular() && e.Type()&fs.ModeSymlink == 0 || e.Name()[0] == '.' || i > mostFiles {
				continue
			}
			if err := add(path.Join(dir, e.Name())); err != nil {
				return "", err
			}
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
