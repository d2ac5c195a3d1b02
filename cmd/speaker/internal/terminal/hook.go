package terminal

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"time"
)

// State is what the speaker does, in words that hooks and logs get.
type State string

// The states.
const (
	Idle         State = "idle"         // listens for the wake phrase or a key
	Calling      State = "calling"      // places a call
	Listening    State = "listening"    // in a call, the microphone is open
	Speaking     State = "speaking"     // in a call, the loudspeaker sounds
	Muted        State = "muted"        // in a call, the microphone is shut by a key
	Reconnecting State = "reconnecting" // in a call, the network is gone
	Failed       State = "failed"       // a call did not come about
	Stopped      State = "stopped"      // the program ends
)

const hookWithin = 5 * time.Second

// hook runs a command with each new state, one at a time; a state that is over before its turn comes
// is left out, but never the last.
type hook struct {
	command []string
	log     *slog.Logger
	next    chan State // one waits at most
}

func newHook(command []string, log *slog.Logger) *hook {
	return &hook{command: command, log: log, next: make(chan State, 1)}
}

// tell notes a state. It never waits. One goroutine calls it.
func (h *hook) tell(s State) {
	if len(h.command) == 0 {
		return
	}
	select {
	case <-h.next:
	default:
	}
	h.next <- s
}

// run runs the command until ctx ends, and then for the last state.
func (h *hook) run(ctx context.Context) {
	for {
		select {
		case s := <-h.next:
			h.call(ctx, s)
		case <-ctx.Done():
			h.call(ctx, Stopped)
			return
		}
	}
}

func (h *hook) call(ctx context.Context, s State) {
	if len(h.command) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hookWithin)
	defer cancel()
	cmd := exec.CommandContext(ctx, h.command[0], append(h.command[1:len(h.command):len(h.command)], string(s))...)
	cmd.Env = append(os.Environ(), "DECROCHE_STATE="+string(s))
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		h.log.Warn("the hook failed; look at hook: in the configuration", "state", s, "error", err)
	}
}
