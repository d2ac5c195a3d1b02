package gateway

import (
	"net"
	"runtime/debug"
	"time"

	"decroche/flows"
	"decroche/gateway/console"
)

// started is when this process began; pages show it.
var started = time.Now()

// info is what the home page says.
func (g *Gateway) info() console.Info {
	i := console.Info{Started: started, Version: Version()}
	for _, b := range g.hotlines.bots() {
		if i.Name == "" {
			i.Name, i.Bot = b.Title(), b.Name
		}
	}
	for _, d := range Doors(g.hotlines.bots(), g.SIPAddr(), g.cfg.SIP.ExternalAddress) {
		i.Doors = append(i.Doors, console.Door{Addr: d.Addr, Lang: d.Lang})
	}
	return i
}

// Door is one SIP address that callers may ring.
type Door struct{ Addr, Lang string }

// Doors lists the addresses that the bots answer, as seen from outside when external is set.
func Doors(bots []*flows.Bot, listen, external string) []Door {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		host = listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	if external != "" {
		host = external
	}
	at := host
	if port != "" && port != "5060" {
		at = net.JoinHostPort(host, port)
	}
	var out []Door
	for _, b := range bots {
		for _, n := range b.Called() {
			lang, _ := b.LangFor(n)
			out = append(out, Door{"sip:" + n + "@" + at, lang})
		}
	}
	return out
}

// title is an intent as people say it, for the pages.
func (g *Gateway) title(bot, intent, lang string) string {
	for _, b := range g.hotlines.bots() {
		if b.Name == bot {
			return b.IntentTitle(intent, lang)
		}
	}
	return ""
}

// agentTitle is how people call an agent: "Karim".
func (g *Gateway) agentTitle(name string) string {
	for _, a := range g.staff.Load().agents {
		if a.Name == name {
			return a.Title
		}
	}
	return ""
}

// Version is the commit this binary was built from, as far as the Go tool recorded it.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version
}
