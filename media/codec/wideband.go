package codec

import (
	"decroche/media/codec/g722"
	"decroche/media/plc"
)

// wideband is G.722.
type wideband struct {
	info    Info
	encoder *g722.Encoder
	decoder *g722.Decoder
	plc     *plc.Concealer
}

func newG722(info Info, _ Options) (Codec, error) {
	return &wideband{info: info, encoder: g722.NewEncoder(), decoder: g722.NewDecoder(), plc: plc.New(info.Rate)}, nil
}

func (c *wideband) Info() Info { return c.info }

func (c *wideband) Encode(dst []byte, pcm []int16) []byte {
	return c.encoder.Encode(dst, pcm)
}

func (c *wideband) Decode(pcm []int16, payload []byte) int {
	n := c.decoder.Decode(pcm, payload)
	c.plc.Good(pcm[:n])
	return n
}

func (c *wideband) Conceal(pcm []int16)          { c.plc.Conceal(pcm) }
func (c *wideband) Recover([]int16, []byte) bool { return false }
func (c *wideband) Noise(payload []byte)         { c.plc.Tell(payload) }

func (c *wideband) ResetHearing() {
	*c.decoder = *g722.NewDecoder()
	c.plc.Reset()
}

// Loss changes nothing: there are no copies.
func (c *wideband) Loss(int) {}
