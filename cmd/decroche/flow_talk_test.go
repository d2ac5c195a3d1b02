package main

import (
	"testing"

	"decroche/configs"
)

// Without a configuration each example hotline talks with its own company's systems.
func TestLiveTalkNeedsNoConfiguration(t *testing.T) {
	t.Parallel()
	for _, name := range configs.BuiltInNames() {
		c := flowTalkCmd{Dir: "../../configs/hotlines/" + name, Live: true, Channel: "text"}
		cfg, err := c.liveConfig(&globals{})
		if err != nil || len(cfg.Gateway.Hotlines) != 1 || cfg.Gateway.Hotlines[0] != name || cfg.Gateway.Secrets["BANQUE_TOKEN"] == "" {
			t.Errorf("%s: %v, %v, %v", name, cfg.Gateway.Hotlines, cfg.Gateway.Secrets, err)
		}
		demoSecret(cfg)
		if _, err := c.begin(t.Context(), &globals{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
