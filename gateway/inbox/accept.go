package inbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"decroche/flows"
	"decroche/flows/entity"
	"decroche/gateway/inbox/mask"
	"decroche/gateway/store"
	"decroche/internal/strictyaml"
)

// Choice is what a person decided about a group.
type Choice struct {
	Intent string `json:"intent"` // the first suggestion when empty
	Text   string `json:"text"`   // the example in other words; the group's most frequent wording when empty. It is masked too
	Force  bool   `json:"force"`  // write although golden conversations break
}

// Effect is what an example changes.
type Effect struct {
	ID      int64  `json:"id"` // of the group
	Bot     string `json:"bot"`
	Lang    string `json:"lang"`
	Intent  string `json:"intent"`
	Example string `json:"example"` // as it is written, personal data masked
	File    string `json:"file"`    // in the hotline's folder
	Written bool   `json:"written"`

	// Before and After are the shares of the other examples that are understood right when they
	// are held out (cross-validation), without and with the new one.
	Before float64 `json:"accuracy_before"`
	After  float64 `json:"accuracy_after"`
	// Changes are the intents for which that share is another one.
	Changes []Change `json:"changes"`
	// Breaks and Mends name golden conversations.
	Breaks []string `json:"breaks"`
	Mends  []string `json:"mends"`
	// Of the group's Count utterances, so many mean the intent to the bot.
	Count    int `json:"count"`
	HadRight int `json:"right_before"`
	HasRight int `json:"right_after"`
}

