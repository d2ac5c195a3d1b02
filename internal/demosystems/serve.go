package demosystems

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"
)

// Serve answers on listen, with the tokens of the environment, until ctx ends; then requests under
// way get two seconds. It tells the address on the default logger.
func Serve(ctx context.Context, listen string) error {
	systems, err := New(os.Getenv, time.Now)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("demosystems: listen on %s: %w; is another one running? choose a port with -listen", listen, err)
	}
	srv := &http.Server{Handler: systems, ReadHeaderTimeout: 5 * time.Second}
	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(closed)
		c, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = srv.Shutdown(c)
	})
	slog.Info("systems of the example hotlines are up", "url", "http://"+ln.Addr().String())
	err = srv.Serve(ln)
	if !stop() {
		<-closed
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
