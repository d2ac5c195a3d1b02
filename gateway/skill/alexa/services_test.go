package alexa_test

import (
	"errors"
	"strings"
	"testing"

	"decroche/gateway/skill/alexa"
	"decroche/gateway/skill/skilltest"
)

// TestServices asks Alexa's services over TLS.
func TestServices(t *testing.T) {
	t.Parallel()
	a, _, _ := far(t)
	s := alexa.NewServices(a.Client())
	sp := a.Speaker(nil, "fr-FR")
	read := func() *alexa.Request {
		r, err := alexa.Parse(sp.Body(map[string]any{"type": alexa.Launch}))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if err := s.Progress(t.Context(), read(), alexa.SpeakProgress(alexa.Part{Text: "Un instant."})); err != nil || len(a.Progress()) != 1 || a.Progress()[0] != "<speak>Un instant.</speak>" {
		t.Errorf("%v %q", err, a.Progress())
	}
	if n, err := s.Mobile(t.Context(), read()); n != "" || !errors.Is(err, alexa.ErrNoPermission) {
		t.Errorf("not agreed: %q %v", n, err)
	}
	a.SetMobile("06 12 34 56 78")
	if n, err := s.Mobile(t.Context(), read()); n != "+33612345678" || err != nil {
		t.Errorf("%q %v", n, err)
	}
	sp.Endpoint = "https://api.eu.example.com"
	if err := s.Progress(t.Context(), read(), "<speak/>"); err == nil || !strings.Contains(err.Error(), "not one of Amazon's") {
		t.Errorf("another host: %v", err)
	}
	r := read()
	r.Context.System.Endpoint, r.Context.System.Token = skilltest.Endpoint, ""
	if err := s.Progress(t.Context(), r, "<speak/>"); err == nil {
		t.Error("asked without a token")
	}
}
