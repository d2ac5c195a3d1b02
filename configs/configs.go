// Package configs reads the configuration file: strictly, with every complaint at once and its
// place in the file. Defaults live with the code they configure; decroche.yaml shows every key
// with its default, and a test proves that it is complete and equal to them.
package configs

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	asrchain "decroche/asr/chain"
	"decroche/asr/embedded"
	asropenai "decroche/asr/openai"
	"decroche/asr/pocketsphinx"
	asrsherpa "decroche/asr/sherpa"
	"decroche/asr/vosk"
	asrwyoming "decroche/asr/wyoming"
	"decroche/flows"
	"decroche/gateway"
	"decroche/internal/models"
	"decroche/internal/strictyaml"
	"decroche/internal/worker"
	"decroche/tts/cache"
	ttschain "decroche/tts/chain"
	"decroche/tts/espeak"
	"decroche/tts/files"
	ttsopenai "decroche/tts/openai"
	ttssherpa "decroche/tts/sherpa"
	ttswyoming "decroche/tts/wyoming"
)

// Config is the whole configuration file.
type Config struct {
	Gateway gateway.Config     `yaml:",inline"`
	ASR     ASR                `yaml:"asr"`
	TTS     TTS                `yaml:"tts"`
	Worker  worker.Config      `yaml:"worker"` // how the processes of native engines are looked after
	Flows   flows.Config       `yaml:"flows"`
	Survey  flows.SurveyConfig `yaml:"survey"` // of hotlines that say nothing about theirs
	Models  models.Config      `yaml:"models"`
}

// ModelsDir is the folder that models are kept in.
func (c Config) ModelsDir() string {
	if c.Models.Dir != "" {
		return c.Models.Dir
	}
	return filepath.Join(c.Gateway.DataDir, "models")
}

// ASR chooses the recogniser.
type ASR struct {
	Engine string `yaml:"engine"` // one of Recognisers
	// AllowDemonstration lets the embedded recogniser be the only one in production.
	AllowDemonstration bool `yaml:"allow_demonstration"`

	Embedded embedded.Config   `yaml:"embedded"`
	Wyoming  asrwyoming.Config `yaml:"wyoming"`
	OpenAI   asropenai.Config  `yaml:"openai"`
	Vosk     vosk.Config       `yaml:"vosk"`
	// These live in a worker, a process of their own.
	Pocketsphinx pocketsphinx.Config `yaml:"pocketsphinx"`
	Sherpa       asrsherpa.Config    `yaml:"sherpa"`

	// Routes are which engines hear what, in turn; without any, Engine hears everything.
	Routes  asrchain.Routes           `yaml:"routes"`
	Engines map[string]asrchain.Terms `yaml:"engines"`
	Chain   asrchain.Config           `yaml:"chain"`
}

// Recognisers and Voices are the engines that a configuration may name.
var (
	Recognisers = []string{"embedded", "wyoming", "openai", "vosk", "pocketsphinx", "sherpa"}
	Voices      = []string{"espeak", "wyoming", "openai", "files", "sherpa"}
)

// TTS chooses the voice.
type TTS struct {
	Engine  string            `yaml:"engine"` // one of Voices
	Espeak  espeak.Config     `yaml:"espeak"`
	Wyoming ttswyoming.Config `yaml:"wyoming"`
	OpenAI  ttsopenai.Config  `yaml:"openai"`
	Files   files.Config      `yaml:"files"`
	Sherpa  ttssherpa.Config  `yaml:"sherpa"` // lives in a worker
	Cache   cache.Config      `yaml:"cache"`
	// LevelDB is the active speech level of every voice, in dB below full scale (ITU-T P.56).
	LevelDB float64 `yaml:"level_db"`
	// Routes are which voices speak which language, in turn; without any, Engine speaks all.
	Routes  ttschain.Routes           `yaml:"routes"`
	Engines map[string]ttschain.Terms `yaml:"engines"`
	Chain   ttschain.Config           `yaml:"chain"`
}

// Problems is every complaint about the configuration. It is an error.
type Problems = strictyaml.Problems

//go:embed decroche.yaml
var manual []byte

//go:embed examples.yaml
var examples []byte

// Examples is the configuration of make run: the example hotlines and the tokens of their
// companies' systems.
func Examples() (Config, error) { return Parse("examples.yaml", examples) }

// Manual is decroche.yaml: every key, its default, what it is for.
func Manual() []byte { return manual }

//go:embed all:hotlines
var hotlines embed.FS

// demo is the hotline that answers when a configuration names none.
const demo = "colibri"

