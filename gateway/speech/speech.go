// Package speech prepares what is said: it is the one place through which every text passes on its
// way to a synthesiser. Numbers and signs are written out, marks are read, and words of the bot's
// lexicon get their pronunciation; what comes out is sentences, ready for any voice. What the
// transcript shows is not touched.
package speech

import (
	"strings"

	"decroche/flows"
	"decroche/flows/lexicon"
	"decroche/flows/render"
	"decroche/internal/langtag"
	"decroche/tts"
	"decroche/tts/ssml"
)

// Style is how one bot speaks. The zero Style has no lexicon and no region. It is a value and safe
// for concurrent use.
type Style struct {
	Lexicon *lexicon.Lexicon
	// Tags are language tags by language, where callers are elsewhere than in France and Great
	// Britain: "fr" to "fr-BE".
	Tags map[string]string
}

// Of is the style of a bot.
func Of(b *flows.Bot) Style {
	s := Style{Lexicon: b.Lexicon(), Tags: map[string]string{}}
	for _, lang := range b.Languages {
		s.Tags[lang] = b.Tag(lang)
	}
	return s
}

func (s Style) tag(lang string) string {
	if t := s.Tags[lang]; t != "" {
		return t
	}
	return lang
}

// Line is one sentence for a synthesiser.
type Line struct {
	Text string // what a voice without marks says
	SSML string // the same with marks; "" when it has none
}

// Written writes a plain text out, in sentences: free text, of an article, a model, a colleague.
func (s Style) Written(lang, text string) []Line {
	return s.Spoken(lang, strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(render.SpokenBut(s.tag(lang), text, s.Lexicon.Keep(lang))))
}

// Spoken is Written for a text that is written out already, as flows.Prompt.Voice is.
func (s Style) Spoken(lang, text string) (out []Line) {
	for _, sentence := range tts.Sentences(text) {
		out = append(out, s.line(lang, []ssml.Run{{Text: sentence, Rate: 1}}))
	}
	return out
}

// Whole is Written as one line, for what is rendered in one go: a greeting to an agent, a briefing.
func (s Style) Whole(lang, text string) Line {
	text = strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(render.SpokenBut(s.tag(lang), text, s.Lexicon.Keep(lang)))
	return s.line(lang, []ssml.Run{{Text: text, Rate: 1}})
}

// Marked prepares a document. It stays whole, for a mark may span sentences. An error tells what in
// it is not understood; nothing of it can be spoken then.
func (s Style) Marked(lang, doc string) (Line, error) {
	own, runs, err := ssml.Parse(doc)
	if err != nil {
		return Line{}, err
	}
	if own != "" && lang == "" {
		lang = own
	}
	for i, r := range runs {
		in := lang
		if r.Lang != "" {
			in = langtag.Base(r.Lang)
		}
		switch {
		case r.Pause > 0 || r.Phonemes != "":
		case r.SayAs != "":
			runs[i].Text, runs[i].SayAs, runs[i].Format = sayAs(s.tag(in), r), "", ""
		default:
			runs[i].Text = render.SpokenBut(s.tag(in), r.Text, s.Lexicon.Keep(in))
		}
	}
	return s.line(lang, runs), nil
}

// line gives the words of runs their pronunciation.
func (s Style) line(lang string, runs []ssml.Run) Line {
	var out []ssml.Run
	for _, r := range runs {
		if r.Pause > 0 || r.Phonemes != "" {
			out = append(out, r)
			continue
		}
		in := lang
		if r.Lang != "" {
			in = langtag.Base(r.Lang)
		}
		for _, p := range s.Lexicon.Cut(in, r.Text) {
			part := r
			part.Text = p.Text
			if p.Said != nil {
				if p.Said.Say != "" {
					part.Text = p.Said.Say
				}
				switch {
				case p.Said.IPA != "":
					part.Alphabet, part.Phonemes = "ipa", p.Said.IPA
				case p.Said.Espeak != "":
					part.Alphabet, part.Phonemes = "espeak", p.Said.Espeak
				}
			}
			out = append(out, part)
		}
	}
	l := Line{Text: ssml.Plain(out)}
	for _, r := range out {
		if r.Pause > 0 || r.Phonemes != "" || r.Lang != "" || r.Rate != 1 || r.Pitch != "" || r.Volume != "" || r.Emphasis != "" {
			l.SSML = ssml.Write(s.tag(lang), out, ssml.All)
			break
		}
	}
	return l
}

// kinds are the values of interpret-as and the kinds of package render that write them out.
var kinds = map[string]string{
	"characters": "spelled", "spell-out": "spelled", "digits": "spelled", "number": "number", "cardinal": "number",
	"date": "date", "time": "time", "telephone": "phone", "currency": "money",
}

// sayAs writes the words of a say-as out; what is not of its kind is said as it would be anywhere.
func sayAs(tag string, r ssml.Run) string {
	text := strings.TrimSpace(r.Text)
	if r.SayAs == "ordinal" {
		return render.Ordinal(tag, text)
	}
	if kind := kinds[r.SayAs]; kind != "" {
		if out, err := render.Voice(kind, tag, text, nil); err == nil && text != "" {
			return out
		}
	}
	return render.Spoken(tag, r.Text)
}
