package accounts

import (
	"context"
	"decroche/internal/limit"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Whoever guesses waits longer each time; whoever is right waits no longer than that, and from where
// they signed in before not at all.
func TestBruteForce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, "lina", Agent)
	h.signIn(t, "lina", home)
	var soon *TooSoon
	guess := func(c Client) error { _, err := h.SignIn(t.Context(), "lina", "guess", c); return err }
	for range 5 {
		if err := guess(away); !errors.Is(err, ErrSignIn) {
			t.Fatal(err)
		}
	}
	for _, want := range []time.Duration{1, 2, 4, 8, 16} {
		if err := guess(away); !errors.As(err, &soon) || soon.Wait != want*time.Second || soon.Seconds() != int(want) {
			t.Fatalf("%v, want to wait %d s", err, want)
		}
		h.pass(soon.Wait - time.Millisecond)
		if err := guess(away); !errors.As(err, &soon) {
			t.Fatalf("a millisecond too soon: %v", err)
		}
		h.pass(time.Millisecond)
		if err := guess(away); !errors.Is(err, ErrSignIn) {
			t.Fatalf("after the wait: %v", err)
		}
	}
	// Another address guesses no faster.
	if err := guess(Client{Address: "203.0.113.1"}); !errors.As(err, &soon) {
		t.Errorf("from another address: %v", err)
	}
	// The owner, where they signed in before, notices nothing.
	h.signIn(t, "lina", home)
	if lines := strings.Join(h.written(t), "\n"); strings.Count(lines, "sign_in_held_up user lina too many wrong tries; the next one is taken in 1 s") != 1 {
		t.Errorf("the audit list:\n%s", lines)
	}
	// A day of guessing, as soon as each guess is taken: at most one in a quarter of an hour.
	heard := 0
	for spent := time.Duration(0); spent < 24*time.Hour; {
		switch err := guess(away); {
		case errors.As(err, &soon):
			h.pass(soon.Wait)
			spent += soon.Wait
		case errors.Is(err, ErrSignIn):
			heard++
		default:
			t.Fatal(err)
		}
	}
	if heard > 110 || heard < 90 {
		t.Errorf("%d guesses were heard in a day", heard)
	}
	// And the owner from a new place gets in after the wait, at the latest.
	_ = guess(away)
	if _, err := h.SignIn(t.Context(), "lina", good, Client{Address: "203.0.113.2"}); err == nil {
		t.Error("nobody held up after a day of guessing")
	}
	h.pass(15 * time.Minute)
	h.signIn(t, "lina", Client{Address: "203.0.113.2"})
	h.signIn(t, "lina", Client{Address: "203.0.113.3"}) // and what others did is forgiven
}

// Names that nobody has are held up as those that somebody has, and one address may not go through
// names.
func TestGuessingNames(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, "lina", Agent)
	var answers [2][]string
	for i, name := range []string{"lina", "nobody"} {
		for range 8 {
			_, err := h.SignIn(t.Context(), name, "guess", Client{Address: fmt.Sprint("203.0.113.", i)})
			answers[i] = append(answers[i], err.Error())
		}
	}
	if a, b := fmt.Sprint(answers[0]), fmt.Sprint(answers[1]); a != b {
		t.Errorf("a name that is there:  %s\na name that is not: %s", a, b)
	}
	heard := 0
	for i := range 100 {
		if _, err := h.SignIn(t.Context(), fmt.Sprint("name", i), "guess", away); errors.Is(err, ErrSignIn) {
			heard++
		}
	}
	if heard != 20 {
		t.Errorf("%d names tried at once from one address", heard)
	}
	h.pass(time.Hour)
	if _, err := h.SignIn(t.Context(), "lina", good, away); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

// Guesses that come at once count as those that come one after the other.
func TestGuessesAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, "lina", Agent)
	h.hash.queue = make(chan struct{}, 100)
	var heard atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := h.SignIn(t.Context(), "lina", "guess", away); errors.Is(err, ErrSignIn) {
				heard.Add(1)
			}
		})
	}
	wg.Wait()
	if heard.Load() != 5 {
		t.Errorf("%d of 50 guesses were looked at", heard.Load())
	}
}

// Names that nobody has, tried by the thousand, make nobody forget who is being guessed at.
func TestManyNamesCrowdOutNobody(t *testing.T) {
	t.Parallel()
	l := newLimits(func() time.Time { return t0 })
	for range 10 {
		_, _, _ = l.take("lina", "a", true, false)
	}
	for i := range 2 * limit.Most {
		_, _, _ = l.take(fmt.Sprint("name", i), fmt.Sprint(i), false, false)
	}
	var soon *TooSoon
	if _, _, err := l.take("lina", "b", true, false); !errors.As(err, &soon) {
		t.Errorf("tries at lina were forgotten: %v", err)
	}
}

// A storm of sign-ins uses one place, and half of its time; who would wait too long is told so.
func TestHashingIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHasher(cheap)
		var at, most, done, busy atomic.Int32
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				switch err := h.turn(t.Context(), func() {
					if n := at.Add(1); n > most.Load() {
						most.Store(n)
					}
					time.Sleep(400 * time.Millisecond)
					at.Add(-1)
				}); {
				case err == nil:
					done.Add(1)
				case errors.Is(err, ErrBusy):
					busy.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		// In three seconds of patience, places come free every 800 ms: at 0, 0.8, 1.6 and 2.4 s.
		if most.Load() != 1 || done.Load() != 4 || busy.Load() != 96 {
			t.Errorf("%d at once, %d done, %d refused", most.Load(), done.Load(), busy.Load())
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		h.place <- struct{}{}
		if err := h.turn(gone, func() { t.Error("worked for somebody who had gone") }); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
