package flows_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"decroche/flows"
)

// rated is small with a survey after every end.
func rated(t testing.TB, keys string) fstest.MapFS {
	return bot(t, "bot.yaml", "policy:", "surveys:\n  csat: {after: [resolved, transfer]"+keys+"}\npolicy:",
		"flows/all.yaml", "      - end: true\n", "      - end: {survey: csat}\n")
}

// answered plays a conversation up to "anything else?".
func answered(t testing.TB, b *flows.Bot, ch flows.Channel) *talk {
	return begin(t, b, flows.Input{Channel: ch, Caller: "+33612345678"}).says("où est mon colis").keys("45127802").acted("ok", map[string]any{"status": "ok"})
}

func TestSurveyAnswers(t *testing.T) {
	t.Parallel()
	bots := map[string]*flows.Bot{}
	for _, c := range []struct {
		keys, said, key string
		channel         flows.Channel
		score, scale    int // 0 for none
	}{
		{"", "quatre sur cinq", "", flows.Voice, 4, 5},
		{"", "très bien", "", flows.Voice, 5, 5},
		{"", "bof", "", flows.Voice, 3, 5},
		{"", "je dirais quatre", "", flows.Voice, 4, 5},
		{"", "cinq étoiles", "", flows.Voice, 5, 5},
		{"", "", "3", flows.Voice, 3, 5},
		{"", "4/5", "", flows.Text, 4, 5},
		{"", "non merci", "", flows.Voice, 0, 0},
		{"", "au revoir", "", flows.Voice, 0, 0},
		{", scale: 10", "neuf", "", flows.Voice, 9, 10},
		{", scale: 10", "très bien", "", flows.Voice, 10, 10},
		{", scale: 10", "", "10", flows.Voice, 10, 10},
		{", scale: faces", "🙂", "", flows.Text, 3, 3},
		{", scale: faces, low: 0", "😡", "", flows.Text, 1, 3},
		{", scale: faces", "bien", "", flows.Voice, 3, 3},
		{", scale: faces", "c'était moyen", "", flows.Voice, 2, 3},
		{", scale: faces, low: 0", "mal", "", flows.Voice, 1, 3},
		{", scale: faces", "", "2", flows.Voice, 2, 3},
		{", scale: yes_no", "oui tout à fait", "", flows.Voice, 2, 2},
	} {
		if bots[c.keys] == nil {
			bots[c.keys] = load(t, rated(t, c.keys))
		}
		tk := answered(t, bots[c.keys], c.channel).says("non merci")
		if tk.out.Next != flows.Listen || tk.out.Rating != nil {
			t.Fatalf("%+v: next %q, said %q", c, tk.out.Next, tk.said())
		}
		if c.key != "" {
			tk.keys(c.key)
		} else {
			tk.says(c.said)
		}
		r := tk.out.Rating
		if c.score == 0 && r != nil || c.score > 0 && (r == nil || *r != flows.Rating{Survey: "csat", Score: c.score, Scale: c.scale}) {
			t.Errorf("%+v: rating %+v, said %q", c, r, tk.said())
		}
		if tk.out.Next != flows.End || tk.out.Outcome != "resolved" {
			t.Errorf("%+v: next %q, outcome %q, said %q", c, tk.out.Next, tk.out.Outcome, tk.said())
		}
	}
}

