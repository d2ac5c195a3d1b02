package call

import (
	"testing"

	"decroche/gateway/leg"
	"decroche/gateway/turn"
)

// Keys come a packet each: who sends them by the thousand fills no memory.
func TestKeysThatWaitAreBounded(t *testing.T) {
	t.Parallel()
	s := newSense(&conductor{s: &Session{}, cfg: DefaultConfig()}, turn.NewFloor(turn.FloorConfig{}))
	for i := range 1000 {
		s.Hear(leg.Heard{Digit: '0' + byte(i%10)})
	}
	list, missed, lost := s.take(nil)
	if len(list) != keyRoom || missed != 0 || lost != 1000-keyRoom {
		t.Errorf("%d keys wait, %d frames and %d keys were lost; want %d, 0 and %d", len(list), missed, lost, keyRoom, 1000-keyRoom)
	}
	if list[0].heard.Digit != '0' || list[keyRoom-1].heard.Digit != '0'+(keyRoom-1)%10 {
		t.Errorf("it is the first that are kept: %c … %c", list[0].heard.Digit, list[keyRoom-1].heard.Digit)
	}
	s.Hear(leg.Heard{Digit: '7'})
	if list, _, lost = s.take(list); len(list) != 1 || list[0].heard.Digit != '7' || lost != 0 {
		t.Errorf("afterwards %v, %d lost", list, lost)
	}
}
