package gateway

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"decroche/gateway/skill"
)

// TestAlexaDoor: there is no address for Alexa until a skill is named; then strangers are refused there,
// counted, and told nothing.
func TestAlexaDoor(t *testing.T) {
	post := func(r *rig) (int, string) {
		t.Helper()
		resp, err := http.Post("http://"+r.HTTPAddr()+skill.Path, "application/json", strings.NewReader(`{"version":"1.0"}`))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, strings.TrimSpace(string(body))
	}
	if code, _ := post(newRig(t, nil)); code != http.StatusNotFound {
		t.Errorf("without skills: %d, want 404", code)
	}
	bad := DefaultConfig()
	bad.Skill.Alexa.Skills, bad.Skill.Alexa.Transfer = []skill.SkillConfig{{ApplicationID: "amzn1.ask.skill.0"}}, "card"
	if got := bad.Validate(); len(got) != 1 || !strings.HasPrefix(got[0], "skill.alexa.public_page:") {
		t.Errorf("a card that leads nowhere: %q", got)
	}
	r := newRig(t, func(c *Config) {
		c.Skill.Alexa.Skills = []skill.SkillConfig{{ApplicationID: "amzn1.ask.skill.0"}}
	})
	if code, body := post(r); code != http.StatusBadRequest || body != "bad request" {
		t.Errorf("a stranger: %d %q", code, body)
	}
	families, err := r.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "decroche_alexa_refused_total" && f.GetMetric()[0].GetLabel()[0].GetValue() == "headers" {
			return
		}
	}
	t.Error("the refusal is not counted")
}
