// Command speaker makes a hotline terminal of a small computer with a microphone and a loudspeaker:
// `speaker run` listens for a phrase or a key and calls the gateway over WebRTC.
//
// It is a binary of its own, so that cgo and libportaudio never enter the server. `make speaker` builds
// it with PortAudio; without, WAV files take the place of the devices.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"decroche/cmd/speaker/internal/sound"
)

//go:embed speaker.yaml
var manual string

type cli struct {
	Run     runCmd     `cmd:"" help:"Be a hotline terminal: listen for the wake phrase or a key, call, until a signal."`
	Devices devicesCmd `cmd:"" help:"List microphones and loudspeakers."`
	Check   checkCmd   `cmd:"" help:"Read and validate the configuration; start nothing."`
	Conf    configCmd  `cmd:"" name:"config" help:"Print a configuration file with every key, its default and what it is for."`
}

func main() {
	var c cli
	parser := kong.Parse(&c, kong.Name("speaker"),
		kong.Description("A microphone, a loudspeaker and a small computer become a terminal of your hotline."),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser.BindTo(ctx, (*context.Context)(nil))
	if err := parser.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}

type devicesCmd struct {
	JSON bool `help:"Print one JSON object." name:"json"`
}

// Run lists devices.
func (c *devicesCmd) Run() error {
	list, err := sound.List()
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"devices": list})
	}
	if len(list) == 0 {
		return errors.New("there is no device; plug one in, and look with arecord -l and aplay -l")
	}
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tBY\tHEARS\tPLAYS\tRATE\tTHE SYSTEM'S")
	for _, d := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%.0f Hz\t%s\n", d.Name, d.API, yes(d.Inputs > 0), yes(d.Outputs > 0), d.Rate, d.Default)
	}
	return t.Flush()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "-"
}

type configCmd struct{}

// Run prints the manual.
func (configCmd) Run() error {
	_, err := fmt.Print(manual)
	return err
}

type checkCmd struct {
	Config string `help:"Configuration file." short:"c" placeholder:"FILE" env:"DECROCHE_SPEAKER_CONFIG"`
}

// Run reads what run would.
func (c *checkCmd) Run() error {
	cfg, err := load(c.Config)
	if err != nil {
		return err
	}
	if err := cfg.check(c.Config); err != nil {
		return err
	}
	if _, err := cfg.options(); err != nil {
		return err
	}
	fmt.Println("the configuration is in order")
	return nil
}
