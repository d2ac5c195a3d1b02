package flows

import (
	"fmt"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"decroche/flows/entity"
	"decroche/flows/schema"
)

func itoa(n int) string { return strconv.Itoa(n) }

// readBounded reads at most one byte more than a file may have, which parseTree refuses.
func readBounded(r io.Reader, most int) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, int64(most)+1))
}

var nameShape = regexp.MustCompile(`^[\pL_][\pL\pN_-]*$`)

// name checks an identifier: it is used in expressions, IDs and URLs.
func (l *loader) name(at place, what, s string) {
	if !nameShape.MatchString(s) || len(s) > 64 {
		l.add(at, "%s %q must be letters, digits, _ or -, beginning with a letter, at most 64", what, s)
	}
}

func (l *loader) pattern(t *tree, what string) string {
	s := l.str(t, what)
	if len(s) > 200 {
		l.add(t.at, "%s is %d bytes; at most 200", what, len(s))
	} else if _, err := regexp.Compile(s); err != nil {
		l.add(t.at, "%s is not a regular expression: %v", what, err)
	}
	return s
}

// readBot reads bot.yaml.
func (l *loader) readBot() {
	b := l.bot
	b.policy = policy{
		patience:       patience{word: 5 * time.Second, number: 8 * time.Second, wait: 15 * time.Second},
		maxFailedSteps: 3, filler: 1200 * time.Millisecond, late: 8 * time.Second, maxHandoffs: 3,
		handoff: &handoffStep{maxWait: time.Minute, outcomes: map[string]string{}},
	}
	b.Timezone = time.UTC
	t := l.main
	if t == nil || !l.want(t, isMap, "bot.yaml") {
		l.spoilt = true
		return
	}
	l.only(t, "bot.yaml", schema.Keys[schema.Bot]()...)
	if v := t.get("name"); v != nil {
		b.Name = l.str(v, "name")
		l.name(v.at, "name", b.Name)
	} else {
		l.add(t.at, "name is missing; write name: my_hotline")
	}
	b.title = b.Name
	if v := t.get("title"); v != nil {
		b.title = l.str(v, "title")
	}
	l.readLanguages(t)
	l.readTimezone(t)
	l.each(t.get("called"), "called", func(number string, at place, v *tree) {
		lang := l.str(v, "called")
		if lang != "" && !contains(b.Languages, lang) {
			l.add(v.at, "called %q answers in %q, which is not in languages%s", number, lang, didYouMean(lang, b.Languages))
		}
		b.called[number] = lang
	})
	l.readSpeech(t)
	l.readVars(t)
	l.readResponses(t.get("responses"))
	l.readDisclosure(t)
	l.readRecording(t.get("recording"))
	if p := t.get("policy"); p != nil {
		l.readPolicy(p)
	} else {
		l.add(t.at, "policy is missing; it must say at least who takes calls the bot cannot: policy: {transfer: {skills: [fr]}}")
	}
}

func (l *loader) readLanguages(t *tree) {
	b := l.bot
	v := t.get("languages")
	if v == nil {
		l.add(t.at, "languages is missing; write languages: [fr, en]")
		return
	}
	for _, lang := range l.strings(v, "languages") {
		switch {
		case lang != "fr" && lang != "en":
			l.add(v.at, "language %q is not known; this build understands fr and en", lang)
		case contains(b.Languages, lang):
			l.add(v.at, "language %q is listed twice", lang)
		default:
			b.Languages = append(b.Languages, lang)
		}
	}
	if len(b.Languages) > 0 {
		b.defaultLang = b.Languages[0]
	}
	if d := t.get("default_language"); d != nil {
		b.defaultLang = l.oneOf(d, "default_language", b.Languages...)
	}
}

func (l *loader) readTimezone(t *tree) {
	v := t.get("timezone")
	if v == nil {
		l.add(t.at, "timezone is missing; times are spoken in it: write timezone: Europe/Paris")
		return
	}
	name := l.str(v, "timezone")
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" {
		l.add(v.at, "timezone %q is not known; write a name such as Europe/Paris", name)
		return
	}
	l.bot.Timezone = loc
}

