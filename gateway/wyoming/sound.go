package wyoming

import (
	"encoding/binary"
	"fmt"

	"decroche/internal/wyoming"
	"decroche/media/resample"
)

// lineRate is that of a satellite's leg, in Hz: what satellites record at, and what wide legs have.
const lineRate = 16000

// intake turns what a satellite records, in any form that it may have, into mono of lineRate. Its
// zero value waits for the first chunk. Not safe for concurrent use.
type intake struct {
	from wyoming.Audio // Timestamp is 0
	conv *resample.Resampler
	mono []int16
	out  []int16
	rest []byte // of a sample that a chunk cut in two
}

// take returns the samples of one chunk, lent until the next call.
func (in *intake) take(a wyoming.Audio, payload []byte) ([]int16, error) {
	a.Timestamp = 0
	if in.conv == nil || a != in.from {
		if a.Width < 1 || a.Width > 4 || a.Channels < 1 || a.Channels > 8 {
			return nil, fmt.Errorf("a chunk of %d channels of %d bytes; set the satellite to 16 bits, one channel", a.Channels, a.Width)
		}
		conv, err := resample.New(a.Rate, lineRate)
		if err != nil {
			return nil, fmt.Errorf("a chunk of %d Hz cannot be taken; set the satellite to 16000 Hz: %w", a.Rate, err)
		}
		in.from, in.conv, in.rest = a, conv, nil
	}
	if len(in.rest) > 0 {
		payload = append(in.rest, payload...)
	}
	step := a.Width * a.Channels
	whole := len(payload) / step * step
	in.mono = in.mono[:0]
	for at := 0; at < whole; at += step {
		in.mono = append(in.mono, mono(payload[at:at+step], a.Width))
	}
	in.rest = append([]byte(nil), payload[whole:]...)
	in.out = in.conv.Process(in.out[:0], in.mono)
	return in.out, nil
}

// mono is the mean of the channels of one sample, little-endian and signed, in 16 bits.
func mono(b []byte, width int) int16 {
	sum, n := 0, 0
	for at := 0; at < len(b); at += width {
		switch c := b[at : at+width]; width {
		case 1:
			sum += int(int8(c[0])) << 8
		default: // the two highest bytes
			sum += int(int16(binary.LittleEndian.Uint16(c[width-2:])))
		}
		n++
	}
	return int16(sum / n)
}

// outlet turns a leg's frames into what a satellite plays.
type outlet struct {
	to   wyoming.Audio
	conv *resample.Resampler
	pcm  []int16
	buf  []byte
}

// usual is what satellites play when they do not say: the rate of their voices.
var usual = wyoming.Audio{Rate: 22050, Width: 2, Channels: 1}

// newOutlet makes one for the form that a satellite named; for one that cannot be made it is usual.
func newOutlet(to wyoming.Audio) *outlet {
	to.Timestamp = 0
	if to.Width != 2 || to.Channels != 1 && to.Channels != 2 {
		to = usual
	}
	conv, err := resample.New(lineRate, to.Rate)
	if err != nil {
		to = usual
		conv, _ = resample.New(lineRate, to.Rate) // 441/320
	}
	return &outlet{to: to, conv: conv}
}

// bytes returns frame as the satellite plays it; lent until the next call.
func (o *outlet) bytes(frame []int16) []byte {
	o.pcm, o.buf = o.conv.Process(o.pcm[:0], frame), o.buf[:0]
	for _, s := range o.pcm {
		for range o.to.Channels {
			o.buf = binary.LittleEndian.AppendUint16(o.buf, uint16(s))
		}
	}
	return o.buf
}

// reset forgets the end of the last prompt.
func (o *outlet) reset() { o.conv.Flush(o.pcm[:0]) }
