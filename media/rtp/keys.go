package rtp

import (
	"context"
	"fmt"
	"time"

	"decroche/media"
	"decroche/media/dtmf"
)

// keyPacket is one packet of a key that is being pressed.
type keyPacket struct {
	dtmf.Packet
	gap bool // no packet at all, a pause between keys
}

const (
	keyLength = 100 * time.Millisecond // ITU-T Q.24 asks receivers for 40 ms and more
	keyGap    = 100 * time.Millisecond
	keyComma  = time.Second
)

// SendDigits presses keys one after the other and waits until the last was sent. Voice that is
// queued waits behind them. A comma is a pause of one second.
func (s *Session) SendDigits(ctx context.Context, digits string) error {
	var list []keyPacket
	gap := func(d time.Duration) {
		for range d / media.FrameTime {
			list = append(list, keyPacket{gap: true})
		}
	}
	s.mu.Lock()
	clock := s.info.EventClock() // 0 before Set: that of telephones
	s.mu.Unlock()
	for i := range len(digits) {
		if digits[i] == ',' {
			gap(keyComma)
			continue
		}
		packets, err := dtmf.Sender{Rate: clock}.Packets(digits[i], keyLength)
		if err != nil {
			return fmt.Errorf("rtp: send digits %q: %w", digits, err)
		}
		for _, p := range packets {
			list = append(list, keyPacket{Packet: p})
		}
		gap(keyGap)
	}
	s.mu.Lock()
	if s.set && s.params.EventType < 0 {
		s.mu.Unlock()
		return fmt.Errorf("rtp: send digits: the far end did not agree to telephone-event")
	}
	s.pressed = append(s.pressed, list...)
	s.mu.Unlock()
	return s.waitFor(ctx, 0, func() bool { return len(s.pressed) == 0 })
}
