package demosystems

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// visitor sends requests to one set of systems, with the right token unless told otherwise.
type visitor struct {
	t *testing.T
	s *Systems
}

func open(t *testing.T) visitor {
	t.Helper()
	noon := func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }
	s, err := New(func(string) string { return "" }, noon)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, s}
}

// ask returns status and body. headers are pairs.
func (v visitor) ask(method, path, doc string, headers ...string) (int, string) {
	v.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(doc))
	name, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	r.Header.Set("Authorization", "Bearer "+Tokens[tokenOf[name]])
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	v.s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func (v visitor) want(status int, part, method, path, doc string, headers ...string) string {
	v.t.Helper()
	code, got := v.ask(method, path, doc, headers...)
	if code != status || !strings.Contains(got, part) {
		v.t.Errorf("%s %s %s: %d %s, want %d with %q", method, path, doc, code, got, status, part)
	}
	return got
}

// session shows who is calling and returns the header to send from then on.
func (v visitor) session(path, doc string) []string {
	v.t.Helper()
	var a struct{ Session string }
	if err := json.Unmarshal([]byte(v.want(200, "session", "POST", path, doc)), &a); err != nil {
		v.t.Fatal(err)
	}
	return []string{"X-Session", a.Session}
}

func TestReading(t *testing.T) {
	t.Parallel()
	v := open(t)
	for _, c := range []struct {
		path   string
		status int
		body   string
	}{
		{"/colibri/orders/45127802", 200, `"date":"2026-11-24"`},
		{"/colibri/orders/80351264", 200, `"amount":"42.50"`},
		{"/colibri/orders/00000000", 404, "no such order"},
		{"/colibri/orders/12", 400, "eight digits"},
		{"/colibri/orders/99990500", 500, "asked for"},
		{"/colibri/pickups/69003", 200, "Part-Dieu"},
		{"/colibri/pickups/97411", 404, "no pickup point"},
		{"/banque/fees/monde", 200, `"withdrawal":"3.00"`},
		{"/banque/fees/mars", 404, "zone"},
		{"/banque/clients/20461873/card", 403, "identity"},
		{"/telecom/lines/+33612345678", 200, `"left":"12.5"`},
		{"/telecom/lines/%2B33623456789", 200, `"left":"0"`},
		{"/telecom/lines/+33600000000", 404, "no such line"},
		{"/telecom/lines/+33612345678/puk", 403, "identity"},
		{"/telecom/plans/horizon", 200, `"price":"24.99"`},
		{"/support-it/tickets/240794", 200, `"status":"resolved"`},
		{"/support-it/tickets/000000", 404, "no such ticket"},
		{"/support-it/people/104582/tickets", 200, "240801"},
		{"/healthz", 200, "ok"},
		{"/", 200, "45127802"},
	} {
		v.want(c.status, c.body, "GET", c.path, "")
	}
	if _, got := v.ask("GET", "/colibri/orders/45127802", ""); strings.Contains(got, "69003") {
		t.Errorf("the postcode that identifies a caller is told: %s", got)
	}
	v.want(200, `"id":"104582"`, "GET", "/", "", "Accept", "application/json")
}

func TestTokens(t *testing.T) {
	t.Parallel()
	v := open(t)
	const path = "/colibri/orders/45127802"
	v.want(200, "", "GET", path, "", "Authorization", "demo-token-of-colibri")
	v.want(401, "token", "GET", path, "", "Authorization", "")
	v.want(401, "token", "GET", path, "", "Authorization", "Bearer demo-token-of-banque")
}

func TestAReturnIsAgreedOnce(t *testing.T) {
	t.Parallel()
	v := open(t)
	const path = "/colibri/orders/45127801/returns"
	v.want(400, "reason", "POST", path, `{"reason":"bored"}`)
	v.want(422, "unused", "POST", path, `{"reason":"changed_mind","unused":"yes","in_its_box":"no"}`)
	v.want(201, `"number":"704140"`, "POST", path, `{"reason":"changed_mind","unused":"yes","in_its_box":"yes"}`)
	v.want(200, `"number":"704140"`, "POST", path, `{"reason":"broken"}`)
	v.want(409, "30 days", "POST", "/colibri/orders/27368140/returns", `{"reason":"broken"}`)
	v.want(409, "30 days", "POST", "/colibri/orders/45127802/returns", `{"reason":"broken"}`)
	v.want(400, "JSON", "POST", path, `{`)
}

