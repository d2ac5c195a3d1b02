package vcon

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"decroche/gateway/event"
	"decroche/gateway/store/storetest"
)

var update = flag.Bool("update", false, "write testdata/call.vcon")

var t0 = time.Date(2026, 11, 21, 9, 30, 0, 123456000, time.UTC)

var schema = sync.OnceValue(func() *jsonschema.Schema {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile("testdata/vcon.schema.json")
	if err != nil {
		panic(err)
	}
	return s
})

// valid checks a vCon against the schema, and that every index leads somewhere.
func valid(t testing.TB, v VCon) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema().Validate(doc); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	party := func(is ...int) {
		t.Helper()
		for _, i := range is {
			if i < 0 || i >= len(v.Parties) {
				t.Errorf("party %d of %d", i, len(v.Parties))
			}
		}
	}
	dialog := func(is ...int) {
		t.Helper()
		for _, i := range is {
			if i < 0 || i >= len(v.Dialog) {
				t.Errorf("dialog %d of %d", i, len(v.Dialog))
			}
		}
	}
	for _, d := range v.Dialog {
		switch p := d.Parties.(type) {
		case []int:
			party(p...)
		case []any:
			party(p[0].(int))
			party(p[1].([]int)...)
		}
		party(d.Target...)
		dialog(d.TargetOf...)
		for _, h := range d.History {
			party(h.Party)
		}
	}
	for _, a := range v.Analysis {
		dialog(a.Dialog...)
	}
	for _, a := range v.Attachments {
		party(a.Party)
		dialog(a.Dialog)
	}
	return data
}

func source(evs []event.Event) Source {
	return Source{Conv: "c1", Host: "calls.example.com", Site: "Colibri Express", Bot: "Colibri", Subject: "Suivi de colis", Product: "decroche test", Events: evs,
		Agent: func(name string) string { return strings.ToUpper(name[:1]) + name[1:] }}
}

// A whole call, its failed and its completed hand-off, as a file that is read in review.
func TestCall(t *testing.T) {
	t.Parallel()
	sum := sha512.Sum512([]byte("sound"))
	evs := storetest.Call("c1", t0)
	evs = append(evs, event.Event{Conv: "c1", Seq: 30, At: t0.Add(time.Minute), Body: event.Recorded{File: "x", Seconds: 31.5}},
		event.Event{Conv: "c1", Seq: 31, At: t0.Add(2 * time.Minute), Body: event.Rated{Survey: "csat", Score: 4, Scale: 5}})
	s := source(evs)
	s.Sound = &Sound{URL: "https://calls.example.com/api/v1/conversations/c1/recording", Filename: "2026-11-21T09-30-00.wav", SHA512: sum[:]}
	s.Notes = []Note{{"karim", "Enquête ouverte.", "litige", t0.Add(time.Minute)}}
	v, err := Make(s)
	if err != nil {
		t.Fatal(err)
	}
	valid(t, v)
	got, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	const file = "testdata/call.vcon"
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("it differs from %s; look, then run with -update:\n%s", file, got)
	}
	again, err := Make(s)
	if err != nil || !reflect.DeepEqual(v, again) {
		t.Error("the same conversation made another vCon", err)
	}
}

func at(i int) time.Time { return t0.Add(time.Duration(i) * time.Second) }

func events(bodies ...event.Body) []event.Event {
	var out []event.Event
	for i, b := range bodies {
		out = append(out, event.Event{Conv: "c1", Seq: uint64(i + 1), At: at(i), Body: b})
	}
	return out
}

func made(t *testing.T, bodies ...event.Body) VCon {
	t.Helper()
	v, err := Make(source(events(bodies...)))
	if err != nil {
		t.Fatal(err)
	}
	valid(t, v)
	return v
}

func TestWrittenConversation(t *testing.T) {
	t.Parallel()
	v := made(t, event.Started{Channel: "text"}, event.Prompted{Text: "Bonjour."}, event.Said{Text: "••••", How: "typed", ID: "m1"}, event.TransferStarted{Skills: []string{"litige"}, Reason: "asked"},
		event.TransferRinging{Agent: "karim", Addr: "desk:karim"}, event.Bridged{Agent: "karim"}, event.Said{Who: "agent", Text: "Karim, bonjour."}, event.Said{Text: "Ah !"}, event.TransferEnded{Outcome: "completed", TalkedMS: 9}, event.Ended{Outcome: "resolved"})
	var got []string
	for _, d := range v.Dialog {
		got = append(got, fmt.Sprint(d.Type, d.Parties, d.Body, d.MessageID, d.Target))
	}
	want := "text[1 0]Bonjour.[] text[0 1]••••m1[] text[2 0]Karim, bonjour.[] text[0 2]Ah ![] transfer<nil> <nil>[2]"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
	if v.Parties[0] != (Party{Type: "person", Role: "customer"}) || v.Parties[2].SIP != "" {
		t.Error(v.Parties)
	}
}

