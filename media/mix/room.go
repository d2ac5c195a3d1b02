package mix

import (
	"errors"
	"fmt"
	"sync"

	"decroche/media"
	"decroche/media/resample"
)

// Role is what somebody in a Room is there for. Who hears whom follows from the roles alone, from
// one table, so that no path of code can let a supervisor's whisper out to the caller.
type Role uint8

// Roles.
const (
	Caller Role = iota
	Bot         // our own voice; it hears the caller alone
	Agent
	Listener  // a supervisor who hears everybody and is heard by nobody
	Whisperer // a supervisor whom agents hear
	Joiner    // a supervisor whom everybody hears
	roles
)

// hears[listener][speaker]. Nobody hears themselves, whatever stands here.
var hears = [roles][roles]bool{
	Caller:    {Caller: true, Bot: true, Agent: true, Joiner: true},
	Bot:       {Caller: true},
	Agent:     {Caller: true, Agent: true, Whisperer: true, Joiner: true},
	Listener:  {Caller: true, Bot: true, Agent: true, Whisperer: true, Joiner: true},
	Whisperer: {Caller: true, Bot: true, Agent: true, Whisperer: true, Joiner: true},
	Joiner:    {Caller: true, Bot: true, Agent: true, Whisperer: true, Joiner: true},
}

// String is the role's name, as docs/supervision.md writes it.
func (r Role) String() string {
	if r < roles {
		return [roles]string{"caller", "bot", "agent", "listener", "whisperer", "joiner"}[r]
	}
	return "nobody"
}

// Roles are all there are.
func Roles() []Role { return []Role{Caller, Bot, Agent, Listener, Whisperer, Joiner} }

// Hears reports whether who is there as listener hears who is there as speaker.
func Hears(listener, speaker Role) bool {
	return listener < roles && speaker < roles && hears[listener][speaker]
}

// MaxParties bounds a Room: a mix of more would be noise to a telephone, and its cost grows with
// the square of the parties.
const MaxParties = 16

// ErrFull means that a Room holds MaxParties.
var ErrFull = errors.New("mix: the room is full")

// late is how many frames a party may be behind before the oldest goes: who sends in bursts is
// heard, and nobody hears them later and later.
const late = 3

// Room mixes the sound of several parties, each of whom hears all the others that their role lets
// them hear, and never themselves. Feed it from any goroutine; one goroutine calls Mix at a time, each
// 20 ms. What was not fed in time is silence. After the first frames nothing is allocated.
type Room struct {
	rate int // that everything is mixed at
	n    int // samples of a frame at rate

	mu      sync.Mutex
	parties []*Party
}

// Party is one member of a Room.
type Party struct {
	room *Room
	in   *resample.Resampler // nil at the room's rate
	out  *resample.Resampler
	rate int

	// guarded by room.mu
	role   Role
	queue  []int16 // fed and not mixed yet, at the room's rate
	frame  []int16 // of the current Mix
	last   int16   // of the frame before
	loud   bool    // frame holds sound
	gain   float32 // for everybody else
	want   float32 // where the gain goes, within a frame
	sum    []int32
	mixed  []int16
	scaled []int16 // mixed, at their own rate
	result []int16
	was    [MaxParties]*Party // whom they heard in the last frame, in the order of parties
	lost   int
}

// NewRoom makes a room that mixes at rate: the highest of those who hear is enough.
func NewRoom(rate int) (*Room, error) {
	if rate < media.PhoneRate || rate%50 != 0 {
		return nil, fmt.Errorf("mix: a room at %d Hz; use 8000, 16000 or 48000", rate)
	}
	return &Room{rate: rate, n: rate / 50}, nil
}

