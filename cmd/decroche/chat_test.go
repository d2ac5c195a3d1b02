package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pipeChat runs `decroche chat` with lines from a pipe.
func pipeChat(t *testing.T, conf, lines string, args ...string) (stdout, stderr string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, append([]string{"chat", "--config", conf}, args...)...)
	cmd.Env = append(os.Environ(), runMain+"=1", "COLIBRI_ORDERS_TOKEN=none") // no order is looked up
	cmd.Stdin = strings.NewReader(lines)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("chat: %v\n%s", err, errs.String())
	}
	return out.String(), errs.String()
}

// A conversation in the terminal is left at the end of a pipe and gone on with by another process.
func TestChatThroughAPipe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	learntIn(t, dir)
	conf := filepath.Join(dir, "decroche.yaml")
	if err := os.WriteFile(conf, []byte("data_dir: "+dir+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var first, second chatReport
	out, _ := pipeChat(t, conf, "où est mon colis ?\n\x1b[31m\n", "--json")
	if err := json.Unmarshal([]byte(out), &first); err != nil || first.Ended || first.Conversation == "" || len(first.Messages) < 3 {
		t.Fatalf("%s: %v", out, err)
	}
	out, _ = pipeChat(t, conf, "quels sont vos horaires ?\n", "--json", "--end", "--resume", first.Conversation)
	if err := json.Unmarshal([]byte(out), &second); err != nil || !second.Ended || second.Conversation != first.Conversation || len(second.Messages) < len(first.Messages)+2 {
		t.Fatalf("%s: %v", out, err)
	}
	out, errs := pipeChat(t, conf, "bonjour\n")
	if !strings.HasPrefix(out, "bot  ") || !strings.Contains(out, "\nyou  bonjour\n") || !strings.Contains(errs, "decroche chat --resume ") {
		t.Errorf("%s%s", out, errs)
	}
	self, _ := os.Executable()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), self, "chat", "--config", conf, "--resume", first.Conversation)
	cmd.Env = append(os.Environ(), runMain+"=1", "COLIBRI_ORDERS_TOKEN=none")
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "has ended") {
		t.Errorf("going on with one that has ended: %v %s", err, out)
	}
}
