package configs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	asrchain "decroche/asr/chain"
	"decroche/internal/langtag"
	ttschain "decroche/tts/chain"
)

// Used are the recognisers that turns may go to, by name; Engine alone without routes.
func (a ASR) Used() []string { return used(a.Engine, a.Routes) }

// AllRoutes are the routes with that of Engine for everything that they leave out.
func (a ASR) AllRoutes() asrchain.Routes { return allRoutes(a.Engine, a.Routes) }

// String is the engine, or the routes, on one line.
func (a ASR) String() string {
	if len(a.Routes) == 0 {
		return a.Engine
	}
	return a.AllRoutes().String()
}

// Terms are what a chain has to know of an engine: what the configuration says, and the
// languages of the engine's own settings. No languages: all, as of openai, whose server has no
// list to set; asr.engines.openai.languages gives it one.
func (a ASR) Terms(name string) asrchain.Terms {
	t := a.Engines[name]
	if len(t.Languages) == 0 {
		switch name {
		case "embedded":
			t.Languages = a.Embedded.Languages
		case "wyoming":
			t.Languages = a.Wyoming.Languages
		case "vosk": // a server a language
			t.Languages = slices.Sorted(maps.Keys(a.Vosk.URLs))
		case "pocketsphinx":
			t.Languages = a.Pocketsphinx.Languages()
		case "sherpa":
			t.Languages = a.Sherpa.Languages()
		}
	}
	return t
}

// Serves tells whether somebody hears a language where the flow expects kind, and names the
// engines that are asked.
func (a ASR) Serves(lang, kind string) (bool, []string) {
	list := a.AllRoutes().Pick(lang, kind)
	return slices.ContainsFunc(list, func(name string) bool { return a.hears(name, lang) }), list
}

// hears tells whether an engine is set to hear a language.
func (a ASR) hears(name, lang string) bool {
	langs := a.Terms(name).Languages
	return len(langs) == 0 || slices.ContainsFunc(langs, func(l string) bool { return langtag.Base(l) == langtag.Base(lang) })
}

// complaints are the mistakes in the routes and in what belongs to them.
func (a ASR) complaints() (bad []string) {
	for _, b := range a.Routes.Validate(Recognisers) {
		bad = append(bad, "asr.routes."+b)
	}
	for _, b := range a.Chain.Validate() {
		bad = append(bad, "asr.chain."+b)
	}
	bad = append(bad, enginesComplaints("asr.engines.", "engine", Recognisers, a.Engines)...)
	for _, key := range slices.Sorted(maps.Keys(a.Routes)) {
		lang, kind, own := strings.Cut(key, "/")
		if ok, list := a.Serves(lang, kind); own && !ok && len(list) > 0 {
			bad = append(bad, fmt.Sprintf("asr.routes.%s: none of %s hears %s; name one that does, or add %s to its languages", key, strings.Join(list, ", "), lang, lang))
		}
	}
	return bad
}

// Used are the voices that may speak, by name.
func (t TTS) Used() []string { return used(t.Engine, t.Routes) }

// AllRoutes are the routes with that of Engine for the languages that they leave out.
func (t TTS) AllRoutes() ttschain.Routes { return allRoutes(t.Engine, t.Routes) }

// String is the voice, or the routes, on one line.
func (t TTS) String() string {
	if len(t.Routes) == 0 {
		return t.Engine
	}
	return t.AllRoutes().String()
}

// Terms are what a chain has to know of a voice: what the configuration says, and for a voice
// that has one model a language, those languages.
func (t TTS) Terms(name string) ttschain.Terms {
	terms := t.Engines[name]
	if len(terms.Languages) == 0 && name == "sherpa" {
		terms.Languages = t.Sherpa.Languages()
	}
	return terms
}

func (t TTS) complaints() (bad []string) {
	for _, b := range t.Routes.Validate(Voices) {
		bad = append(bad, "tts.routes."+b)
	}
	for _, b := range t.Chain.Validate() {
		bad = append(bad, "tts.chain."+b)
	}
	bad = append(bad, enginesComplaints("tts.engines.", "voice", Voices, t.Engines)...)
	return bad
}

// enginesComplaints are the mistakes in what is said of engines by name: names that are not known, and
// values that cannot be.
func enginesComplaints[T interface{ Validate() []string }](key, what string, known []string, engines map[string]T) (bad []string) {
	for _, name := range slices.Sorted(maps.Keys(engines)) {
		if !slices.Contains(known, name) {
			bad = append(bad, fmt.Sprintf("%s%s: there is no %s of this name; there is %s", key, name, what, strings.Join(known, ", ")))
		}
		for _, b := range engines[name].Validate() {
			bad = append(bad, key+name+"."+b)
		}
	}
	return bad
}

func allRoutes[R ~map[string][]string](engine string, routes R) R {
	all := maps.Clone(routes)
	if all == nil {
		all = R{}
	}
	if _, ok := all["any"]; !ok {
		all["any"] = []string{engine}
	}
	return all
}

// used are the engines of routes in the order of their first use, the one of "any" first.
func used[R ~map[string][]string](engine string, routes R) (names []string) {
	if len(routes) == 0 {
		return []string{engine}
	}
	all := allRoutes(engine, routes)
	for _, key := range append([]string{"any"}, slices.Sorted(maps.Keys(all))...) {
		for _, name := range all[key] {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// patience complains about deadlines of routes that the call does not wait for: it would give
// up before the next engine is asked.
func patience(c Config) (bad []string) {
	wait, audio := c.Gateway.Call.FinalWait, c.Gateway.Call.FirstAudio
	say := func(key string, d, than any, call string) {
		bad = append(bad, fmt.Sprintf("%s: %v is not less than %s (%v), when the call gives up before the next engine is asked; shorten it or lengthen %s", key, d, call, than, call))
	}
	for _, name := range c.ASR.Used() {
		final := c.ASR.Engines[name].Final
		switch {
		case len(c.ASR.Routes) == 0:
		case final >= wait:
			say("asr.engines."+name+".final", final, wait, "call.final_wait")
		case final == 0 && c.ASR.Chain.Final >= wait:
			say("asr.chain.final", c.ASR.Chain.Final, wait, "call.final_wait")
			return bad
		}
	}
	if len(c.TTS.Routes) > 0 && c.TTS.Chain.FirstAudio >= audio {
		say("tts.chain.first_audio", c.TTS.Chain.FirstAudio, audio, "call.first_audio")
	}
	return bad
}
