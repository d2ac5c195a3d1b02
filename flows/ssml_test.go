package flows_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"decroche/flows"
)

// marked is small with a voice that has marks where the number is asked for.
func voiced(t testing.TB, voice string) (*flows.Bot, error) {
	return flows.Load(bot(t, "flows/all.yaml", `say: "C'est bon."`, "say: {fr: {text: \"C'est bon.\", voice: '"+strings.ReplaceAll(voice, "'", "''")+"'}}"), flows.Options{})
}

func TestMarks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ voice, plain, ssml string }{
		{"Bon.", "Bon.", ""},
		{`Bon.<break time="300ms"/>Très bon.`, "Bon. Très bon.", `Bon.<break time="300ms"/>Très bon.`},
		{`<emphasis level="strong">Bon</emphasis> &amp; beau.`, "Bon et beau.", `<emphasis level="strong">Bon</emphasis> et beau.`},
		{`Le <sub alias="hache deux o">H2O</sub>.`, "Le hache deux o.", `Le <sub alias="hache deux o">H2O</sub>.`},
		{`Le <say-as interpret-as="digits">{{numero}}</say-as>.`, "Le quatre, cinq, un, deux ; sept, huit, zéro, deux.", `Le <say-as interpret-as="digits">45127802</say-as>.`},
		{`Code <say-as interpret-as="characters">AB</say-as>.`, "Code A B.", `Code <say-as interpret-as="characters">AB</say-as>.`},
		{`<prosody rate="slow" pitch="+10%">Le {{numero}}.</prosody>`, "Le quarante-cinq, douze, soixante-dix-huit, zéro deux.", `<prosody rate="slow" pitch="+10%">Le quarante-cinq, douze, soixante-dix-huit, zéro deux.</prosody>`},
		{`<lang xml:lang="en">Fine</lang>.`, "Fine.", `<lang xml:lang="en">Fine</lang>.`},
		{`<emphasis>Bon <break strength="weak"/></emphasis>`, "Bon  ", `<emphasis>Bon <break strength="weak"/></emphasis>`},
	} {
		b, err := voiced(t, c.voice)
		if err != nil {
			t.Errorf("%s: %v", c.voice, err)
			continue
		}
		p := begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").keys("45127802").acted("ok", map[string]any{"status": "ok"}).out.Say[0]
		body := strings.TrimSuffix(strings.TrimPrefix(p.SSML, `<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="fr">`), "</speak>")
		if p.Voice != c.plain || body != c.ssml || p.Text != "C’est bon." {
			t.Errorf("%s:\nvoice %q\nssml  %q\ntext  %q", c.voice, p.Voice, body, p.Text)
		}
	}
}

func TestMarkProblems(t *testing.T) {
	t.Parallel()
	for voice, want := range map[string]string{
		`Bon. <audio src="x"/>`:                   `flows/all.yaml:17:57: say (voice) has <audio>, which is not among break, say-as, emphasis, sub, prosody and lang`,
		`<brake time="1s"/>`:                      `has <brake>, which is not among break, say-as, emphasis, sub, prosody and lang; did you mean "break"?`,
		`<break tiem="1s"/>`:                      `has <break tiem>, which is not an attribute of break; did you mean "time"?`,
		`<break time="1h"/>`:                      `has <break time="1h">, which no voice reads`,
		`<break time="30s"/>`:                     `has <break time="30s">, which no voice reads`,
		`<sub alias="{{numero}}">x</sub>`:         `has <sub alias="{{numero}}">, which no voice reads; values of the conversation cannot stand there`,
		`<say-as>1</say-as>`:                      `has <say-as> without format, interpret-as`,
		`<prosody>x</prosody>`:                    `has <prosody> without pitch, rate, volume`,
		`<emphasis>x`:                             `has marks that do not fit`,
		`a < b`:                                   `< is written &lt;`,
		`<!-- x -->a`:                             `has a comment or an instruction between marks`,
		`<?xml version="1.0"?>a`:                  `has a comment or an instruction between marks`,
		`<!DOCTYPE x [<!ENTITY a "b">]>&a;`:       `has`,
		`<lang lang="en">x</lang>`:                `has <lang lang>, which is not an attribute of lang`,
		`<sub alias="x"><break time="1s"/></sub>`: `has <break> inside say-as or sub, which hold words only`,
		strings.Repeat("<emphasis>", 20) + "x" + strings.Repeat("</emphasis>", 20): `has marks 9 deep; at most 8`,
		"</speak><speak>":        `closes more marks than it opens`,
		`<speak>x</speak>`:       `has <speak>, which is not among`,
		`<x:break xmlns:x="y"/>`: `has <break>, which is not among`,
	} {
		if _, err := voiced(t, voice); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\nwant %s", voice, err, want)
		}
	}
}

// Whatever a system or a caller put into a value, in the document it is text.
func TestNoInjectionIntoMarks(t *testing.T) {
	t.Parallel()
	fs := bot(t, "flows/all.yaml", `say: "C'est bon."`, `say: {fr: {text: "x", voice: 'Le <emphasis>{{etat}}</emphasis><say-as interpret-as="characters">{{etat}}</say-as>.'}}`, "flows/all.yaml", `etat == "ok"`, `etat != ""`)
	b := load(t, fs)
	for _, evil := range []string{`<audio src="http://evil/x.wav"/>`, `</emphasis></speak><speak>`, `&lt;break/&gt;`, `]]><break time="9s"/>`, "a\x00\x1b[[b", `"'><break/>`, "{{vars.api}}"} {
		p := begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").keys("45127802").acted("ok", map[string]any{"status": evil}).out.Say[0]
		var names []string
		dec := xml.NewDecoder(strings.NewReader(p.SSML))
		for {
			tok, err := dec.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v in %s", evil, err, p.SSML)
			}
			if s, ok := tok.(xml.StartElement); ok {
				names = append(names, s.Name.Local)
			}
		}
		if got := strings.Join(names, " "); got != "speak emphasis say-as" {
			t.Errorf("%q: marks %s in %s", evil, got, p.SSML)
		}
		if strings.Contains(p.SSML, "api.example.org") || strings.Contains(p.Voice, "api.example.org") {
			t.Errorf("%q is read as a template: %s", evil, p.SSML)
		}
	}
}

func FuzzMarks(f *testing.F) {
	f.Add(`Bon.<break time="300ms"/>Le <say-as interpret-as="digits">{{numero}}</say-as>`, "45127802")
	f.Add(`<prosody rate="80%">{{numero}} &amp; <sub alias="x">y</sub></prosody>`, "<b>")
	f.Fuzz(func(t *testing.T, voice, value string) {
		if strings.ContainsAny(voice, "\n\r\x00") || len(voice) > 500 {
			return
		}
		b, err := voiced(t, voice)
		if err != nil {
			return
		}
		tk := begin(t, b, flows.Input{Channel: flows.Voice, Caller: value}).says("où est mon colis").keys("45127802")
		for _, p := range tk.acted("ok", map[string]any{"status": "ok"}).out.Say {
			dec := xml.NewDecoder(strings.NewReader(p.SSML))
			for p.SSML != "" {
				if _, err := dec.Token(); err == io.EOF {
					break
				} else if err != nil {
					t.Fatalf("%q gives %q: %v", voice, p.SSML, err)
				}
			}
		}
	})
}
