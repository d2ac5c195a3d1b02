package skill

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"decroche/flows"
	"decroche/flows/nlu"
	"decroche/gateway/chat"
	"decroche/gateway/skill/alexa"
	"decroche/gateway/skill/model"
)

// at is where a session stands: its conversation, what opens it, and the number of the last message
// that was said.
type at struct {
	conv, token string
	said        uint64
	offer       bool // the conversation was offered again, and the person has not answered
	waits       bool // an action was not done at the end of the last turn
}

// Keys of the session attributes.
const (
	attrConv, attrToken, attrSaid, attrOffer, attrWaits = "c", "t", "n", "o", "w"
)

func (a at) attributes() map[string]string {
	out := map[string]string{attrConv: a.conv, attrToken: a.token, attrSaid: strconv.FormatUint(a.said, 10)}
	if a.offer {
		out[attrOffer] = "1"
	}
	if a.waits {
		out[attrWaits] = "1"
	}
	return out
}

func readAt(m map[string]string) at {
	n, _ := strconv.ParseUint(m[attrSaid], 10, 64) // 0 says everything again, which is better than nothing
	return at{conv: m[attrConv], token: m[attrToken], said: n, offer: m[attrOffer] != "", waits: m[attrWaits] != ""}
}

// talk is one request at work.
type talk struct {
	o        *Door
	r        *alexa.Request
	skill    SkillConfig
	bot      *flows.Bot
	lang     string
	w        words
	who      [32]byte
	deadline time.Time
	at       at

	parts []alexa.Part // what is to be said
	last  alexa.Part   // the last of all, said or not: the question
	card  *alexa.Card
	end   bool
	asked bool // a person was asked for
}

// answer makes the response to a verified request.
func (o *Door) answer(ctx context.Context, r *alexa.Request, deadline time.Time) *alexa.Response {
	t := &talk{o: o, r: r, skill: o.skills[r.Application()], who: whose(r.Application(), r.Who()), deadline: deadline, at: readAt(r.Session.Attributes)}
	bot, ok := o.d.Bots(t.skill.Bot)
	if !ok {
		o.d.Log.Error("a skill's bot is not configured", "bot", t.skill.Bot)
		t.speak(language([]string{"fr"}, r.Body.Locale, "en"))
		return t.over(t.w.broken)
	}
	t.bot = bot
	t.speak(language(bot.Languages, r.Body.Locale, bot.DefaultLanguage()))
	if t.skill.Lang != "" {
		t.speak(language(bot.Languages, t.skill.Lang, t.lang))
	}
	switch r.Body.Type {
	case alexa.Launch:
		return t.launch(ctx)
	case alexa.IntentType:
		return t.intent(ctx)
	case alexa.SessionEnded:
		t.sessionEnded(ctx)
	case alexa.Trouble:
		kind := ""
		if r.Body.Error != nil {
			kind = r.Body.Error.Type
		}
		o.d.Log.Error("Alexa could not use an answer", "type", clip(kind), "conv", clip(t.at.conv))
	}
	return alexa.Silent()
}

// clip keeps a word of a far side's for a log.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), 60)], "") }

func (t *talk) speak(lang string) { t.lang, t.w = lang, wordsFor(lang) }

// launch is "Alexa, open …": who comes back soon is offered to go on.
func (t *talk) launch(ctx context.Context) *alexa.Response {
	t.at = at{}
	if a, ok := t.o.left.find(t.who); ok && t.goes(ctx, a) {
		t.at = a
		t.at.offer = true
		t.say(alexa.Part{Text: t.w.offer})
		return t.done()
	}
	return t.result(t.begin(ctx))
}

// goes tells whether a conversation can be gone on with.
func (t *talk) goes(ctx context.Context, a at) bool {
	if t.o.d.Chat.Open(ctx, a.conv, a.token) != nil {
		return false
	}
	p, err := t.o.d.Chat.Messages(ctx, a.conv, a.said, 0, nil)
	return err == nil && !p.Ended
}

// begin opens a conversation; one that the person had is over.
func (t *talk) begin(ctx context.Context) error {
	if a, ok := t.o.left.find(t.who); ok {
		t.leave(ctx, a)
	}
	phone := t.phone(ctx)
	o := chat.Opening{Bot: t.bot.Name, Lang: t.lang, Phone: phone, From: Source, Channel: flows.Speaker}
	if t.o.cfg.Transfer == "card" {
		o.Instead = "bot"
	}
	opened, err := t.o.d.Chat.Create(ctx, o)
	if err != nil {
		return err
	}
	t.at = at{conv: opened.ID, token: opened.Token}
	return t.follow(ctx, opened.Page)
}

