package codec

import "decroche/media/codec/opus"

// interactive is Opus. It takes about 375 KB, so make it when the sound begins.
type interactive struct {
	info    Info
	cfg     opus.Config
	encoder *opus.Encoder
	decoder *opus.Decoder
	quiet   quiet
}

func newOpus(info Info, opt Options) (Codec, error) {
	c := &interactive{info: info, cfg: opus.Config(opt)}
	e, err := opus.NewEncoder(c.cfg)
	if err != nil {
		return nil, err
	}
	d, err := opus.NewDecoder()
	if err != nil {
		return nil, err
	}
	c.encoder, c.decoder = e, d
	return c, nil
}

func (c *interactive) Info() Info { return c.info }

func (c *interactive) Encode(dst []byte, pcm []int16) []byte {
	c.quiet.over()
	return c.encoder.Encode(dst, pcm)
}

func (c *interactive) Silence(dst []byte) []byte {
	if c.cfg.DTX {
		return c.encoder.Encode(dst, zeros[:c.info.Samples()]) // it sends nothing, and now and then a sign of life
	}
	return c.quiet.next(dst, c.encoder.Encode)
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
func (c *interactive) Ticks(payload []byte) int              { return opus.Ticks(payload) }
func (c *interactive) ResetHearing()                         { c.decoder.Reset() }
func (c *interactive) Loss(percent int)                      { c.encoder.Loss(percent) }