func TestSurveyQuestion(t *testing.T) {
	t.Parallel()
	tk := answered(t, load(t, rated(t, "")), flows.Voice).says("non merci")
	last := tk.out.Say[len(tk.out.Say)-1]
	if !strings.Contains(last.Voice, "Une note de un à cinq") || len(last.Quick) != 5 || last.Quick[4] != "5" || last.ID != "survey:csat/ask" {
		t.Errorf("%+v", last)
	}
	if tk.out.Intent != "colis" {
		t.Errorf("intent %q", tk.out.Intent)
	}
	if e := tk.out.Expect; e.Entity != "number" || e.Digits != 1 || !e.DTMF {
		t.Errorf("expect %+v", e)
	}
	// Asked once more, then let go; nobody is fetched.
	if tk.says("tralala pouet"); tk.out.Next != flows.Listen || !strings.Contains(tk.said(), "Juste un chiffre") {
		t.Errorf("next %q, said %q", tk.out.Next, tk.said())
	}
	if tk.says("tralala pouet"); tk.out.Next != flows.End || tk.out.Outcome != "resolved" {
		t.Errorf("next %q %q, said %q", tk.out.Next, tk.out.Outcome, tk.said())
	}
	// Silence is a caller who has gone to their next thing.
	tk = answered(t, load(t, rated(t, "")), flows.Voice).says("non merci").turn(flows.Input{Kind: flows.Silence})
	if tk.out.Next != flows.End {
		t.Errorf("after silence: %q", tk.said())
	}
	// Another wish comes before the note, and the survey does not come twice.
	tk = answered(t, load(t, rated(t, "")), flows.Voice).says("non merci").says("une vraie personne")
	if tk.out.Next != flows.HandOff {
		t.Errorf("another wish: %q %q", tk.out.Next, tk.said())
	}
	if tk.turn(flows.Input{Kind: flows.Returned, Outcome: "completed"}); tk.out.Next != flows.End {
		t.Errorf("asked twice: %q", tk.said())
	}
	// Whoever hangs up has still had an answer.
	tk = answered(t, load(t, rated(t, "")), flows.Voice).says("non merci").turn(flows.Input{Kind: flows.Hangup})
	if tk.out.Outcome != "resolved" {
		t.Errorf("outcome %q", tk.out.Outcome)
	}
	// A caller who says goodbye is not held up.
	if tk = answered(t, load(t, rated(t, "")), flows.Voice).says("au revoir"); tk.out.Next != flows.End {
		t.Errorf("after au revoir: %q", tk.said())
	}
}

func TestSurveyAfterAnAgent(t *testing.T) {
	t.Parallel()
	tk := begin(t, load(t, rated(t, "")), flows.Input{Channel: flows.Voice}).says("une vraie personne").turn(flows.Input{Kind: flows.Returned, Outcome: "completed"})
	if tk.out.Next != flows.Listen || !strings.Contains(tk.said(), "Une note") {
		t.Fatalf("%q %q", tk.out.Next, tk.said())
	}
	if tk.says("cinq"); tk.out.Outcome != "transferred" || tk.out.Rating == nil || !strings.Contains(tk.said(), "Merci de votre appel") {
		t.Errorf("%q, rating %+v, said %q", tk.out.Outcome, tk.out.Rating, tk.said())
	}
}

// A comment belongs to its note: one Rating, also when the caller hangs up over the question.
func TestSurveyComment(t *testing.T) {
	t.Parallel()
	b := load(t, rated(t, `, comment: "Un mot de plus ?"`))
	tk := answered(t, b, flows.Voice).says("non merci").says("cinq")
	if tk.out.Rating != nil || !strings.Contains(tk.said(), "Un mot de plus") {
		t.Fatalf("rating %+v, said %q", tk.out.Rating, tk.said())
	}
	asked := tk.out.State
	if tk.says("votre robot est poli"); tk.out.Rating == nil || tk.out.Rating.Comment != "votre robot est poli" || tk.out.Next != flows.End {
		t.Errorf("rating %+v, said %q", tk.out.Rating, tk.said())
	}
	for _, in := range []flows.Input{{Kind: flows.Hangup}, {Kind: flows.Silence}, {Kind: flows.Said, Text: "non merci"}} {
		tk.out.State = asked
		if tk.turn(in); tk.out.Rating == nil || tk.out.Rating.Score != 5 || tk.out.Rating.Comment != "" || tk.out.Next != flows.End {
			t.Errorf("%s: rating %+v, next %q", in.Kind, tk.out.Rating, tk.out.Next)
		}
	}
}

// Who gives a reason with the note, or before it, has given their words; a bare note has none.
func TestSurveyWords(t *testing.T) {
	t.Parallel()
	b := load(t, rated(t, ""))
	for _, c := range []struct {
		said []string
		want flows.Rating
	}{
		{[]string{"je dirais quatre sur cinq"}, flows.Rating{Survey: "csat", Score: 4, Scale: 5}},
		{[]string{"trois parce que j'ai dû répéter mon numéro deux fois"}, flows.Rating{Survey: "csat", Score: 3, Scale: 5, Comment: "trois parce que j'ai dû répéter mon numéro deux fois"}},
		{[]string{"pouet pouet tralala", "quatre"}, flows.Rating{Survey: "csat", Score: 4, Scale: 5, Comment: "pouet pouet tralala"}},
	} {
		tk := answered(t, b, flows.Voice).says("non merci")
		for _, said := range c.said {
			tk.says(said)
		}
		if r := tk.out.Rating; r == nil || *r != c.want {
			t.Errorf("%q: %+v", c.said, r)
		}
	}
}