// Join adds somebody whose sound, both ways, is at rate.
func (r *Room) Join(role Role, rate int) (*Party, error) {
	if role >= roles {
		return nil, fmt.Errorf("mix: role %d is none", role)
	}
	p := &Party{room: r, rate: rate, role: role, gain: 1, want: 1,
		frame: make([]int16, r.n), sum: make([]int32, r.n), mixed: make([]int16, r.n), queue: make([]int16, 0, (late+2)*r.n)}
	if rate != r.rate {
		var err error
		if p.in, err = resample.New(rate, r.rate); err == nil {
			p.out, err = resample.New(r.rate, rate)
		}
		if err != nil {
			return nil, fmt.Errorf("mix: %w", err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.parties) == MaxParties {
		return nil, ErrFull
	}
	r.parties = append(r.parties, p)
	return p, nil
}

// Leave takes the party out. From the next frame on nobody hears them.
func (p *Party) Leave() {
	p.room.mu.Lock()
	defer p.room.mu.Unlock()
	p.last = p.frame[len(p.frame)-1]
	for i, q := range p.room.parties {
		if q == p {
			p.room.parties = append(p.room.parties[:i], p.room.parties[i+1:]...)
			return
		}
	}
}

// Become changes what the party is there for, from the next frame on.
func (p *Party) Become(role Role) error {
	if role >= roles {
		return fmt.Errorf("mix: role %d is none", role)
	}
	p.room.mu.Lock()
	defer p.room.mu.Unlock()
	p.role = role
	return nil
}

// Gain sets how loud the others hear the party: 1 is as they are, 0 is silence, at most 4. It gets
// there within one frame, without a click.
func (p *Party) Gain(g float32) {
	p.room.mu.Lock()
	defer p.room.mu.Unlock()
	p.want = max(0, min(g, 4))
}

// Feed adds what the party says, at their rate. When more than 60 ms wait, the oldest goes; Lost
// counts it.
func (p *Party) Feed(pcm []int16) {
	p.room.mu.Lock()
	defer p.room.mu.Unlock()
	if p.in != nil {
		p.queue = p.in.Process(p.queue, pcm)
	} else {
		p.queue = append(p.queue, pcm...)
	}
	if most := late * p.room.n; len(p.queue) > most {
		over := len(p.queue) - most
		p.lost += over
		p.queue = p.queue[:copy(p.queue, p.queue[over:])]
	}
}

// Lost is how many samples, at the room's rate, came faster than they were mixed.
func (p *Party) Lost() int {
	p.room.mu.Lock()
	defer p.room.mu.Unlock()
	return p.lost
}

// Mix takes 20 ms of everybody and makes what each hears; then Heard gives it to them.
func (r *Room) Mix() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.parties {
		p.take(r.n)
	}
	for _, p := range r.parties {
		p.listen(r.parties)
	}
}

// take moves the party's next frame out of what they fed; mu is held.
func (p *Party) take(n int) {
	p.last = p.frame[n-1]
	got := copy(p.frame, p.queue[:min(n, len(p.queue))])
	clear(p.frame[got:])
	if p.loud = got > 0; !p.loud {
		p.gain = p.want
		return
	}
	p.queue = p.queue[:copy(p.queue, p.queue[got:])]
	if p.gain != 1 || p.want != 1 {
		Gain(p.frame, p.gain, p.want)
		p.gain = p.want
	}
}

// decay is over how many samples the last one of somebody who is not heard any more dies away.
const decay = 40

// listen adds up whom p hears. Who has just become audible to them is faded in over the frame; of
// who is not any more, their last sample dies away. mu is held.
func (p *Party) listen(all []*Party) {
	clear(p.sum)
	var now [MaxParties]*Party
	n := 0
	for _, q := range all {
		if q == p || !hears[p.role][q.role] {
			continue
		}
		now[n] = q
		n++
		if !q.loud {
			continue
		}
		if p.heard(q) {
			for i, v := range q.frame {
				p.sum[i] += int32(v)
			}
			continue
		}
		for i, v := range q.frame {
			p.sum[i] += int32(v) * int32(i) / int32(len(q.frame))
		}
	}
	for _, q := range p.was { // whom they heard until now: nothing said from now on may be in it
		if q != nil && !among(now[:n], q) {
			for i := range min(decay, len(p.sum)) {
				p.sum[i] += int32(q.last) * int32(decay-i) / decay
			}
		}
	}
	p.was = now
	for i, v := range p.sum {
		p.mixed[i] = soften(v)
	}
	p.result = p.mixed
	if p.out != nil {
		p.scaled = p.out.Process(p.scaled[:0], p.mixed)
		p.result = p.scaled
	}
}

// heard reports whether p heard q in the last frame.
func (p *Party) heard(q *Party) bool { return among(p.was[:], q) }

func among(list []*Party, q *Party) bool {
	for _, x := range list {
		if x == q {
			return true
		}
	}
	return false
}

// Heard is what the party hears of the last Mix, 20 ms at their rate; it is lent until the next Mix.
func (p *Party) Heard() []int16 {
	p.room.mu.Lock()
	defer p.room.mu.Unlock()
	return p.result
}

// knee is where a sum begins to be pressed together: below it nothing is changed.
const knee = 24576

// soften brings a sum into 16 bits. Up to three quarters of full scale it is left as it is; above,
// it bends towards full scale without a corner, so that two who shout together are loud and not torn.
func soften(v int32) int16 {
	switch {
	case v > knee:
		over, room := int64(v-knee), int64(32767-knee)
		return int16(knee + over*room/(over+room))
	case v < -knee:
		return -soften(-v)
	}
	return int16(v)
}