// What was keyed stands in the history of the call, and what is sensitive is masked there as everywhere.
func TestKeys(t *testing.T) {
	t.Parallel()
	v := made(t, event.Started{Channel: "voice", From: "tel:+33612345678"}, event.Answered{}, event.Said{Text: "45127801", How: "keys"}, event.Said{Text: "••••", How: "keys"},
		event.Stepped{Slots: []event.Slot{{Name: "carte", Value: "••••", Shown: "••••", Confirmed: true}}}, event.Ended{Outcome: "resolved"})
	want := []Moment{{0, at(1), "join", ""}, {1, at(1), "join", ""}, {0, at(2), "keydown", "45127801"}, {0, at(3), "keydown", "••••"}}
	if !reflect.DeepEqual(v.Dialog[0].History, want) {
		t.Error(v.Dialog[0].History)
	}
	if v.Parties[0].Tel != "+33612345678" || v.Dialog[0].ContentHash != "" || fmt.Sprint(v.Dialog[0].Parties) != "[0 1]" {
		t.Error(v.Parties[0], v.Dialog[0])
	}
}

func TestEndsOfCalls(t *testing.T) {
	t.Parallel()
	if d := made(t, event.Started{Channel: "voice"}, event.Ended{Outcome: "unanswered"}).Dialog[0]; d.Type != "incomplete" || d.Disposition != "hung-up" {
		t.Errorf("%+v", d)
	}
	if d := made(t, event.Started{Channel: "voice"}, event.Ended{Outcome: "failed"}).Dialog[0]; d.Disposition != "failed" {
		t.Errorf("%+v", d)
	}
	// It runs still; an agent was lost, a supervisor took over and gave it back.
	v := made(t, event.Started{Channel: "voice"}, event.Answered{}, event.TransferStarted{Reason: "asked"}, event.TransferAttempt{Agent: "lina", Outcome: "busy"}, event.Bridged{Agent: "karim"},
		event.AgentLost{Agent: "karim"}, event.AgentBack{Agent: "karim"}, event.Supervised{Who: "sami", Act: event.ActListen}, event.Supervised{Who: "paule", Act: event.ActTakeOver}, event.Supervised{Who: "paule", Act: event.ActLeave},
		event.Supervised{Who: "sami", Act: event.ActLeave})
	var got []string
	for _, h := range v.Dialog[0].History {
		got = append(got, fmt.Sprint(h.Event, h.Party))
	}
	if strings.Join(got, " ") != "join0 join1 join3 hold0 unhold0 join4 drop4" {
		t.Error(got)
	}
	if len(v.Parties) != 5 || v.Parties[4].Role != "supervisor" {
		t.Error("who only listened took part:", v.Parties)
	}
	// Another telephone took the place of the agent's: what is said then is theirs, and what they said before is not.
	v = made(t, event.Started{Channel: "voice"}, event.Answered{}, event.TransferStarted{Reason: "asked"}, event.Bridged{Agent: "karim"}, event.Said{Who: "agent", Text: "a"},
		event.PartyLeft{Party: event.PartyAgent, Agent: "karim"}, event.PartyJoined{Party: event.PartyAgent, Agent: "karim", Addr: "sip:206@pbx.example"}, event.Said{Who: "agent", Text: "b"}, event.TransferEnded{Outcome: "completed"})
	got = nil
	for _, h := range v.Dialog[0].History {
		got = append(got, fmt.Sprint(h.Event, h.Party))
	}
	if strings.Join(got, " ") != "join0 join1 join2 drop2 join3 drop3" || v.Parties[3].SIP != "sip:206@pbx.example" || v.Parties[3].Role != "agent" {
		t.Error(got, v.Parties)
	}
	if _, err := Make(source(nil)); err == nil {
		t.Error("nothing made a vCon")
	}
	if _, err := Make(source(events(event.Answered{}))); err == nil {
		t.Error("a conversation without its beginning made a vCon")
	}
}

func TestUUID(t *testing.T) {
	t.Parallel()
	a := UUID("h", "c1", t0)
	if a != UUID("h", "c1", t0) || a == UUID("h", "c2", t0) || a == UUID("i", "c1", t0) || !strings.HasPrefix(a, fmt.Sprintf("%08x", t0.UnixMilli()>>16)) || a[14] != '8' {
		t.Error(a)
	}
}

var siteKey = sync.OnceValue(func() []byte {
	key, err := NewKey()
	if err != nil {
		panic(err)
	}
	return key
})

