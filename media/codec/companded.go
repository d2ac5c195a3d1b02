package codec

import (
	"slices"

	"decroche/media/codec/g711"
	"decroche/media/plc"
)

// companded is G.711 in either law.
type companded struct {
	info   Info
	encode func(dst []byte, pcm []int16)
	decode func(dst []int16, b []byte)
	plc    *plc.Concealer
}

func newG711(info Info, _ Options) (Codec, error) {
	c := &companded{info: info, encode: g711.EncodeA, decode: g711.DecodeA, plc: plc.New(info.Rate)}
	if info.Name == "PCMU" {
		c.encode, c.decode = g711.EncodeU, g711.DecodeU
	}
	return c, nil
}

func (c *companded) Info() Info { return c.info }

func (c *companded) Encode(dst []byte, pcm []int16) []byte {
	n := len(dst)
	dst = slices.Grow(dst, len(pcm))[:n+len(pcm)]
	c.encode(dst[n:], pcm)
	return dst
}

func (c *companded) Decode(pcm []int16, payload []byte) int {
	n := min(len(pcm), len(payload))
	c.decode(pcm, payload[:n])
	c.plc.Good(pcm[:n])
	return n
}

func (c *companded) Conceal(pcm []int16)          { c.plc.Conceal(pcm) }
func (c *companded) Recover([]int16, []byte) bool { return false }
func (c *companded) ResetHearing()                { c.plc.Reset() }

// Loss changes nothing: there are no copies.
func (c *companded) Loss(int) {}

func (c *companded) Noise(payload []byte) { c.plc.Tell(payload) }
