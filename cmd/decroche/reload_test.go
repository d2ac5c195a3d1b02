package main

import (
	"slices"
	"testing"

	"decroche/configs"
)

// A hotline of the binary has no folder that could change, or be written to.
func TestBuiltInHotlinesHaveNoFolder(t *testing.T) {
	t.Parallel()
	cfg := configs.Default()
	cfg.Gateway.Hotlines = []string{"banque", "own/bot", "colibri"}
	if got := hotlineFolders(cfg); !slices.Equal(got, []string{"", "own/bot", ""}) {
		t.Errorf("%q", got)
	}
	if cfg.Gateway.Hotlines[0] != "banque" {
		t.Error("the configuration was changed")
	}
}
