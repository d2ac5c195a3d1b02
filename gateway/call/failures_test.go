package call

import (
	"os"
	"reflect"
	"regexp"
	"testing"

	"github.com/goccy/go-yaml"
)

// What no caller is told, whatever fails: codes, addresses, names of products and of protocols.
var unspeakable = regexp.MustCompile(`(?i)\d|@|sips?:|https?:|\b(SIP|REFER|RTP|HTTP|Décroche|Asterisk|Kamailio|error|erreur)\b`)

// TestWordsOfEveryFailure: whatever ends a hand-off has a sentence in French and one in English, that of the
// flow's own responses or one of a call's, and none of all sentences names what callers cannot know.
func TestWordsOfEveryFailure(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("../../flows/responses.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var responses map[string]any
	if err := yaml.Unmarshal(src, &responses); err != nil {
		t.Fatal(err)
	}
	sentence := func(name, lang, text string) {
		if text == "" || unspeakable.MatchString(text) {
			t.Errorf("%s in %s: %q", name, lang, text)
		}
	}
	for _, name := range []string{"nobody", "nobody_apart", "busy", "closed", "still_here", "callback_offer", "message_offer"} {
		both, _ := responses[name].(map[string]any)
		for _, lang := range []string{"fr", "en"} {
			text, _ := both[lang].(string)
			sentence(name, lang, text)
		}
	}
	for _, lang := range []string{"fr", "en"} {
		v := reflect.ValueOf(said[lang])
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if f := v.Field(i); f.Kind() == reflect.String {
				sentence(name, lang, f.String())
			} else {
				for k := range f.Len() {
					sentence(name, lang, f.Index(k).String())
				}
			}
		}
	}
}
