package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestWhoComesBackWasNotHelped writes to the demo hotline three times: who comes back with the same order about
// the same parcel marks the first conversation as unresolved, and another order marks none.
func TestWhoComesBackWasNotHelped(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	set := openScenery(t, "127.0.0.1:9")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	asks := func(order, answer string) string {
		t.Helper()
		o := opens(t, set)
		for _, c := range [][2]string{{"où est mon colis ?", "huit chiffres"}, {order, answer}} {
			if said := writes(t, set, o, c[0]); !strings.Contains(said, c[1]) {
				t.Fatalf("%q: %q, want %q", c[0], said, c[1])
			}
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodDelete, "http://"+set.http+"/api/v1/chat/"+o.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+o.Token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if _, err := waitRecord(ctx, set.api(), o.ID); err != nil {
			t.Fatal(err)
		}
		return o.ID
	}
	repeated := func(conv, outcome string) string {
		t.Helper()
		var sum struct{ Repeated, Intent, Outcome string }
		if err := set.api().get(ctx, "/api/v1/conversations/"+conv, &sum); err != nil {
			t.Fatal(err)
		}
		if sum.Intent == "" || sum.Outcome != outcome {
			t.Fatalf("%s is about %q and ended %q", conv, sum.Intent, sum.Outcome)
		}
		return sum.Repeated
	}
	first := asks("45127802", "arrive")
	other := asks("45127801", "")
	if got := repeated(first, "unconfirmed"); got != "" {
		t.Fatalf("another order marks the first as repeated by %q", got)
	}
	again := asks("45 12 78 02", "arrive")
	for repeated(first, "unconfirmed") != again {
		if ctx.Err() != nil {
			t.Fatalf("the first is repeated by %q, want %q", repeated(first, "unconfirmed"), again)
		}
		time.Sleep(50 * time.Millisecond)
	}
	for conv, outcome := range map[string]string{other: "abandoned", again: "unconfirmed"} {
		if got := repeated(conv, outcome); got != "" {
			t.Errorf("%s is repeated by %q", conv, got)
		}
	}
	var day struct {
		Total struct{ Ended, Solved, Unconfirmed, Repeated int }
	}
	if err := set.api().get(ctx, "/api/v1/figures", &day); err != nil {
		t.Fatal(err)
	}
	if day.Total.Repeated != 1 || day.Total.Unconfirmed != 2 || day.Total.Solved != 0 { // they left at "anything else?"
		t.Errorf("figures of the day: %+v", day.Total)
	}
}