// What was signed verifies with the certificate that goes with it, in the form the draft wants, and comes
// back as it was; what was changed does not verify.
func TestSignedRoundTrip(t *testing.T) {
	t.Parallel()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string][]byte{"RS256": siteKey(), "ES256": pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})} {
		s, err := NewSigner(key, nil, "calls.example.com")
		if err != nil {
			t.Fatal(name, err)
		}
		v := made(t, event.Started{Channel: "voice"}, event.Answered{}, event.Said{Text: "où est mon colis <b>?"}, event.Ended{Outcome: "resolved"})
		signed, err := s.Sign(v)
		if err != nil {
			t.Fatal(name, err)
		}
		data, err := json.Marshal(signed)
		if err != nil {
			t.Fatal(err)
		}
		var shape map[string]json.RawMessage
		if err := json.Unmarshal(data, &shape); err != nil || len(shape) != 2 || shape["signatures"][0] != '[' {
			t.Errorf("%s: not the general form: %s", name, data)
		}
		if signed.Signatures[0].Header.UUID != v.UUID {
			t.Error("the header names another vCon")
		}
		cert, err := base64.StdEncoding.DecodeString(signed.Signatures[0].Header.X5C[0])
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(cert)
		if err != nil || leaf.Subject.CommonName != "calls.example.com" {
			t.Fatal(leaf, err)
		}
		jws, err := jose.ParseSigned(string(data), []jose.SignatureAlgorithm{jose.SignatureAlgorithm(name)})
		if err != nil {
			t.Fatal(name, err)
		}
		payload, err := jws.Verify(leaf.PublicKey)
		if err != nil {
			t.Fatal(name, err)
		}
		if want, err := json.Marshal(v); err != nil || !bytes.Equal(payload, want) {
			t.Errorf("%s: got %s", name, payload)
		}
		other := strings.Replace(string(data), signed.Payload, base64.RawURLEncoding.EncodeToString(bytes.Replace(payload, []byte("colis"), []byte("chien"), 1)), 1)
		if jws, err = jose.ParseSigned(other, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(name)}); err != nil {
			t.Fatal(err)
		}
		if _, err := jws.Verify(leaf.PublicKey); err == nil {
			t.Error("a changed vCon verifies")
		}
	}
}

func TestKeysThatDoNotSign(t *testing.T) {
	t.Parallel()
	pemOf := func(typ string, der []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der})
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p384DER, err := x509.MarshalECPrivateKey(p384)
	other, oerr := selfSigned(p384, "other")
	otherCert := pemOf("CERTIFICATE", other, oerr)
	for _, tc := range []struct {
		name       string
		key, certs []byte
		want       string
	}{
		{"nothing", nil, nil, "no private key in PEM form"},
		{"no key", []byte("secret-words"), nil, "no private key in PEM form"},
		{"broken", pemOf("PRIVATE KEY", []byte("secret-words"), nil), nil, "cannot be read"},
		{"short", pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(small), nil), nil, "1024 bits"},
		{"other curve", pemOf("EC PRIVATE KEY", p384DER, err), nil, "P-256"},
		{"other certificate", siteKey(), otherCert, "not of this key"},
		{"broken certificate", siteKey(), pemOf("CERTIFICATE", []byte("x"), nil), "read the certificate"},
	} {
		_, err := NewSigner(tc.key, tc.certs, "x")
		if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "secret-words") {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// Whatever callers, agents and flows wrote, what comes out is a vCon, and they can put nothing into it but
// text: each byte of theirs is inside a string.
func FuzzMake(f *testing.F) {
	f.Add("voice", "sip:+33612345678@x", "bonjour", "karim", "busy", uint16(0xffff))
	f.Add("text", "", "\"},{\"type\":\"x", "", "\xff\u2028</script>", uint16(3))
	f.Fuzz(func(t *testing.T, channel, from, text, agent, outcome string, which uint16) {
		bodies := []event.Body{event.Answered{}, event.Prompted{Text: text, Heard: text, Cut: true}, event.Said{Text: text, How: "keys"}, event.Said{Text: text, Who: "agent", ID: agent}, event.Said{Text: text, How: "typed"},
			event.Stepped{Intent: text, Lang: agent, Slots: []event.Slot{{Name: text, Value: agent}}}, event.TransferStarted{Reason: text, Skills: []string{agent}, Summary: []string{text}}, event.TransferRinging{Agent: agent, Addr: from},
			event.TransferAttempt{Agent: agent, Addr: text, Outcome: outcome}, event.Bridged{Agent: agent}, event.AgentLost{Agent: agent}, event.PartyLeft{Party: event.PartyAgent}, event.PartyJoined{Party: agent, Addr: from, Name: text}, event.Supervised{Who: agent, Act: event.ActJoin}, event.TransferEnded{Outcome: outcome},
			event.Rated{Comment: text, Score: -1}, event.Recorded{Seconds: -3}, event.Ended{Outcome: outcome, By: text}}
		evs := []event.Body{event.Started{Channel: channel, From: from, Lang: text}}
		for i, b := range bodies {
			if which&(1<<i) != 0 {
				evs = append(evs, b)
			}
		}
		s := source(events(evs...))
		s.Agent, s.Subject = nil, text
		v, err := Make(s)
		if err != nil {
			t.Fatal(err)
		}
		valid(t, v)
	})
}