func (l *loader) readVars(t *tree) {
	b := l.bot
	l.each(t.get("vars"), "vars", func(k string, at place, v *tree) {
		l.name(at, "the name of a value", k)
		b.vars[k] = l.str(v, "vars."+k)
		if strings.HasPrefix(b.vars[k], "secret:") {
			l.add(v.at, "vars.%s: vars are readable by templates, secrets are not; write the secret where it is used, in headers", k)
		}
	})
	names := make([]string, 0, len(l.opt.Vars))
	for k := range l.opt.Vars {
		names = append(names, k)
	}
	sort.Strings(names)
	for _, k := range names {
		if _, ok := b.vars[k]; !ok {
			if l.opt.SharedVars {
				continue
			}
			known := make([]string, 0, len(b.vars))
			for n := range b.vars {
				known = append(known, n)
			}
			l.add(t.keyPlace("vars"), "the configuration sets %q, which is not in vars%s", k, didYouMean(k, known))
			continue
		}
		b.vars[k] = l.opt.Vars[k]
	}
}

// responseNames are the values that single responses may read beside the bot's own.
var responseNames = []string{"question", "value", "first", "second", "title", "titles", "phone", "n", "correction", "scale", "company", "disclosure", "reason", "name", "key", "message"}

func (l *loader) readResponses(own *tree) {
	b := l.bot
	defaults, problems := parseTree("responses.yaml", defaultResponses, DefaultConfig())
	if len(problems) > 0 {
		panic(problems) // a fault of this build, found by its first test
	}
	if own != nil && l.want(own, isMap, "responses") {
		l.only(own, "responses", defaults.keys...)
	}
	for i, name := range defaults.keys {
		src := defaults.items[i]
		if v := own.get(name); v != nil {
			src = v
		} else if len(b.Languages) < len(src.keys) {
			src = src.subset(b.Languages)
		}
		if ph := l.phrase(src, "responses."+name, nil, responseNames...); ph != nil {
			b.responses[name] = *ph
		}
	}
}

// subset keeps the given keys of a map.
func (t *tree) subset(keys []string) *tree {
	out := &tree{shape: isMap, at: t.at}
	for i, k := range t.keys {
		if contains(keys, k) {
			out.keys, out.keyAt, out.items = append(out.keys, k), append(out.keyAt, t.keyAt[i]), append(out.items, t.items[i])
		}
	}
	return out
}

// readDisclosure proves that the first prompt says that a machine answers (Regulation (EU)
// 2024/1689, article 50).
func (l *loader) readDisclosure(t *tree) {
	b := l.bot
	d, g := t.get("disclosure"), t.get("greeting")
	if d == nil {
		l.add(t.at, "disclosure is missing: callers must be told at once that a machine answers; write disclosure: {fr: \"Je suis un assistant automatique.\"} and put {{disclosure}} in the greeting")
	} else if ph := l.phrase(d, "disclosure", nil); ph != nil {
		b.disclosure = *ph
		for lang, w := range ph.in {
			if !w.text.static() || w.voice != nil && !w.voice.static() {
				l.add(d.at, "disclosure (%s) must be plain words, without {{values}}", lang)
			}
		}
	}
	if g == nil {
		l.add(t.at, "greeting is missing; write greeting: {fr: \"Bonjour. {{disclosure}} Que puis-je faire pour vous ?\"}")
		return
	}
	ph := l.phrase(g, "greeting", nil, "disclosure")
	if ph == nil {
		return
	}
	b.greeting = *ph
	for _, lang := range b.Languages {
		w := ph.in[lang]
		for what, tp := range map[string]*template{"text": w.text, "voice": w.voice} {
			if tp != nil && !contains(tp.names(), "disclosure") {
				l.add(g.at, "greeting (%s, %s) does not say that a machine answers; put {{disclosure}} in it", lang, what)
			}
		}
	}
}

// recordingWords are what an announcement has one of, or it does not say that the call is recorded.
var recordingWords = map[string]string{"fr": "enregistr", "en": "record"}

