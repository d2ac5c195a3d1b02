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
