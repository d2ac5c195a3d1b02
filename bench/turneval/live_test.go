package turneval

import (
	"testing"
	"time"

	"decroche/asr"
	"decroche/flows"
	"decroche/media"
)

// Callers from a crowd are understood when they say what they want to be asked: the voice detector
// knows their noise by then and hears the wish, and the words come with it.
func TestWishesAreHeardInTheirNoise(t *testing.T) {
	t.Parallel()
	c := NewCast(tuneSet(t))
	ears := NewEars(c.Recordings(), ShippedLag)
	for _, x := range c.Turns {
		wish := c.wishes[x]
		if wish == nil {
			continue
		}
		e, at := newShipped(defaults()), time.Duration(0)
		e.expect(flows.Expect{})
		voiced, ended := 0, false
		play := func(b []byte, frames int) {
			for n := range frames {
				i := n * frameBytes % (len(b) - len(b)%frameBytes)
				f := decode(0, b[i:i+frameBytes], false)
				f.At, at = at, at+media.FrameTime
				h := e.frame(f)
				if h.voice {
					voiced++
				}
				ended = ended || h.ended
			}
		}
		noise := x.ALaw[:samples(x.alone())]
		play(noise, 200)
		voiced, ended = 0, false
		play(wish.ALaw, len(wish.ALaw)/frameBytes)
		if voiced < 20 {
			t.Errorf("%s, %s at %v dB: %d frames of the wish are voice", x.ID, x.Noise.Type, x.Noise.SNR, voiced)
		}
		if got := heardOf(t, ears, noise[:30*frameBytes], wish.ALaw, noise[:30*frameBytes]); got != wish.Text {
			t.Errorf("%s: heard %q, wished %q", x.ID, got, wish.Text)
		}
		e.words(wish.Text, x.Language)
		if play(noise, 150); !ended {
			t.Errorf("%s, %s at %v dB: the turn is not over 3 s later", x.ID, x.Noise.Type, x.Noise.SNR)
		}
	}
}

func TestGatewayLevelIsJudged(t *testing.T) {
	t.Parallel()
	good := Live{Free: Spread{P50: 500, P95: 800, N: 3}, Digits: Spread{P95: 400, N: 3}}
	var none *Live
	if w := append(good.Wrong(), none.Wrong()...); len(w) > 0 {
		t.Errorf("wrong: %q", w)
	}
	for name, change := range map[string]func(l *Live){
		"limit":  func(l *Live) { l.RigLimit = "late" },
		"failed": func(l *Live) { l.Failed = 1 },
		"p50":    func(l *Live) { l.Free.P50 = 501 },
		"p95":    func(l *Live) { l.Free.P95 = 801 },
		"digits": func(l *Live) { l.Digits.P95 = 401 },
	} {
		bad := good
		if change(&bad); len(bad.Wrong()) != 1 {
			t.Errorf("%s: wrong is %q", name, bad.Wrong())
		}
	}
}

// heardOf is what ears make of sounds, one after the other.
func heardOf(t *testing.T, ears *Ears, sounds ...[]byte) string {
	t.Helper()
	sess, err := ears.Open(t.Context(), asr.Options{Rate: 8000})
	if err != nil {
		t.Fatal(err)
	}
	defer sess.Close()
	for _, b := range sounds {
		for i := 0; i+frameBytes <= len(b); i += frameBytes {
			if err := sess.Write(decode(0, b[i:i+frameBytes], false)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := sess.CloseSend(); err != nil {
		t.Fatal(err)
	}
	for {
		r, err := sess.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if r.Final {
			return r.Text
		}
	}
}
