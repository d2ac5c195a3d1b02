package worker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

// maxSettings bounds the line of settings.
const maxSettings = 1 << 20

// Settings reads what the gateway hands to its worker and returns a context that ends when the
// gateway does, however it ends: its end of the pipe closes with it.
func Settings(ctx context.Context, stdin io.Reader) (context.Context, []byte, error) {
	in := bufio.NewReaderSize(stdin, 64<<10)
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if line = append(line, part...); len(line) > maxSettings {
			return ctx, nil, errors.New("worker: the settings on standard input are too long")
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return ctx, nil, fmt.Errorf("worker: read the settings from standard input: %w", err)
		}
		break
	}
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, in)
		cancel(errors.New("the gateway ended"))
	}()
	return ctx, line, nil
}

// Failed tells the gateway in one line why there will be no worker.
func Failed(stdout io.Writer, err error) {
	fmt.Fprintln(stdout, strings.Join(strings.Fields(err.Error()), " "))
}

// Listen opens a socket that this user alone can connect to. A file left by a process that died
// is replaced; one that answers is not.
func Listen(network, addr string) (net.Listener, error) {
	if network == "unix" {
		if len(addr) > maxPath {
			return nil, fmt.Errorf("worker: the path of the socket %s has %d bytes and may have %d; choose a shorter folder", addr, len(addr), maxPath)
		}
		if c, err := net.Dial(network, addr); err == nil {
			c.Close()
			return nil, fmt.Errorf("worker: somebody listens at %s already", addr)
		}
		if st, err := os.Lstat(addr); err == nil && st.Mode()&os.ModeSocket != 0 {
			os.Remove(addr)
		}
	}
	l, err := net.Listen(network, addr)
	if err != nil {
		return nil, fmt.Errorf("worker: listen at %s: %w", addr, err)
	}
	if network == "unix" {
		if err := os.Chmod(addr, 0o600); err != nil {
			l.Close()
			return nil, fmt.Errorf("worker: keep %s for this user: %w", addr, err)
		}
	}
	return l, nil
}
