//go:build portaudio && cgo

package sound

import (
	"errors"
	"fmt"
	"time"

	"github.com/gordonklaus/portaudio"

	"decroche/media/resample"
)

// Built tells whether the program knows real devices.
const Built = true

// List lists the system's devices.
func List() ([]Info, error) {
	if err := quietly(portaudio.Initialize); err != nil {
		return nil, fmt.Errorf("sound: start PortAudio: %w", err)
	}
	defer portaudio.Terminate()
	list, _, err := devices()
	return list, err
}

// devices lists what there is; PortAudio is initialised.
func devices() ([]Info, []*portaudio.DeviceInfo, error) {
	all, err := portaudio.Devices()
	if err != nil {
		return nil, nil, fmt.Errorf("sound: list devices: %w", err)
	}
	in, _ := portaudio.DefaultInputDevice() // none is no error here
	out, _ := portaudio.DefaultOutputDevice()
	var list []Info
	for _, d := range all {
		i := Info{Name: d.Name, Inputs: d.MaxInputChannels, Outputs: d.MaxOutputChannels, Rate: d.DefaultSampleRate}
		if d.HostApi != nil {
			i.API = d.HostApi.Name
		}
		switch {
		case d == in && d == out:
			i.Default = "both"
		case d == in:
			i.Default = "microphone"
		case d == out:
			i.Default = "loudspeaker"
		}
		list = append(list, i)
	}
	return list, all, nil
}

// choose finds one device; an empty name is the system's choice.
func choose(list []Info, all []*portaudio.DeviceInfo, want, what string, can func(Info) bool, usual func() (*portaudio.DeviceInfo, error)) (*portaudio.DeviceInfo, error) {
	if want == "" {
		d, err := usual()
		if err != nil {
			return nil, fmt.Errorf("sound: the system names no %s: %w; choose one of speaker devices", what, err)
		}
		return d, nil
	}
	i, err := Choose(list, want, what, can)
	if err != nil {
		return nil, err
	}
	return all[i], nil
}

// hardware is a stream of PortAudio, in its blocking form.
type hardware struct {
	stream   *portaudio.Stream // nil after Close
	in, out  []int16
	down, up *resample.Resampler // nil: the device takes our rate
	heard    []int16             // at our rate, not taken yet
	play     []int16             // at the device's rate, not played yet
	name     string
	missed   int // overflows of the microphone, underflows of the loudspeaker
}

// rates are tried in turn: ours, then what every sound card has.
var rates = []float64{Rate, 48000, 44100}

// Open opens a microphone and a loudspeaker.
func Open(o Options) (Device, error) {
	if err := quietly(portaudio.Initialize); err != nil {
		return nil, fmt.Errorf("sound: start PortAudio: %w", err)
	}
	d, err := open(o)
	if err != nil {
		_ = portaudio.Terminate()
		return nil, err
	}
	return d, nil
}

func open(o Options) (*hardware, error) {
	list, all, err := devices()
	if err != nil {
		return nil, err
	}
	in, err := choose(list, all, o.Microphone, "microphone", Microphones, portaudio.DefaultInputDevice)
	if err != nil {
		return nil, err
	}
	out, err := choose(list, all, o.Loudspeaker, "loudspeaker", Loudspeakers, portaudio.DefaultOutputDevice)
	if err != nil {
		return nil, err
	}
	var first error
	for _, rate := range rates {
		h, err := stream(in, out, rate, o.LatencyMS)
		if err == nil {
			return h, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, fmt.Errorf("sound: open %q and %q: %w; another program may hold one of them, or it needs another name (speaker devices)", in.Name, out.Name, first)
}

// stream opens both at one rate.
func stream(in, out *portaudio.DeviceInfo, rate float64, latencyMS int) (*hardware, error) {
	p := portaudio.LowLatencyParameters(in, out)
	p.Input.Channels, p.Output.Channels = 1, 1
	p.SampleRate, p.FramesPerBuffer = rate, int(rate)/50
	if latencyMS > 0 {
		l := time.Duration(latencyMS) * time.Millisecond
		p.Input.Latency, p.Output.Latency = l, l
	}
	h := &hardware{in: make([]int16, p.FramesPerBuffer), out: make([]int16, p.FramesPerBuffer), name: fmt.Sprintf("%q and %q at %.0f Hz", in.Name, out.Name, rate)}
	var err error
	if rate != Rate {
		if h.down, err = resample.New(int(rate), Rate); err != nil {
			return nil, err
		}
		if h.up, err = resample.New(Rate, int(rate)); err != nil {
			return nil, err
		}
		h.play = make([]int16, len(h.out)) // a filter gives a little less at first
	}
	if h.stream, err = portaudio.OpenStream(p, h.in, h.out); err != nil {
		return nil, err
	}
	if err = h.stream.Start(); err != nil {
		_ = h.stream.Close()
		return nil, err
	}
	return h, nil
}

// Exchange implements Device.
func (h *hardware) Exchange(heard, play []int16) error {
	if h.up == nil {
		copy(h.out, play)
	} else {
		h.play = h.up.Process(h.play, play)
		n := copy(h.out, h.play)
		clear(h.out[n:])
		h.play = h.play[:copy(h.play, h.play[n:])]
	}
	if err := h.stream.Write(); err != nil && !h.late(err) {
		return fmt.Errorf("sound: play: %w; look whether the loudspeaker is still plugged in", err)
	}
	if err := h.stream.Read(); err != nil && !h.late(err) {
		return fmt.Errorf("sound: hear: %w; look whether the microphone is still plugged in", err)
	}
	if h.down == nil {
		copy(heard, h.in)
		return nil
	}
	h.heard = h.down.Process(h.heard, h.in)
	n := copy(heard, h.heard)
	clear(heard[n:])
	h.heard = h.heard[:copy(h.heard, h.heard[n:])]
	return nil
}

// late tells that an error is no more than a moment that was missed.
func (h *hardware) late(err error) bool {
	if errors.Is(err, portaudio.InputOverflowed) || errors.Is(err, portaudio.OutputUnderflowed) {
		h.missed++
		return true
	}
	return false
}

// Missed implements Device.
func (h *hardware) Missed() int { return h.missed }

// Close implements Device.
func (h *hardware) Close() error {
	if h.stream == nil {
		return nil
	}
	err := errors.Join(h.stream.Stop(), h.stream.Close(), portaudio.Terminate())
	h.stream = nil
	if err != nil {
		return fmt.Errorf("sound: close: %w", err)
	}
	return nil
}

// String implements Device.
func (h *hardware) String() string { return h.name }
