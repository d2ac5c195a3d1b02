// Package importer turns what a company has in another system into a folder of ours: intents
// with their examples, entities, and the answers that need no data. What cannot be carried over
// is listed, item by item, with the place it stands at, so that nobody finds out from a caller.
//
// The idea: each system has a reader that fills the same small project, and one writer makes the
// folder of it. The readers look only at what they know; everything else they come across ends in
// the report. An intent that had an answer gets a flow that says it; any other gets a flow that
// hands over to a person, which is right until somebody writes a better one, and the report says
// which those are.
//
// A source is a stranger's: sizes, counts and nesting are bounded, nothing outside it is read, and
// nothing in it is run.
package importer

import (
	"fmt"
	"slices"
	"strings"

	"decroche/internal/strictyaml"
)

// Systems that Import reads, as `--from` names them.
const (
	Rasa         = "rasa"
	DialogflowCX = "dialogflow-cx"
)

// Systems lists them.
func Systems() []string { return []string{Rasa, DialogflowCX} }

// Options of one import.
type Options struct {
	From string // one of Systems
	Src  string // a folder, a zip or, for Rasa, one file
	Name string // of the bot; the source's name when empty
	Lang string // "fr" or "en": the bot's first language; found in the source when empty
}

// Result is what an import made.
type Result struct {
	Files  map[string][]byte // of the bot's folder, by their path in it
	Report Report
}

// Import reads a source and makes the files of a bot. It writes nothing. An error says what is
// wrong with the source as a whole; what is wrong with a part of it is in the report.
func Import(opt Options) (*Result, error) {
	if opt.Lang != "" && !slices.Contains(languages, opt.Lang) {
		return nil, fmt.Errorf("import: language %q is not one of ours; write one of %s", opt.Lang, strings.Join(languages, ", "))
	}
	files, err := open(opt.Src)
	if err != nil {
		return nil, fmt.Errorf("import from %s: %w", opt.Src, err)
	}
	return read(opt, files)
}

// read makes the bot of the files of a source.
func read(opt Options, files *source) (*Result, error) {
	p := newProject(opt)
	var err error
	switch opt.From {
	case Rasa:
		err = p.readRasa(files)
	case DialogflowCX:
		err = p.readCX(files)
	default:
		return nil, fmt.Errorf("import: %q is not a system we read%s", opt.From, strictyaml.DidYouMean(opt.From, Systems()))
	}
	if err != nil {
		return nil, fmt.Errorf("import from %s: %w", opt.Src, err)
	}
	for _, name := range files.skipped {
		p.leave("file", name.file, where{file: name.file}, "%s", name.why)
	}
	if err := p.settle(); err != nil {
		return nil, fmt.Errorf("import from %s: %w", opt.Src, err)
	}
	return p.write(), nil
}