// A sample is drawn by the conversation's ID: always the same for the same one, also after it has moved.
func TestSurveySample(t *testing.T) {
	t.Parallel()
	asked := func(b *flows.Bot, id string) bool {
		tk := begin(t, b, flows.Input{ID: id, Channel: flows.Text, Caller: "+33612345678"})
		tk.turn(flows.Input{Kind: flows.Moved, Channel: flows.Voice, ID: "another-" + id})
		tk.says("où est mon colis").keys("45127802").acted("ok", map[string]any{"status": "ok"}).says("non merci")
		return tk.out.Next == flows.Listen
	}
	half, tenth := load(t, rated(t, ", sample: 0.5")), load(t, rated(t, ", sample: 0.1"))
	n, of := 0, 200
	for i := range of {
		id := fmt.Sprintf("conv%d", i)
		in := asked(half, id)
		if in {
			n++
		}
		if asked(half, id) != in {
			t.Fatalf("%s is decided differently the second time", id)
		}
		if asked(tenth, id) && !in {
			t.Errorf("%s is of a tenth and not of the half", id)
		}
	}
	if n < of*2/5 || n > of*3/5 {
		t.Errorf("%d of %d were asked, want about half", n, of)
	}
	for keys, want := range map[string]bool{"": true, ", sample: 1": true, ", sample: 0": false} {
		if got := asked(load(t, rated(t, keys)), "conv1"); got != want {
			t.Errorf("%q: asked %v", keys, got)
		}
	}
	if !asked(half, "") {
		t.Error("without an ID it is not asked")
	}
	// What the first ID drew is kept, and a conversation that had none draws when it gets one.
	tk := begin(t, half, flows.Input{Channel: flows.Voice}).turn(flows.Input{Kind: flows.Moved, Channel: flows.Text, ID: "conv1"})
	tk.says("où est mon colis").keys("45127802").acted("ok", map[string]any{"status": "ok"}).says("non merci")
	if (tk.out.Next == flows.Listen) != asked(half, "conv1") {
		t.Error("an ID that came with the move draws nothing")
	}
}

// By default every end is followed; "after" names those that are.
func TestSurveyAfterEveryEnd(t *testing.T) {
	t.Parallel()
	for after, want := range map[string]bool{"csat: true": true, "csat: {after: [resolved]}": false, "csat: {after: []}": false, "csat: {after: [transfer]}": true} {
		b := load(t, bot(t, "bot.yaml", "policy:", "surveys: {"+after+"}\npolicy:"))
		tk := begin(t, b, flows.Input{Channel: flows.Voice}).says("une vraie personne").turn(flows.Input{Kind: flows.Returned, Outcome: "completed"})
		if got := tk.out.Next == flows.Listen; got != want {
			t.Errorf("%s: asked %v after an agent", after, got)
		}
	}
}

func TestLowNote(t *testing.T) {
	t.Parallel()
	// By default a person is offered.
	tk := answered(t, load(t, rated(t, "")), flows.Voice).says("non merci").says("deux")
	if tk.out.Rating == nil || tk.out.Next != flows.Listen || !strings.Contains(tk.said(), "en parler à quelqu'un") {
		t.Fatalf("rating %+v, said %q", tk.out.Rating, tk.said())
	}
	state := tk.out.State
	if tk.says("oui"); tk.out.Next != flows.HandOff {
		t.Errorf("next %q", tk.out.Next)
	}
	tk.out.State = state
	if tk.says("non"); tk.out.Next != flows.End || tk.out.Outcome != "resolved" {
		t.Errorf("next %q %q, said %q", tk.out.Next, tk.out.Outcome, tk.said())
	}
	// The bot's own steps.
	tk = answered(t, load(t, rated(t, `, low: 3, on_low: [{say: "Nous allons faire mieux."}]`)), flows.Voice).says("non merci").says("trois")
	if tk.out.Next != flows.End || !strings.Contains(tk.said(), "Nous allons faire mieux") {
		t.Errorf("next %q, said %q", tk.out.Next, tk.said())
	}
	if tk = answered(t, load(t, rated(t, ", low: 0")), flows.Voice).says("non merci").says("un"); tk.out.Next != flows.End {
		t.Errorf("low: 0 asks %q", tk.said())
	}
}