// leave ends a conversation of the person's.
func (t *talk) leave(ctx context.Context, a at) {
	t.o.left.drop(t.who)
	if a.conv == "" || t.o.d.Chat.Open(ctx, a.conv, a.token) != nil {
		return
	}
	if err := t.o.d.Chat.End(ctx, a.conv); err != nil && !errors.Is(err, chat.ErrNotFound) {
		t.o.d.Log.Error("a conversation with a speaker could not be ended", "conv", a.conv, "err", err)
	}
}

// intent is something that the person said.
func (t *talk) intent(ctx context.Context) *alexa.Response {
	name := t.r.Body.Intent.Name
	in, stop := t.hear(t.r.Body.Intent)
	if stop {
		t.leave(ctx, t.at)
		if name == alexa.Home {
			return t.over("")
		}
		return t.over(t.w.goodbye)
	}
	if t.at.conv != "" && t.o.d.Chat.Open(ctx, t.at.conv, t.at.token) != nil {
		t.at = at{}
	}
	switch {
	case t.at.conv == "": // "Alexa, ask … where my parcel is"
		if err := t.begin(ctx); err != nil || t.end {
			return t.result(err)
		}
		return t.result(t.send(ctx, in))
	case t.at.offer:
		return t.result(t.offered(ctx, in))
	case t.at.waits:
		t.at.waits = false
		return t.result(t.follow(ctx, chat.Page{Working: true, Next: t.at.said}))
	}
	return t.result(t.send(ctx, in))
}

// offered takes the answer to "shall we go on?"; who says something else goes on with that.
func (t *talk) offered(ctx context.Context, in chat.Incoming) error {
	t.at.offer = false
	yes, ok, rest := nlu.YesNo(t.lang, in.Text)
	switch {
	case ok && yes && rest == "":
		t.o.d.Metrics.offered(true)
		_, err := t.o.d.Chat.TakeUp(ctx, t.at.conv)
		if errors.Is(err, chat.ErrEnded) {
			return t.begin(ctx)
		}
		if err == nil {
			err = t.tell(ctx)
		}
		return err
	case ok && !yes && rest == "":
		t.o.d.Metrics.offered(false)
		t.leave(ctx, t.at)
		return t.begin(ctx)
	}
	return t.send(ctx, in)
}

// send gives the flow what was said, and begins a conversation for it when the one there was is over.
func (t *talk) send(ctx context.Context, in chat.Incoming) error {
	in.ID = messageID(t.r.Body.ID)
	_, err := t.o.d.Chat.Send(ctx, t.at.conv, in)
	if errors.Is(err, chat.ErrEnded) || errors.Is(err, chat.ErrNotFound) {
		if err = t.begin(ctx); err != nil || t.end {
			return err
		}
		_, err = t.o.d.Chat.Send(ctx, t.at.conv, in)
	}
	if err != nil {
		return err
	}
	return t.tell(ctx)
}

// tell says what the bot has said since the session's last answer. That is not what the last message was
// answered alone: an answer that did not reach Alexa in time is in no session's attributes, and said now.
func (t *talk) tell(ctx context.Context) error {
	p, err := t.o.d.Chat.Messages(ctx, t.at.conv, t.at.said, 0, nil)
	if err != nil {
		return err
	}
	return t.follow(ctx, p)
}

// messageID keeps as much of a request's ID as a message's may have; Amazon's end in what makes them unique.
func messageID(id string) string { return id[max(0, len(id)-100):] }

// follow takes what the bot says, and waits for what is still to come: at progress_after Alexa says
// meanwhile what there is, at the deadline the person is told that it takes longer.
func (t *talk) follow(ctx context.Context, p chat.Page) error {
	t.take(p)
	progress := time.Now().Add(t.o.cfg.ProgressAfter)
	told := false
	for p.Working && !p.Ended {
		until := t.deadline
		if !told && progress.Before(until) {
			until = progress
		}
		wait := time.Until(until)
		if wait <= 0 && told {
			break
		}
		if wait <= 0 {
			told = true
			t.progress(ctx)
			continue
		}
		known := p
		next, err := t.o.d.Chat.Messages(ctx, t.at.conv, t.at.said, wait, &known)
		if err != nil {
			return err
		}
		t.take(next)
		p = next
	}
	if p.Working && !p.Ended {
		t.at.waits = true
		t.o.d.Metrics.wasLate()
		t.say(alexa.Part{Text: t.w.late})
	}
	return nil
}

