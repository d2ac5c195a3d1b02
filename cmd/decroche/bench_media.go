package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"decroche/bench"
	"decroche/bench/callers"
	"decroche/bench/reference"
	"decroche/internal/loopback"
	"decroche/media"
	"decroche/media/codec/g711"
)

// benchMediaCmd plays one prompt on many calls with our gateway and with the reference, in turn.
type benchMediaCmd struct {
	Calls   int     `help:"Calls at once." default:"1000"`
	Flows   int     `help:"Streams at once where only the sending is compared." default:"2000"`
	Rate    float64 `help:"New calls per second." default:"400"`
	Seconds float64 `help:"How long each measurement takes, set-up left aside." default:"5"`
	Rounds  int     `help:"How often both are measured, one after the other." default:"3"`
	Target  string  `help:"Another server beside ours and the reference: its SIP address." placeholder:"SIP-URI"`
	PID     int     `help:"Its process." name:"pid"`
	JSON    bool    `help:"Print one JSON object." name:"json"`
}

// mediaRound is one side measured once.
type mediaRound struct {
	Side      string  `json:"side"` // ours, reference, target
	Round     int     `json:"round"`
	Cores     float64 `json:"cores"`
	PerPacket float64 `json:"us_per_packet"` // CPU of the whole process for each packet sent
	Sent      float64 `json:"sent"`          // of the packets that were due
	P99       float64 `json:"interarrival_p99_ms"`
	Bare      float64 `json:"bare_timer_p99_ms"`
	RSS       int64   `json:"rss_bytes"`
	FDs       int     `json:"fds"`
	Failed    int     `json:"failed"`
	RigLimit  string  `json:"rig_limit,omitempty"`
}

// mediaReport is what --json prints; scripts rely on the names.
type mediaReport struct {
	Calls          int          `json:"calls"`
	Flows          int          `json:"flows"`
	PerPacketRatio float64      `json:"per_packet_ratio"`   // sending alone, ours to the reference, medians
	ServerRatio    float64      `json:"whole_server_ratio"` // whole servers with calls, medians
	TargetRatio    float64      `json:"target_ratio,omitempty"`
	Send           []mediaRound `json:"send"`
	Server         []mediaRound `json:"server"`
	RigLimit       string       `json:"rig_limit,omitempty"`
}

// Run measures in interleaved rounds. Exit code 3: a call failed or the rig was the limit.
func (c *benchMediaCmd) Run(ctx context.Context, _ *globals) error {
	if c.Rounds < 1 || !(c.Seconds >= 1) { // NaN is neither
		return fmt.Errorf("--rounds %d and --seconds %v must be 1 or more", c.Rounds, c.Seconds)
	}
	if c.Flows < 1 || c.Flows > callers.MostCalls {
		return fmt.Errorf("--flows: %d is not between 1 and %d", c.Flows, callers.MostCalls)
	}
	o := callers.Options{Target: cmp.Or(c.Target, "sip:a@127.0.0.1:9"), Calls: c.Calls, Rate: c.Rate, Stay: time.Minute}
	if bad := o.Validate(); len(bad) > 0 { // before minutes of measuring
		return fmt.Errorf("--%s", bad[0])
	}
	r := mediaReport{Calls: c.Calls, Flows: c.Flows}
	for n := range c.Rounds {
		for _, side := range []string{"reference", "ours"} {
			m, err := c.send(ctx, side, n+1)
			if err != nil {
				return fmt.Errorf("%s, sending alone: %w", side, err)
			}
			r.Send = append(r.Send, m)
		}
	}
	sides := []string{"reference", "ours"}
	if c.Target != "" {
		sides = append(sides, "target")
	}
	for n := range c.Rounds {
		for _, side := range sides {
			m, err := c.serve(ctx, side, n+1)
			if err != nil {
				return fmt.Errorf("%s, whole server: %w", side, err)
			}
			r.Server = append(r.Server, m)
			if m.RigLimit != "" {
				r.RigLimit = fmt.Sprintf("round %d of %s: %s", n+1, side, m.RigLimit)
			}
		}
	}
	perPacket := func(m mediaRound) float64 { return m.PerPacket }
	r.PerPacketRatio = ratioOf(r.Send, "ours", "reference", perPacket)
	r.ServerRatio = ratioOf(r.Server, "ours", "reference", func(m mediaRound) float64 { return m.Cores })
	if c.Target != "" {
		r.TargetRatio = ratioOf(r.Server, "ours", "target", func(m mediaRound) float64 { return m.Cores })
	}
	return c.print(r)
}

