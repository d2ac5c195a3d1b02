package alexa

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSpeak(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		parts []Part
		want  string
	}{
		"text":                  {[]Part{{Text: "Bonjour."}, {Text: "Que puis-je faire ?"}}, "Bonjour. Que puis-je faire ?"},
		"what XML reads":        {[]Part{{Text: `AT&T <script> "x"`}}, "AT&amp;T &lt;script&gt; &quot;x&quot;"},
		"a document as text":    {[]Part{{Text: "<speak>x</speak>"}}, "&lt;speak&gt;x&lt;/speak&gt;"},
		"control characters":    {[]Part{{Text: "a\x00b\x1bc\nd"}}, "abc d"},
		"marks":                 {[]Part{{SSML: `<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="fr">Un <break time="300ms"/> <emphasis level="strong">mot</emphasis>.</speak>`}}, `Un <break time="300ms"/> <emphasis level="strong">mot</emphasis>.`},
		"unknown elements":      {[]Part{{SSML: `<speak><voice name="x">a</voice> <audio src="https://x/y.mp3">b</audio> <mark name="m"/>c</speak>`}}, "a b c"},
		"attributes":            {[]Part{{SSML: `<speak><prosody rate="slow" pitch="+2st">a</prosody><prosody pitch="+2st">b</prosody><emphasis level="none">c</emphasis></speak>`}}, `<prosody rate="slow">a</prosody>bc`},
		"too loud":              {[]Part{{SSML: `<speak><prosody volume="+9dB">a</prosody><prosody volume="+4dB">b</prosody></speak>`}}, `a<prosody volume="+4dB">b</prosody>`},
		"long break":            {[]Part{{SSML: `<speak>a<break time="11s"/>b<break time="10s"/>c</speak>`}}, `a<break/>b<break time="10s"/>c`},
		"say-as":                {[]Part{{SSML: `<speak><say-as interpret-as="digits">45127801</say-as> <say-as interpret-as="currency">12</say-as></speak>`}}, `<say-as interpret-as="digits">45127801</say-as> 12`},
		"language":              {[]Part{{SSML: `<speak><lang xml:lang="en">hello</lang> <lang xml:lang="xx">a</lang></speak>`}}, `<lang xml:lang="en-GB">hello</lang> a`},
		"values are text":       {[]Part{{SSML: `<speak>&lt;break/&gt; &amp; more</speak>`}}, `&lt;break/&gt; &amp; more`},
		"marks that do not fit": {[]Part{{Text: "seulement", SSML: `<speak><emphasis>x</speak>`}}, "seulement"},
		"order number":          {[]Part{{Text: "La commande 45127801 arrive."}}, `La commande <say-as interpret-as="digits">45127801</say-as> arrive.`},
		"telephone":             {[]Part{{Text: "Au 06 12 34 56 78, ou +33612345678."}}, `Au <say-as interpret-as="telephone">06 12 34 56 78</say-as>, ou <say-as interpret-as="telephone">+33612345678</say-as>.`},
		"dates":                 {[]Part{{Text: "Le 24/11/2026, soit 2026-11-24."}}, `Le <say-as interpret-as="date" format="dmy">24/11/2026</say-as>, soit <say-as interpret-as="date" format="ymd">2026-11-24</say-as>.`},
		"short figures":         {[]Part{{Text: "12 euros 50, en 2026, au 75011."}}, "12 euros 50, en 2026, au 75011."},
		"figures in a say-as":   {[]Part{{SSML: `<speak><sub alias="un numéro">45127801</sub></speak>`}}, `<sub alias="un numéro">45127801</sub>`},
		"nothing":               {nil, ""},
		"nothing among":         {[]Part{{Text: " "}, {Text: "a"}}, "a"},
	} {
		if got := Speak(c.parts...); got != "<speak>"+c.want+"</speak>" {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

func TestSpeakIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("mot & mot ", 2000)
	for _, p := range [][]Part{{{Text: long}}, {{SSML: "<speak><emphasis level=\"strong\">" + strings.Repeat("mot ", 3000) + "</emphasis></speak>"}}, {{Text: "Bonjour."}, {Text: long}, {Text: "fin"}}} {
		s := Speak(p...)
		if n := utf8.RuneCountInString(s); n > MaxSpeech || n < MaxSpeech/2 {
			t.Errorf("%d characters", n)
		}
		wellFormed(t, s)
		if n := utf8.RuneCountInString(SpeakProgress(p...)); n > MaxProgress {
			t.Errorf("a progressive response of %d characters", n)
		}
	}
}

func wellFormed(t *testing.T, s string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%q is not well formed: %v", s, err)
		}
	}
}

func FuzzSpeak(f *testing.F) {
	f.Add("AT&T 45127801", "")
	f.Add("", `<speak><say-as interpret-as="digits">1</say-as><break time="1s"/></speak>`)
	f.Add("x", `<speak><emphasis level="strong">a</speak>`)
	f.Fuzz(func(t *testing.T, text, ssml string) {
		for _, s := range []string{Speak(Part{Text: text, SSML: ssml}), SpeakProgress(Part{Text: text, SSML: ssml}, Part{Text: text})} {
			wellFormed(t, s)
			if utf8.RuneCountInString(s) > MaxSpeech {
				t.Errorf("%d characters", utf8.RuneCountInString(s))
			}
		}
	})
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	for s, good := range map[string]bool{
		"https://api.amazonalexa.com": true, "https://api.eu.amazonalexa.com": true, "https://api.fe.amazonalexa.com/": true, "https://api.eu.amazonalexa.com:443": true,
		"http://api.eu.amazonalexa.com": false, "https://api.eu.amazonalexa.com.example.com": false, "https://evilamazonalexa.com": false, "https://api.eu.amazonalexa.com:8443": false,
		"https://x@api.eu.amazonalexa.com": false, "https://api.eu.amazonalexa.com/x": false, "https://127.0.0.1": false, "": false, "https://api.eu.amazonalexa.com?x": false, "https://API.eu.amazonalexa.com": false,
	} {
		if _, err := Endpoint(s); (err == nil) != good {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func FuzzEndpoint(f *testing.F) {
	f.Add("https://api.eu.amazonalexa.com")
	f.Add("https://api.eu.amazonalexa.com:443/")
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := Endpoint(s); err == nil && !strings.HasSuffix(strings.TrimSuffix(got, ":443"), ".amazonalexa.com") {
			t.Errorf("%q became %q", s, got)
		}
	})
}
