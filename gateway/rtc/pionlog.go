package rtc

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// pionLog gives what pion says to our log, as debug: it warns of every stray packet, and what
// matters we learn by its errors.
type pionLog struct{ log *slog.Logger }

// NewLogger implements logging.LoggerFactory.
func (p pionLog) NewLogger(scope string) logging.LeveledLogger {
	return pionScope{p.log.With("pion", scope)}
}

type pionScope struct{ log *slog.Logger }

func (s pionScope) say(msg string, args []any) {
	if s.log.Enabled(context.Background(), slog.LevelDebug) {
		s.log.Debug("pion", "says", fmt.Sprintf(msg, args...))
	}
}

func (s pionScope) Trace(string)                   {}
func (s pionScope) Tracef(string, ...any)          {}
func (s pionScope) Debug(string)                   {}
func (s pionScope) Debugf(string, ...any)          {}
func (s pionScope) Info(msg string)                { s.say("%s", []any{msg}) }
func (s pionScope) Infof(format string, a ...any)  { s.say(format, a) }
func (s pionScope) Warn(msg string)                { s.say("%s", []any{msg}) }
func (s pionScope) Warnf(format string, a ...any)  { s.say(format, a) }
func (s pionScope) Error(msg string)               { s.say("%s", []any{msg}) }
func (s pionScope) Errorf(format string, a ...any) { s.say(format, a) }
