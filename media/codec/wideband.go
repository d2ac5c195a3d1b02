package codec

import (
	"decroche/media/codec/g722"
	"decroche/media/plc"
)

// wideband is G.722. Its halves have a past of their own, so silence is coded like sound until
// the encoder has come to rest; from then on it is the same bytes again and again.
type wideband struct {
	info    Info
	encoder *g722.Encoder
	decoder *g722.Decoder
	plc     *plc.Concealer
	quiet   quiet
}

func newG722(info Info, _ Options) (Codec, error) {
	return &wideband{info: info, encoder: g722.NewEncoder(), decoder: g722.NewDecoder(), plc: plc.New(info.Rate)}, nil
}

func (c *wideband) Info() Info { return c.info }

func (c *wideband) Encode(dst []byte, pcm []int16) []byte {
	c.quiet.over()
	return c.encoder.Encode(dst, pcm)
}

func (c *wideband) Silence(dst []byte) []byte { return c.quiet.next(dst, c.encoder.Encode) }

func (c *wideband) Decode(pcm []int16, payload []byte) int {
	n := c.decoder.Decode(pcm, payload)
	c.plc.Good(pcm[:n])
	return n
}

func (c *wideband) Conceal(pcm []int16)          { c.plc.Conceal(pcm) }
func (c *wideband) Recover([]int16, []byte) bool { return false }
func (c *wideband) Ticks(payload []byte) int     { return bytewise(c.info, payload) }

func (c *wideband) ResetHearing() {
	*c.decoder = *g722.NewDecoder()
	c.plc.Reset()
}

// quiet makes silence of a codec with a past: the first frames are coded, then the last of them
// is repeated, for a decoder that has come to rest stays at rest.
type quiet struct {
	frames int    // coded in a row
	last   []byte // the packet of the last
}

// settled is how many frames of silence bring a codec to rest: 200 ms.
const settled = 10

var zeros [320]int16

func (q *quiet) over() { q.frames = 0 }

func (q *quiet) next(dst []byte, encode func([]byte, []int16) []byte) []byte {
	if q.frames < settled {
		q.frames++
		q.last = encode(q.last[:0], zeros[:])
	}
	return append(dst, q.last...)
}

// Loss changes nothing: there are no copies.
func (c *wideband) Loss(int) {}
