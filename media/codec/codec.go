// Package codec is what a call's packets hold: one interface for every codec that a leg may agree
// on, both ways, and the list of them. The codecs themselves are the packages below.
//
// Its idea is that the rest of the gateway knows a codec by four numbers (Info) and never asks
// which one it is: how fast the RTP clock runs, how fast the PCM does, how many samples a frame of
// 20 ms has, and whether bytes of it may be cut and joined freely.
package codec

import (
	"fmt"
	"strings"
	"sync"

	"decroche/media/codec/opus"
)

// Info are the facts of a codec. They are constant.
type Info struct {
	Name string // as a=rtpmap writes it: PCMA, PCMU, G722, opus
	Type uint8  // static payload type (RFC 3551 §6), or the dynamic one that our offers give
	// Clock is the rate of the RTP timestamps and Rate that of the PCM, in Hz. They differ: G.722's
	// clock says 8000 for sound at 16000, by an error that RFC 3551 §4.5.2 keeps, and Opus's says
	// 48000 for any (RFC 7587 §4.1).
	Clock, Rate int
	// Channels is what a=rtpmap says behind the clock, 0 when it says nothing.
	Channels int
	// Joins says that a byte lasts one tick of the clock, so that frames may be cut and joined to
	// packets of any length, and arrivals lie in a ring by their timestamps.
	Joins bool
	// MaxPacket bounds a packet, in bytes.
	MaxPacket int
}

// Samples is the PCM length of 20 ms.
func (i Info) Samples() int { return i.Rate / 50 }

// Ticks is 20 ms on the RTP clock.
func (i Info) Ticks() int { return i.Clock / 50 }

// EventClock is the rate that telephone-event takes beside the codec: the codec's own (RFC 4733
// §2.1: both share one timestamp).
func (i Info) EventClock() int { return i.Clock }

// Length is how long payload lasts on the RTP clock; 0 when it is no packet of the codec.
func (i Info) Length(payload []byte) int {
	switch {
	case len(payload) > i.MaxPacket:
		return 0
	case i.Joins:
		return len(payload)
	}
	return opus.Ticks(payload)
}

// Codec is one leg's codec, both ways. The sending half (Encode, Loss) and the hearing half
// (Decode, Conceal, Recover, Noise, ResetHearing) share nothing, so one goroutine may use each. No method
// allocates once dst has room, except that Opus does for a lost packet, for FEC, and when a half is
// first used.
type Codec interface {
	// Info tells what it is.
	Info() Info

	// Encode appends the packet of pcm, 20 ms, to dst. Codecs that Join take any length; the others
	// fill up what is shorter and cut what is longer. dst as it was means that nothing need be
	// sent (DTX).
	Encode(dst []byte, pcm []int16) []byte
	// Loss tells how many percent of what we send the far end reports as lost, 0 to 100; copies are
	// sent (FEC) while there is any.
	Loss(percent int)

	// Decode writes the sound of payload to pcm and returns its samples. A payload that is no
	// packet of the codec gives 0. What pcm has no room for is left out; 120 ms always suffice.
	Decode(pcm []int16, payload []byte) int
	// Conceal fills pcm with a guess of what was lost: a continuation of what Decode gave last,
	// which fades when the gap is long.
	Conceal(pcm []int16)
	// Recover fills pcm with the copy of a lost packet that the packet after it carries, and
	// reports whether there was one; next itself is decoded afterwards. A codec without such copies
	// returns false.
	Recover(pcm []int16, next []byte) bool
	// Noise takes a comfort noise packet (RFC 3389): until the next Decode, Conceal gives that noise.
	Noise(payload []byte)
	// ResetHearing forgets what was decoded: for a new source.
	ResetHearing()
}

// Options of a codec; the zero value suits a telephone call. Only Opus has any.
type Options struct {
	Bitrate    int  // bit/s; 0 means the codec's own choice
	Complexity int  // 0, the least work, to 10
	FEC        bool // the far end can use a coarse copy of each frame in the next packet
	DTX        bool // send next to nothing while nobody speaks
}

type kind struct {
	Info
	new func(Info, Options) (Codec, error)
}

// kinds are the codecs there are, in the order of their payload types.
var kinds = []kind{
	{Info{Name: "PCMU", Type: 0, Clock: 8000, Rate: 8000, Joins: true, MaxPacket: 1600}, newG711},
	{Info{Name: "PCMA", Type: 8, Clock: 8000, Rate: 8000, Joins: true, MaxPacket: 1600}, newG711},
	{Info{Name: "G722", Type: 9, Clock: 8000, Rate: 16000, Joins: true, MaxPacket: 1600}, newG722},
	{Info{Name: "opus", Type: 111, Clock: 48000, Rate: 16000, Channels: 2, MaxPacket: 1500}, newOpus},
}

// Names are the codecs that New knows.
func Names() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return names
}

// Lookup returns the facts of a codec by its name, in letters of any case as SDP has it (RFC 4855
// §3).
func Lookup(name string) (Info, error) {
	k, err := find(name)
	return k.Info, err
}

// New makes a codec by its name.
func New(name string, opt Options) (Codec, error) {
	k, err := find(name)
	if err != nil {
		return nil, err
	}
	return k.new(k.Info, opt)
}

func find(name string) (kind, error) {
	for _, k := range kinds {
		if strings.EqualFold(k.Name, name) {
			return k, nil
		}
	}
	return kind{}, fmt.Errorf("codec: %q is not known; use one of %s", name, strings.Join(Names(), ", "))
}

// silences are made once, see Silence.
var silences = func() map[string]func() []byte {
	m := map[string]func() []byte{}
	for _, k := range kinds {
		m[k.Name] = sync.OnceValue(func() []byte {
			c, err := k.new(k.Info, Options{})
			if err != nil {
				panic(err) // a codec without options can be made
			}
			var packet []byte
			for range settled {
				packet = c.Encode(packet[:0], zeros[:k.Samples()])
			}
			return packet
		})
	}
	return m
}()

// settled is how many frames of silence bring an encoder to rest: 200 ms.
const settled = 10

var zeros [320]int16

// Silence is 20 ms of silence: the packet of an encoder at rest. A decoder comes to rest by it
// within a few packets whatever it heard before, so one packet serves every call, and costs
// nothing. It is not to be written to.
func (i Info) Silence() []byte { return silences[i.Name]() }
