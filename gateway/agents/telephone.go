package agents

import (
	"errors"
	"net/url"
	"strings"
	"time"
)

// Telephone is the address of what an agent typed as the telephone on which their calls are to ring:
// a SIP address as those of the configuration ("sip:201@pbx.example", also without "sip:"), or a number or an
// extension ("201", "01 84 00 00 00"), for which number is "" or what dials it. A number must begin as
// desk.numbers says, and so must one that stands before the @ and is too long for an extension: a
// telephone at a desk is no way around what agents may have dialled. An address of theirs in the
// configuration (own) is always right. The error is a sentence for people.
func (c DeskConfig) Telephone(typed, own string) (addr, number string, err error) {
	typed = strings.TrimSpace(typed)
	switch {
	case typed == "":
		return "", "", nil
	case own != "" && strings.EqualFold(typed, own):
		return own, "", nil
	case !strings.ContainsAny(typed, ":@"):
		number, err = c.Number(typed)
		if err != nil {
			err = errors.New("address" + strings.TrimPrefix(err.Error(), "number"))
		}
		return "", number, err
	}
	if user, _, ok := strings.Cut(typed, "@"); ok && !strings.Contains(user, ":") {
		typed = "sip:" + typed
	}
	if err := CheckAddr(typed); err != nil {
		return "", "", errors.New("address: " + err.Error())
	}
	if user := dialledBy(typed); len(user) > longestExtension {
		if _, err := c.Number(user); err != nil {
			return "", "", errors.New("address" + strings.TrimPrefix(err.Error(), "number"))
		}
	}
	return typed, "", nil
}

const longestExtension = 6 // digits

// dialledBy is the number before the @ of a SIP address, without what may stand behind it and however its
// signs are written (RFC 3261 §19.1.2); "" when that is none.
func dialledBy(addr string) string {
	_, user, _ := strings.Cut(addr, ":")
	user, _, _ = strings.Cut(user, "@")
	if plain, err := url.PathUnescape(user); err == nil {
		user = plain
	}
	user, _, _ = strings.Cut(user, ";")
	user = strings.Map(func(r rune) rune {
		if strings.ContainsRune("-.()", r) { // RFC 3966 §5.1.1: they mean nothing
			return -1
		}
		return r
	}, user)
	if strings.Trim(strings.TrimPrefix(user, "+"), "0123456789") != "" {
		return ""
	}
	return user
}

// Own is the telephone that the configuration gives an agent; "" none.
func (d *Desk) Own(name string) string {
	a, _ := d.team.agent(name)
	return a.Addr
}

// SetTelephone lets an agent's calls ring at addr, a SIP address that can be dialled, or in their
// browser again when it is "". Their status stays. The call that they are in goes with them (Moves):
// the caller waits from when its line is hung up (Lose) until they have answered at the other place.
func (d *Desk) SetTelephone(name, title, addr string) error {
	if addr != "" {
		if err := CheckAddr(addr); err != nil {
			return errors.New("address: " + err.Error())
		}
	}
	return d.act(name, func(now time.Time, s *seat) error {
		if err := d.others(s, addr); err != nil {
			return err
		}
		if title != "" {
			s.title = title
		}
		s.ringAt(addr)
		if o := s.offer; o != nil && o.rejoin { // it rings where they are not
			o.finish(now, NotReached, "", "")
		}
		return nil
	})
}

// Moves is the conversation whose line is to be hung up because its agent asked for the call elsewhere;
// "" none.
func (d *Desk) Moves(name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.seats[name]; s != nil && s.moving {
		return s.Call
	}
	return ""
}

// NoTelephone says that the telephone to which an agent's call was to move did not take it. While one of
// their desks is open, it goes on there: true.
func (d *Desk) NoTelephone(name, conv string) (back bool) {
	_ = d.act(name, func(_ time.Time, s *seat) error {
		if back = s.Call == conv && s.Phone != "" && len(s.Tabs) > 0; back {
			s.ringAt("")
			s.NoPhone = true
		}
		return nil
	})
	return back
}

// others needs d.mu: one telephone rings for one agent.
func (d *Desk) others(s *seat, phone string) error {
	for _, o := range d.seats {
		if phone != "" && o != s && strings.EqualFold(o.Phone, phone) && o.Status != Offline {
			return errors.New("address: this telephone rings for " + o.called() + " already; give your own")
		}
	}
	return nil
}

// ringAt needs d.mu. A call that is elsewhere is to move.
func (s *seat) ringAt(phone string) {
	if s.Call != "" && !s.leaving && !strings.EqualFold(s.Phone, phone) {
		s.moving = true
	}
	s.Phone, s.NoPhone = phone, false
}
