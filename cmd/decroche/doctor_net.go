package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"decroche/configs"
	"decroche/flows"
	"decroche/gateway/agents"
)

// ports tries to bind what serve would bind.
func ports(cfg configs.Config) []finding { return append(listeners(cfg), mediaPorts(cfg)) }

// taken tells which of the addresses that callers and browsers know cannot be bound, before any engine
// is loaded; nil when all are free.
func taken(cfg configs.Config) error {
	var errs []error
	for _, f := range listeners(cfg) {
		if !f.ok {
			errs = append(errs, fmt.Errorf("%s: %s; %s", f.what, f.note, f.advice))
		}
	}
	return errors.Join(errs...)
}

// listeners tries to bind the addresses that callers and browsers know.
func listeners(cfg configs.Config) []finding {
	var out []finding
	for _, t := range cfg.Gateway.SIP.Transports {
		f := finding{what: "SIP " + t + " " + cfg.Gateway.SIP.Listen, advice: "another program has this port (perhaps a running decroche): stop it, or set sip.listen"}
		f.ok, f.note = free(t, cfg.Gateway.SIP.Listen)
		out = append(out, f)
	}
	if tls := cfg.Gateway.SIP.TLS.Listen; tls != "" {
		f := finding{what: "SIP tls " + tls, advice: "another program has this port (perhaps a running decroche): stop it, or set sip.tls.listen"}
		f.ok, f.note = free("tcp", tls)
		out = append(out, f)
	}
	if rtc := cfg.Gateway.RTC.Listen; rtc != "" {
		f := finding{what: "WebRTC udp " + rtc, advice: "another program has this port (perhaps a running decroche): stop it, or set rtc.listen"}
		f.ok, f.note = free("udp", rtc)
		out = append(out, f)
	}
	f := finding{what: "HTTP " + cfg.Gateway.HTTP.Listen, advice: "another program has this port (perhaps a running decroche): stop it, or set http.listen"}
	f.ok, f.note = free("tcp", cfg.Gateway.HTTP.Listen)
	return append(out, f)
}

// mediaPorts looks for one pair of ports that a call could have.
func mediaPorts(cfg configs.Config) finding {
	c := cfg.Gateway.Media
	f := finding{what: fmt.Sprintf("RTP udp %d-%d", c.PortMin, c.PortMax), advice: "free some of these ports, or set media.port_min and media.port_max"}
	if ip := net.ParseIP(c.BindIP); ip != nil {
		if ok, note := free("udp", net.JoinHostPort(c.BindIP, "0")); !ok {
			f.note, f.advice = note, "this machine has no such address: correct media.bind_ip, or leave it empty for every interface"
			return f
		}
	}
	for port := c.PortMin + c.PortMin%2; port < c.PortMax; port += 2 {
		pair := true
		for _, p := range []int{port, port + 1} {
			if ok, note := free("udp", net.JoinHostPort(c.BindIP, strconv.Itoa(p))); !ok {
				pair, f.note = false, note
				break
			}
		}
		if pair {
			f.ok, f.note = true, fmt.Sprintf("%d and %d are free", port, port+1)
			return f
		}
	}
	f.note = "no pair of ports is free: " + f.note
	return f
}

func free(network, addr string) (bool, string) {
	var c io.Closer
	var err error
	if network == "udp" {
		c, err = net.ListenPacket("udp", addr)
	} else {
		c, err = net.Listen("tcp", addr)
	}
	if err != nil {
		return false, err.Error()
	}
	_ = c.Close()
	return true, "free"
}

// backends asks every address that the hotlines' vars name, whatever it answers.
func backends(ctx context.Context, bots []*flows.Bot) []finding {
	var out []finding
	for _, b := range bots {
		vars := b.Vars()
		for _, name := range slices.Sorted(maps.Keys(vars)) {
			v := vars[name]
			if !strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "https://") {
				continue
			}
			f := finding{what: b.Name + " vars." + name, advice: "start it (make run does, for the demo), or correct the address under vars:; without it callers hear that the look-up is down"}
			c, cancel := context.WithTimeoutCause(ctx, 3*time.Second, errors.New("no answer within 3 s"))
			req, err := http.NewRequestWithContext(c, http.MethodHead, v, nil)
			if err == nil {
				var resp *http.Response
				if resp, err = http.DefaultClient.Do(req); err == nil {
					_ = resp.Body.Close()
					f.ok, f.note = true, v+" answers"
				}
			}
			cancel()
			if err != nil {
				f.note = err.Error()
			}
			out = append(out, f)
		}
	}
	return out
}

// phones looks for the machines that the agents' phones are on. None is rung.
func phones(ctx context.Context, cfg configs.Config) (out []finding) {
	if len(cfg.Gateway.Agents) == 0 {
		return []finding{{what: "agents", ok: true, hint: true, note: "none is configured", advice: "a caller who asks for a human is offered a callback; list phones under agents:"}}
	}
	var far []string
	for i, a := range cfg.Gateway.Agents {
		if a.Addr == agents.Registered {
			out = append(out, finding{what: "agent " + a.Name, ok: true, note: "rung where their phone registers, as " + a.Phone.Username})
			continue
		}
		if strings.HasPrefix(strings.ToLower(a.Addr), "tel:") {
			out = append(out, finding{what: "agent " + a.Name, ok: true, note: "rung by a trunk at their number"})
			continue
		}
		host, portGiven := hostOf(a.Addr)
		f := finding{what: "agent " + a.Name, ok: true, advice: fmt.Sprintf("correct agents[%d].addr, or write the phone system's IP address there; until then %s is unreachable", i, a.Name)}
		ips, err := lookUp(ctx, host, portGiven)
		if err != nil {
			f.ok, f.note = false, fmt.Sprintf("%s: the host %q is not found: %v", a.Addr, host, err)
		} else {
			f.note = a.Addr + " (rung only when a caller asks)"
			if len(ips) > 0 && ips[0] != host {
				f.note = fmt.Sprintf("%s is at %s (rung only when a caller asks)", a.Addr, ips[0])
			}
		}
		if ip := net.ParseIP(append(ips, "")[0]); ip != nil && !ip.IsLoopback() {
			far = append(far, a.Name)
		}
		out = append(out, f)
	}
	if cfg.Gateway.PublicURL == "" && len(far) > 0 {
		out = append(out, finding{
			what: "public_url", ok: true, hint: true, note: "is empty, and " + strings.Join(far, ", ") + " may be on another machine",
			advice: fmt.Sprintf("set it to the address that agents reach the pages at; the transcript link on their phones begins with that of the HTTP port (%s) otherwise", cfg.Gateway.HTTP.Listen),
		})
	}
	return out
}

// hostOf takes the host out of an address that was validated: sip:USER@HOST[:PORT][;…].
func hostOf(addr string) (host string, portGiven bool) {
	host, _, _ = strings.Cut(addr[strings.LastIndexByte(addr, '@')+1:], ";")
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h, true
	}
	return strings.Trim(host, "[]"), false
}

// lookUp finds a host's addresses the way a call would, within 2 s: SRV when no port is written,
// then A and AAAA.
func lookUp(ctx context.Context, host string, portGiven bool) ([]string, error) {
	if net.ParseIP(host) != nil {
		return []string{host}, nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 2*time.Second, errors.New("no answer within 2 s"))
	defer cancel()
	if !portGiven && strings.Contains(host, ".") {
		if _, srvs, err := net.DefaultResolver.LookupSRV(ctx, "sip", "udp", host); err == nil && len(srvs) > 0 {
			host = strings.TrimSuffix(srvs[0].Target, ".")
		}
	}
	ips, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return ips, err
}
