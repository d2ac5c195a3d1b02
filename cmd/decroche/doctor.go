package main

import (
	"context"
	"fmt"
	"maps"
	"os/exec"
	"runtime"
	"slices"

	"decroche/configs"
	"decroche/flows"
	"decroche/internal/models"
)

type doctorCmd struct {
	All bool `help:"Also try the engines that the configuration does not use, with the settings that they have."`
}

// finding is one line of the doctor's report.
type finding struct {
	what   string
	ok     bool
	hint   bool // works and may surprise: advice is given though it is ok
	note   string
	advice string // what to do, when not ok
}

// Run looks at everything and exits 1 when something serve needs is not there.
func (c *doctorCmd) Run(ctx context.Context, g *globals) error {
	cfg, bots, err := loadAll(g)
	if err != nil {
		fmt.Println("configuration: it has mistakes; the rest was not looked at")
		return err
	}
	demoSecret(cfg)
	all := []finding{{what: "configuration", ok: true, note: fmt.Sprintf("%d hotline(s)", len(bots))}}
	all = append(all, secrets(cfg, bots)...)
	all = append(all, ports(cfg)...)
	all = append(all, tryEngines(ctx, cfg, bots, c.All)...)
	all = append(all, modelsHere(cfg)...)
	all = append(all, dataFolder(cfg.Gateway.DataDir))
	all = append(all, backends(ctx, bots)...)
	all = append(all, trunksHere(ctx, cfg)...)
	all = append(all, phones(ctx, cfg)...)
	all = append(all, satellitesHere(ctx, cfg)...)
	all = append(all, mailServer(ctx, cfg.Gateway)...)
	all = append(all, finding{what: "machine", ok: true, note: fmt.Sprintf("%s/%s, %d cores", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())})
	for _, tool := range []string{"sipp", "baresip", "linphonec", "kamailio"} {
		_, err := exec.LookPath(tool)
		all = append(all, finding{what: tool + " (tests only)", ok: true, note: installed(err == nil)})
	}
	return report(all)
}

// report prints the findings; its error counts those that are not ok.
func report(all []finding) error {
	sick := 0
	for _, f := range all {
		mark := "ok  "
		switch {
		case !f.ok:
			mark = "BAD "
			sick++
		case f.hint:
			mark = "hint"
		}
		fmt.Printf("%s %-28s %s\n", mark, f.what, f.note)
		if !f.ok || f.hint {
			fmt.Printf("     -> %s\n", f.advice)
		}
	}
	if sick > 0 {
		return fmt.Errorf("%d of %d things need attention", sick, len(all))
	}
	fmt.Println("everything is in order")
	return nil
}

func installed(yes bool) string {
	if yes {
		return "installed"
	}
	return "not installed; make test installs it"
}

// secrets tries to read each secret that is named, and looks for those that hotlines send. It
// keeps and prints none.
func secrets(cfg configs.Config, bots []*flows.Bot) (out []finding) {
	for _, name := range slices.Sorted(maps.Keys(cfg.Gateway.Secrets)) {
		f := finding{what: "secret " + name, ok: true, note: "readable", advice: "export it in the environment that decroche starts in, or correct secrets." + name}
		if err := readable(cfg.Gateway.Secrets[name]); err != nil {
			f.ok, f.note = false, err.Error()
		}
		out = append(out, f)
	}
	if cfg.Gateway.APIToken != "" {
		f := finding{what: "API token", ok: true, note: "readable", advice: "export it in the environment that decroche starts in, or correct api_token"}
		if err := goodToken(cfg); err != nil {
			f.ok, f.note = false, err.Error()
		}
		out = append(out, f)
	}
	for _, b := range bots {
		for _, s := range b.Secrets() {
			if _, ok := cfg.Gateway.Secrets[s]; !ok {
				out = append(out, finding{what: "secret " + s, note: "hotline " + b.Name + " sends it and the configuration does not name it", advice: fmt.Sprintf("add %s: env:NAME under secrets:", s)})
			}
		}
	}
	return out
}

// modelsHere lists what models pull has left, without hashing it.
func modelsHere(cfg configs.Config) (out []finding) {
	f := finding{what: "models " + cfg.ModelsDir(), ok: true, note: "none was pulled; decroche models list shows which there are", advice: "make the folder readable, or set models.dir"}
	have, err := models.NewStore(cfg.ModelsDir()).Installed()
	if err != nil {
		f.ok, f.note = false, err.Error()
	}
	if len(have) == 0 {
		return []finding{f}
	}
	for _, r := range have {
		f := finding{what: "model " + r.Name, ok: true, note: fmt.Sprintf("for %s, %d files; decroche models verify hashes them", r.Engine, len(r.Files))}
		if slices.ContainsFunc(r.Sources, func(s models.Source) bool { return !s.Verified }) {
			f.note += "; unverified when it was pulled"
		}
		out = append(out, f)
	}
	return out
}

func dataFolder(dir string) finding {
	f := finding{what: "data folder " + dir, ok: true, note: "writable", advice: "make it writable, or set data_dir"}
	if err := writable(dir); err != nil {
		f.ok, f.note = false, err.Error()
	}
	return f
}
