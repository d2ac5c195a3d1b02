// Command demosystems is the back office of the example hotlines: a shop's orders, a bank's
// cards, a mobile operator's lines and an IT desk's tickets, on loopback and in memory, so that
// the hotlines look things up, and change them, for real. It is no part of the gateway;
// `make run` and `make demo` start it beside the gateway. Its first page lists what can be tried.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"decroche/internal/demosystems"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8093", "address to listen on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := demosystems.Serve(ctx, *listen); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
