package rtp

import (
	"errors"
	"net"

	"decroche/media/udp"
)

// shard is what the sessions of one of the wheel's workers share.
type shard struct {
	// constant
	engine *Engine
	worker int

	// owned by the worker
	inbox *udp.Inbox
	dirty []*lane       // have packets to send when the slot ends
	spare []*udp.Outbox // empty ones

	// guarded by Engine.mu
	sessions int
	ports    []*port // shared ones
}

const (
	inboxPackets = 64
	inboxSize    = 2048
	// drainRounds bounds what one port may bring in one slot, 2048 packets: a flood of strangers'
	// packets must not hold up the clock. The rest waits in the kernel and is dropped there.
	drainRounds = 32
)

// lane is one socket and the packets that leave by it when the slot ends.
type lane struct {
	conn    udp.Conn
	out     *udp.Outbox // nil when there are none
	dropped uint64      // of conn, as counted so far
}

// outbox is where a packet for this slot goes.
func (l *lane) outbox(sh *shard) *udp.Outbox {
	if l.out == nil {
		if n := len(sh.spare); n > 0 {
			l.out, sh.spare = sh.spare[n-1], sh.spare[:n-1]
		} else {
			l.out = udp.NewOutbox()
		}
		sh.dirty = append(sh.dirty, l)
	}
	return l.out
}

// flush sends what the slot's members have collected: one call for each socket.
func (sh *shard) flush() {
	sent, failed := 0, 0
	for i, l := range sh.dirty {
		n := l.out.Len()
		done, err := l.conn.Send(l.out)
		sent += done
		if !errors.Is(err, net.ErrClosed) {
			failed += n - done
		}
		sh.spare = append(sh.spare, l.out)
		l.out, sh.dirty[i] = nil, nil
	}
	sh.dirty = sh.dirty[:0]
	if sent > 0 {
		sh.engine.metrics.sent.Add(float64(sent))
	}
	if failed > 0 {
		sh.engine.metrics.sendError.Add(float64(failed))
	}
}
