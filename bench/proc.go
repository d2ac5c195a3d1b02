package bench

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// clockTick is the kernel's USER_HZ; Linux reports 100 to user space on every architecture.
const clockTick = 100

// Usage is what a process has used so far, read from /proc.
type Usage struct {
	At  time.Time
	CPU time.Duration // user and system
	RSS int64         // bytes
	PSS int64         // bytes, pages that are shared counted in parts; 0 when the kernel does not tell
	FDs int
}

// ReadUsage reads a process's usage. It works on Linux only.
func ReadUsage(pid int) (Usage, error) {
	u := Usage{At: time.Now()}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u, fmt.Errorf("bench: read the usage of process %d: %w", pid, err)
	}
	// The command name is in parentheses and may hold spaces: count fields after the last ')'.
	f := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(f) < 22 {
		return u, fmt.Errorf("bench: /proc/%d/stat has %d fields", pid, len(f))
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	sys, _ := strconv.ParseInt(f[12], 10, 64)
	pages, _ := strconv.ParseInt(f[21], 10, 64)
	u.CPU = time.Duration(user+sys) * time.Second / clockTick
	u.RSS = pages * int64(os.Getpagesize())
	if roll, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid)); err == nil {
		for line := range strings.Lines(string(roll)) {
			if v, ok := strings.CutPrefix(line, "Pss:"); ok {
				kb, _ := strconv.ParseInt(strings.Fields(v)[0], 10, 64)
				u.PSS = kb << 10
			}
		}
	}
	if fds, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid)); err == nil {
		u.FDs = len(fds)
	}
	return u, nil
}

// Cores is how many processor cores were busy between two readings.
func Cores(a, b Usage) float64 {
	if w := b.At.Sub(a.At); w > 0 {
		return float64(b.CPU-a.CPU) / float64(w)
	}
	return 0
}

// Window is what a process used between two readings.
type Window struct {
	Cores float64 // processor cores, from the difference of its times: never a lifetime's average
	RSS   int64   // bytes at the end
	PSS   int64   // the same with shared pages counted in parts; 0 when the kernel does not tell
	FDs   int     // at the end
}

// Between is what a process used from a to b, both of the same process.
func Between(a, b Usage) Window { return Window{Cores(a, b), b.RSS, b.PSS, b.FDs} }
