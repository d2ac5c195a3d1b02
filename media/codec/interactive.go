package codec

import "decroche/media/codec/opus"

// interactive is Opus. It takes about 375 KB, so make it when the sound begins.
type interactive struct {
	info    Info
	encoder *opus.Encoder
	decoder *opus.Decoder
}

func newOpus(info Info, opt Options) (Codec, error) {
	e, err := opus.NewEncoder(opus.Config(opt))
	if err != nil {
		return nil, err
	}
	d, err := opus.NewDecoder()
	if err != nil {
		return nil, err
	}
	return &interactive{info: info, encoder: e, decoder: d}, nil
}

func (c *interactive) Info() Info { return c.info }

func (c *interactive) Encode(dst []byte, pcm []int16) []byte {
	return c.encoder.Encode(dst, pcm)
}

func (c *interactive) Decode(pcm []int16, payload []byte) int {
	n, err := c.decoder.Decode(pcm, payload)
	if err != nil {
		return 0
	}
	return n
}

func (c *interactive) Conceal(pcm []int16)                   { c.decoder.Conceal(pcm) }
func (c *interactive) Recover(pcm []int16, next []byte) bool { return c.decoder.Recover(pcm, next) }
func (c *interactive) ResetHearing()                         { c.decoder.Reset() }
func (c *interactive) Loss(percent int)                      { c.encoder.Loss(percent) }

// Noise changes nothing: Opus carries the noise of its pauses itself.
func (c *interactive) Noise([]byte) {}
