package flows

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
	"time"

	"decroche/flows/entity"
	"decroche/flows/nlu"
	"decroche/flows/schema"

	"github.com/expr-lang/expr/types"

	"decroche/internal/strictyaml"
)

// Options change what a folder says without editing it. The zero Options change nothing.
type Options struct {
	// Vars replace values of "vars:" in bot.yaml, such as the address of an order system.
	// A name that bot.yaml does not have is a mistake, told as one.
	Vars map[string]string
	// SharedVars says that Vars are for several bots: a name that this one does not have is no
	// mistake then. The host compares the names with each Bot's Vars.
	SharedVars bool
	// Actions are the actions the host can run, as their Spec says; nil means HTTPSpec. Every
	// outcome that a Spec names needs a route in the flows, but "ok", which goes on.
	Actions []Spec
	// Understander, when set, replaces the bot's own classifier for inputs without Meaning.
	// It is called inside Turn, so it must not do I/O.
	Understander func(lang string) Understander
	// Cache is a folder for what was learnt from the examples, so that the next load of the same
	// examples learns nothing; empty keeps nothing. It is made when absent, and a load never fails
	// for it.
	Cache string
	// Limits bound what is read; a zero field means its default.
	Limits Config
	// Survey is asked by a bot that says nothing about "surveys:"; the zero one asks nothing.
	Survey SurveyConfig
}

// HTTPSpec is what the http action promises: besides these words it ends in the status the
// server gave ("404"), which flows route one by one.
var HTTPSpec = Spec{Name: "http", Outcomes: []string{"ok", "error", "timeout"}}

//go:embed responses.yaml
var defaultResponses []byte

// Load reads a bot's folder and proves it: after a nil error no turn can meet a step, slot,
// language or route that does not exist. A non-nil error is of type Problems and holds every
// mistake found, unless the folder cannot be read at all.
func Load(fsys fs.FS, opt Options) (*Bot, error) {
	opt.Limits = opt.Limits.filled()
	l := &loader{fs: fsys, opt: opt, env: types.Map{}, sources: map[string][]byte{}, exprNames: map[string]bool{}}
	l.bot = &Bot{
		limits:   opt.Limits,
		entities: map[string]*entityDef{}, sensitive: map[string]entity.Spec{}, flows: map[string]*flow{}, saved: map[string]bool{},
		responses: map[string]phrase{}, called: map[string]string{}, vars: map[string]string{},
		minds: map[string]*mind{}, understand: opt.Understander,
	}
	if err := l.files(); err != nil {
		return nil, err
	}
	l.readBot()
	l.readIntents()
	l.readFlows()
	l.readSurveys()
	l.readKnowledge()
	if len(l.langs()) > 0 {
		l.checkGraph()
		l.train()
	}
	if len(l.problems) == 0 {
		l.checkWarnings()
	}
	if len(l.problems) > 0 {
		return nil, l.shown(l.problems)
	}
	l.bot.warnings, l.bot.sources = l.shown(l.warnings), l.sources
	l.bot.fixAll()
	l.bot.engine = &Engine{bot: l.bot}
	var err error
	if l.bot.Version, err = Version(fsys); err != nil {
		return nil, err
	}
	return l.bot, nil
}

// shown sorts complaints and puts the line of its file to each.
func (l *loader) shown(ps Problems) Problems {
	ps = sorted(ps)
	for i := range ps {
		if ps[i].Source == "" { // an article's complaint brings its own
			ps[i].Source = sourceLine(l.sources[ps[i].File], ps[i].Line)
		}
	}
	return ps
}

type loader struct {
	fs       fs.FS
	opt      Options
	bot      *Bot
	problems Problems
	warnings Problems

	sources     map[string][]byte
	main        *tree
	intentFiles []*tree
	flowFiles   []*tree
	env         types.Map              // names that expressions may use
	uses        []use                  // names read by templates, checked when all are known
	later       []func()               // checks and compilations that need every flow read
	exprNames   map[string]bool        // names read by expressions
	slots       map[string]entity.Spec // the entity of each slot, once every flow is read
	spoilt      bool                   // a file could not be parsed: names from it are not "unknown"
}

// use is one name read by one template.
type use struct {
	name  string
	fn    string   // the way of writing, "" for the value's own
	extra []string // names known only there
	at    place
}

func (l *loader) add(at place, format string, args ...any) {
	l.problems = append(l.problems, at.problem(format, args...))
}