// take adds what a page says.
func (t *talk) take(p chat.Page) {
	for _, m := range p.Messages {
		if m.From == chat.FromUser {
			continue
		}
		if m.Lang != "" && m.Lang != t.lang {
			t.speak(m.Lang)
		}
		text := m.Voice
		if text == "" {
			text = m.Text
		}
		t.say(alexa.Part{Text: text, SSML: m.SSML})
	}
	t.at.said = max(t.at.said, p.Next)
	t.end = p.Ended
	if p.Person && !t.asked {
		t.asked = true
		t.showCard()
	}
}

func (t *talk) say(p alexa.Part) { t.parts, t.last = append(t.parts, p), p }

// progress has Alexa say now what there is. When she does not, it is said with the rest.
func (t *talk) progress(ctx context.Context) {
	parts := t.parts
	if len(parts) == 0 {
		parts = []alexa.Part{{Text: t.w.wait}}
	}
	err := t.o.services.Progress(ctx, t.r, alexa.SpeakProgress(parts...))
	t.o.d.Metrics.progressed(err == nil)
	if err == nil {
		t.parts = nil
	}
}

// hear turns an intent into what the flow hears. stop is the end of the conversation.
func (t *talk) hear(in *alexa.Intent) (out chat.Incoming, stop bool) {
	switch in.Name {
	case alexa.Stop, alexa.Home:
		return out, true
	case alexa.Yes:
		out.Text = t.w.yes
	case alexa.No:
		out.Text = t.w.no
	case alexa.Repeat:
		out.Text = t.w.repeat
	case alexa.Help:
		out.Text = t.w.help
	case alexa.Cancel:
		out.Text = t.w.cancel
	case alexa.Fallback:
	default:
		return t.hearOwn(in)
	}
	out.Unheard = out.Text == ""
	return out, false
}

// hearOwn takes an intent of the exported model: the bot's own become a sentence with its title and
// values, beside what Alexa understood; the others are what was said.
func (t *talk) hearOwn(in *alexa.Intent) (out chat.Incoming, stop bool) {
	var said []string
	if own, ok := model.Intents(t.bot)[in.Name]; ok {
		out.Intent = own
		said = append(said, t.bot.IntentTitle(own, t.lang))
	}
	for _, name := range sortedKeys(in.Slots) {
		if s := chat.Clean(in.Slots[name].Said()); s != "" {
			said = append(said, s)
		}
	}
	out.Text = strings.TrimSpace(strings.Join(said, " "))
	out.Unheard = out.Text == ""
	return out, out.Intent == "" && nlu.Command(t.lang, out.Text) == nlu.CommandStop
}

// sessionEnded: who said that it is enough is taken at their word; any other end may be an
// interruption.
func (t *talk) sessionEnded(ctx context.Context) {
	if t.r.Body.Reason == "USER_INITIATED" {
		t.leave(ctx, t.at)
	}
}

// result is what is said, or why it cannot be.
func (t *talk) result(err error) *alexa.Response {
	switch {
	case err == nil:
		return t.done()
	case errors.Is(err, chat.ErrFull), errors.Is(err, chat.ErrBusy), errors.Is(err, chat.ErrClosed):
		return t.over(t.w.full)
	case errors.Is(err, context.Canceled):
		return alexa.Silent() // nobody reads it; what was decided is in the record, and said at the next turn
	}
	t.o.d.Log.Error("a request of Alexa's could not be answered", "conv", clip(t.at.conv), "err", err)
	return t.over(t.w.broken)
}

// over ends the session with a sentence of ours, or with none.
func (t *talk) over(text string) *alexa.Response {
	if text == "" {
		r := alexa.Silent()
		end := true
		r.Body.End = &end
		return r
	}
	return alexa.Answer(alexa.Speak(alexa.Part{Text: text}), "", true)
}

// done is the answer, after which the session goes on unless the conversation has ended.
func (t *talk) done() *alexa.Response {
	if len(t.parts) == 0 {
		text := t.w.listening
		if t.end {
			text = t.w.goodbye
		}
		t.say(alexa.Part{Text: text})
	}
	r := alexa.Answer(alexa.Speak(t.parts...), alexa.Speak(t.last), t.end)
	r.Body.Card = t.card
	if t.end {
		t.o.left.drop(t.who)
		return r
	}
	t.o.left.put(t.who, at{conv: t.at.conv, token: t.at.token, said: t.at.said, waits: t.at.waits})
	r.Attributes = t.at.attributes()
	r.Body.Directives = []alexa.Directive{alexa.Elicit(model.Words, model.WordsSlot)}
	return r
}
