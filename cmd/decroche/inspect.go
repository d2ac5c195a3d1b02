package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"decroche/configs"
	"decroche/flows"
	"decroche/gateway"
	"decroche/internal/demosystems"
	"decroche/tts/espeak"
)

// inspect looks at what a serve needs beside right keys and flows: secrets, folders, and engines
// that know the hotlines' languages. It starts nothing and leaves nothing behind.
func inspect(ctx context.Context, cfg configs.Config, doc *configs.Document, bots []*flows.Bot) configs.Problems {
	var bad configs.Problems
	say := func(key, format string, args ...any) {
		bad = append(bad, configs.At(doc, key, fmt.Sprintf(format, args...)))
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Gateway.Secrets)) {
		if err := readable(cfg.Gateway.Secrets[name]); err != nil {
			say("secrets."+name, "%v", err)
		}
	}
	bad = append(bad, demoTokens(cfg, doc)...)
	bad = append(bad, configs.NotForProduction(cfg, doc, bots)...)
	if cfg.Gateway.APIToken != "" {
		if err := goodToken(cfg); err != nil {
			say("api_token", "%v", err)
		}
	}
	if s, err := cfg.Gateway.OIDCSecret(); err == nil && cfg.Gateway.Accounts.OIDC.ClientSecret != "" {
		if _, err := s.Read(); err != nil {
			say("accounts.oidc.client_secret", "%v", err)
		}
	}
	if _, err := cfg.Gateway.MailPassword(); err != nil {
		say("mail.password", "%v", err)
	}
	for _, b := range bots {
		for _, s := range b.Secrets() {
			if _, ok := cfg.Gateway.Secrets[s]; !ok {
				say("secrets."+s, "hotline %s sends secret:%s, which is not under secrets:; add %s: env:NAME", b.Name, s, s)
			}
		}
	}
	if err := writable(cfg.Gateway.DataDir); err != nil {
		say("data_dir", "%v; make it writable, or name another folder", err)
	}
	if dir := cfg.TTS.Cache.Dir; dir != "" {
		if err := writable(dir); err != nil {
			say("tts.cache.dir", "%v; make it writable, or name another folder", err)
		}
	}
	if dir := cfg.Gateway.Recording.Dir; dir != "" {
		if err := writable(dir); err != nil {
			say("recording.dir", "%v; make it writable, or name another folder", err)
		}
	}
	if ref := cfg.Gateway.Summary.Key; ref != "" {
		if err := readable(ref); err != nil {
			say("summary.key", "%v", err)
		}
	}
	for _, p := range cfg.Gateway.VCon.CheckKeys() {
		key, what, _ := strings.Cut(p, ": ")
		say("vcon."+key, "%s", what)
	}
	for _, lang := range languages(bots) {
		ok, asked := cfg.ASR.Serves(lang, "free")
		switch {
		case ok:
		case len(cfg.ASR.Routes) > 0:
			say("asr.routes", "hotline %s speaks %q, which none of %s hears; add %s/any: with an engine that does, or take it out of languages: in bot.yaml", speaker(bots, lang), lang, strings.Join(asked, ", "), lang)
		case cfg.ASR.Engine != "embedded":
			say("asr.engine", "hotline %s speaks %q, which %s is not set to hear; add %s to the languages or urls of asr.%s, or take it out of languages: in bot.yaml", speaker(bots, lang), lang, cfg.ASR.Engine, lang, cfg.ASR.Engine)
		default:
			say("asr.embedded.languages", "hotline %s speaks %q, which the recogniser is not to listen for; add %s here, or take it out of languages: in bot.yaml", speaker(bots, lang), lang, lang)
		}
	}
	return append(bad, inspectVoices(ctx, cfg, doc, bots)...)
}

// demoTokens complains about secrets that everybody can read in our source, in production.
func demoTokens(cfg configs.Config, doc *configs.Document) (bad configs.Problems) {
	if !cfg.Gateway.Production {
		return nil
	}
	known := slices.Collect(maps.Values(demosystems.Tokens))
	for _, name := range slices.Sorted(maps.Keys(cfg.Gateway.Secrets)) {
		ref, err := gateway.ParseSecret(cfg.Gateway.Secrets[name])
		if err != nil {
			continue // told already
		}
		if value, err := ref.Read(); err == nil && slices.Contains(known, value) {
			bad = append(bad, configs.At(doc, "secrets."+name, "is the token of an example company, which everybody knows; in production use one of your own"))
		}
	}
	return bad
}

// inspectVoices asks the voice's engine whether it has each voice that is named or needed.
func inspectVoices(ctx context.Context, cfg configs.Config, doc *configs.Document, bots []*flows.Bot) (bad configs.Problems) {
	if cfg.TTS.Engine != "espeak" || len(cfg.TTS.Espeak.Validate()) > 0 {
		return nil // told already
	}
	mouth, err := espeak.New(cfg.TTS.Espeak)
	if err != nil {
		return configs.Problems{configs.At(doc, "tts.espeak.path", plainError(err))}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 10*time.Second, errors.New("the program did not list its voices within 10 s"))
	defer cancel()
	langs := append(languages(bots), slices.Collect(maps.Keys(cfg.TTS.Espeak.Voices))...)
	slices.Sort(langs)
	for _, lang := range slices.Compact(langs) {
		if err := mouth.Check(ctx, lang); err != nil {
			bad = append(bad, configs.At(doc, "tts.espeak.voices."+lang, plainError(err)))
		}
	}
	return bad
}

// plainError is an error without the name of the package that it comes from.
func plainError(err error) string { return strings.TrimPrefix(err.Error(), "tts/espeak: ") }

// languages are all that the hotlines speak, in order.
func languages(bots []*flows.Bot) (list []string) {
	for _, b := range bots {
		list = append(list, b.Languages...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// speaker is the first hotline that speaks a language.
func speaker(bots []*flows.Bot, lang string) string {
	for _, b := range bots {
		if slices.Contains(b.Languages, lang) {
			return b.Name
		}
	}
	return ""
}

// readable tells whether a secret can be read, without keeping it.
func readable(ref string) error {
	s, err := gateway.ParseSecret(ref)
	if err != nil {
		return err
	}
	_, err = s.Read()
	return err
}

// goodToken tells whether the API token can be read and is one that the pages accept.
func goodToken(cfg configs.Config) error {
	s, err := gateway.ParseSecret(cfg.Gateway.APIToken)
	if err != nil {
		return err
	}
	pages := cfg.Gateway.HTTP
	if pages.Token, err = s.Read(); err != nil {
		return err
	}
	for _, bad := range pages.Validate() {
		if msg, ok := strings.CutPrefix(bad, "token: "); ok {
			return errors.New("the token is " + msg)
		}
	}
	return nil
}

// writable tells whether a folder can be written in, or made when it is not there.
func writable(dir string) error {
	there, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	for {
		st, err := os.Stat(there)
		if err == nil && !st.IsDir() {
			return fmt.Errorf("%q is a file and not a folder", there)
		}
		if err == nil {
			break
		}
		up := filepath.Dir(there)
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) || up == there {
			return fmt.Errorf("%q cannot be looked at: %w", there, err)
		}
		there = up
	}
	probe, err := os.CreateTemp(there, ".decroche-*")
	if err != nil {
		return fmt.Errorf("nothing can be written in %q: %w", there, errors.Unwrap(err))
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
