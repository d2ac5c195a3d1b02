package rtp

// sink is who takes what is heard where it comes in.
type sink struct {
	hear func(Heard)
	gone func()
}

// Feed gives what is heard to hear from now on, first what waits for Receive: decoded, in media
// order, on the goroutine of the clock (a key that signalling told: on the caller's of Key). Both
// functions must return at once and must not call the session; hear must not keep the PCM. gone is
// called once, when the session is closed, and hear not after it. Use Feed, once, or Receive.
func (s *Session) Feed(hear func(Heard), gone func()) {
	s.mu.Lock()
	for {
		h, ok, _ := s.Next()
		if !ok {
			break
		}
		hear(h)
	}
	s.sink = &sink{hear, gone}
	closed := s.closed
	s.mu.Unlock()
	if closed {
		s.unfeed()
	}
}

// unfeed tells the sink, once, that nothing more comes.
func (s *Session) unfeed() {
	s.mu.Lock()
	k := s.sink
	s.sink = nil
	s.mu.Unlock()
	if k != nil {
		k.gone()
	}
}

// feed gives the sink what is in it. Should the far end have found a packet that a codec breaks on,
// its frame is lost and the decoder made anew; no other call hears of it. mu is held.
func (s *Session) feed(it item) {
	defer func() {
		if p := recover(); p != nil {
			s.engine.metrics.broken.Inc()
			s.ear = ear{}
		}
	}()
	if it.digit != 0 {
		if s.inband.once.New(it.digit, it.by, s.inband.clock) {
			s.sink.hear(Heard{Digit: it.digit})
		}
		return
	}
	s.ear.listen(it.codec, s.Rate())
	f, ok := s.ear.hear(it)
	if !ok {
		f, ok = s.ear.cut()
	}
	for ; ok; f, ok = s.ear.cut() {
		if key := s.searched(&f); key != 0 {
			s.inband.kept()
			s.sink.hear(Heard{Digit: key})
		}
		s.sink.hear(Heard{Frame: f})
	}
}
