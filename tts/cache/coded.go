package cache

import (
	"decroche/media"
	"decroche/media/codec"
	"decroche/tts"
)

// Coded implements tts.Coder: an utterance that is complete in memory is coded the first time
// somebody asks for it, and kept with the rest.
func (c *Cache) Coded(u tts.Utterance, name string) (*media.Clip, bool) {
	u = normal(u)
	info, err := codec.Lookup(name)
	if err != nil || info.Rate != u.Rate {
		return nil, false
	}
	key := c.Key(u)
	c.mu.Lock()
	e := c.entries[key]
	if e == nil || e.place == nil || c.closed {
		c.mu.Unlock()
		return nil, false
	}
	c.recent.MoveToFront(e.place)
	c.mu.Unlock()

	e.coding.Lock()
	defer e.coding.Unlock()
	e.mu.Lock()
	k, pcm, origin := e.clips[info.Name], e.pcm, e.origin
	e.mu.Unlock()
	if k != nil {
		return k, true
	}
	if k = code(info, origin, pcm); k == nil {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e.mu.Lock()
	if e.clips == nil {
		e.clips = map[string]*media.Clip{}
	}
	e.clips[info.Name] = k
	e.mu.Unlock()
	if e.place != nil { // it may have been forgotten meanwhile
		c.bytes += k.Bytes()
		c.trim()
	}
	return k, true
}

// code makes the clip of a whole utterance; its last frame is filled up with silence.
func code(info codec.Info, origin media.Origin, pcm []int16) *media.Clip {
	coder, err := codec.New(info.Name, codec.Options{})
	if err != nil {
		return nil
	}
	n := info.Samples()
	var frames [][]byte
	last := make([]int16, n)
	for at := 0; at < len(pcm); at += n {
		frame := pcm[at:]
		if len(frame) < n {
			copy(last, frame)
			frame = last
		}
		frames = append(frames, coder.Encode(nil, frame[:n]))
	}
	return media.NewClipOf(info.Name, origin, frames)
}
