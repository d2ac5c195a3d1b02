package rtp

import "time"

// jitterBuffer holds A-law payloads until they are due.
type jitterBuffer struct{ q [][]byte }

func newJitter() *jitterBuffer { return &jitterBuffer{} }

func (j *jitterBuffer) Reset()          { j.q = nil }
func (j *jitterBuffer) Skip(seq uint16) {}
func (j *jitterBuffer) Put(seq uint16, ts uint32, p []byte, at time.Duration) {
	if len(j.q) < 10 {
		j.q = append(j.q, p)
	}
}
func (j *jitterBuffer) Get(now time.Duration) ([]byte, bool) {
	if len(j.q) == 0 {
		return nil, false
	}
	p := j.q[0]
	j.q = j.q[1:]
	return p, true
}
