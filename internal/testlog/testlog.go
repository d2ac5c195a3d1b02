// Package testlog lets a test read what its subject wrote to the default loggers: nothing that a
// caller said and no secret may stand there.
package testlog

import (
	"log"
	"log/slog"
	"testing"

	"decroche/internal/syncbuf"
)

// Listen collects what goes to the default loggers, from the debug level on, until the test ends.
// told returns it so far and may be called at any time. Such tests are not parallel: the loggers
// are the process's.
func Listen(t testing.TB) (told func() string) {
	b := new(syncbuf.Buffer)
	was := slog.Default()
	flags, out := log.Flags(), log.Writer()
	slog.SetDefault(slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() {
		slog.SetDefault(was)
		log.SetFlags(flags)
		log.SetOutput(out)
	})
	return b.String
}