// Change is one intent's share of held-out examples that are understood right.
type Change struct {
	Intent string  `json:"intent"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// edit is one example to be written.
type edit struct {
	file     string // on the disk
	was, now []byte
	before   *flows.Bot
	after    *flows.Bot
	group    Group
}

// Try shows what accepting would change, and writes nothing.
func (in *Inbox) Try(ctx context.Context, id int64, c Choice) (Effect, error) {
	e, _, err := in.try(ctx, id, c)
	return e, err
}

// Accept writes the example and closes the group. When golden conversations break, nothing is
// written and the error is ErrBreaks, unless c.Force is set; when the file was changed while the
// effect was measured, it is strictyaml.ErrChanged. The Effect is returned with either.
func (in *Inbox) Accept(ctx context.Context, id int64, c Choice) (Effect, error) {
	e, ed, err := in.try(ctx, id, c)
	if err != nil {
		return e, err
	}
	if len(e.Breaks) > 0 && !c.Force {
		return e, fmt.Errorf("%w: %s; mend them, choose other words, or force it", ErrBreaks, strings.Join(e.Breaks, ", "))
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if err := writeExample(ed); err != nil {
		return e, fmt.Errorf("write the example into %s: %w", e.File, err)
	}
	e.Written = true
	if err := in.d.Store.SetUtterances(ctx, ed.group.ids(), store.UtteranceAccepted, e.Intent); err != nil {
		return e, fmt.Errorf("the example is in %s, but the group could not be closed: %w", e.File, err)
	}
	return e, nil
}

func writeExample(ed *edit) error { return strictyaml.WriteFile(ed.file, ed.was, ed.now) }

// Changed tells whether an error of Accept means that somebody else changed the file.
func Changed(err error) bool { return errors.Is(err, strictyaml.ErrChanged) }

// RefusedError is a choice that cannot be carried out; its text says what to choose instead.
type RefusedError struct{ why string }

// Error implements error.
func (e RefusedError) Error() string { return e.why }

func refused(format string, args ...any) error { return RefusedError{fmt.Sprintf(format, args...)} }

// try prepares the edit and measures it.
func (in *Inbox) try(ctx context.Context, id int64, c Choice) (Effect, *edit, error) {
	g, err := in.Group(ctx, id)
	if err != nil {
		return Effect{}, nil, err
	}
	e := Effect{ID: g.ID, Bot: g.Bot, Lang: g.Lang, Intent: c.Intent, Changes: []Change{}, Breaks: []string{}, Mends: []string{}, Count: g.Count}
	if g.State != store.UtteranceOpen {
		return e, nil, refused("the group is %s already; open it again first", g.State)
	}
	if e.Intent == "" && len(g.Suggest) > 0 {
		e.Intent = g.Suggest[0].Intent
	}
	if e.Intent == "" {
		return e, nil, refused("nothing suggests an intent; name one")
	}
	if e.Example = maskAround(g.Lang, c.Text); e.Example == "" {
		e.Example, _ = mask.Text(g.Lang, g.original)
	}
	dir, ok := in.d.Dir(g.Bot)
	if !ok {
		return e, nil, refused("hotline %q has no folder to write to; copy it into one and name that under hotlines:", g.Bot)
	}
	ed := &edit{group: g}
	if ed.before, err = in.d.Load(g.Bot, os.DirFS(dir)); err != nil {
		return e, nil, fmt.Errorf("the hotline's folder has mistakes; mend them first: %w", err)
	}
	if err := acceptable(ed.before, e); err != nil {
		return e, nil, err
	}
	if err := ed.prepare(dir, &e, nil); err != nil {
		return e, nil, err
	}
	folder := overlay{os.DirFS(dir), map[string][]byte{e.File: ed.now}}
	if ed.after, err = in.d.Load(g.Bot, folder); err != nil {
		return e, nil, refused("the example cannot stand there: %v", err)
	}
	if err := measure(ctx, &e, ed, os.DirFS(dir), folder); err != nil {
		return e, nil, err
	}
	return e, ed, nil
}

var plain = regexp.MustCompile(`\[([^\[\]]*)\]\([^()]*\)`)

// maskAround masks a text that a person wrote, and leaves the entities alone that they marked.
func maskAround(lang, text string) string {
	var out []string
	from := 0
	for _, m := range append(plain.FindAllStringIndex(text, -1), []int{len(text), len(text)}) {
		before, _ := mask.Text(lang, text[from:m[0]])
		out = append(out, before, text[m[0]:m[1]])
		from = m[1]
	}
	return strings.Join(strings.Fields(strings.Join(out, " ")), " ")
}

// acceptable tells what keeps a text from being an example.
func acceptable(bot *flows.Bot, e Effect) error {
	if !bot.HasIntent(e.Intent) {
		return refused("intent %q does not exist; there are %s", e.Intent, strings.Join(bot.Intents(), ", "))
	}
	if !slices.Contains(bot.Languages, e.Lang) {
		return refused("hotline %q does not speak %q", bot.Name, e.Lang)
	}
	if same(e.Example) == "" {
		return refused("nothing is left of the words; write the example yourself")
	}
	for _, l := range bot.Lessons(e.Lang) {
		if same(l.Text) == same(e.Example) {
			return refused("%q is an example of %s already", e.Example, l.Intent)
		}
	}
	return nil
}

// same is a text as it is compared with others.
func same(s string) string {
	return strings.Join(strings.Fields(entity.Fold(plain.ReplaceAllString(s, "$1"))), " ")
}

// prepare finds the file of the intent and edits its text; pending are files that are to be written with other
// examples, which are edited on.
func (ed *edit) prepare(dir string, e *Effect, pending map[string]*edit) error {
	entries, err := os.ReadDir(filepath.Join(dir, "intents"))
	if err != nil {
		return fmt.Errorf("look for intent %q: %w", e.Intent, err)
	}
	for _, f := range entries {
		ext := path.Ext(f.Name())
		if f.IsDir() || strings.HasPrefix(f.Name(), ".") || ext != ".yaml" && ext != ".yml" {
			continue
		}
		ed.file = filepath.Join(dir, "intents", f.Name())
		if ed.was, err = os.ReadFile(ed.file); err != nil {
			return fmt.Errorf("look for intent %q: %w", e.Intent, err)
		}
		root, ps := strictyaml.Parse(ed.file, ed.was)
		if len(ps) > 0 || root == nil {
			continue // the loader has told
		}
		r := strictyaml.NewReader(ed.file, ed.was)
		for _, kv := range r.Keys(root, "intents") {
			if kv.Key != e.Intent {
				continue
			}
			e.File = path.Join("intents", f.Name())
			text := ed.was
			if p := pending[e.File]; p != nil {
				ed.was, text = p.was, p.now
			}
			if ed.now, err = strictyaml.AppendItem(text, []string{e.Intent, e.Lang}, e.Example); err != nil {
				return refused("%s: %v", e.File, err)
			}
			return nil
		}
	}
	return refused("intent %q stands in no file of intents/", e.Intent)
}

// overlay is a folder with files replaced, by their names in it.
type overlay struct {
	fs.FS
	files map[string][]byte
}

// Open implements fs.FS.
func (o overlay) Open(name string) (fs.File, error) {
	if data, ok := o.files[name]; ok {
		return &memFile{Reader: bytes.NewReader(data), name: path.Base(name)}, nil
	}
	return o.FS.Open(name)
}

// memFile is a file in memory, and what Stat says of it.
type memFile struct {
	*bytes.Reader
	name string
}

var (
	_ fs.File     = (*memFile)(nil)
	_ fs.FileInfo = (*memFile)(nil)
	_ io.Reader   = (*memFile)(nil)
)

func (f *memFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memFile) Close() error               { return nil }
func (f *memFile) Name() string               { return f.name }
func (f *memFile) Mode() fs.FileMode          { return 0o444 }
func (f *memFile) ModTime() time.Time         { return time.Time{} }
func (f *memFile) IsDir() bool                { return false }
func (f *memFile) Sys() any                   { return nil }