// ratioOf compares the medians of two sides.
func ratioOf(rounds []mediaRound, a, b string, value func(mediaRound) float64) float64 {
	side := func(name string) float64 {
		var list []float64
		for _, m := range rounds {
			if m.Side == name {
				list = append(list, value(m))
			}
		}
		return bench.Percentile(list, 50)
	}
	if d := side(b); d > 0 {
		return round3(side(a) / d)
	}
	return 0
}

// serve measures a whole server with calls that only listen.
func (c *benchMediaCmd) serve(ctx context.Context, side string, round int) (m mediaRound, err error) {
	ramp := time.Duration(float64(c.Calls) / c.Rate * float64(time.Second))
	stay := ramp + time.Duration(c.Seconds*float64(time.Second)) + 2*time.Second
	what := fmt.Sprintf("round %d, server, %s", round, side)
	o := callers.Options{Target: c.Target, Calls: c.Calls, Rate: c.Rate, Stay: stay, Mute: true, Lazy: true,
		Tell: func(done, of int) { progress(what, done, of) }}
	s := server{pid: c.PID}
	switch side {
	case "ours":
		if o.Target, err = s.own(ctx, bench.Bot{Greeting: stay + 10*time.Second, Reply: 3 * time.Second}, c.Calls, []string{"bench", "gateway"}, "call: {watchdog: 30s}"); err != nil {
			return m, err
		}
		defer s.set.stop()
	case "reference":
		port, err := loopback.Port()
		if err != nil {
			return m, err
		}
		child, err := startChild(ctx, "bench", "reference", "--listen", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			return m, err
		}
		defer child.stop()
		o.Target, s.pid = fmt.Sprintf("sip:x@127.0.0.1:%d", port), child.cmd.Process.Pid
	}
	res, err := s.measure(ctx, o)
	if err != nil {
		return m, err
	}
	w := s.window()
	m = mediaRound{Side: side, Round: round, Cores: round3(w.Cores), RSS: w.RSS, FDs: w.FDs, P99: res.Inter.Percentile(99), Bare: res.Bare.Percentile(99), RigLimit: res.RigLimit}
	rate, due := 0.0, 0.0
	for _, k := range res.Calls {
		if k.Err != nil {
			m.Failed++
			continue
		}
		rate += float64(k.Stats.Packets) / k.Stayed.Seconds()
		due += float64(time.Second / (20 * time.Millisecond))
	}
	if rate > 0 {
		m.Sent, m.PerPacket = round3(rate/due), round3(w.Cores/rate*1e6)
	}
	return m, nil
}

