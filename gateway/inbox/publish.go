package inbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"decroche/flows"
	"decroche/flows/nlu"
	"decroche/gateway/inbox/mask"
	"decroche/gateway/store"
)

// MaxPicks bounds one publication: nobody reads a longer list before they agree to it.
const MaxPicks = 200

// Pick is one group of a publication, as a person decided about it.
type Pick struct {
	ID     int64  `json:"id"`
	Intent string `json:"intent"`
	Text   string `json:"text"` // the example in other words; the group's most frequent wording when empty. It is masked too
}

// Publication is what several examples of one hotline change together. Nothing of it is written while
// there are Refused, or Breaks that were not forced.
type Publication struct {
	Bot     string    `json:"bot"`
	Written bool      `json:"written"`
	Added   []Added   `json:"added"`
	Refused []Refused `json:"refused"`
	// Before and After are the shares of the other examples, in the languages of the new ones, that are
	// understood right when they are held out (cross-validation).
	Before float64 `json:"accuracy_before"`
	After  float64 `json:"accuracy_after"`
	// Breaks and Mends name golden conversations.
	Breaks []string `json:"breaks"`
	Mends  []string `json:"mends"`
}

// Added is one line that is written.
type Added struct {
	ID      int64  `json:"id"` // of the group
	Lang    string `json:"lang"`
	Intent  string `json:"intent"`
	Example string `json:"example"` // as it is written, personal data masked
	File    string `json:"file"`    // in the hotline's folder
}

// Refused is a pick that cannot be carried out.
type Refused struct {
	ID  int64  `json:"id"`
	Why string `json:"why"`
	// Is is the intent that has the example already, "" when that is not the reason.
	Is string `json:"is,omitempty"`
}

// draft is a publication that is being made.
type draft struct {
	Publication
	dir           string
	before, after *flows.Bot
	files         map[string]*edit // by name in dir
	groups        []Group
}

// Publish measures what the picks change together and, unless dry, writes them all or none. Their groups
// have to be of one hotline. When golden conversations break, nothing is written and the error is ErrBreaks,
// unless force is set; strictyaml.ErrChanged when somebody saved one of the files meanwhile. The Publication is
// returned with either.
func (in *Inbox) Publish(ctx context.Context, picks []Pick, force, dry bool) (Publication, error) {
	if len(picks) == 0 || len(picks) > MaxPicks {
		return Publication{}, refused("%d groups; publish 1 to %d at once", len(picks), MaxPicks)
	}
	d := &draft{Publication: Publication{Added: []Added{}, Refused: []Refused{}, Breaks: []string{}, Mends: []string{}}, files: map[string]*edit{}}
	for _, p := range picks {
		if err := in.pick(ctx, d, p); err != nil {
			return d.Publication, err
		}
	}
	if len(d.Added) > 0 {
		if err := in.weigh(ctx, d); err != nil {
			return d.Publication, err
		}
	}
	switch {
	case dry:
		return d.Publication, nil
	case len(d.Refused) > 0:
		return d.Publication, refused("%d of the examples cannot be written: %s", len(d.Refused), d.Refused[0].Why)
	case len(d.Breaks) > 0 && !force:
		return d.Publication, fmt.Errorf("%w: %s; take out what breaks them, mend them, or force it", ErrBreaks, strings.Join(d.Breaks, ", "))
	}
	err := in.write(ctx, d)
	return d.Publication, err
}

// pick adds one to the draft, or to what was refused.
func (in *Inbox) pick(ctx context.Context, d *draft, p Pick) error {
	g, err := in.Group(ctx, p.ID)
	if errors.Is(err, ErrNotFound) {
		d.Refused = append(d.Refused, Refused{ID: p.ID, Why: "the group is there no more; its conversations were erased"})
		return nil
	}
	if err != nil {
		return err
	}
	if d.before == nil {
		dir, ok := in.d.Dir(g.Bot)
		if !ok {
			return refused("hotline %q has no folder to write to; copy it into one and name that under hotlines:", g.Bot)
		}
		if d.before, err = in.d.Load(g.Bot, os.DirFS(dir)); err != nil {
			return fmt.Errorf("the hotline's folder has mistakes; mend them first: %w", err)
		}
		d.Bot, d.dir = g.Bot, dir
	}
	e := Effect{ID: g.ID, Bot: g.Bot, Lang: g.Lang, Intent: p.Intent}
	if e.Example = maskAround(g.Lang, p.Text); e.Example == "" {
		e.Example, _ = mask.Text(g.Lang, g.original)
	}
	no := RefusedError{}
	switch err := d.add(g, e); {
	case errors.As(err, &no):
		d.Refused = append(d.Refused, Refused{p.ID, no.why, d.holds(e)})
		return nil
	default:
		return err
	}
}

