package sherpa

import (
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Errorf("defaults: %v", bad)
	}
	bad := Config{Voices: map[string]Voice{"fr": {Kind: "kokoro", Speaker: -1}, "xx": {}}}.Validate()
	for i, want := range []string{"threads: 0", "voices.fr.model: ", "voices.fr.tokens: ", "voices.fr.data: ", "voices.fr.voices: ", "voices.fr.speaker: -1", `voices.xx.kind: ""`} {
		if i >= len(bad) || !strings.HasPrefix(bad[i], want) {
			t.Errorf("complaint %d: %v, want %s", i, bad, want)
		}
	}
	if _, err := New(DefaultConfig()); err == nil || !strings.Contains(err.Error(), "there is none") {
		t.Errorf("no voices: %v", err)
	}
}