// send measures the sending alone: streams without calls, into a sink of ours.
func (c *benchMediaCmd) send(ctx context.Context, side string, round int) (m mediaRound, err error) {
	sink, err := callers.NewSink(c.Flows)
	if err != nil {
		return m, err
	}
	sctx, stop := context.WithCancel(ctx)
	done, bare := make(chan struct{}), make(chan *callers.Histogram, 1)
	go func() { defer close(done); sink.Run(sctx) }()
	go func() { bare <- callers.BareTimer(sctx) }()
	defer func() { stop(); <-done }()
	child, err := startChild(sctx, "bench", "send", "--by", side, "--flows", strconv.Itoa(c.Flows), "--port", strconv.Itoa(int(sink.Port())))
	if err != nil {
		return m, err
	}
	defer child.stop()
	pause := func(d time.Duration) { // with a bar, and not past an interrupt
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
	progress(fmt.Sprintf("round %d, sending alone, %s", round, side), 0, 1)
	pause(2 * time.Second)
	pid := child.cmd.Process.Pid
	from, err := bench.ReadUsage(pid)
	if err != nil {
		return m, fmt.Errorf("the sender ended: %s", child.last())
	}
	pause(time.Duration(c.Seconds * float64(time.Second)))
	to, err := bench.ReadUsage(pid)
	if err != nil {
		return m, fmt.Errorf("the sender ended: %s", child.last())
	}
	progress(fmt.Sprintf("round %d, sending alone, %s", round, side), 1, 1)
	began := child.began
	stop()
	<-done
	h := <-bare
	w := bench.Between(from, to)
	n, _, _ := sink.Packets()
	rate := float64(n) / time.Since(began).Seconds()
	m = mediaRound{Side: side, Round: round, Cores: round3(w.Cores), RSS: w.RSS, FDs: w.FDs, P99: sink.Inter.Percentile(99), Bare: h.Percentile(99), Sent: round3(rate / float64(c.Flows*50))}
	if rate > 0 {
		m.PerPacket = round3(w.Cores / rate * 1e6)
	}
	return m, nil
}

func (c *benchMediaCmd) print(r mediaReport) error {
	if c.JSON {
		if err := printJSON(os.Stdout, r); err != nil {
			return err
		}
	} else {
		fmt.Printf("one prompt on many calls, callers say nothing; %s\n", machine())
		for _, part := range []struct {
			what   string
			rounds []mediaRound
		}{{fmt.Sprintf("sending alone, %d streams", c.Flows), r.Send}, {fmt.Sprintf("whole server, %d calls", c.Calls), r.Server}} {
			fmt.Printf("  %-28s %8s %12s %10s %10s %10s %8s %7s\n", part.what, "cores", "us a packet", "sent", "p99 ms", "bare p99", "MiB", "fds")
			for _, m := range part.rounds {
				fmt.Printf("    round %d %-18s %8.3f %12.2f %9.1f%% %10.2f %10.2f %8d %7d\n", m.Round, m.Side, m.Cores, m.PerPacket, 100*m.Sent, m.P99, m.Bare, m.RSS>>20, m.FDs)
			}
		}
		fmt.Printf("  ours / reference: sending, per packet %.2f; whole server %.2f\n", r.PerPacketRatio, r.ServerRatio)
		if r.TargetRatio > 0 {
			fmt.Printf("  ours / %s, whole server: %.2f\n", c.Target, r.TargetRatio)
		}
	}
	for _, m := range append(r.Send, r.Server...) {
		if m.Failed > 0 {
			return &exitError{exitOutcome, fmt.Errorf("%d calls of %s failed in round %d", m.Failed, m.Side, m.Round)}
		}
	}
	if r.RigLimit != "" {
		return &exitError{exitOutcome, errors.New("the rig was the limit: " + r.RigLimit)}
	}
	return nil
}

// child is a process of this program that a bench measures.
type child struct {
	*process
	began time.Time
}

// startChild starts this program with other arguments and waits for its first line.
func startChild(ctx context.Context, args ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{process: &process{cmd: exec.CommandContext(ctx, self, args...), done: make(chan error, 1)}}
	c.cmd.Env = append(os.Environ(), runMain+"=1")
	c.cmd.Stderr = &c.tail
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make([]byte, 1)
	_, err = io.ReadFull(out, ready)
	go func() { _, _ = io.Copy(io.Discard, out); c.done <- c.cmd.Wait() }()
	if err != nil {
		<-c.done
		return nil, fmt.Errorf("decroche %s did not start: %s", strings.Join(args, " "), c.last())
	}
	c.began = time.Now()
	return c, nil
}

func (c *child) last() string { return lastLines(c.tail.String(), 4) }

func (c *child) stop() {
	_ = c.cmd.Process.Signal(os.Interrupt)
	select {
	case <-c.done:
	case <-time.After(10 * time.Second):
		_ = c.cmd.Process.Kill()
		<-c.done
	}
}

// promptBytes is the sound that both sides send: ten seconds of A-law.
func promptBytes() []byte {
	pcm := bench.Hum(10 * time.Second)
	b := make([]byte, len(pcm))
	g711.EncodeA(b, pcm)
	return b
}

// benchReferenceCmd is the reference as a server, or its echo; bench media and bench conversation
// start it.
type benchReferenceCmd struct {
	Listen string `help:"Address of its SIP port." required:""`
	Echo   bool   `help:"Send back what callers send, instead of a prompt."`
}

// Run serves until a signal.
func (c *benchReferenceCmd) Run(ctx context.Context) error {
	addr, err := netip.ParseAddrPort(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Println("ready")
	if c.Echo {
		return reference.Echo(ctx, conn)
	}
	return reference.Serve(ctx, conn, promptBytes())
}

// benchSendCmd sends streams without calls; bench media starts it.
type benchSendCmd struct {
	By    string `help:"Whose way of sending." enum:"ours,reference" required:""`
	Flows int    `help:"How many streams." required:""`
	Port  uint16 `help:"Where they go, at an address each." required:""`
}

// Run sends until a signal.
func (c *benchSendCmd) Run(ctx context.Context) error {
	to := make([]netip.AddrPort, c.Flows)
	for i := range to {
		to[i] = netip.AddrPortFrom(callers.Addr(i), c.Port)
	}
	fmt.Println("ready")
	if c.By == "reference" {
		return reference.Send(ctx, promptBytes(), 8, to)
	}
	return sendOurs(ctx, media.NewClip("PCMA", media.Algorithmic, promptBytes(), media.PhoneRate/50), to)
}