// BuiltIn returns the folder of an example hotline, and whether there is one of that name. A
// configuration names it without a slash, hotlines: [banque]; a folder of the same name beside
// the file is ./banque.
func BuiltIn(name string) (fs.FS, bool) {
	if !slices.Contains(BuiltInNames(), name) {
		return nil, false
	}
	sub, err := fs.Sub(hotlines, "hotlines/"+name)
	return sub, err == nil
}

// BuiltInNames are the example hotlines, in order.
func BuiltInNames() (names []string) {
	list, err := hotlines.ReadDir("hotlines")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// Default is what serves without a file.
func Default() Config {
	return Config{
		Gateway: gateway.DefaultConfig(),
		ASR:     ASR{Engine: "embedded", Routes: asrchain.Routes{}, Engines: map[string]asrchain.Terms{}, Chain: asrchain.DefaultConfig(), Embedded: embedded.DefaultConfig(), Wyoming: asrwyoming.DefaultConfig(), OpenAI: asropenai.DefaultConfig(), Vosk: vosk.DefaultConfig(), Pocketsphinx: pocketsphinx.DefaultConfig(), Sherpa: asrsherpa.DefaultConfig()},
		TTS:     TTS{Engine: "espeak", LevelDB: espeak.DefaultConfig().LevelDB, Routes: ttschain.Routes{}, Engines: map[string]ttschain.Terms{}, Chain: ttschain.DefaultConfig(), Espeak: espeak.DefaultConfig(), Wyoming: ttswyoming.DefaultConfig(), OpenAI: ttsopenai.DefaultConfig(), Files: files.DefaultConfig(), Sherpa: ttssherpa.DefaultConfig(), Cache: cache.DefaultConfig()},
		Flows:   flows.DefaultConfig(),
		Survey:  flows.DefaultSurvey(),
		Models:  models.DefaultConfig(),
		Worker:  worker.DefaultConfig(),
	}
}

// Problem is one complaint about one place.
type Problem = strictyaml.Problem

// HotlineKey is the key path of the i-th hotline, from 0.
func HotlineKey(i int) string { return fmt.Sprintf("hotlines[%d]", i) }

// Document remembers where each key of a configuration file stands.
type Document = strictyaml.Document

// Load reads a file over the defaults; without a name, the defaults alone. Mistakes come back
// as Problems. Paths in the file are relative to its folder.
func Load(path string) (Config, error) {
	c, _, err := Read(path)
	return c, err
}

// Read is Load with the places of the keys, for complaints of what looks further. The Document
// is never nil. What comes with an error is what could be read, the defaults for the rest.
func Read(path string) (Config, *Document, error) {
	if path == "" {
		c, doc := Default(), &Document{File: "built-in defaults"}
		return c, doc, failed(validate(doc, c))
	}
	data, err := readFile(path)
	if err != nil {
		return Default(), &Document{File: path}, Problems{{File: path, Msg: "cannot be read: " + err.Error()}}
	}
	return parse(path, data)
}

// readFile reads an ordinary file: a pipe in its place would be waited for.
func readFile(path string) ([]byte, error) {
	st, err := os.Stat(path)
	if err == nil {
		err = strictyaml.Regular(st)
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// Parse reads a file's text over the defaults; file names it in complaints.
func Parse(file string, data []byte) (Config, error) {
	c, _, err := parse(file, data)
	return c, err
}

// parse decodes and validates; what was not decoded is not validated.
func parse(file string, data []byte) (Config, *Document, error) {
	c := Default()
	doc, ps := strictyaml.Decode(file, data, &c)
	hideSecrets(ps, data)
	if !doc.Read() {
		return c, doc, failed(ps)
	}
	for i, h := range c.Gateway.Hotlines {
		if !isBuiltIn(h) && !filepath.IsAbs(h) {
			c.Gateway.Hotlines[i] = filepath.Join(filepath.Dir(file), h)
		}
	}
	if dir := c.TTS.Files.Dir; dir != "" && !filepath.IsAbs(dir) && doc.Has("tts.files.dir") {
		c.TTS.Files.Dir = filepath.Join(filepath.Dir(file), dir)
	}
	below(filepath.Dir(file), &c.Models.Dir, &c.Models.Catalogue)
	nativeFiles(&c, filepath.Dir(file))
	for _, p := range validate(doc, c) {
		if key, msg, _ := strings.Cut(p.Msg, ": "); !known(doc, key, msg) {
			ps = append(ps, p)
		}
	}
	ps.Sort()
	return c, doc, failed(ps)
}

// known tells whether a complaint follows from one that decoding made already: about the same
// key, or a comparison with a key beside it whose value could not be read.
func known(doc *Document, key, msg string) bool {
	return doc.Bad(key) || slices.ContainsFunc(doc.BadBeside(key), func(name string) bool { return strings.Contains(msg, name) })
}

// failed is ps as an error.
func failed(ps Problems) error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// secret tells whether a key path is one where somebody may have written a secret itself.
func secret(path string) bool {
	return strings.HasPrefix(path, "secrets") || strings.HasPrefix(path, "api_token") || path == "key" || strings.HasSuffix(path, ".key") || strings.HasSuffix(path, "client_secret")
}

// hideSecrets takes out of decoding's complaints what may be a secret.
func hideSecrets(ps Problems, data []byte) {
	lines := strings.Split(string(data), "\n")
	for i, p := range ps {
		key, _, _ := strings.Cut(p.Msg, ": ")
		for n := min(p.Line, len(lines)) - 1; n >= 0; n-- { // the section that the line is in
			if l := lines[n]; l != "" && !strings.ContainsAny(l[:1], " \t\r#-") {
				if secret(l) {
					ps[i].Source = ""
				}
				break
			}
		}
		if secret(key) {
			ps[i].Source = ""
			if _, got, ok := strings.Cut(p.Msg, ": expected text, got "); ok && got != "" {
				ps[i].Msg = key + ": expected a reference, env:NAME or file:/path; a secret is never written here"
			}
		}
	}
}

// At is doc.At without the line where somebody may have written a secret.
func At(doc *Document, key, msg string) Problem {
	p := doc.At(key, msg)
	if secret(key) {
		p.Source = ""
	}
	return p
}

// validate asks every part for its complaints and finds their places, by line.
func validate(doc *Document, c Config) Problems {
	list := c.Gateway.Validate()
	for i, h := range c.Gateway.Hotlines {
		if st, err := os.Stat(h); !isBuiltIn(h) && (err != nil || !st.IsDir()) {
			list = append(list, fmt.Sprintf("%s: %q is not a folder; give the path of a bot's folder, the one with bot.yaml, or one of %s", HotlineKey(i), h, strings.Join(BuiltInNames(), ", ")))
		}
	}
	for _, part := range []struct {
		key string
		bad []string
	}{
		{"asr.embedded", c.ASR.Embedded.Validate()},
		{"asr.wyoming", c.ASR.Wyoming.Validate()},
		{"asr.openai", c.ASR.OpenAI.Validate()},
		{"asr.vosk", c.ASR.Vosk.Validate()},
		{"asr.pocketsphinx", c.ASR.Pocketsphinx.Validate()},
		{"asr.sherpa", c.ASR.Sherpa.Validate()},
		{"tts.sherpa", c.TTS.Sherpa.Validate()},
		{"worker", c.Worker.Validate()},
		{"tts.espeak", c.TTS.Espeak.Validate()},
		{"tts.wyoming", c.TTS.Wyoming.Validate()},
		{"tts.openai", c.TTS.OpenAI.Validate()},
		{"tts.files", c.TTS.Files.Validate()},
		{"tts.cache", c.TTS.Cache.Validate()},
		{"flows", c.Flows.Validate()},
		{"survey", c.Survey.Validate()},
		{"models", c.Models.Validate()},
	} {
		for _, b := range part.bad {
			list = append(list, part.key+"."+b)
		}
	}
	for _, kind := range []struct {
		key, name string
		all       []string
	}{{"asr", c.ASR.Engine, Recognisers}, {"tts", c.TTS.Engine, Voices}} {
		if !slices.Contains(kind.all, kind.name) {
			list = append(list, fmt.Sprintf("%s.engine: %q is not known; this build has %s", kind.key, kind.name, strings.Join(kind.all, ", ")))
		}
	}
	list = append(append(list, c.ASR.complaints()...), c.TTS.complaints()...)
	if db := c.TTS.LevelDB; !(db >= -40 && db <= -12) {
		list = append(list, fmt.Sprintf("tts.level_db: %g is out of range; choose -40 to -12", db))
	}
	if next := c.TTS.Files.Next; next != "" && !slices.Contains(Voices, next) {
		list = append(list, fmt.Sprintf("tts.files.next: %q is not known; this build has %s", next, strings.Join(Voices, ", ")))
	}
	list = append(list, patience(c)...)
	slices.Sort(list) // of two on a line, the same is first each time
	var ps Problems
	for _, l := range list {
		key, msg, _ := strings.Cut(l, ": ")
		ps = append(ps, At(doc, key, msg))
	}
	ps.Sort()
	return ps
}

// folder is where a hotline's files are.
type folder struct {
	name string
	fs   fs.FS
}

// folders are the hotlines of the configuration, the demo when it names none.
func folders(c Config) (list []folder) {
	names := c.Gateway.Hotlines
	if len(names) == 0 {
		names = []string{demo}
	}
	for _, h := range names {
		if f, ok := BuiltIn(h); ok {
			list = append(list, folder{"configs/hotlines/" + h, f})
			continue
		}
		list = append(list, folder{h, os.DirFS(h)})
	}
	return list
}

func isBuiltIn(name string) bool { _, ok := BuiltIn(name); return ok }

// Bots loads the hotlines of the configuration, the demo when it names none. Mistakes in all of
// them come back together as Problems.
func Bots(c Config) ([]*flows.Bot, error) {
	var bots []*flows.Bot
	var ps Problems
	called := map[string]string{}
	for _, f := range folders(c) {
		name := f.name
		bot, err := Bot(c, name, f.fs)
		if err != nil {
			ps = append(ps, err.(Problems)...)
			continue
		}
		for _, n := range bot.Called() {
			if other, taken := called[n]; taken {
				ps = append(ps, strictyaml.Problem{File: filepath.Join(name, "bot.yaml"), Msg: fmt.Sprintf("called: %q is answered by %s already; give each number to one bot", n, other)})
			}
			called[n] = name
		}
		bots = append(bots, bot)
	}
	if len(ps) == 0 && len(folders(c)) > 1 {
		ps = nobodysVars(c, bots)
	}
	if len(ps) == 0 {
		ps = nobodysSkills(c, bots)
	}
	if len(ps) > 0 {
		return nil, ps
	}
	return bots, nil
}

// nobodysVars complains about vars that none of several hotlines has; of one alone, the loader
// says it.
func nobodysVars(c Config, bots []*flows.Bot) (ps Problems) {
	var known []string
	for _, b := range bots {
		known = slices.AppendSeq(known, maps.Keys(b.Vars()))
	}
	slices.Sort(known)
	known = slices.Compact(known)
	for _, name := range slices.Sorted(maps.Keys(c.Gateway.Vars)) {
		if !slices.Contains(known, name) {
			ps = append(ps, strictyaml.Problem{File: "vars", Msg: fmt.Sprintf("%q is in the vars of no hotline; they have %s", name, strings.Join(known, ", "))})
		}
	}
	return ps
}

// nobodysSkills complains about skills whose hotline there is not, or whose language it does not speak.
func nobodysSkills(c Config, bots []*flows.Bot) (ps Problems) {
	for i, s := range c.Gateway.Skill.Alexa.Skills {
		at := slices.IndexFunc(bots, func(b *flows.Bot) bool { return s.Bot == "" || b.Name == s.Bot })
		key := fmt.Sprintf("skill.alexa.skills[%d]", i)
		switch {
		case at < 0:
			ps = append(ps, strictyaml.Problem{File: key + ".bot", Msg: fmt.Sprintf("%q is none of the hotlines; name one that is listed under hotlines", s.Bot)})
		case s.Lang != "" && !slices.Contains(bots[at].Languages, s.Lang):
			ps = append(ps, strictyaml.Problem{File: key + ".lang", Msg: fmt.Sprintf("%s does not speak %q; it speaks %s", bots[at].Name, s.Lang, strings.Join(bots[at].Languages, ", "))})
		}
	}
	return ps
}

// Bot loads one hotline the way Bots does. Its error is Problems, with name in front of the files.
func Bot(c Config, name string, folder fs.FS) (*flows.Bot, error) {
	bot, err := flows.Load(folder, flows.Options{Vars: c.Gateway.Vars, SharedVars: len(folders(c)) > 1, Cache: modelCache(c), Limits: c.Flows, Survey: c.Survey})
	if err != nil {
		return nil, BotError(name, err)
	}
	return bot, nil
}

// BotError puts a bot's folder in front of what its loader complained about.
func BotError(folder string, err error) Problems {
	list, ok := err.(flows.Problems)
	if !ok {
		return Problems{{File: folder, Msg: err.Error()}}
	}
	var ps Problems
	for _, p := range list {
		p.File = filepath.Join(folder, p.File)
		ps = append(ps, p)
	}
	return ps
}

// modelCache is where the bots' classifiers are kept between starts: in the data folder, once
// there is one, so that a check leaves nothing behind.
func modelCache(c Config) string {
	if st, err := os.Stat(c.Gateway.DataDir); err != nil || !st.IsDir() {
		return ""
	}
	return filepath.Join(c.Gateway.DataDir, "nlu")
}
