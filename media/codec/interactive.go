package codec

import "decroche/media/codec/opus"

// interactive is Opus. Each half is made when it is first used, for an encoder takes 150 KB and a
// decoder 225 KB, and who has a codec often needs one of them.
type interactive struct {
	info    Info
	cfg     opus.Config
	encoder *opus.Encoder
	decoder *opus.Decoder
}

func newOpus(info Info, opt Options) (Codec, error) {
	c := &interactive{info: info, cfg: opus.Config(opt)}
	if err := c.cfg.Validate(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *interactive) Info() Info { return c.info }

// mouth is the sending half. Its settings were looked at, so it can be made.
func (c *interactive) mouth() *opus.Encoder {
	if c.encoder == nil {
		e, err := opus.NewEncoder(c.cfg)
		if err != nil {
			panic("codec: " + err.Error())
		}
		c.encoder = e
	}
	return c.encoder
}

// ear is the hearing half.
func (c *interactive) ear() *opus.Decoder {
	if c.decoder == nil {
		d, err := opus.NewDecoder()
		if err != nil {
			panic("codec: " + err.Error())
		}
		c.decoder = d
	}
	return c.decoder
}

func (c *interactive) Encode(dst []byte, pcm []int16) []byte { return c.mouth().Encode(dst, pcm) }
func (c *interactive) Loss(percent int)                      { c.mouth().Loss(percent) }

func (c *interactive) Decode(pcm []int16, payload []byte) int {
	n, err := c.ear().Decode(pcm, payload)
	if err != nil {
		return 0
	}
	return n
}

func (c *interactive) Conceal(pcm []int16)                   { c.ear().Conceal(pcm) }
func (c *interactive) Recover(pcm []int16, next []byte) bool { return c.ear().Recover(pcm, next) }

func (c *interactive) ResetHearing() {
	if c.decoder != nil {
		c.decoder.Reset()
	}
}

// Noise changes nothing: Opus carries the noise of its pauses itself.
func (c *interactive) Noise([]byte) {}
