package flows

import (
	"maps"
	"slices"
	"strings"
)

// StepPlace is a step at which a person may let the conversation go on.
type StepPlace struct {
	Step  string // "flow/step", as Input.Step takes it
	Flow  string // its flow, as people say it
	Title string // what is asked there
	Slot  string // that it fills; "" none
}

// Places are the steps of this bot at which it asks for something, in the order in which they are written,
// with words for people in lang. Those of surveys are left out.
func (b *Bot) Places(lang string) []StepPlace {
	out := []StepPlace{}
	for _, name := range b.flowNames {
		f := b.flows[name]
		title := f.title[lang]
		if title == "" {
			title = plainName(name)
		}
		for _, id := range f.order {
			s := f.steps[id]
			if s == nil || s.kind != kindCollect && s.kind != kindYesNo {
				continue
			}
			p := StepPlace{Step: name + "/" + id, Flow: title, Title: plainName(id)}
			if s.say != nil {
				if w := s.say.in[lang]; w.text != nil && w.text.static() {
					p.Title = w.text.src
				}
			}
			if s.collect != nil {
				p.Slot = s.collect.slot
				if t := s.collect.slotTitles[lang]; t != "" {
					p.Title = t
				}
			}
			out = append(out, p)
		}
	}
	return out
}

// Slots are the names of what this bot asks for, sorted.
func (b *Bot) Slots() []string {
	names := map[string]bool{}
	for _, f := range b.flows {
		for _, s := range f.steps {
			if s.collect != nil {
				names[s.collect.slot] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func plainName(s string) string { return strings.ReplaceAll(s, "_", " ") }

// SlotTitle is a slot as people say it in lang; its plain name when no step has words for it. open is
// false for one that only the caller may give.
func (b *Bot) SlotTitle(slot, lang string) (title string, open bool) {
	for _, name := range b.flowNames {
		for _, s := range b.flows[name].steps {
			if s.collect != nil && s.collect.slot == slot && s.collect.slotTitles[lang] != "" {
				return s.collect.slotTitles[lang], !b.isSensitive(slot)
			}
		}
	}
	return plainName(slot), !b.isSensitive(slot)
}
