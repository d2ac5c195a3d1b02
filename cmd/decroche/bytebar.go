package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// byteBar draws how far a download or a hash is on a terminal's stderr, with its speed and what
// remains. The zero value is ready; off a terminal it draws nothing.
type byteBar struct {
	what  string
	began time.Time
	from  int64 // done when this line began: what a former run left is no speed
	last  time.Time
	wide  int // of the line drawn
}

// show tells the bar where things stand; total 0: nobody knows.
func (b *byteBar) show(what string, done, total int64) {
	if !onTerminal() {
		return
	}
	now := time.Now()
	if what != b.what {
		b.end()
		b.what, b.began, b.from = what, now, done
	}
	if now.Sub(b.last) < 100*time.Millisecond && done != total {
		return
	}
	b.last = now
	line := b.line(now, done, total)
	fmt.Fprintf(os.Stderr, "\r%-*s", b.wide, line)
	b.wide = len([]rune(line))
}

func (b *byteBar) line(now time.Time, done, total int64) string {
	const width = 30
	n := 0
	if total > 0 {
		n = int(width * min(done, total) / total)
	}
	line := fmt.Sprintf("%s [%s%s] %.1f", b.what, strings.Repeat("#", n), strings.Repeat(".", width-n), float64(done)/1e6)
	if total > 0 {
		line += fmt.Sprintf("/%.1f", float64(total)/1e6)
	}
	line += " MB"
	if t := now.Sub(b.began).Seconds(); t > 1 {
		speed := float64(done-b.from) / t
		line += fmt.Sprintf(", %.1f MB/s", speed/1e6)
		if left := float64(total - done); total > done && speed > 0 {
			line += fmt.Sprintf(", %v left", time.Duration(left/speed*float64(time.Second)).Round(time.Second))
		}
	}
	return line
}

// end leaves the line.
func (b *byteBar) end() {
	if b.wide > 0 {
		fmt.Fprintln(os.Stderr)
	}
	b.what, b.wide = "", 0
}

func onTerminal() bool {
	st, err := os.Stderr.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}
