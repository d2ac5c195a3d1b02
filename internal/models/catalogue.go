// Package models knows public speech models for the engines that decroche talks to, and fetches
// them: with resume, checksum and a bound on everything, into a folder of their own that appears
// whole or not at all. It loads none of them; engines do.
//
// An entry without a checksum is called unverified: nobody who wrote the catalogue has seen the
// file. What came is then hashed all the same, and its checksum is there to be pinned.
package models

import (
	_ "embed"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"decroche/internal/langtag"
	"decroche/internal/strictyaml"
)

// Model is one entry of a catalogue.
type Model struct {
	// Name is what commands call it and the name of its folder.
	Name string `yaml:"name" json:"name"`
	// Engine loads it: one of Engines.
	Engine string `yaml:"engine" json:"engine"`
	// Kind is recogniser, voice or vad.
	Kind string `yaml:"kind" json:"kind"`
	// Languages that it hears or speaks; none for a vad.
	Languages []string `yaml:"languages" json:"languages"`
	// Streaming tells whether words come while the caller speaks, or sound before all is made.
	Streaming bool `yaml:"streaming" json:"streaming"`
	// Layout of a sherpa recogniser, as asr.sherpa.models names it in kind; empty: transducer.
	Layout string `yaml:"layout" json:"layout,omitempty"`
	// Rate is what it was made for, in samples per second.
	Rate int `yaml:"rate" json:"rate"`
	// Phone says what is known about it and 8 kHz telephone sound.
	Phone string `yaml:"phone" json:"phone"`
	// Licence, by its SPDX name where there is one, and Page, where its makers describe it.
	Licence string `yaml:"licence" json:"licence"`
	Page    string `yaml:"page" json:"page"`
	// Files to fetch; archives are unpacked.
	Files []File `yaml:"files" json:"files,omitempty"`
	// Package of Debian that holds it, instead of Files.
	Package string `yaml:"package" json:"package,omitempty"`
}

// File is one download of a model.
type File struct {
	URL string `yaml:"url" json:"url"`
	// Path is its name in the model's folder; empty: the last part of the URL. A name that ends in
	// .zip, .tar.gz, .tgz or .tar.bz2 is an archive, whose content takes its place.
	Path string `yaml:"path" json:"path"`
	// Megabytes of 10^6 bytes, about, as its page says.
	Megabytes int `yaml:"megabytes" json:"megabytes"`
	// SHA256 in hexadecimal; empty: nobody has seen it.
	SHA256 string `yaml:"sha256" json:"sha256,omitempty"`
}

// Engines that may load a model.
var Engines = []string{"vosk", "sherpa", "pocketsphinx", "wyoming", "openai"}

// Kinds of models.
var Kinds = []string{"recogniser", "voice", "vad"}

// Config says where models are kept. Start from DefaultConfig.
type Config struct {
	// Dir is the folder; empty: models in data_dir.
	Dir string `yaml:"dir"`
	// Catalogue is a file of entries like the built-in ones, which it adds to and replaces by
	// name: mirrors, checksums, models of one's own. Empty: none.
	Catalogue string `yaml:"catalogue"`
}

// DefaultConfig is a folder in data_dir and the built-in catalogue.
func DefaultConfig() Config { return Config{} }

// Validate returns every complaint, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	if c.Catalogue == "" {
		return nil
	}
	if _, err := (Config{Catalogue: c.Catalogue}).Models(); err != nil {
		return []string{"catalogue: " + err.Error()}
	}
	return nil
}

//go:embed catalogue.yaml
var builtIn []byte

// Models is the catalogue: the built-in entries and those of c.Catalogue, in order.
func (c Config) Models() ([]Model, error) {
	all, err := Parse("catalogue.yaml", builtIn)
	if err != nil || c.Catalogue == "" {
		return all, err
	}
	data, err := os.ReadFile(c.Catalogue)
	if err != nil {
		return nil, fmt.Errorf("read the models' catalogue: %w", err)
	}
	own, err := Parse(c.Catalogue, data)
	if err != nil {
		return nil, err
	}
	for _, m := range own {
		if i := slices.IndexFunc(all, func(n Model) bool { return n.Name == m.Name }); i >= 0 {
			all[i] = m
		} else {
			all = append(all, m)
		}
	}
	return all, nil
}

