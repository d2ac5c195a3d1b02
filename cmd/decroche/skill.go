package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"decroche/flows"
	"decroche/gateway/skill/model"
)

type skillCmd struct {
	Export skillExportCmd `cmd:"" help:"Write the interaction model of a hotline for Alexa, made of its intents, examples and entities."`
	Try    skillTryCmd    `cmd:"" help:"Talk with a hotline as Alexa would, without Amazon: the requests are signed by an authority of this machine's own and verified as hers."`
}

type skillExportCmd struct {
	Bot        string `help:"The hotline, by its name. Without it, the only one, or the first." placeholder:"NAME"`
	Locale     string `help:"fr-FR, en-GB or en-US. Without it, every locale whose language the hotline speaks; that needs --out." placeholder:"LOCALE"`
	Invocation string `help:"What people say to open the skill: \"Alexa, open …\". Without it, one is made of the hotline's title." placeholder:"WORDS"`
	Out        string `help:"Folder for a file of each locale, as the ASK command line has them: interactionModels/custom. Without it the model is printed." placeholder:"DIR" type:"path"`
}

// Run writes the models, and says on stderr what was left out of each.
func (c *skillExportCmd) Run(g *globals) error {
	_, bots, err := loadAll(g)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(bots, func(b *flows.Bot) bool { return c.Bot == "" || b.Name == c.Bot })
	if at < 0 {
		return &exitError{exitConfig, fmt.Errorf("there is no hotline %q in the configuration; there are %s", c.Bot, names(bots))}
	}
	return c.export(bots[at], os.Stdout, os.Stderr)
}

func names(bots []*flows.Bot) string {
	var out []string
	for _, b := range bots {
		out = append(out, b.Name)
	}
	return strings.Join(out, ", ")
}

// export writes the models of one bot.
func (c *skillExportCmd) export(bot *flows.Bot, w, report io.Writer) error {
	locales := []string{c.Locale}
	if c.Locale == "" {
		locales = slices.DeleteFunc(model.Locales(), func(l string) bool { return !slices.Contains(bot.Languages, l[:2]) })
		if c.Out == "" && len(locales) > 1 {
			return &exitError{exitConfig, fmt.Errorf("%s speaks more than one locale (%s); name one with --locale, or a folder with --out", bot.Name, strings.Join(locales, ", "))}
		}
	}
	for _, l := range locales {
		if err := c.one(bot, l, w, report); err != nil {
			return err
		}
	}
	return nil
}

func (c *skillExportCmd) one(bot *flows.Bot, locale string, w, report io.Writer) error {
	m, left, err := model.Build(bot, model.Options{Locale: locale, Invocation: c.Invocation})
	if err != nil {
		return &exitError{exitConfig, fmt.Errorf("skill export: %w", err)}
	}
	if bad := m.Check(locale[:2]); len(bad) > 0 { // a bot that is larger than a skill may be
		return &exitError{exitOutcome, fmt.Errorf("skill export: Amazon would not take the model of %s for %s: %s", bot.Name, locale, strings.Join(bad, "; "))}
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	where := "printed"
	if c.Out == "" {
		_, err = w.Write(data)
	} else {
		where = filepath.Join(c.Out, locale+".json")
		if err = os.MkdirAll(c.Out, 0o755); err == nil {
			err = os.WriteFile(where, data, 0o644)
		}
	}
	if err != nil {
		return fmt.Errorf("skill export: write the model for %s: %w", locale, err)
	}
	samples := 0
	for _, in := range m.Interaction.Language.Intents {
		samples += len(in.Samples)
	}
	for _, l := range left {
		fmt.Fprintf(report, "%s: left out: %s\n", locale, l)
	}
	_, err = fmt.Fprintf(report, "%s: \"Alexa, open %s\": %d intents, %d samples, %d left out; %s\n", locale, m.Interaction.Language.Invocation, len(m.Interaction.Language.Intents), samples, len(left), where)
	return err
}
