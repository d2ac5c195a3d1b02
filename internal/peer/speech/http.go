package speech

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// web serves HTTP on loopback until the test ends, without keeping connections. Handlers get a
// context that ends with the test too.
func (s *Server) web(t testing.TB, handle func(ctx context.Context, w http.ResponseWriter, r *http.Request)) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Secret != "" && r.Header.Get("Authorization") != "Bearer "+s.Secret {
			http.Error(w, `{"error":{"message":"wrong key `+r.Header.Get("Authorization")+`, want `+s.Secret+`","type":"invalid_request_error","code":"invalid_api_key"}}`, http.StatusUnauthorized)
			return
		}
		both, done := context.WithCancel(r.Context())
		defer done()
		defer context.AfterFunc(ctx, done)()
		handle(both, w, r)
	}))
	srv.Config.SetKeepAlivesEnabled(false)
	srv.Start()
	t.Cleanup(func() {
		cancel()
		srv.Close()
	})
	return srv.URL
}

// breakOff ends the connection in the middle of an answer.
func breakOff(w http.ResponseWriter) {
	w.(http.Flusher).Flush()
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		conn.Close()
	}
}

// ws is an http address as a WebSocket's.
func ws(address string) string { return "ws" + strings.TrimPrefix(address, "http") }
