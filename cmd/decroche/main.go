// Command decroche answers a company's hotline: `decroche serve` is the gateway, the other
// sub-commands check, try and measure it. `decroche --help` lists them.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // a hotline speaks its own time zone on any machine

	"github.com/alecthomas/kong"

	"decroche/asr/eval"
	"decroche/configs"
)

// Exit codes scripts may rely on.
const (
	exitFailed  = 1 // the command could not do its work
	exitConfig  = 2 // a configuration or flow file has mistakes; all of them were printed
	exitOutcome = 3 // the work was done and its result is a failure: a call that was refused, a test that failed
)

// exitError carries an exit code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

type globals struct {
	Config string `help:"Configuration file. Without it, the built-in defaults (see configs/decroche.yaml) and the demo hotline are used." short:"c" placeholder:"FILE" env:"DECROCHE_CONFIG"`
}

type cli struct {
	globals

	Serve      serveCmd      `cmd:"" help:"Run the gateway: answer calls until a signal drains it."`
	Check      checkCmd      `cmd:"" help:"Read and validate everything a serve would; start nothing."`
	Doctor     doctorCmd     `cmd:"" help:"Say what is installed, which ports are free, which engines answer, and what to do."`
	Call       callCmd       `cmd:"" help:"Ring a SIP address: a phone for the terminal."`
	Chat       chatCmd       `cmd:"" help:"Talk to the bot by text, with the same flows. Reads lines from a pipe too."`
	Transcribe transcribeCmd `cmd:"" help:"Recognise WAV files."`
	Say        sayCmd        `cmd:"" help:"Speak a text into a WAV file."`
	Marks      marksCmd      `cmd:"" help:"Tell which sound in recordings is synthetic, by the marks in them."`
	Models     modelsCmd     `cmd:"" help:"Fetch and check recognition and voice models for engines that need them."`
	Flow       flowCmd       `cmd:"" help:"Work on flows: check them, run their golden conversations."`
	Nlu        nluCmd        `cmd:"" help:"Measure how callers are understood; find examples that fight."`
	Inbox      inboxCmd      `cmd:"" help:"Learn from calls: what was not understood becomes examples."`
	Skill      skillCmd      `cmd:"" help:"Smart speakers: the interaction model that Amazon needs for a skill."`
	Export     exportCmd     `cmd:"" help:"Write conversations as vCons, the IETF's container, plain, signed or encrypted."`
	Recordings recordingsCmd `cmd:"" help:"The sound of calls: list it, delete it by caller."`
	Users      usersCmd      `cmd:"" help:"Who may sign in: add, list, disable, set passwords, make links."`
	Tokens     tokensCmd     `cmd:"" help:"API tokens for scripts: create, list, revoke."`
	Webhooks   webhooksCmd   `cmd:"" help:"What other systems should have been told and were not: list, send again, drop."`
	DNC        dncCmd        `cmd:"" name:"dnc" help:"Whom not to call: add, remove, list, import."`
	Demo       demoCmd       `cmd:"" help:"Play a whole call in the terminal, from ring to human."`
	Bench      benchCmd      `cmd:"" help:"Measure: calls at once, demo calls, barge-in, typed conversations, recognisers."`
	Worker     workerCmd     `cmd:"" help:"Native speech engines in a process of their own, for the gateway or any Wyoming client."`
}

// defaults are what help texts and flags take from packages.
var defaults = kong.Vars{"conditions": eval.Usual}

func main() {
	var c cli
	parser := kong.Parse(&c,
		kong.Name("decroche"),
		kong.Description("Décroche answers a company's hotline: callers speak in their own words, and reach a human who already sees the conversation."),
		kong.UsageOnError(),
		defaults,
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser.BindTo(ctx, (*context.Context)(nil))
	err := parser.Run(&c.globals)
	workers.close()
	if err == nil {
		return
	}
	code := exitFailed
	var e *exitError
	var bad configs.Problems
	switch {
	case errors.As(err, &bad):
		code = exitConfig
	case errors.As(err, &e):
		code = e.code
	}
	if msg := err.Error(); msg != "" {
		fmt.Fprintln(os.Stderr, msg)
	}
	stop()
	os.Exit(code)
}

// logger writes text to stderr, so that stdout carries results only.
func logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}
