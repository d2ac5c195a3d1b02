// Command orders is the order system of the demo company Colibri Express: a small HTTP server
// on loopback with a handful of parcels, so that the demo hotline looks something up for real.
// It is no part of the gateway; `make run` and `make demo` start it beside the gateway.
package main

import (
	"context"
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

//go:embed orders.json
var ordersJSON []byte

// order is one parcel as the API returns it. Days are counted from today so that the demo
// never grows old.
type order struct {
	Order  string `json:"order"`
	Status string `json:"status"` // in_transit | delivered | delayed | pickup
	Day    int    `json:"day,omitempty"`
	Date   string `json:"date"`
	Place  string `json:"place,omitempty"`
	Refund refund `json:"refund"`
}

type refund struct {
	Status string `json:"status"` // none | pending | paid
	Amount string `json:"amount,omitempty"`
	Day    int    `json:"day,omitempty"`
	Date   string `json:"date,omitempty"`
}

var number = regexp.MustCompile(`^[0-9]{8}$`)

// handler serves GET /orders/{number} to whoever shows the token. Numbers that begin with 9999
// misbehave on purpose, so that failures can be tried by hand: 99990500 answers 500, 99990008
// answers after eight seconds.
func handler(token string, orders map[string]order, now func() time.Time) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /orders/{number}", func(w http.ResponseWriter, r *http.Request) {
		if token != "" && subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte(token)) != 1 {
			problem(w, http.StatusUnauthorized, "the Authorization header does not carry the token of this demo")
			return
		}
		n := r.PathValue("number")
		switch {
		case !number.MatchString(n):
			problem(w, http.StatusBadRequest, "an order number has eight digits")
			return
		case n == "99990500":
			problem(w, http.StatusInternalServerError, "this number always fails")
			return
		case n == "99990008":
			select {
			case <-time.After(8 * time.Second):
			case <-r.Context().Done():
				return
			}
		}
		o, ok := orders[n]
		if !ok {
			problem(w, http.StatusNotFound, "no such order")
			return
		}
		o.Date = day(now(), o.Day)
		if o.Refund.Status != "none" {
			o.Refund.Date = day(now(), o.Refund.Day)
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(o)
	})
	return mux
}

func day(now time.Time, offset int) string { return now.AddDate(0, 0, offset).Format("2006-01-02") }

func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "title": http.StatusText(status), "detail": detail})
}

func load(data []byte) (map[string]order, error) {
	var list []order
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("orders: read orders: %w", err)
	}
	m := make(map[string]order, len(list))
	for _, o := range list {
		if !number.MatchString(o.Order) {
			return nil, fmt.Errorf("orders: order number %q does not have eight digits", o.Order)
		}
		m[o.Order] = o
	}
	return m, nil
}

func main() {
	listen := flag.String("listen", "127.0.0.1:8093", "address to listen on")
	file := flag.String("orders", "", "JSON file of orders instead of the built-in ones")
	flag.Parse()
	if err := run(*listen, *file, os.Getenv("COLIBRI_ORDERS_TOKEN")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(listen, file, token string) error {
	data := ordersJSON
	if file != "" {
		var err error
		if data, err = os.ReadFile(file); err != nil {
			return fmt.Errorf("orders: %w", err)
		}
	}
	orders, err := load(data)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ln, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("orders: listen on %s: %w; is another one running? choose a port with -listen", listen, err)
	}
	srv := &http.Server{Handler: handler(token, orders, time.Now), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		c, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = srv.Shutdown(c)
	}()
	slog.Info("order system of Colibri Express is up", "url", "http://"+ln.Addr().String(), "orders", len(orders))
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