func TestAnAddressChangesForWhoKnowsTheOldOne(t *testing.T) {
	t.Parallel()
	v := open(t)
	const order = "/colibri/orders/45127802"
	v.want(403, "identity", "PUT", order+"/address", `{"postcode":"75011"}`)
	who := v.session(order+"/check", `{"postcode":"69003"}`)
	v.want(404, "pickup", "PUT", order+"/address", `{"postcode":"97411"}`, who...)
	v.want(200, "Temple", "PUT", order+"/address", `{"postcode":"75011"}`, who...)
	v.want(200, "Temple", "GET", order, "")
	v.want(400, "five digits", "PUT", order+"/address", `{"postcode":"7501"}`, who...)
	v.want(400, "a street and a town", "PUT", order+"/address", `{"street":"12 rue des Lilas","postcode":"69100"}`, who...)
	v.want(400, "200 bytes", "PUT", order+"/address", `{"street":"`+strings.Repeat("x", 201)+`","postcode":"69100","town":"Lyon"}`, who...)
	v.want(200, "12 rue des Lilas, 69100 Villeurbanne", "PUT", order+"/address", `{"street":"12 rue des Lilas","postcode":"69100","town":"Villeurbanne"}`, who...)
	v.want(200, "12 rue des Lilas, 69100 Villeurbanne", "GET", order, "")
	v.want(403, "identity", "PUT", "/colibri/orders/62830915/address", `{"postcode":"75011"}`, who...)
	late := v.session("/colibri/orders/30614257/check", `{"postcode":"44000"}`)
	v.want(409, "too close", "PUT", "/colibri/orders/30614257/address", `{"postcode":"75011"}`, late...)
}

func TestACardStaysBlocked(t *testing.T) {
	t.Parallel()
	v := open(t)
	const client = "/banque/clients/20461873"
	who := v.session(client+"/identity", `{"birth":"1984-03-12"}`)
	v.want(200, `"withdrawal_left":320`, "GET", client+"/card", "", who...)
	v.want(400, "reason", "POST", client+"/card/block", `{"reason":"bored"}`, who...)
	v.want(200, `"reference":"518319"`, "POST", client+"/card/block", `{"reason":"lost"}`, who...)
	v.want(200, `"reference":"518319"`, "POST", client+"/card/block", `{"reason":"stolen"}`, who...)
	v.want(200, `"status":"blocked"`, "GET", client+"/card", "", who...)
}

