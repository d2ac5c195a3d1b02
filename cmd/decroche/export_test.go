package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway"
	"decroche/gateway/store"
	"decroche/gateway/store/storetest"
	"decroche/gateway/vcon"
)

// full is an audit list that takes nothing.
type full struct{}

func (full) AddAudit(context.Context, store.AuditEntry) error { return errors.New("disk full") }

func TestExport(t *testing.T) {
	t.Parallel()
	cfg := gateway.DefaultConfig()
	cfg.DataDir = t.TempDir()
	st, err := gateway.OpenRecord(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.Append(t.Context(), storetest.Call("c1", time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC))...); err != nil {
		t.Fatal(err)
	}
	x := gateway.NewExporter(cfg, st, nil, func() []*flows.Bot { return nil })
	out := filepath.Join(t.TempDir(), "exports")
	if err := (&exportCmd{Conversations: []string{"c1"}, Signed: true, Out: out}).export(context.Background(), x, st, nil); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(out)
	if err != nil || len(files) != 1 || !strings.HasSuffix(files[0].Name(), ".vcon") {
		t.Fatal(files, err)
	}
	data, err := os.ReadFile(filepath.Join(out, files[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	var signed vcon.Signed
	if err := json.Unmarshal(data, &signed); err != nil || len(signed.Signatures) != 1 {
		t.Error(err, string(data))
	}
	cmd := &exportCmd{Conversations: []string{"c1"}, Encrypted: true}
	if err := cmd.export(context.Background(), x, st, io.Discard); !errors.Is(err, vcon.ErrNobody) || !strings.Contains(err.Error(), "vcon.encrypt_to") {
		t.Error("nobody to encrypt to:", err)
	}
	sealedFor(t, &cfg)
	var sealed strings.Builder
	if err := cmd.export(context.Background(), gateway.NewExporter(cfg, st, nil, func() []*flows.Bot { return nil }), st, &sealed); err != nil || !strings.Contains(sealed.String(), `"ciphertext"`) || strings.Contains(sealed.String(), `"payload"`) {
		t.Error(err, sealed.String())
	}
	var printed strings.Builder
	if err := (&exportCmd{Conversations: []string{"c1", "c1"}}).export(context.Background(), x, st, &printed); err != nil || strings.Count(printed.String(), "\n") != 2 {
		t.Error(err, printed.String())
	}
	if !strings.Contains(printed.String(), `"schema":"decroche-export-1","body":{"by":"terminal`) {
		t.Error("the vCon does not say who exported it:", printed.String())
	}
	var told []string
	for e, err := range st.Audit(t.Context(), store.AuditQuery{What: "exported_vcon", Limit: 10}) {
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, e.Who+" "+e.About+" "+strings.Fields(e.Detail + " -")[0])
	}
	if len(told) != 4 || told[3] != "terminal conversation c1 signed" || told[2] != "terminal conversation c1 encrypted" {
		t.Errorf("%q", told)
	}
	if err := (&exportCmd{Conversations: []string{"c1"}}).export(context.Background(), x, full{}, &printed); err == nil || !strings.Contains(err.Error(), "nothing was exported") || strings.Count(printed.String(), "\n") != 2 {
		t.Error("exported although it could not be written down:", err)
	}
	if err := (&exportCmd{Conversations: []string{"nobody"}}).export(context.Background(), x, st, &printed); err == nil || !strings.Contains(err.Error(), `no conversation "nobody"`) {
		t.Error(err)
	}
}

// sealedFor names a public key to which vCons are encrypted.
func sealedFor(t *testing.T, cfg *gateway.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "auditor.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.VCon.EncryptTo = []string{"file:" + file}
}
