package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/asr"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/internal/phone"
	"decroche/media"
	"decroche/media/wav"
)

// recordedEvent waits until a conversation's recording is in its record.
func recordedEvent(ctx context.Context, api apiClient, conv string) (out event.Recorded, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for ctx.Err() == nil {
		rec, err := api.conversation(ctx, conv)
		for _, e := range rec.Events {
			if err == nil && e.Type == "recorded" {
				return out, json.Unmarshal(e.Body, &out) == nil
			}
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return out, false
}

// A real call to a bot that records: the caller hears it first, both sides are in the file, where
// they can be understood, and all of it goes when the caller's number is erased.
func TestARecordedCall(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	tl := testTools(t)
	set := openScenery(t, "127.0.0.1:9", "recording: {sample: 1}")
	caller := openLine(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	l, err := caller.server.Dial(ctx, leg.Invite{Addr: "sip:hotline@" + set.sip, FromUser: "0612345678"})
	if err != nil {
		t.Fatal(err)
	}
	p := &phone.Phone{Leg: l, Mouth: tl.mouth, Ears: tl.ears, Voice: "fr+f3", Lang: "fr"}
	p.Start(ctx)
	first := p.Mark()
	if _, err := p.Greeting(ctx, phone.Pace{}); err != nil {
		t.Fatal(err)
	}
	if heard, err := p.Written(ctx, first); err != nil || !strings.Contains(heard, "enregistr") {
		t.Errorf("the caller heard %q, %v; nothing says that the call is recorded", heard, err)
	}
	if _, err := p.Turn(ctx, phone.Line{Text: "bonjour, où est mon colis ?"}, phone.Pace{}); err != nil {
		t.Fatal(err)
	}
	conv := l.Info().PeerTag
	_ = p.Hangup(context.WithoutCancel(ctx))
	kept, ok := recordedEvent(ctx, set.api(), conv)
	if !ok {
		t.Fatal("the record does not say that the call was recorded")
	}

	file := filepath.Join(set.data, "recordings", kept.File)
	body, err := set.api().text(ctx, "/api/v1/conversations/"+conv+"/recording")
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256([]byte(body)); hex.EncodeToString(sum[:]) != kept.SHA256 {
		t.Error("what is sent has another hash than the record says")
	}
	sides, rate, err := wav.ReadChannels(strings.NewReader(body))
	if err != nil || rate != media.PhoneRate || len(sides) != 2 {
		t.Fatalf("%d channels at %d Hz, %v", len(sides), rate, err)
	}
	for side, want := range []string{"colis", "enregistr"} {
		r, err := asr.Transcribe(ctx, tl.ears, sides[side], asr.Options{Language: "fr", Rate: rate})
		if err != nil || !strings.Contains(r.Text, want) {
			t.Errorf("channel %d is understood as %q, %v; want %q in it", side, r.Text, err, want)
		}
	}
	if m, err := wav.ReadMarks(file); err != nil || m.Source != "compositeSynthetic" || len(m.Spans) == 0 || m.Spans[0].Channel != 1 {
		t.Errorf("marks of synthetic speech: %+v, %v", m, err)
	}

	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tool := func(args ...string) string {
		cmd := exec.CommandContext(ctx, self, append(args, "--json", "--config", filepath.Join(set.data, "decroche.yaml"))...)
		cmd.Env = append(os.Environ(), "DECROCHE_API_TOKEN="+set.token)
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%v: %v", args, err)
		}
		return string(out)
	}
	if list := tool("recordings", "list", "--caller", "+33612345678"); !strings.Contains(list, conv) {
		t.Errorf("listed %s", list)
	}
	if out := tool("recordings", "delete", "--caller", "+33 6 12 34 56 78"); out != "{\"deleted\":1}\n" {
		t.Errorf("deleted %s", out)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
	if _, err := set.api().text(ctx, "/api/v1/conversations/"+conv+"/recording"); err == nil || !strings.Contains(err.Error(), http.StatusText(http.StatusNotFound)) {
		t.Errorf("the gateway still sends it: %v", err)
	}
}
