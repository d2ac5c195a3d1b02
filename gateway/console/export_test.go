package console

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"decroche/gateway/accounts"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/vcon"
)

// exports makes vCons of the events of a house, without a key.
type exports struct{}

func (exports) VCon(_ context.Context, conv, _ string) (vcon.VCon, error) {
	if conv != "c1" {
		return vcon.VCon{}, store.ErrNotFound
	}
	return vcon.Make(vcon.Source{Conv: conv, Events: []event.Event{{Conv: conv, Seq: 1, At: t0, Body: event.Started{Channel: "text"}}}})
}

func (exports) Sign(v vcon.VCon) (vcon.Signed, error) {
	if v.UUID == "" {
		return vcon.Signed{}, errors.New("no vCon")
	}
	return vcon.Signed{Payload: "x", Signatures: []vcon.Signature{{Header: vcon.Header{UUID: v.UUID}}}}, nil
}

func (exports) Encrypt(v vcon.VCon) (vcon.Encrypted, error) {
	if v.UUID == "" {
		return vcon.Encrypted{}, errors.New("no vCon")
	}
	return vcon.Encrypted{Unprotected: vcon.Unprotected{UUID: v.UUID}, Ciphertext: "x"}, nil
}

// alone is who has nobody to encrypt to.
type alone struct{ exports }

func (alone) Encrypt(vcon.VCon) (vcon.Encrypted, error) { return vcon.Encrypted{}, vcon.ErrNobody }

func TestVConOverTheAPI(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bearer := "Authorization: Bearer " + testToken
	if w := h.ask(t, "GET", "/api/v1/conversations/c1/vcon", "", bearer); w.Code != 404 {
		t.Error(w.Code)
	}
	h.d.Exports = exports{}
	w := h.ask(t, "GET", "/api/v1/conversations/c1/vcon", "", bearer)
	var v vcon.VCon
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != 200 || v.Syntax != vcon.Syntax || w.Header().Get("Content-Type") != "application/vcon" || !strings.Contains(w.Header().Get("Content-Disposition"), v.UUID+".vcon") {
		t.Error(w.Code, err, w.Header(), w.Body)
	}
	w = h.ask(t, "GET", "/api/v1/conversations/c1/vcon?signed=1", "", bearer)
	var s vcon.Signed
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || len(s.Signatures) != 1 || s.Signatures[0].Header.UUID != v.UUID {
		t.Error(w.Code, err, w.Body)
	}
	var e vcon.Encrypted
	for _, q := range []string{"?encrypted=1", "?encrypted=1&signed=1", "?signed=0&encrypted=true"} {
		w = h.ask(t, "GET", "/api/v1/conversations/c1/vcon"+q, "", bearer)
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Ciphertext != "x" || e.Unprotected.UUID != v.UUID || w.Header().Get("Content-Type") != "application/vcon" {
			t.Error(q, w.Code, err, w.Body)
		}
	}
	h.d.Exports = alone{}
	if w = h.ask(t, "GET", "/api/v1/conversations/c1/vcon?encrypted=1", "", bearer); w.Code != 409 || !strings.Contains(w.Body.String(), "vcon.encrypt_to") {
		t.Error(w.Code, w.Body)
	}
	for path, want := range map[string]int{"c1/vcon?signed=maybe": 400, "c1/vcon?encrypted=": 400, "c1/vcon?sign=1": 400, "c1/vcon?signed=1&signed=0": 400, "c2/vcon": 404} {
		if w := h.ask(t, "GET", "/api/v1/conversations/"+path, "", bearer); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	var told []string
	for e, err := range h.acc.AuditList(t.Context(), store.AuditQuery{What: ExportedVCon}) {
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, e.About+" "+e.Detail)
	}
	if strings.Join(told, ", ") != "conversation c1 encrypted, conversation c1 encrypted, conversation c1 encrypted, conversation c1 signed, conversation c1 " {
		t.Errorf("%q", told)
	}
}

// Records are taken away by supervisors and admins, not by everybody who may read one.
func TestWhoMayExport(t *testing.T) {
	t.Parallel()
	for role, want := range map[accounts.Role]bool{accounts.Agent: false, accounts.Builder: false, accounts.Supervisor: true, accounts.Admin: true} {
		if got := role.May(accounts.ExportConversations); got != want {
			t.Errorf("%s: %v", role, got)
		}
	}
}
