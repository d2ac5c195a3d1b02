package agents

import (
	"net/url"
	"strings"
	"testing"
)

func TestCRMIsFilled(t *testing.T) {
	t.Parallel()
	evil := "1&admin=1#\r\nX: y>\"/../\u202e é"
	pop := Pop{Conversation: "c7f3", Phone: "+33612345678", Customer: "C-4512", Hotline: "colibri", Intent: "suivi", Language: "fr", Queue: "litige", Slots: map[string]string{"commande": "45 12", "mal": evil, "long": strings.Repeat("x", 129), "points": ".."}}
	for template, want := range map[string]string{
		"":                                   "",
		"https://crm.example.com/":           "https://crm.example.com/",
		"https://crm.example.com/{customer}": "https://crm.example.com/C-4512",
		"https://c.example/?t={phone}&c={conversation}&h={hotline}&i={intent}&l={language}&q={queue}": "https://c.example/?t=%2B33612345678&c=c7f3&h=colibri&i=suivi&l=fr&q=litige",
		"https://c.example/{slot.commande}":             "https://c.example/45%2012",
		"https://c.example/?n={slot.mal}&ok={queue}":    "https://c.example/?n=1%26admin%3D1%23%0D%0AX%3A%20y%3E%22%2F..%2F%E2%80%AE%20%C3%A9&ok=litige",
		"https://c.example/?n={slot.nowhere}&p={phone}": "https://c.example/?n=&p=%2B33612345678",
		"https://c.example/{slot.nowhere}":              "",
		"https://c.example/{slot.long}":                 "",
		"https://c.example/{slot.points}/x":             "",
		"crm-app:open?{customer}":                       "crm-app:open?C-4512",
	} {
		c := CRMConfig{URL: template, Schemes: []string{"crm-app"}}
		if bad := c.Validate(); len(bad) > 0 {
			t.Errorf("%q: %q", template, bad)
		}
		if got := c.Fill(pop); got != want {
			t.Errorf("%q: %q, want %q", template, got, want)
		}
	}
}

func TestCRMComplains(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"https://crm.example.com/{nom}":       `names {nom}, which is not known; use {customer}`,
		"https://crm.example.com/{slot.}":     "names {slot.}",
		"https://crm.example.com/{slot.a b}":  "characters that no address has",
		"https://crm.example.com/{customer":   "has a { without its }",
		"https://crm.example.com/customer}":   "has a } without its {",
		"https://{customer}.example.com/":     "no host with a path behind it",
		"https://crm.example.com{customer}":   "no host with a path behind it",
		"https://u:p@crm.example.com/{phone}": "no host with a path behind it",
		"https:///{phone}":                    "no host with a path behind it",
		"{customer}":                          "begins with neither https",
		"javascript:alert({phone})":           "begins with neither https",
		"crm.example.com/{phone}":             "begins with neither https",
		"https://crm.example.com/<{phone}":    "characters that no address has",
		"https://crm.example.com/\r\n{phone}": "characters that no address has",
	} {
		if bad := (CRMConfig{URL: template}).Validate(); len(bad) != 1 || !strings.HasPrefix(bad[0], "url: ") || !strings.Contains(bad[0], want) {
			t.Errorf("%q: %q, want %q", template, bad, want)
		}
	}
	for scheme, want := range map[string]string{"javascript": "could run", "Crm": "is no scheme", "crm:": "is no scheme", "": "is no scheme", "1c": "is no scheme", "file": "could run"} {
		if bad := (CRMConfig{Schemes: []string{scheme}}).Validate(); len(bad) != 1 || !strings.HasPrefix(bad[0], "schemes[0]: ") || !strings.Contains(bad[0], want) {
			t.Errorf("%q: %q", scheme, bad)
		}
	}
}

// Whatever a caller says, agents are sent to the same host and path, and there is the same number of parameters.
func FuzzCRM(f *testing.F) {
	f.Add("x&y=1#z/..")
	f.Fuzz(func(t *testing.T, v string) {
		got := CRMConfig{URL: "https://crm.example.com/c?n={slot.n}&ok=1"}.Fill(Pop{Slots: map[string]string{"n": v}})
		if got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Host != "crm.example.com" || u.Path != "/c" || u.Fragment != "" || u.Query().Get("n") != v || u.Query().Get("ok") != "1" || strings.ContainsAny(got, "<>\" \r\n") {
			t.Errorf("%q: %q %v", v, got, err)
		}
	})
}
