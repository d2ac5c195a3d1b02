package flows_test

import (
	"testing"

	"decroche/flows"
)

// Who asks for slower speech hears the question again, slowly, and all that follows too; "repeat"
// changes nothing of how it is spoken.
func TestSlower(t *testing.T) {
	t.Parallel()
	for lang, words := range map[string][3]string{
		"fr": {"où est mon colis", "vous pouvez répéter ?", "parlez plus lentement s'il vous plaît"},
		"en": {"where is my parcel", "say that again please", "can you speak more slowly"},
	} {
		tk := begin(t, colibri(t), flows.Input{Channel: flows.Voice, Lang: lang}).says(words[0])
		question := tk.said()
		if tk.says(words[1]); tk.said() != question || tk.out.Say[0].Slow {
			t.Errorf("%s: repeated %+v", lang, tk.out.Say)
		}
		if tk.says(words[2]); tk.said() != question || !tk.out.Say[0].Slow {
			t.Errorf("%s: slower %+v", lang, tk.out.Say)
		}
		if tk.says("45 12 78 02"); tk.out.Act == nil || !tk.out.Act.Filler.Slow {
			t.Errorf("%s: %+v", lang, tk.out.Act)
		}
		if tk.acted("ok", map[string]any{"status": "in_transit"}); len(tk.out.Say) == 0 || !tk.out.Say[0].Slow {
			t.Errorf("%s: later %+v", lang, tk.out.Say)
		}
	}
}
