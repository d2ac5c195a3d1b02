package worker

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"decroche/asr"
	"decroche/internal/wyoming"
	"decroche/media"
)

// turn is what a client is saying.
type turn struct {
	ear  Ear
	ask  wyoming.Transcribe
	rate int
	sess asr.Session
	told sync.WaitGroup // the goroutine that tells the client what was heard
	left atomic.Bool    // the turn was abandoned: nobody wants to be told
}

// ask takes what the client wants to be heard.
func (c *client) ask(e wyoming.Event) error {
	t := &turn{}
	if err := e.Decode(&t.ask); err != nil {
		return err
	}
	var err error
	if t.ear, err = c.s.ear(t.ask.Name, t.ask.Language); err != nil {
		return err
	}
	c.turn = t
	return nil
}

// begin opens the turn. A client that did not ask for anything in particular gets the first ear.
func (c *client) begin(ctx context.Context, e wyoming.Event) error {
	var a wyoming.Audio
	if err := e.Decode(&a); err != nil {
		return err
	}
	t := c.turn
	if t != nil && t.sess != nil { // the client has begun anew without an end
		c.end()
		t = &turn{ear: t.ear, ask: t.ask}
	}
	if t == nil {
		ear, err := c.s.ear("", "")
		if err != nil {
			return err
		}
		t = &turn{ear: ear}
	}
	c.turn = nil
	if a.Width != 2 || a.Channels != 1 || a.Rate < 1000 || a.Rate > 192000 {
		return fmt.Errorf("sound of %d bytes a sample in %d channels at %d samples a second; only 16 bits, mono are heard", a.Width, a.Channels, a.Rate)
	}
	opt := asr.Options{Language: t.ask.Language, Rate: a.Rate, Hints: t.ask.Hints}
	if x := t.ask.Expect; x != nil {
		opt.Expect = asr.Expect{Kind: x.Kind, Digits: x.Digits, Layout: x.Layout}
	}
	var err error
	if t.sess, err = t.ear.Recogniser.Open(ctx, opt); err != nil {
		return err
	}
	t.rate = a.Rate
	t.told.Go(func() {
		if err := c.tell(t); err != nil && !t.left.Load() {
			c.s.Log.Warn("worker: a turn was not heard to its end", "engine", t.ear.Name, "error", err)
			_ = c.fail(err)
		}
	})
	c.turn = t
	return nil
}

// behind is how long a piece of sound waits for an engine that is not keeping up; the client's
// own bounds end it.
const behind = 5 * time.Millisecond

// hear passes sound on.
func (c *client) hear(ctx context.Context, e wyoming.Event) error {
	t := c.turn
	if t == nil || t.sess == nil || len(e.Payload) < 2 {
		return nil // of a turn that was refused
	}
	pcm := make([]int16, len(e.Payload)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(e.Payload[2*i:]))
	}
	for len(pcm) > 0 {
		n := min(len(pcm), t.rate/10)
		err := t.sess.Write(media.Frame{PCM: pcm[:n:n], Rate: t.rate})
		switch {
		case err == nil:
			pcm = pcm[n:]
		case errors.Is(err, asr.ErrOverrun):
			select {
			case <-time.After(behind):
			case <-ctx.Done():
				return nil
			}
		default: // its end is told by tell
			return nil
		}
	}
	return nil
}

// finish ends the turn and waits until the client was told all of it.
func (c *client) finish() error {
	t := c.turn
	if t == nil || t.sess == nil {
		return nil
	}
	err := t.sess.CloseSend()
	if err == nil {
		t.told.Wait() // its session ends with the connection's ctx
	}
	c.end()
	return err
}

// end abandons the turn.
func (c *client) end() {
	if t := c.turn; t != nil && t.sess != nil {
		t.left.Store(true)
		t.sess.Close()
		t.told.Wait()
	}
	c.turn = nil
}

// tell passes on what the engine hears, to the end of the turn.
func (c *client) tell(t *turn) error {
	var all wyoming.Transcript
	var texts []string
	for {
		r, err := t.sess.Recv()
		switch {
		case errors.Is(err, io.EOF):
			all.Text = strings.Join(texts, " ")
			return c.write("transcript", all, nil)
		case err != nil:
			return err
		case !r.Final:
			if t.ask.Partials {
				err = c.partial(strings.Join(append(texts[:len(texts):len(texts)], r.Text), " "))
			}
		case r.Text != "":
			texts = append(texts, r.Text)
			join(&all, r, len(texts) == 1)
		}
		if err != nil {
			return err
		}
	}
}

// partial shows a text that may still be taken back: the protocol can only add pieces, so each
// begins anew.
func (c *client) partial(text string) error {
	if err := c.write("transcript-start", nil, nil); err != nil {
		return err
	}
	return c.write("transcript-chunk", wyoming.Transcript{Text: text}, nil)
}

// join adds a final to what was heard before.
func join(all *wyoming.Transcript, r asr.Result, first bool) {
	for _, w := range r.Words {
		all.Words = append(all.Words, wyoming.Word{Text: w.Text, Start: w.Start.Milliseconds(), End: w.End.Milliseconds(), Confidence: w.Confidence})
	}
	all.End = r.End.Milliseconds()
	all.Alternatives = nil // readings of one part only
	if !first {
		all.Confidence = min(all.Confidence, r.Confidence)
		return
	}
	all.Start, all.Confidence = r.Start.Milliseconds(), r.Confidence
	for _, a := range r.Alternatives {
		all.Alternatives = append(all.Alternatives, wyoming.Alternative{Text: a.Text, Confidence: a.Confidence})
	}
}

// bytesOf is sound as the protocol carries it: 16-bit little-endian.
func bytesOf(pcm []int16) []byte {
	b := make([]byte, 0, 2*len(pcm))
	for _, v := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}
