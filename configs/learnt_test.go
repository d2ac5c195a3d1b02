package configs

import (
	"fmt"
	"os"
	"testing"

	"decroche/flows"
)

// kept is a data folder for this run of the tests, in which what was learnt of a hotline is found
// again: learning takes seconds under the race detector.
var kept string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "decroche-configs-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	kept = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// learnt is Bots with the kept folder.
func learnt(c Config) ([]*flows.Bot, error) {
	c.Gateway.DataDir = kept
	return Bots(c)
}