func TestThreeWrongAnswersCloseTheDoor(t *testing.T) {
	t.Parallel()
	v := open(t)
	const path = "/banque/clients/57903142/identity"
	for range maxWrong {
		v.want(403, "on file", "POST", path, `{"birth":"2000-01-01"}`)
	}
	v.want(423, "person", "POST", path, `{"birth":"1996-01-30"}`)
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	s, err := New(func(string) string { return "" }, func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	v := visitor{t, s}
	who := v.session("/telecom/lines/+33612345678/identity", `{"postcode":"69003"}`)
	v.want(200, "48210937", "GET", "/telecom/lines/+33612345678/puk", "", who...)
	at = at.Add(sessionTime + time.Second)
	v.want(403, "identity", "GET", "/telecom/lines/+33612345678/puk", "", who...)
}

func TestAPlanChangesAtTheRenewal(t *testing.T) {
	t.Parallel()
	v := open(t)
	const line = "/telecom/lines/+33612345678"
	who := v.session(line+"/identity", `{"postcode":"69003"}`)
	v.want(409, "already", "PUT", line+"/plan", `{"plan":"liberte"}`, who...)
	v.want(404, "plan", "PUT", line+"/plan", `{"plan":"gold"}`, who...)
	v.want(200, `"from":"2026-11-30"`, "PUT", line+"/plan", `{"plan":"horizon"}`, who...)
	v.want(200, `"next":"horizon"`, "GET", line, "")
}

func TestTheDesk(t *testing.T) {
	t.Parallel()
	v := open(t)
	const idriss = "/support-it/people/118230"
	who := v.session(idriss+"/identity", `{"badge":"2049"}`)
	if got := v.want(202, `"phone_end":"81"`, "POST", idriss+"/password-reset", "", who...); strings.Contains(got, "code") {
		t.Errorf("the answer holds a code: %s", got)
	}
	v.want(200, "unlocked", "POST", idriss+"/unlock", "", who...)
	v.want(409, "not locked", "POST", idriss+"/unlock", "", who...)
	v.want(400, "what", "POST", idriss+"/tickets", `{"what":"coffee"}`)
	v.want(201, `"number":"240822"`, "POST", idriss+"/tickets", `{"what":"printer"}`)
	v.want(200, `"what":"printer"`, "GET", "/support-it/tickets/240822", "")
	v.want(200, "240822", "GET", idriss+"/tickets", "")
}

func TestAKeyedRequestIsDoneOnce(t *testing.T) {
	t.Parallel()
	v := open(t)
	const path = "/support-it/people/104582/tickets"
	first := v.want(201, "240822", "POST", path, `{"what":"network"}`, "Idempotency-Key", "k1")
	if again := v.want(201, "240822", "POST", path, `{"what":"network"}`, "Idempotency-Key", "k1"); again != first {
		t.Errorf("answered %s, then %s", first, again)
	}
	v.want(422, "another request", "POST", path, `{"what":"printer"}`, "Idempotency-Key", "k1")
	v.want(201, "240829", "POST", path, `{"what":"network"}`, "Idempotency-Key", "k2")
	for i := range maxRepeats {
		v.ask("POST", "/support-it/people/000000/tickets", `{}`, "Idempotency-Key", strings.Repeat("x", i+1))
	}
	if n := len(v.s.repeats.byKey); n != maxRepeats {
		t.Errorf("%d answers are kept, want %d", n, maxRepeats)
	}
}

func TestFaultsOnDemand(t *testing.T) {
	t.Parallel()
	v := open(t)
	v.want(204, "", "POST", "/faults", `{"path":"/banque/fees","status":503,"times":2}`)
	v.want(503, "asked for", "GET", "/banque/fees/euro", "")
	v.want(503, "asked for", "GET", "/banque/fees/euro", "")
	v.want(200, "", "GET", "/banque/fees/euro", "")
	v.want(204, "", "POST", "/faults", `{"path":"/banque","status":500}`)
	v.want(204, "", "POST", "/faults", `{"path":"/colibri","delay_ms":1}`)
	v.want(500, "", "POST", "/banque/clients/57903142/identity", `{"birth":"1996-01-30"}`, "Idempotency-Key", "k")
	v.want(200, "", "GET", "/colibri/orders/45127802", "")
	v.want(204, "", "DELETE", "/faults", "")
	v.want(200, "session", "POST", "/banque/clients/57903142/identity", `{"birth":"1996-01-30"}`, "Idempotency-Key", "k")
	for _, bad := range []string{`{`, `{}`, `{"path":"/x","status":200}`, `{"path":"/x","delay_ms":-1}`} {
		if code, _ := v.ask("POST", "/faults", bad); code < 400 {
			t.Errorf("POST /faults %s: %d", bad, code)
		}
	}
}

func FuzzRequests(f *testing.F) {
	f.Add("POST", "/banque/clients/20461873/identity", `{"birth":"1984-03-12"}`)
	f.Add("PUT", "/colibri/orders/45127802/address", `{"postcode":"75011"}`)
	s, err := New(func(string) string { return "" }, time.Now)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, method, path, doc string) {
		r, err := http.NewRequest(method, path, strings.NewReader(doc))
		if err != nil || strings.Contains(path, slowNumber) || strings.Contains(path, "faults") {
			return
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		r.Header.Set("Authorization", Tokens[tokenOf[name]])
		s.ServeHTTP(httptest.NewRecorder(), r)
	})
}
