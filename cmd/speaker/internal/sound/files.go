package sound

import (
	"errors"
	"fmt"
	"io"
	"time"

	"decroche/media/resample"
	"decroche/media/wav"
)

// Files is a device made of WAV files, in real time on an exact clock: sample n of what is heard and
// sample n of what is played are of the same moment, so that a recording can be measured against
// what was said.
type Files struct {
	heard []int16
	at    int
	tail  int // samples of silence that are still heard behind the end; <0: for ever
	out   *wav.Writer
	name  string

	began time.Time
	n     int // frames exchanged
	late  int // of these, more than 20 ms after their time
}

// OpenFiles hears in and plays to out; either may be empty: silence, and nowhere. After the end of in
// there is silence for tail, then io.EOF; a negative tail never ends. The clock begins with the first
// Exchange.
func OpenFiles(in, out string, tail time.Duration) (*Files, error) {
	f := &Files{tail: int(tail.Seconds() * Rate), name: fmt.Sprintf("files %q and %q", in, out)}
	if tail < 0 {
		f.tail = -1
	}
	if in != "" {
		pcm, rate, err := wav.ReadFile(in)
		if err != nil {
			return nil, fmt.Errorf("sound: hear %q: %w", in, err)
		}
		if f.heard = pcm; rate != Rate {
			fit, err := resample.New(rate, Rate)
			if err != nil {
				return nil, fmt.Errorf("sound: hear %q: %w", in, err)
			}
			f.heard = fit.Flush(fit.Process(nil, pcm))
			f.heard = f.heard[min(len(f.heard), fit.Delay()*Rate/rate):] // sample for sample where it was
		}
	}
	if out != "" {
		var err error
		if f.out, err = wav.Create(out, Rate, 1); err != nil {
			return nil, fmt.Errorf("sound: play to %q: %w", out, err)
		}
	}
	return f, nil
}

// Exchange implements Device.
func (f *Files) Exchange(heard, play []int16) error {
	if f.began.IsZero() {
		f.began = time.Now()
	}
	due := f.began.Add(time.Duration(f.n) * 20 * time.Millisecond)
	if wait := time.Until(due); wait > 0 {
		time.Sleep(wait)
	} else if wait < -20*time.Millisecond {
		f.late++
	}
	f.n++
	k := copy(heard, f.heard[min(f.at, len(f.heard)):])
	clear(heard[k:])
	f.at += k
	if k == 0 && f.tail >= 0 {
		if f.tail < len(heard) {
			return io.EOF
		}
		f.tail -= len(heard)
	}
	if f.out != nil {
		if err := f.out.Write(play); err != nil {
			return fmt.Errorf("sound: %w", err)
		}
	}
	return nil
}

// Missed implements Device: frames that were exchanged more than 20 ms after their time.
func (f *Files) Missed() int { return f.late }

// Close implements Device.
func (f *Files) Close() error {
	if f.out == nil {
		return nil
	}
	err := f.out.Close()
	f.out = nil
	if err != nil {
		return errors.Join(errors.New("sound: finish the recording"), err)
	}
	return nil
}

// String implements Device.
func (f *Files) String() string { return f.name }
