package configs

import (
	"fmt"
	"slices"
	"strings"

	asrchain "decroche/asr/chain"
	"decroche/flows"
	"decroche/internal/langtag"
)

// NotForProduction is what serve refuses where the configuration says production: true: the
// embedded recogniser as the only one that hears a language, and pages that other machines reach
// with a token that each start prints. Nil without production. bots are those of c.
func NotForProduction(c Config, doc *Document, bots []*flows.Bot) (bad Problems) {
	if !c.Gateway.Production {
		return nil
	}
	var langs []string
	for _, b := range bots {
		langs = append(langs, b.Languages...)
	}
	slices.Sort(langs)
	var alone []string
	for _, lang := range slices.Compact(langs) {
		if kinds := c.ASR.demonstrated(lang); len(kinds) > 0 && !c.ASR.AllowDemonstration {
			alone = append(alone, fmt.Sprintf("%q (%s)", lang, strings.Join(kinds, ", ")))
		}
	}
	if len(alone) > 0 {
		key := "asr.engine"
		if len(c.ASR.Routes) > 0 {
			key = "asr.routes"
		}
		bad = append(bad, At(doc, key, fmt.Sprintf("in production the embedded recogniser alone would hear %s, and it is for demonstrations (docs/recognition.md); name a better engine, as in asr.routes: {any: [wyoming, embedded]}, or set asr.allow_demonstration: true",
			strings.Join(alone, " and "))))
	}
	if c.Gateway.APIToken == "" && c.Gateway.HTTP.Public() {
		bad = append(bad, At(doc, "http.listen", fmt.Sprintf("in production, pages that others can reach at %s need a token of yours: each start prints a new one into its log otherwise; set api_token: env:NAME or file:/path", c.Gateway.HTTP.Listen)))
	}
	return bad
}

// demonstrated is what the embedded recogniser alone would hear in a language: free speech, and
// closed answers whose route nobody wrote. A route such as digits: [embedded] is somebody's
// decision, for something that the engine can do.
func (a ASR) demonstrated(lang string) (kinds []string) {
	for _, kind := range asrchain.Kinds {
		if kind == "any" {
			continue
		}
		_, own := a.Routes[kind]
		_, ours := a.Routes[langtag.Base(lang)+"/"+kind]
		if kind != "free" && (own || ours) {
			continue
		}
		_, list := a.Serves(lang, kind)
		list = slices.DeleteFunc(slices.Clone(list), func(name string) bool { return !a.hears(name, lang) })
		if len(list) > 0 && !slices.ContainsFunc(list, func(name string) bool { return name != "embedded" }) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// Demonstrations are hints about what works in production and is not meant for it. Nil without
// production.
func Demonstrations(c Config, doc *Document) (hints Problems) {
	if !c.Gateway.Production {
		return nil
	}
	say := func(key, msg string) { hints = append(hints, At(doc, key, msg)) }
	if c.Gateway.APIToken == "" {
		say("api_token", "is empty: each start makes a new token and prints it into the log; set env:NAME or file:/path")
	}
	if len(c.Gateway.Hotlines) == 0 {
		say("hotlines", "is empty: the example hotline "+demo+" answers real callers; name folders of yours")
	}
	for i, h := range c.Gateway.Hotlines {
		if isBuiltIn(h) {
			say(HotlineKey(i), fmt.Sprintf("%s is an example hotline, and its company is made up", h))
		}
	}
	if c.ASR.AllowDemonstration && slices.Contains(c.ASR.Used(), "embedded") {
		say("asr.allow_demonstration", "the embedded recogniser may hear real callers alone; docs/recognition.md says how badly")
	}
	return hints
}