// readRecording reads whether calls are recorded, and proves that callers are told: a recording
// that was not announced is none (GDPR articles 12 and 13, Code pénal article 226-1).
func (l *loader) readRecording(t *tree) {
	b := l.bot
	if t != nil && l.want(t, isMap, "recording") {
		l.only(t, "recording", schema.Keys[schema.Recording]()...)
		b.recording = &Recording{Share: 1}
		if v := t.get("enabled"); v != nil && !l.boolean(v, "recording.enabled") {
			b.recording.Share = 0
		}
		if v := t.get("sample"); v != nil {
			if t.has("enabled") {
				l.add(t.keyPlace("sample"), "recording has enabled and sample; write one: sample: 1 is enabled, sample: 0 is not")
			}
			b.recording.Share = l.share(v, "recording.sample")
		}
		if !t.has("enabled") && !t.has("sample") {
			l.add(t.at, "recording does not say which calls; write enabled: true, or sample: 0.1 for one in ten")
		}
		if v := t.get("announce"); v != nil {
			if ph := l.phrase(v, "recording.announce", nil, "company"); ph != nil {
				b.responses["recording"] = *ph
			}
		}
	}
	ph := b.responses["recording"]
	for _, lang := range b.Languages {
		w := ph.in[lang]
		for what, tp := range map[string]*template{"text": w.text, "voice": w.voice} {
			if tp != nil && !strings.Contains(strings.ToLower(tp.src), recordingWords[lang]) {
				l.add(w.at, "the announcement of the recording (%s, %s) does not say that the call is recorded; write for example %q", lang, what, map[string]string{
					"fr": "Cet appel est enregistré.", "en": "This call is recorded."}[lang])
			}
		}
	}
}

func (l *loader) readPolicy(t *tree) {
	p := &l.bot.policy
	if !l.want(t, isMap, "policy") {
		return
	}
	l.only(t, "policy", schema.Keys[schema.Policy]()...)
	if v := t.get("patience"); v != nil && l.want(v, isMap, "patience") {
		l.only(v, "patience", schema.Keys[schema.Patience]()...)
		for k, d := range map[string]*time.Duration{"word": &p.patience.word, "number": &p.patience.number, "wait": &p.patience.wait} {
			if x := v.get(k); x != nil {
				*d = l.duration(x, "patience."+k, time.Second, time.Minute)
			}
		}
	}
	if v := t.get("max_failed_steps"); v != nil {
		p.maxFailedSteps = l.int(v, "max_failed_steps", 1, 20)
	}
	if v := t.get("filler_after"); v != nil {
		p.filler = l.duration(v, "filler_after", 200*time.Millisecond, 10*time.Second)
	}
	if v := t.get("late_after"); v != nil {
		p.late = l.duration(v, "late_after", 2*time.Second, 30*time.Second)
	}
	v := t.get("transfer")
	if v == nil {
		l.add(t.at, "policy has no transfer: it must say who takes calls the bot cannot; write transfer: {skills: [fr]}")
		return
	}
	if h := l.handoff(v, "policy.transfer", nil); h != nil {
		p.handoff = h
	}
	if v := t.get("message"); v != nil {
		p.message = l.boolean(v, "policy.message")
	}
	if v := t.get("callback"); v != nil && l.want(v, isMap, "policy.callback") {
		l.only(v, "policy.callback", schema.Keys[schema.PolicyCallback]()...)
		p.callback = &callbackStep{phone: "caller", confirm: true}
		if w := v.get("window"); w != nil {
			p.callback.window = l.str(w, "window")
		}
		if w := v.get("phone"); w != nil {
			p.callback.phone = l.oneOf(w, "phone", "caller")
		}
	}
}

// readIntents reads intents/*.yaml.
func (l *loader) readIntents() {
	seen := map[string]place{}
	for _, t := range l.intentFiles {
		l.each(t, "a file of intents", func(name string, at place, v *tree) {
			l.name(at, "intent", name)
			if first, dup := seen[name]; dup {
				l.add(at, "intent %q is also in %s:%d; keep one", name, first.file, first.line)
				return
			}
			seen[name] = at
			l.readIntent(name, at, v)
		})
	}
	if len(l.bot.intents) == 0 && !l.spoilt {
		l.add(place{file: "intents"}, "no intent; a bot needs at least one: my_intent: {title: {…}, fr: [...]}")
	}
}