// Parse reads a catalogue strictly. Its error is strictyaml.Problems, every complaint with its place.
func Parse(file string, data []byte) ([]Model, error) {
	var list struct {
		Models []Model `yaml:"models"`
	}
	doc, ps := strictyaml.Decode(file, data, &list)
	seen := map[string]bool{}
	for i := range list.Models {
		m := &list.Models[i]
		key := fmt.Sprintf("models[%d]", i)
		if seen[m.Name] {
			ps = append(ps, doc.At(key+".name", fmt.Sprintf("%q is there twice; names differ", m.Name)))
		}
		seen[m.Name] = true
		for _, bad := range m.complaints() {
			at, msg, _ := strings.Cut(bad, ": ")
			if !doc.Bad(key + "." + at) {
				ps = append(ps, doc.At(key+"."+at, msg))
			}
		}
	}
	if len(ps) > 0 {
		ps.Sort()
		return nil, ps
	}
	return list.Models, nil
}

// complaints are what is wrong with one entry; it fills in the paths that were left out.
func (m *Model) complaints() (bad []string) {
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if !plainName(m.Name) {
		say("name: %q is no name of a folder; use small letters, digits, - and .", m.Name)
	}
	if !slices.Contains(Engines, m.Engine) {
		say("engine: %q is not known; there is %s", m.Engine, strings.Join(Engines, ", "))
	}
	if !slices.Contains(Kinds, m.Kind) {
		say("kind: %q is not known; there is %s", m.Kind, strings.Join(Kinds, ", "))
	}
	for _, l := range m.Languages {
		if !langtag.Is(l) {
			say("languages: %q is no language; write it as in [fr, en]", l)
		}
	}
	if m.Kind != "vad" && len(m.Languages) == 0 {
		say("languages: none is named; write them as in [fr, en]")
	}
	if m.Layout != "" && (m.Engine != "sherpa" || m.Kind != "recogniser") {
		say("layout: %q is said of sherpa's recognisers alone; leave it out", m.Layout)
	}
	if m.Rate < 8000 || m.Rate > 48000 {
		say("rate: %d is not between 8000 and 48000 samples per second", m.Rate)
	}
	for key, text := range map[string]string{"phone": m.Phone, "licence": m.Licence} {
		if strings.TrimSpace(text) == "" {
			say("%s: is empty; whoever pulls it wants to know", key)
		}
	}
	if u, err := url.Parse(m.Page); err != nil || u.Scheme != "https" || u.Host == "" {
		say("page: %q is no https address of the makers' page", m.Page)
	}
	if (len(m.Files) == 0) == (m.Package == "") {
		say("files: name files, or a package that has them, and not both")
	}
	names, archives := map[string]bool{}, 0
	for i := range m.Files {
		f := &m.Files[i]
		for _, b := range f.complaints() {
			say("files[%d].%s", i, b)
		}
		if names[f.Path] {
			say("files[%d].path: %q is there twice", i, f.Path)
		}
		names[f.Path] = true
		if isArchive(f.Path) {
			archives++
		}
	}
	if archives > 1 {
		say("files: %d are archives; one at most is unpacked into the model's folder", archives)
	}
	slices.Sort(bad)
	return bad
}

func (f *File) complaints() (bad []string) {
	u, err := url.Parse(f.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		bad = append(bad, fmt.Sprintf("url: %q is no http or https address without a password", f.URL))
	} else if f.Path == "" {
		f.Path = path.Base(u.Path)
	}
	if f.Path == "" || f.Path != filepath.Base(f.Path) || strings.HasPrefix(f.Path, ".") || strings.ContainsAny(f.Path, `\:`) {
		bad = append(bad, fmt.Sprintf("path: %q is no name of a file; write one, without folders", f.Path))
	}
	if f.Megabytes < 1 || f.Megabytes > 100000 {
		bad = append(bad, fmt.Sprintf("megabytes: %d is not between 1 and 100000; what its page says, rounded up", f.Megabytes))
	}
	if f.SHA256 != "" && !isHash(f.SHA256) {
		bad = append(bad, "sha256: is no checksum of 64 small hexadecimal digits; sha256sum FILE prints it")
	}
	return bad
}

func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && s == strings.ToLower(s)
}

func plainName(s string) bool {
	return s != "" && len(s) <= 60 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-.") == "" && s[0] != '.' && s[0] != '-'
}

// Verified tells whether every file has a checksum. A package of Debian is checked by apt.
func (m Model) Verified() bool {
	return !slices.ContainsFunc(m.Files, func(f File) bool { return f.SHA256 == "" })
}

// Megabytes to download, about.
func (m Model) Megabytes() (n int) {
	for _, f := range m.Files {
		n += f.Megabytes
	}
	return n
}

// Find returns the entry of a name. Its error names the nearest.
func Find(all []Model, name string) (Model, error) {
	var names []string
	for _, m := range all {
		if m.Name == name {
			return m, nil
		}
		names = append(names, m.Name)
	}
	return Model{}, fmt.Errorf("there is no model %q in the catalogue%s; decroche models list shows all", name, strictyaml.DidYouMean(name, names))
}
