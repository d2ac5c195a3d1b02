// Package sound is what a speaker hears and says through: a microphone and a loudspeaker, or WAV files
// in their place, behind one method that exchanges 20 ms.
//
// Whoever calls Exchange is woken by the device's own clock, so that nothing else in the speaker needs
// one. The real devices are PortAudio's and are in the program when it was built with them (make
// speaker); the rest of it never knows.
package sound

import (
	"errors"
	"fmt"
	"strings"
)

// Rate is what devices exchange, in Hz, and Frame is 20 ms of it.
const (
	Rate  = 16000
	Frame = Rate / 50
)

// Device is a microphone and a loudspeaker. One goroutine uses it. Close is idempotent.
type Device interface {
	// Exchange waits for the next 20 ms, fills heard with what the microphone heard in them and gives
	// play to the loudspeaker; both have Frame samples and are not kept. io.EOF: there is no more to
	// hear, as at the end of a file.
	Exchange(heard, play []int16) error
	// Missed is how many frames came too late or too soon for the device or for us, and were not whole.
	Missed() int
	// Close ends it; what was given to the loudspeaker is played first.
	Close() error
	// String names it, for people.
	String() string
}

// Info is a device as the system lists it.
type Info struct {
	Name    string  `json:"name"`
	API     string  `json:"api"` // ALSA, JACK, Core Audio …
	Inputs  int     `json:"inputs"`
	Outputs int     `json:"outputs"`
	Rate    float64 `json:"rate_hz"` // that it likes best
	Default string  `json:"default,omitempty"`
}

// Options choose devices.
type Options struct {
	// Microphone and Loudspeaker are names or parts of names, in letters of any case; empty: the
	// system's choice.
	Microphone, Loudspeaker string
	// Latency is how much sound the system may hold on its way, in milliseconds; 0: the device's own
	// low figure.
	LatencyMS int
}

// ErrNoHardware is why Open and List fail in a program that was built without PortAudio.
var ErrNoHardware = errors.New("sound: this program was built without PortAudio, so that it knows no microphone; build it with make speaker, or give it --wav-in and --wav-out")

// Choose finds the device that want means among list: the one of that name, or the only one whose name
// holds it. can tells which devices count; what is what they have to be, for the error.
func Choose(list []Info, want, what string, can func(Info) bool) (int, error) {
	var fit []int
	var names []string
	for i, d := range list {
		if !can(d) {
			continue
		}
		names = append(names, fmt.Sprintf("%q", d.Name))
		if strings.EqualFold(d.Name, want) {
			return i, nil
		}
		if strings.Contains(strings.ToLower(d.Name), strings.ToLower(want)) {
			fit = append(fit, i)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(fit) == 0 && len(names) == 0:
		return 0, fmt.Errorf("sound: there is no %s; plug one in, and look with speaker devices", what)
	case len(fit) == 0:
		return 0, fmt.Errorf("sound: no %s is called %q; there are %s", what, want, strings.Join(names, ", "))
	}
	names = names[:0]
	for _, i := range fit {
		names = append(names, fmt.Sprintf("%q", list[i].Name))
	}
	return 0, fmt.Errorf("sound: %q may be any %s of %s; write more of its name", want, what, strings.Join(names, ", "))
}

// Microphones and Loudspeakers are what Choose may take as can.
func Microphones(d Info) bool { return d.Inputs > 0 }

// Loudspeakers is Microphones for the other way.
func Loudspeakers(d Info) bool { return d.Outputs > 0 }
