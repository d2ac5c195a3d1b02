package call

import "decroche/media"

// preRoll keeps copies of the last frames, oldest first, in buffers that go round.
type preRoll struct {
	frames []media.Frame
	first  int // of a full ring
}

// keep adds a copy of f to the last n.
func (p *preRoll) keep(f media.Frame, n int) {
	if n == 0 {
		return
	}
	at := p.first
	switch have := len(p.frames); {
	case have >= n:
		p.first = (p.first + 1) % have
	case have < cap(p.frames): // a buffer from before
		p.frames, at = p.frames[:have+1], have
	default:
		p.frames, at = append(p.frames, media.Frame{}), have
	}
	f.PCM = append(p.frames[at].PCM[:0], f.PCM...)
	p.frames[at] = f
}

// move gives the frames to the stretch that they are before, and begins anew.
func (p *preRoll) move(to *stretch) {
	for i := range p.frames {
		to.push(p.frames[(p.first+i)%len(p.frames)], false)
	}
	p.forget()
}

// forget begins anew and keeps the buffers.
func (p *preRoll) forget() { p.frames, p.first = p.frames[:0], 0 }
