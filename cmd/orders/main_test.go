package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestOrders(t *testing.T) {
	t.Parallel()
	orders, err := load(ordersJSON)
	if err != nil {
		t.Fatal(err)
	}
	h := handler("s3cret", orders, func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) })
	for _, c := range []struct {
		path, token string
		status      int
		body        string
	}{
		{"/orders/45127802", "s3cret", 200, `"date":"2026-11-24"`},
		{"/orders/80351264", "s3cret", 200, `"amount":"42.50"`},
		{"/orders/45127802", "", 401, "token"},
		{"/orders/00000000", "s3cret", 404, "no such order"},
		{"/orders/12", "s3cret", 400, "eight digits"},
		{"/orders/99990500", "s3cret", 500, "always fails"},
		{"/healthz", "", 200, "ok"},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Authorization", c.token)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("GET %s: %d %s, want %d with %q", c.path, w.Code, w.Body, c.status, c.body)
		}
	}
}

func TestLoadRefusesBadNumbers(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{`{`, `[{"order":"12"}]`} {
		if _, err := load([]byte(bad)); err == nil {
			t.Errorf("load(%q) accepted", bad)
		}
	}
}