func (l *loader) langs() []string { return l.bot.Languages }

// files finds and parses everything.
func (l *loader) files() error {
	l.main = l.parse("bot.yaml")
	count := 0
	for _, dir := range []string{"intents", "flows"} {
		entries, err := fs.ReadDir(l.fs, dir)
		if errors.Is(err, fs.ErrNotExist) {
			l.add(place{file: dir}, "there is no folder %q; a bot has bot.yaml, intents/ and flows/", dir)
			continue
		}
		if err != nil {
			return fmt.Errorf("flows: read folder %q: %w", dir, err)
		}
		for _, e := range entries {
			ext := path.Ext(e.Name())
			if e.IsDir() || strings.HasPrefix(e.Name(), ".") || ext != ".yaml" && ext != ".yml" {
				continue
			}
			if count++; count > l.opt.Limits.MaxFiles {
				l.add(place{file: dir}, "more than %d files (flows.max_files); a bot this large is several bots", l.opt.Limits.MaxFiles)
				break
			}
			t := l.parse(path.Join(dir, e.Name()))
			if t == nil {
				continue
			}
			if dir == "intents" {
				l.intentFiles = append(l.intentFiles, t)
			} else {
				l.flowFiles = append(l.flowFiles, t)
			}
		}
	}
	return nil
}

func (l *loader) parse(name string) *tree {
	st, err := fs.Stat(l.fs, name)
	if err == nil {
		err = strictyaml.Regular(st)
	}
	var f fs.File
	if err == nil {
		f, err = l.fs.Open(name)
	}
	if err != nil {
		l.spoilt = true
		l.add(place{file: name}, "cannot be read (%v); a bot's folder needs it", rootCause(err))
		return nil
	}
	defer func() { _ = f.Close() }()
	src, err := readBounded(f, l.opt.Limits.MaxFileBytes)
	if err != nil {
		l.spoilt = true
		l.add(place{file: name}, "cannot be read (%v)", rootCause(err))
		return nil
	}
	l.sources[name] = src
	t, problems := parseTree(name, src, l.opt.Limits)
	l.problems = append(l.problems, problems...)
	if t == nil {
		l.spoilt = true
	}
	return t
}