// A survey in the middle of a flow, and one in front of a goodbye of the flow's own.
func TestSurveyStep(t *testing.T) {
	t.Parallel()
	fs := bot(t, "bot.yaml", "policy:", "surveys: {csat: true}\npolicy:",
		"flows/all.yaml", "      - end: true\n", "      - survey: csat\n      - say: \"Voilà.\"\n      - goodbye: {fr: \"Bonne route.\", survey: csat}\n")
	tk := answered(t, load(t, fs), flows.Voice)
	if !strings.Contains(tk.said(), "Une note") {
		t.Fatal(tk.said())
	}
	if tk.says("cinq"); !strings.Contains(tk.said(), "Voilà. Bonne route.") || tk.out.Next != flows.End || tk.out.Rating == nil {
		t.Errorf("next %q, said %q", tk.out.Next, tk.said())
	}
	fs = bot(t, "bot.yaml", "policy:", "surveys: {csat: true}\npolicy:", "flows/all.yaml", "      - end: true\n", "      - goodbye: {fr: \"Bonne route.\", survey: csat}\n")
	tk = answered(t, load(t, fs), flows.Voice)
	if !strings.Contains(tk.said(), "Une note") || strings.Contains(tk.said(), "Bonne route") {
		t.Fatal(tk.said())
	}
	if tk.says("cinq"); !strings.Contains(tk.said(), "Bonne route.") || tk.out.Next != flows.End {
		t.Errorf("next %q, said %q", tk.out.Next, tk.said())
	}
}

func TestSurveyProblems(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]string{
		", scale: sept":     `scale must be a number from 2 to 10, faces or yes_no, not "sept"`,
		", scale: 11":       `scale must be a whole number from 2 to 10`,
		", low: 6":          `low must be a whole number from 0 to 5`,
		", sample: 2":       `survey "csat": sample must be a number from 0 to 1, not "2"`,
		", sample: NaN":     `sample must be a number from 0 to 1`,
		", tanks: x":        `unknown key "tanks" in survey "csat"; did you mean "thanks"?`,
		", on_low: panique": `no step of this flow and no flow is called "panique"`,
	} {
		if _, err := flows.Load(rated(t, keys), flows.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", keys, err)
		}
	}
	if _, err := flows.Load(bot(t, "bot.yaml", "policy:", "surveys: {csat: true}\npolicy:", "flows/all.yaml", "end: true", "end: {survey: cast}"), flows.Options{}); err == nil || !strings.Contains(err.Error(), `no survey is called "cast"; write it under surveys: in bot.yaml; did you mean "csat"?`) {
		t.Error(err)
	}
}

// A hang-up is success only where the bot had nothing more to do.
func TestHangupIsNoSuccess(t *testing.T) {
	t.Parallel()
	start := func() *talk { return answered(t, load(t, rated(t, "")), flows.Voice) }
	for name, c := range map[string]struct {
		tk   *talk
		want string
	}{
		"at the first question":                    {begin(t, load(t, rated(t, "")), flows.Input{Channel: flows.Voice}), "abandoned"},
		"before the answer":                        {begin(t, load(t, rated(t, "")), flows.Input{Channel: flows.Voice}).says("où est mon colis"), "abandoned"},
		"at anything else, after the answer":       {start(), "unconfirmed"},
		"at the survey that ends it":               {start().says("non merci"), "resolved"},
		"in another wish, after the answer":        {start().says("où est mon colis"), "abandoned"},
		"in another wish that the survey gave way": {start().says("non merci").says("où est mon colis"), "abandoned"},
	} {
		if c.tk.turn(flows.Input{Kind: flows.Hangup}); c.tk.out.Outcome != c.want {
			t.Errorf("%s: %q, want %q", name, c.tk.out.Outcome, c.want)
		}
	}
}