// add edits the file of one example.
func (d *draft) add(g Group, e Effect) error {
	switch {
	case g.Bot != d.Bot:
		return refused("the group is of hotline %q and others are of %q; publish each by itself", g.Bot, d.Bot)
	case g.State != store.UtteranceOpen:
		return refused("the group is %s already; open it again first", g.State)
	}
	if err := acceptable(d.before, e); err != nil {
		return err
	}
	for _, a := range d.Added {
		if a.ID == e.ID || a.Lang == e.Lang && same(a.Example) == same(e.Example) {
			return refused("%q is among them twice", e.Example)
		}
	}
	ed := &edit{group: g}
	if err := ed.prepare(d.dir, &e, d.files); err != nil {
		return err
	}
	d.files[e.File] = ed
	d.groups = append(d.groups, g)
	d.Added = append(d.Added, Added{g.ID, e.Lang, e.Intent, e.Example, e.File})
	return nil
}

// holds is the intent that has an example already, in the folder or among what is added.
func (d *draft) holds(e Effect) string {
	for _, l := range d.before.Lessons(e.Lang) {
		if same(l.Text) == same(e.Example) {
			return l.Intent
		}
	}
	for _, a := range d.Added {
		if a.Lang == e.Lang && same(a.Example) == same(e.Example) {
			return a.Intent
		}
	}
	return ""
}

// weigh fills in what the examples change together.
func (in *Inbox) weigh(ctx context.Context, d *draft) error {
	over := overlay{os.DirFS(d.dir), map[string][]byte{}}
	for name, ed := range d.files {
		over.files[name] = ed.now
	}
	var err error
	if d.after, err = in.d.Load(d.Bot, over); err != nil {
		return refused("the examples cannot stand there: %v", err)
	}
	d.Breaks, d.Mends = compare(os.DirFS(d.dir), over, d.before, d.after)
	more := map[string][]nlu.Example{}
	for _, a := range d.Added {
		more[a.Lang] = append(more[a.Lang], nlu.Example{Intent: a.Intent, Text: a.Example})
	}
	had, has, total := 0, 0, 0
	for lang, examples := range more {
		lessons := d.before.Lessons(lang)
		was, err := crossValidate(ctx, lang, lessons, nil)
		if err != nil {
			return err
		}
		now, err := crossValidate(ctx, lang, lessons, examples)
		if err != nil {
			return err
		}
		for intent, s := range was {
			had, has, total = had+s.right, has+now[intent].right, total+s.of
		}
	}
	d.Before, d.After = float64(had)/float64(max(1, total)), float64(has)/float64(max(1, total))
	return nil
}

// write puts the files in place, all or none, and closes the groups.
func (in *Inbox) write(ctx context.Context, d *draft) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	var done []*edit
	for name, ed := range d.files {
		if err := writeExample(ed); err != nil {
			for _, back := range done {
				err = errors.Join(err, writeExample(&edit{file: back.file, was: back.now, now: back.was}))
			}
			return fmt.Errorf("write the examples into %s: %w", name, err)
		}
		done = append(done, ed)
	}
	d.Written = true
	for i, g := range d.groups {
		if err := in.d.Store.SetUtterances(ctx, g.ids(), store.UtteranceAccepted, d.Added[i].Intent); err != nil {
			return fmt.Errorf("the examples are in the files, but group %d could not be closed: %w", g.ID, err)
		}
	}
	return nil
}

// compare names the golden conversations that an edit breaks and mends.
func compare(was, now fs.FS, before, after *flows.Bot) (breaks, mends []string) {
	breaks, mends = []string{}, []string{}
	had := played(was, before)
	for name, ok := range played(now, after) {
		switch {
		case had[name] && !ok:
			breaks = append(breaks, name)
		case !had[name] && ok:
			mends = append(mends, name)
		}
	}
	slices.Sort(breaks)
	slices.Sort(mends)
	return breaks, mends
}
