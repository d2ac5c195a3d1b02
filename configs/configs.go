// Package configs reads the configuration file: strictly, with every complaint at once and its
// place in the file. Defaults live with the code they configure; decroche.yaml shows every key
// with its default, and a test proves that it is complete and equal to them.
package configs

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"decroche/asr/embedded"
	"decroche/flows"
	"decroche/gateway"
	"decroche/internal/strictyaml"
	"decroche/tts/cache"
	"decroche/tts/espeak"
)

// Config is the whole configuration file.
type Config struct {
	Gateway gateway.Config `yaml:",inline"`
	ASR     ASR            `yaml:"asr"`
	TTS     TTS            `yaml:"tts"`
}

// ASR chooses the recogniser.
type ASR struct {
	Engine   string          `yaml:"engine"` // embedded
	Embedded embedded.Config `yaml:"embedded"`
}

// TTS chooses the voice.
type TTS struct {
	Engine string        `yaml:"engine"` // espeak
	Espeak espeak.Config `yaml:"espeak"`
	Cache  cache.Config  `yaml:"cache"`
}

// Problems is every complaint about the configuration. It is an error.
type Problems = strictyaml.Problems

//go:embed decroche.yaml
var manual []byte

// Manual is decroche.yaml: every key, its default, what it is for.
func Manual() []byte { return manual }

//go:embed all:hotlines/colibri
var demo embed.FS

// Demo is the folder of the demo hotline.
func Demo() fs.FS {
	sub, err := fs.Sub(demo, "hotlines/colibri")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Default is what serves without a file.
func Default() Config {
	return Config{
		Gateway: gateway.DefaultConfig(),
		ASR:     ASR{Engine: "embedded", Embedded: embedded.DefaultConfig()},
		TTS:     TTS{Engine: "espeak", Espeak: espeak.DefaultConfig(), Cache: cache.DefaultConfig()},
	}
}

// Load reads a file over the defaults; without a name, the defaults alone. Mistakes come back
// as Problems. Paths in the file are relative to its folder.
func Load(path string) (Config, error) {
	if path == "" {
		c := Default()
		return c, problems("built-in defaults", nil, c)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Config{}, Problems{{File: path, Msg: "cannot be read: " + err.Error()}}
	}
	c, err := Parse(path, data)
	dir := filepath.Dir(path)
	for i, h := range c.Gateway.Hotlines {
		if !filepath.IsAbs(h) {
			c.Gateway.Hotlines[i] = filepath.Join(dir, h)
		}
	}
	if err != nil {
		return c, err
	}
	return c, nil
}

// Parse reads a file's text over the defaults; file names it in complaints.
func Parse(file string, data []byte) (Config, error) {
	c := Default()
	doc, ps := strictyaml.Decode(file, data, &c)
	if len(ps) > 0 {
		return c, ps
	}
	abs := c
	abs.Gateway.Hotlines = nil
	for _, h := range c.Gateway.Hotlines {
		if !filepath.IsAbs(h) {
			h = filepath.Join(filepath.Dir(file), h)
		}
		abs.Gateway.Hotlines = append(abs.Gateway.Hotlines, h)
	}
	return c, problems(file, doc, abs)
}

// problems validates every part and finds the place of each complaint.
func problems(file string, doc *strictyaml.Document, c Config) error {
	list := c.Gateway.Validate()
	for _, part := range []struct {
		key  string
		bad  []string
		name string
		ok   bool
	}{
		{"asr.embedded", c.ASR.Embedded.Validate(), c.ASR.Engine, c.ASR.Engine == "embedded"},
		{"tts.espeak", c.TTS.Espeak.Validate(), c.TTS.Engine, c.TTS.Engine == "espeak"},
		{"tts.cache", c.TTS.Cache.Validate(), "", true},
	} {
		for _, b := range part.bad {
			list = append(list, part.key+"."+b)
		}
		if !part.ok {
			kind, only, _ := strings.Cut(part.key, ".")
			list = append(list, fmt.Sprintf("%s.engine: %q is not known; this build has %s", kind, part.name, only))
		}
	}
	var ps Problems
	for _, l := range list {
		key, msg, ok := strings.Cut(l, ": ")
		switch {
		case doc == nil:
			ps = append(ps, strictyaml.Problem{File: file, Msg: l})
		case !ok:
			ps = append(ps, doc.At("", l))
		default:
			p := doc.At(key, msg)
			if strings.HasPrefix(key, "secrets.") || key == "api_token" {
				p.Source = "" // somebody may have written the secret itself there
			}
			ps = append(ps, p)
		}
	}
	if len(ps) == 0 {
		return nil
	}
	sort.SliceStable(ps, func(i, j int) bool { return ps[i].Line < ps[j].Line })
	return ps
}

// Bots loads the hotlines of the configuration, the demo when it names none. Mistakes in all of
// them come back together as Problems.
func Bots(c Config) ([]*flows.Bot, error) {
	folders := map[string]fs.FS{}
	var names []string
	for _, h := range c.Gateway.Hotlines {
		folders[h] = os.DirFS(h)
		names = append(names, h)
	}
	if len(names) == 0 {
		names = []string{"configs/hotlines/colibri"}
		folders[names[0]] = Demo()
	}
	var bots []*flows.Bot
	var ps Problems
	called := map[string]string{}
	for _, name := range names {
		bot, err := flows.Load(folders[name], flows.Options{Vars: c.Gateway.Vars})
		if err != nil {
			ps = append(ps, BotError(name, err)...)
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
	if len(ps) > 0 {
		return nil, ps
	}
	return bots, nil
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
