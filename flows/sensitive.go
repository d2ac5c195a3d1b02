package flows

import (
	"strings"
	"unicode/utf8"

	"decroche/flows/entity"
)

// A slot that is `sensitive: true` (a card number, a PIN) is known in memory alone: actions get its
// value, the voice may say it, and everything that is written down, shown or sent has Masked in its
// place. The engine masks what it puts out; the words of the caller are the host's, which learns
// from Expect.Sensitive and Output.Sensitive that it must not keep them.

// Masked stands for words and values that are not kept.
const Masked = "••••"

// Sensitive reports whether the bot asks for anything that must not be kept.
func (b *Bot) Sensitive() bool { return len(b.sensitive) > 0 }

func (b *Bot) isSensitive(slot string) bool {
	_, yes := b.sensitive[slot]
	return yes
}

// longSecret is the length from which a number that nobody asked for is taken for the value of a
// sensitive slot: a card has 13 to 19 digits, a year and a price have fewer than eight.
const longSecret = 8

// tells reports whether the words of this turn hold something that looks like a sensitive value,
// asked for or not.
func (t *turn) tells() bool {
	if t.in.Kind != Said {
		return false
	}
	for _, spec := range t.b.sensitive {
		if spec.Length < longSecret || kindOf(spec.Type) != "digits" && spec.Type != entity.TypeSpelled {
			continue
		}
		for _, text := range append([]Alternative{{Text: t.in.Text}}, t.in.Alternatives...) {
			if len(entity.Parse(spec, t.m.Lang, clip(text.Text, t.b.limits.MaxUtterance), t.in.Now)) > 0 {
				return true
			}
		}
	}
	return false
}

// secrets are the values of sensitive slots that memory knows, as machines and as people write them.
func (t *turn) secrets() (out []string) {
	if len(t.b.sensitive) == 0 {
		return nil
	}
	for i := range t.m.Slots {
		s := &t.m.Slots[i]
		if t.b.isSensitive(s.Name) {
			out = append(append(out, s.Value, s.Shown), s.Others...)
		}
	}
	for _, r := range t.m.Rejected {
		if slot, value, _ := strings.Cut(r, "="); t.b.isSensitive(slot) {
			out = append(out, value)
		}
	}
	if t.asksSensitive() {
		out = append(out, t.m.Partial...)
	}
	return out
}

// asksSensitive reports whether the open question is about a sensitive slot.
func (t *turn) asksSensitive() bool {
	w, s := t.m.Wait.For, t.current()
	return (w == forValue || w == forConfirm) && s != nil && s.collect != nil && t.b.isSensitive(s.collect.slot)
}

// hush masks everything of this turn that is written down. before are the secrets that were known
// when it began, asked whether a sensitive slot was being asked for.
func (t *turn) hush(before []string, asked bool) {
	if len(t.b.sensitive) == 0 {
		return
	}
	now := t.secrets()
	o := &t.out
	o.Sensitive = asked && (t.in.Kind == Said || t.in.Kind == Digits) || strings.Join(before, "\n") != strings.Join(now, "\n") || t.tells()
	if o.Sensitive { // these words are nobody's to read
		t.m.Begun, t.m.Missed, t.m.Left, o.Unclear = nil, nil, nil, nil
		if n := len(t.m.Heard); t.heard && n > 0 {
			t.m.Heard = t.m.Heard[:n-1]
		}
		if o.Callback != nil && o.Callback.Message != "" {
			o.Callback.Message = Masked
		}
	}
	secrets := append(now, before...)
	if len(secrets) == 0 {
		return
	}
	mask := func(s string) string { return Mask(s, secrets) }
	for i := range o.Slots {
		if t.b.isSensitive(o.Slots[i].Name) {
			o.Slots[i].Value, o.Slots[i].Shown = Masked, Masked
		}
	}
	hushPrompt := func(p *Prompt) {
		p.Text = mask(p.Text)
		for i, q := range p.Quick {
			if m := mask(q); m != q { // the list may be every call's
				p.Quick = append([]string(nil), p.Quick...)
				p.Quick[i] = m
			}
		}
	}
	for i := range o.Say {
		hushPrompt(&o.Say[i])
	}
	if o.Act != nil {
		hushPrompt(&o.Act.Filler)
		hushPrompt(&o.Act.Late)
		o.Act.Secrets = secrets
	}
	for i, f := range t.m.Facts {
		t.m.Facts[i] = mask(f)
	}
	if tr := o.Transfer; tr != nil {
		hushPrompt(&tr.Say)
		tr.Briefing, tr.Topic = mask(tr.Briefing), mask(tr.Topic)
		for i, s := range tr.Summary {
			tr.Summary[i] = mask(s)
		}
	}
	if o.Callback != nil {
		o.Callback.Message = mask(o.Callback.Message)
	}
	for i := range o.Unclear {
		o.Unclear[i].Text = mask(o.Unclear[i].Text)
	}
	for i := range o.Trace {
		o.Trace[i].Note = mask(o.Trace[i].Note)
	}
}

// Mask returns text with Masked in place of every one of secrets, however its digits are grouped,
// and of any three or more of its digits in a row.
func Mask(text string, secrets []string) string {
	if text == "" {
		return text
	}
	var numbers []string
	for _, s := range secrets {
		if len(strings.TrimSpace(s)) < 2 {
			continue
		}
		text = replaceFold(text, s)
		if d := digitsOf(s); len(d) >= 3 {
			numbers = append(numbers, d)
		}
	}
	if len(numbers) == 0 {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		n := numberLength(text)
		if n == 0 {
			_, n = utf8.DecodeRuneInString(text)
			b.WriteString(text[:n])
		} else if within(digitsOf(text[:n]), numbers) {
			b.WriteString(Masked)
		} else {
			b.WriteString(text[:n])
		}
		text = text[n:]
	}
	return b.String()
}

// replaceFold puts Masked in place of s, whatever its case.
func replaceFold(text, s string) string {
	var b strings.Builder
	low, part := strings.ToLower(text), strings.ToLower(s)
	if len(low) != len(text) { // letters that change their length: exact is all we can do
		return strings.ReplaceAll(text, s, Masked)
	}
	for {
		i := strings.Index(low, part)
		if i < 0 {
			return b.String() + text
		}
		b.WriteString(text[:i] + Masked)
		text, low = text[i+len(part):], low[i+len(part):]
	}
}

// within reports whether digits, three or more, are part of one of numbers or hold one.
func within(digits string, numbers []string) bool {
	for _, n := range numbers {
		if len(digits) >= 3 && (strings.Contains(n, digits) || strings.Contains(digits, n)) {
			return true
		}
	}
	return false
}

// numberLength is the length of the number at the front of text, in bytes: digits with at most one
// space, point, hyphen or slash between two of them; 0 when there is none.
func numberLength(text string) (n int) {
	gap := 0
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			n, gap = i+1, 0
		case n > 0 && gap == 0 && strings.ContainsRune(" .-/\u00a0\u202f\u2009", r):
			gap++
		default:
			return n
		}
	}
	return n
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