func rootCause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// only complains about keys that are not in known.
func (l *loader) only(t *tree, what string, known ...string) {
	for i, k := range t.keys {
		switch {
		case contains(known, k):
		case contains(schema.Languages(), k) && len(l.langs()) > 0 && contains(known, l.langs()[0]):
			l.add(t.keyAt[i], "%s is written in %q, which is not in languages of bot.yaml; add it there or remove this", what, k)
		default:
			l.add(t.keyAt[i], "unknown key %q in %s%s", k, what, didYouMean(k, known))
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// want complains when t is not of the shape. It reports whether it is.
func (l *loader) want(t *tree, s shape, what string) bool {
	if t == nil {
		return false
	}
	if t.shape != s {
		l.add(t.at, "%s must be %s, not %s", what, s, t.shape)
		return false
	}
	return true
}

func (l *loader) str(t *tree, what string) string {
	if !l.want(t, isScalar, what) {
		return ""
	}
	return t.text
}

func (l *loader) int(t *tree, what string, lo, hi int) int {
	if !l.want(t, isScalar, what) {
		return lo
	}
	n, err := strconv.Atoi(t.text)
	if err != nil || n < lo || n > hi {
		l.add(t.at, "%s must be a whole number from %d to %d, not %q", what, lo, hi, t.text)
		return lo
	}
	return n
}

// share reads a number from 0 to 1.
func (l *loader) share(t *tree, what string) float64 {
	if !l.want(t, isScalar, what) {
		return 0
	}
	v, err := strconv.ParseFloat(t.text, 64)
	if err != nil || !(v >= 0 && v <= 1) {
		l.add(t.at, "%s must be a number from 0 to 1, not %q", what, t.text)
		return 0
	}
	return v
}

func (l *loader) boolean(t *tree, what string) bool {
	if !l.want(t, isScalar, what) {
		return false
	}
	if t.text != "true" && t.text != "false" {
		l.add(t.at, "%s must be true or false, not %q", what, t.text)
	}
	return t.text == "true"
}

func (l *loader) duration(t *tree, what string, lo, hi time.Duration) time.Duration {
	if !l.want(t, isScalar, what) {
		return lo
	}
	d, err := time.ParseDuration(t.text)
	if err != nil {
		l.add(t.at, "%s must be a duration such as 3s or 300ms, not %q", what, t.text)
		return lo
	}
	if d < lo || d > hi {
		l.add(t.at, "%s must be between %v and %v, not %v", what, lo, hi, d)
		return lo
	}
	return d
}

// oneOf reads a word out of a fixed list.
func (l *loader) oneOf(t *tree, what string, known ...string) string {
	s := l.str(t, what)
	if t.shape == isScalar && !contains(known, s) {
		l.add(t.at, "%s cannot be %q%s", what, s, didYouMean(s, known))
	}
	return s
}

// strings reads a text or a list of texts.
func (l *loader) strings(t *tree, what string) []string {
	if t == nil {
		return nil
	}
	if t.shape == isScalar {
		return []string{t.text}
	}
	if !l.want(t, isList, what) {
		return nil
	}
	var out []string
	for _, it := range t.items {
		if s := l.str(it, "each of "+what); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// each visits the entries of a map.
func (l *loader) each(t *tree, what string, visit func(key string, at place, v *tree)) {
	if t == nil || !l.want(t, isMap, what) {
		return
	}
	for i, k := range t.keys {
		visit(k, t.keyAt[i], t.items[i])
	}
}

// byLang reads {fr: …, en: …} of plain texts; a bare text serves a bot of one language.
func (l *loader) byLang(t *tree, what string) map[string]string {
	out := map[string]string{}
	if t == nil {
		return out
	}
	if t.shape == isScalar {
		if len(l.langs()) > 1 {
			l.add(t.at, "%s must be written per language, {%s: …}", what, strings.Join(l.langs(), ": …, "))
		}
		for _, lang := range l.langs() {
			out[lang] = t.text
		}
		return out
	}
	if !l.want(t, isMap, what) {
		return out
	}
	l.only(t, what, l.langs()...)
	for _, lang := range l.langs() {
		v := t.get(lang)
		if v == nil {
			l.add(t.at, "%s lacks language %q", what, lang)
			continue
		}
		out[lang] = l.str(v, what)
	}
	return out
}

// phrase reads something to say: per language a text or {text, voice, quick}. with are the
// other keys that may stand beside the languages; names are values known only here.
func (l *loader) phrase(t *tree, what string, with []string, names ...string) *phrase {
	if t == nil {
		return nil
	}
	ph := &phrase{in: map[string]wording{}, at: t.at}
	if t.shape == isScalar {
		if len(l.langs()) > 1 {
			l.add(t.at, "%s must be written per language, {%s: …}", what, strings.Join(l.langs(), ": …, "))
		}
		for _, lang := range l.langs() {
			ph.in[lang] = wording{text: l.template(t, what, names), at: t.at}
		}
		return ph
	}
	if !l.want(t, isMap, what) {
		return nil
	}
	l.only(t, what, append(append([]string{}, l.langs()...), with...)...)
	for _, lang := range l.langs() {
		v := t.get(lang)
		if v == nil {
			l.add(t.at, "%s lacks language %q", what, lang)
			continue
		}
		ph.in[lang] = l.wording(v, what, names)
	}
	return ph
}

func (l *loader) wording(v *tree, what string, names []string) wording {
	w := wording{text: &template{}, at: v.at}
	if v.shape == isScalar {
		w.text = l.template(v, what, names)
		return w
	}
	if !l.want(v, isMap, what) {
		return w
	}
	l.only(v, what, schema.Keys[schema.Wording]()...)
	if t := v.get("text"); t != nil {
		w.text = l.template(t, what, names)
	}
	if t := v.get("voice"); t != nil {
		w.voice, w.marks = l.voice(t, what, names)
		if !v.has("text") {
			w.text = w.voice
		}
	} else if !v.has("text") {
		l.add(v.at, "%s has neither text nor voice", what)
	}
	w.quick = l.strings(v.get("quick"), "quick")
	return w
}

func (l *loader) template(t *tree, what string, extra []string) *template {
	s := l.str(t, what)
	tp, complaint := parseTemplate(s)
	if complaint != "" {
		l.add(t.at, "%s %s", what, complaint)
	}
	if t.shape == isScalar && strings.TrimSpace(s) == "" {
		l.add(t.at, "%s is empty", what)
	}
	for _, p := range tp.parts {
		if p.name != "" {
			l.uses = append(l.uses, use{p.name, p.fn, extra, t.at})
		}
	}
	return tp
}

// engineNames are values that every template and expression may read.
var engineNames = []string{"channel", "lang", "caller", "opens"}

// checkUses proves that every value read by a template exists.
func (l *loader) checkUses() {
	known := append([]string{}, engineNames...)
	for n := range l.bot.vars {
		known = append(known, "vars."+n)
	}
	for n := range l.bot.entities {
		known = append(known, n)
	}
	for n := range l.bot.saved {
		known = append(known, n)
	}
	for n := range l.slotNames() {
		known = append(known, n)
	}
	sort.Strings(known)
	for _, u := range l.uses {
		if contains(known, u.name) || contains(u.extra, u.name) || l.spoilt {
			l.checkWriting(u)
			continue
		}
		if strings.HasPrefix(u.name, "secret:") {
			l.add(u.at, "{{%s}}: secrets are never readable by templates; write the header as \"%s\"", u.name, u.name)
			continue
		}
		l.add(u.at, "{{%s}} is neither a slot, a saved value nor in vars%s", u.name,
			didYouMean(u.name, append(append([]string{}, known...), u.extra...)))
	}
}

func (l *loader) slotNames() map[string]bool {
	out := map[string]bool{}
	for _, f := range l.bot.flows {
		for _, s := range f.steps {
			if s.collect != nil {
				out[s.collect.slot] = true
			}
		}
	}
	return out
}

// train learns one classifier per language.
func (l *loader) train() {
	if len(l.problems) > 0 {
		return // the examples may be wrong; training on them would tell nothing
	}
	for _, lang := range l.langs() {
		c, err := nlu.TrainCached(l.opt.Cache, lang, l.bot.Lessons(lang), nlu.Options{Lists: l.bot.Lists()})
		if err != nil {
			l.add(place{file: "intents"}, "cannot learn language %q from the examples: %v", lang, err)
			continue
		}
		act, clarify := c.Thresholds()
		l.bot.minds[lang] = &mind{classifier: c, act: act, clarify: clarify}
	}
}

// spec checks an entity written in YAML.
func (l *loader) spec(t *tree, what string) entity.Spec {
	var s entity.Spec
	if tt := t.get("type"); tt != nil {
		s.Type = l.oneOf(tt, what+" type", entity.Types()...)
	} else {
		l.add(t.at, "%s has no type; one of %s", what, strings.Join(entity.Types(), ", "))
	}
	if tt := t.get("length"); tt != nil {
		most := 64
		if s.Type == entity.TypeText {
			most = 1000
		}
		s.Length = l.int(tt, what+" length", 1, most)
	}
	if tt := t.get("pattern"); tt != nil {
		s.Pattern = l.pattern(tt, what+" pattern")
	}
	if tt := t.get("check"); tt != nil {
		s.Check = l.oneOf(tt, what+" check", entity.Checks()...)
	}
	if tt := t.get("values"); tt != nil {
		s.Values = map[string][]string{}
		l.each(tt, what+" values", func(k string, _ place, v *tree) {
			s.Values[k] = l.strings(v, "synonyms")
		})
	}
	if s.Type == entity.TypeList && len(s.Values) == 0 {
		l.add(t.at, "%s is a list without values; write values: {name: [synonyms]}", what)
	}
	if s.Type != entity.TypeList && s.Values != nil {
		l.add(t.keyPlace("values"), "%s: values belong to type list", what)
	}
	return s
}

// understandNow is understandAll of a single reading.
func (b *Bot) understandNow(ctx context.Context, lang, text string, want Expect) (Meaning, error) {
	return b.understandAll(ctx, lang, []Alternative{{Text: text, Confidence: 1}}, want)
}

// understandAll is the synchronous understanding of inputs without Meaning. The bot's own mind
// weighs all readings; another understander is given the best one.
func (b *Bot) understandAll(ctx context.Context, lang string, readings []Alternative, want Expect) (Meaning, error) {
	if b.understand != nil {
		if u := b.understand(lang); u != nil {
			return u.Understand(ctx, readings[0].Text, want)
		}
	}
	m := b.minds[lang]
	if m == nil {
		return Meaning{}, nil
	}
	all := make([]nlu.Alternative, len(readings))
	for i, r := range readings {
		all[i] = nlu.Alternative(r)
	}
	return meaning(m.classifier.ClassifyN(all)), nil
}
