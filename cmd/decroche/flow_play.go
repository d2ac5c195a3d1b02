package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"sort"

	"decroche/configs"
	"decroche/flows"
	"decroche/flows/flowtest"
	"decroche/flows/parity"
)

type flowTestCmd struct {
	Dir      string   `arg:"" help:"Folder of the hotline." type:"existingdir"`
	Update   bool     `help:"Accept what the bot says now: rewrite the bot: expectations that no longer hold, and nothing else, in the files."`
	Only     string   `name:"run" help:"Play only conversations whose name this regular expression finds." placeholder:"PATTERN"`
	Channels []string `help:"Play each conversation on these channels, whatever it says." enum:"voice,text,speaker"`
	Parallel int      `help:"Conversations played at once; 0 is one for each core." default:"0" placeholder:"N"`
	JUnit    string   `help:"Write the results as JUnit XML into this file, for a build server." name:"junit" placeholder:"FILE"`
	JSON     bool     `help:"Print one JSON object." name:"json"`
}

// Run plays the golden conversations. A conversation that goes another way leaves with exit code
// 3, after everything was played and written.
func (c *flowTestCmd) Run() error {
	opt := flowtest.Options{Parallel: c.Parallel, Update: c.Update, Done: func(done, of int) { progress("playing conversations", done, of) }}
	if c.Parallel < 0 {
		return fmt.Errorf("--parallel %d: less than one at once is none; leave it out for one a core", c.Parallel)
	}
	if c.Only != "" {
		re, err := regexp.Compile(c.Only)
		if err != nil {
			return fmt.Errorf("--run: %w", err)
		}
		opt.Match = re
	}
	for _, ch := range c.Channels {
		opt.Channels = append(opt.Channels, flows.Channel(ch))
	}
	results := flowtest.RunWith(os.DirFS(c.Dir), opt)
	var doors *parity.Report
	if len(opt.Channels) > 0 && !c.Update {
		var err error
		if doors, err = atDoors(c.Dir, opt); err != nil {
			return err
		}
		holdOtherwise(results, doors)
	}
	if c.Update {
		done, err := flowtest.Update(c.Dir, results)
		rewritten(os.Stderr, done)
		if err != nil {
			return err
		}
	}
	if c.JUnit != "" {
		if err := writeJUnit(c.JUnit, results); err != nil {
			return err
		}
	}
	failed, err := c.print(os.Stdout, results, doors)
	if err != nil {
		return err
	}
	if failed > 0 {
		return &exitError{exitOutcome, errors.New("")}
	}
	return nil
}

// atDoors plays the conversations as the same callers hold them at each of the channels.
func atDoors(dir string, opt flowtest.Options) (*parity.Report, error) {
	folder := os.DirFS(dir)
	bot, err := flows.Load(folder, flows.Options{})
	if err != nil {
		return nil, configs.BotError(fromHere(dir), err)
	}
	po := parity.Options{Done: func(done, of int) { progress("comparing doors", done, of) }}
	for _, ch := range opt.Channels {
		if d := parity.Of(ch); !slices.Contains(po.Doors, d) {
			po.Doors = append(po.Doors, d)
		}
	}
	if opt.Match != nil {
		po.Match = func(g flowtest.Golden) bool { return opt.Match.MatchString(g.Name) }
	}
	return parity.Run(folder, bot, po)
}

// holdOtherwise lets conversations pass that are not held word by word on a channel that they were not
// written for, and come to the same there.
func holdOtherwise(results []flowtest.Result, doors *parity.Report) {
	same := map[string]bool{}
	key := func(file string, line int, ch flows.Channel) string { return fmt.Sprintf("%s:%d %s", file, line, ch) }
	for _, row := range doors.Rows {
		for i, c := range row.Doors {
			same[key(row.File, row.Line, doors.Doors[i].Channel)] = c.OK
		}
	}
	for i, r := range results {
		if ch := r.Channel; ch != r.Written {
			results[i].OK = same[key(r.File, r.Line, ch)]
			if !results[i].OK && r.OK { // its words hold, and it ends elsewhere
				results[i].Diff = "the words hold, and it does not come to the same; see the table of doors"
			}
		}
	}
}

// rewritten says what --update rewrote.
func rewritten(w io.Writer, done map[string]int) {
	files := make([]string, 0, len(done))
	for f := range done {
		files = append(files, f)
	}
	sort.Strings(files)
	for _, f := range files {
		fmt.Fprintf(w, "%s: %d expectations rewritten; look at the difference before you keep it\n", f, done[f])
	}
}

func writeJUnit(name string, results []flowtest.Result) error {
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("--junit: %w", err)
	}
	if err := errors.Join(flowtest.WriteJUnit(f, results), f.Close()); err != nil {
		return fmt.Errorf("--junit %s: %w", name, err)
	}
	return nil
}

// playedCase is one conversation in the JSON of flow test.
type playedCase struct {
	Name    string        `json:"name"`
	OK      bool          `json:"ok"`
	Diff    string        `json:"diff"` // "" when ok
	File    string        `json:"file"`
	Line    int           `json:"line,omitempty"`
	Channel flows.Channel `json:"channel,omitempty"`
	// Otherwise: at this channel it is not held word by word, and comes to the same; parity tells how.
	Otherwise bool    `json:"otherwise,omitempty"`
	TookMS    float64 `json:"took_ms"`
}

// print writes the results and returns how many conversations failed.
func (c *flowTestCmd) print(w io.Writer, results []flowtest.Result, doors *parity.Report) (failed int, err error) {
	out := struct {
		Passed int            `json:"passed"`
		Failed int            `json:"failed"`
		Cases  []playedCase   `json:"cases"`
		Parity *parity.Report `json:"parity,omitempty"`
	}{Cases: []playedCase{}, Parity: doors}
	for _, r := range results {
		out.Cases = append(out.Cases, playedCase{r.Name, r.OK, r.Diff, r.File, r.Line, r.Channel, r.OK && r.Diff != "", float64(r.Took.Microseconds()) / 1000})
		if r.OK {
			out.Passed++
		} else {
			out.Failed++
		}
	}
	if c.JSON {
		return out.Failed, json.NewEncoder(w).Encode(out)
	}
	for _, r := range results {
		switch {
		case r.OK && r.Diff != "":
			fmt.Fprintln(w, "ok  ", r.Name, "(otherwise than written)")
		case r.OK:
			fmt.Fprintln(w, "ok  ", r.Name)
		default:
			fmt.Fprintf(w, "FAIL %s (%s:%d)\n%s\n", r.Name, r.File, r.Line, r.Diff)
		}
	}
	if doors != nil {
		if err := doors.Print(w); err != nil {
			return out.Failed, err
		}
	}
	_, err = fmt.Fprintf(w, "%d passed, %d failed\n", out.Passed, out.Failed)
	return out.Failed, err
}