func (l *loader) readIntent(name string, at place, v *tree) {
	in := &intent{name: name, at: at, offer: true, examples: map[string][]string{}, placed: map[string][]place{}, marked: map[string][]string{}}
	l.bot.intents = append(l.bot.intents, in)
	if !l.want(v, isMap, fmt.Sprintf("intent %q", name)) {
		return
	}
	l.only(v, fmt.Sprintf("intent %q", name), append(schema.IntentKeys(), l.langs()...)...)
	if tt := v.get("title"); tt != nil {
		in.title = l.byLang(tt, "title")
	} else {
		l.add(at, "intent %q has no title; it is spoken when two meanings are possible: title: {fr: \"suivre un colis\"}", name)
	}
	for _, lang := range l.langs() {
		ex := v.get(lang)
		if ex == nil {
			l.add(at, "intent %q has no examples in %q", name, lang)
			continue
		}
		if !l.want(ex, isList, "examples") {
			continue
		}
		for _, e := range ex.items {
			whole := l.str(e, "an example")
			s := plainExample(whole)
			if s == "" || len(s) > 500 {
				l.add(e.at, "an example must have 1 to 500 characters")
				continue
			}
			in.examples[lang] = append(in.examples[lang], s)
			in.placed[lang] = append(in.placed[lang], e.at)
			in.marked[lang] = append(in.marked[lang], whole)
			l.marks(e)
		}
		if len(in.examples[lang]) == 0 {
			l.add(ex.at, "intent %q has no examples in %q", name, lang)
		}
	}
	if o := v.get("offer"); o != nil {
		in.offer = l.boolean(o, "offer")
	}
	if f := v.get("flow"); f != nil {
		in.flow = l.str(f, "flow")
		l.later = append(l.later, func() {
			if l.bot.flows[in.flow] == nil && !l.spoilt {
				l.add(f.at, "flow %q does not exist%s", in.flow, didYouMean(in.flow, l.bot.flowNames))
			}
		})
	}
	if n := v.get("near"); n != nil {
		in.near = l.strings(n, "near")
		for _, other := range in.near {
			l.later = append(l.later, func() {
				if l.bot.intent(other) == nil && !l.spoilt {
					l.add(n.at, "near names %q, which is not an intent%s", other, didYouMean(other, l.intentNames()))
				}
			})
		}
	}
}

func (l *loader) intentNames() []string {
	var out []string
	for _, in := range l.bot.intents {
		out = append(out, in.name)
	}
	return out
}

var exampleMark = regexp.MustCompile(`\[([^\]]*)\]\(([^)]*)\)`)

// plainExample drops the marks of entities: "le [45](numero)" -> "le 45".
func plainExample(s string) string {
	return strings.TrimSpace(exampleMark.ReplaceAllString(s, "$1"))
}

// marks checks the entities that an example marks.
func (l *loader) marks(e *tree) {
	for _, m := range exampleMark.FindAllStringSubmatch(e.text, -1) {
		l.later = append(l.later, func() {
			var known []string
			for name := range l.bot.entities {
				known = append(known, name)
			}
			for name := range l.slotNames() {
				if l.bot.entities[name] == nil {
					known = append(known, name)
				}
			}
			if name := m[2]; !contains(known, name) && !contains(entity.Types(), name) && !l.spoilt {
				l.add(e.at, "the example marks %q as %q, which is no entity%s", m[1], name, didYouMean(name, known))
			}
		})
	}
}

// readEntities reads the entities of one flow file.
func (l *loader) readEntities(t *tree) {
	l.each(t, "entities", func(name string, at place, v *tree) {
		l.name(at, "entity", name)
		if first := l.bot.entities[name]; first != nil {
			l.add(at, "entity %q is also in %s:%d; declare it once, every flow may use it", name, first.at.file, first.at.line)
			return
		}
		if contains(entity.Types(), name) {
			l.add(at, "entity %q has the name of a built-in type; choose another", name)
		}
		if !l.want(v, isMap, fmt.Sprintf("entity %q", name)) {
			return
		}
		l.only(v, fmt.Sprintf("entity %q", name), schema.Keys[schema.Entity]()...)
		def := &entityDef{name: name, at: at}
		def.spec = l.spec(v, fmt.Sprintf("entity %q", name))
		def.keys = keyable(def.spec.Type)
		if tt := v.get("dtmf"); tt != nil {
			def.keys = l.boolean(tt, "dtmf")
		}
		if tt := v.get("title"); tt != nil {
			def.title = l.byLang(tt, "title")
		}
		l.bot.entities[name] = def
	})
}

// keyable reports whether a value of this type can be keyed in on a phone.
func keyable(typ string) bool {
	switch typ {
	case entity.TypeDigits, entity.TypeNumber, entity.TypePhone, entity.TypePostcodeFR, entity.TypeYesNo:
		return true
	}
	return false
}
