package jitter

import "time"

// stream is what both kinds of buffer share: which packets belong to it, how late they are, where
// the cursor is and where it should be.
type stream struct {
	arrivals
	cfg     Config // constant after New
	frame   int64  // 20 ms on the clock, constant after New
	started bool   // a packet has come since the last Reset
	running bool   // the cursor walks
	cursor  int64  // the next sample to play, extended timestamp
	end     int64  // behind the newest sample, never before cursor
	nextGet time.Duration
	lates   int // packets in a row that came late
	stats   Stats
}

// arrival is a packet that has come.
type arrival struct {
	seq     uint16
	ts      uint32
	ticks   int64 // its length on the clock
	payload []byte
}

// shelf is where a buffer keeps the sound.
type shelf interface {
	// place keeps what of p, at extended timestamp at, is still to come. follows says that no packet
	// is missing before it.
	place(at int64, p arrival, arrived time.Duration, follows bool)
	// empty throws everything away.
	empty()
}

// forget begins a stream anew; counters go on.
func (s *stream) forget() {
	s.stats.Lost = s.lost()
	s.arrivals = arrivals{clock: s.clock, target: s.cfg.Start, lostBefore: s.stats.Lost}
	s.started, s.running = false, false
	s.lates = 0
}

// Stats returns the counters.
func (s *stream) Stats() Stats {
	c := s.stats
	c.Lost = s.lost()
	c.Jitter = s.jitter
	c.Target = s.target
	return c
}

// put takes one packet, which is well formed.
func (s *stream) put(sh shelf, p arrival, arrived time.Duration) Verdict {
	if s.started && s.strange(p.seq, p.ts, arrived) {
		if s.probation && p.seq == s.suspect {
			return s.anew(sh, p, arrived)
		}
		s.probation, s.suspect = true, p.seq+1
		return Suspect
	}
	s.probation = false
	if !s.started {
		s.begin(sh, p, arrived)
		return Accepted
	}
	if !s.running && s.end-s.extend(p.ts) > s.ticks(s.cfg.Max+slack) {
		return s.anew(sh, p, arrived) // what we wait to play was the stray one
	}
	ahead, isNew := s.note(p.seq)
	if !isNew {
		s.stats.Duplicates++
		return Duplicate
	}
	s.stats.Received++
	at := s.time(p.ts, arrived, s.cfg)
	if s.running && at+p.ticks <= s.cursor {
		s.stats.Late++
		if s.lates++; s.lates == hopeless {
			s.stats.Received-- // anew counts it
			return s.anew(sh, p, arrived)
		}
		return Late
	}
	s.lates = 0
	sh.place(at, p, arrived, ahead == 1)
	return Accepted
}

// Seen notes a packet of the stream that is no sound (a DTMF event, comfort noise), so that its
// sequence number is not counted as lost.
func (s *stream) Seen(seq uint16) {
	if s.started && s.near(seq) {
		s.note(seq)
	}
}

// anew forgets the stream for another one that begins with this packet.
func (s *stream) anew(sh shelf, p arrival, arrived time.Duration) Verdict {
	s.forget()
	sh.empty()
	s.stats.Resets++
	s.begin(sh, p, arrived)
	return Reset
}

func (s *stream) begin(sh shelf, p arrival, arrived time.Duration) {
	s.started = true
	s.stats.Received++
	s.first(p.seq, p.ts, arrived)
	s.cursor, s.end = s.lastTS, s.lastTS
	sh.place(s.lastTS, p, arrived, false)
}

// approach moves the cursor for a packet at at, when what lies there allows it.
func (s *stream) approach(at int64, arrived time.Duration) {
	if !s.running {
		s.cursor = min(s.cursor, at) // reordered before the beginning
		return
	}
	if s.end <= s.cursor {
		// Drained: walk on where the plan will be at the next Get, on the grid of this packet,
		// but neither back nor past it.
		plan := min(s.plan(max(arrived, s.nextGet)), at)
		s.cursor = max(s.cursor, at-(at-plan+s.frame-1)/s.frame*s.frame)
		s.end = s.cursor
	}
}
