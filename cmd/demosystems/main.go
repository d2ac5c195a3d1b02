// Command demosystems is the back office of the example hotlines: a shop's orders, a bank's
// cards, a mobile operator's lines and an IT desk's tickets, on loopback and in memory, so that
// the hotlines look things up, and change them, for real. It is no part of the gateway;
// `make run` and `make demo` start it beside the gateway. Its first page lists what can be tried.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"decroche/internal/demosystems"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8093", "address to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(listen string) error {
	systems, err := demosystems.New(os.Getenv, time.Now)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ln, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("demosystems: listen on %s: %w; is another one running? choose a port with -listen", listen, err)
	}
	srv := &http.Server{Handler: systems, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		c, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = srv.Shutdown(c)
	}()
	slog.Info("systems of the example hotlines are up", "url", "http://"+ln.Addr().String())
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
