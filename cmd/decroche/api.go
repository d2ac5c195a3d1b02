package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// apiClient reads a gateway's REST API.
type apiClient struct{ base, token string }

// record is the part of a conversation's record that the terminal shows.
type record struct {
	ID       string    `json:"id"`
	Lang     string    `json:"lang"`
	Start    time.Time `json:"start"`
	Outcome  string    `json:"outcome"`
	EndedBy  string    `json:"ended_by"`
	Intent   string    `json:"intent"`
	Transfer string    `json:"transfer"`
	Agent    string    `json:"agent"`
	Slots    []struct {
		Name  string `json:"name"`
		Shown string `json:"shown"`
	} `json:"slots"`
	Events []recordEvent `json:"events"`
}

type recordEvent struct {
	Seq  uint64          `json:"seq"`
	At   time.Time       `json:"at"`
	Type string          `json:"type"`
	Body json.RawMessage `json:"body"`
}

// transferred tells whether the caller spoke with a human.
func (r record) transferred() bool {
	for _, e := range r.Events {
		if e.Type == "bridged" {
			return true
		}
	}
	return r.Transfer == "completed"
}

func (a apiClient) get(ctx context.Context, path string, out any) error {
	body, err := a.text(ctx, path)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(body), out)
}

// text reads a page.
func (a apiClient) text(ctx context.Context, path string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.base+path, nil)
	if err != nil {
		return "", err
	}
	req.Close = true // measurements count the gateway's goroutines: leave no idle connection there
	req.Header.Set("Authorization", "Bearer "+a.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("GET %s: %s", path, resp.Status)
	}
	return string(body), nil
}

func (a apiClient) conversation(ctx context.Context, id string) (record, error) {
	var r record
	if id == "" {
		return r, fmt.Errorf("the far end gave the conversation no name")
	}
	err := a.get(ctx, "/api/v1/conversations/"+id, &r)
	return r, err
}

// tokenFile is where a gateway leaves its API token for commands on the same machine.
func tokenFile(dataDir string) string { return filepath.Join(dataDir, "api-token") }

func readToken(dataDir string) string {
	b, err := os.ReadFile(tokenFile(dataDir))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
