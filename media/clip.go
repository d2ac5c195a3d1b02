package media

import "time"

// Clip is sound in the form in which a codec sends it, in frames of 20 ms. It never changes once
// made, so any number of calls may play the same one at once.
type Clip struct {
	Codec  string // "PCMA", "PCMU", …: the name in SDP
	Origin Origin // how the sound was made
	data   []byte
	size   int      // bytes of each frame, when all have the same
	ends   []uint32 // otherwise where each frame ends in data
}

// NewClip makes a Clip whose frames all have size bytes, as those of G.711 have. It keeps data; a
// rest shorter than a frame is left out.
func NewClip(codec string, origin Origin, data []byte, size int) *Clip {
	return &Clip{Codec: codec, Origin: origin, data: data[:len(data)/size*size], size: size}
}

// NewClipOf makes a Clip of frames of different sizes, which it copies.
func NewClipOf(codec string, origin Origin, frames [][]byte) *Clip {
	c := &Clip{Codec: codec, Origin: origin}
	for _, f := range frames {
		c.data = append(c.data, f...)
		c.ends = append(c.ends, uint32(len(c.data)))
	}
	return c
}

// Frames is the number of frames.
func (c *Clip) Frames() int {
	if c.size > 0 {
		return len(c.data) / c.size
	}
	return len(c.ends)
}

// Frame is the payload of frame i. It belongs to the clip: do not write to it.
func (c *Clip) Frame(i int) []byte {
	from, upTo := i*c.size, (i+1)*c.size
	if c.size == 0 {
		from, upTo = 0, int(c.ends[i])
		if i > 0 {
			from = int(c.ends[i-1])
		}
	}
	return c.data[from:upTo:upTo]
}

// Len is the playing time.
func (c *Clip) Len() time.Duration { return time.Duration(c.Frames()) * FrameTime }

// Bytes is the memory that the sound takes.
func (c *Clip) Bytes() int { return len(c.data) + 4*len(c.ends) }
