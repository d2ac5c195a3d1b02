package agents

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A call goes with its agent from the browser to a telephone and back: the caller is held while its line is
// made anew, and the end of a line that was not asked for keeps its meaning.
func TestACallMovesWithItsAgent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const phone = "sip:201@pbx.example"
		d := open(t, nil, "lina")
		a, err := d.Offer(t.Context(), Request{Conv: "c1"})
		if err != nil {
			t.Fatal(err)
		}
		ring := func(rings string) *Offering {
			t.Helper()
			o, err := d.Show("lina", Offer{Conv: "c1"}, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if st := d.State("lina"); rings != "" && (st.Offer == nil || st.Offer.Rings != rings) {
				t.Fatalf("rings at %+v, want %s", st.Offer, rings)
			}
			return o
		}
		ring("browser").Join()
		if d.Moves("lina") != "" {
			t.Fatal("nobody asked for it elsewhere")
		}
		if err := d.SetTelephone("lina", "", phone); err != nil || d.Moves("lina") != "c1" {
			t.Fatal(err, d.Moves("lina"))
		}
		if a.Keep() <= 0 {
			t.Fatal("the caller is not held for who goes to their telephone")
		}
		beat(d, "lina")
		o := ring("telephone")
		if beat(d, "lina"); d.State("lina").Offer == nil {
			t.Fatal("a page with a microphone took what rings on the telephone")
		}
		if !o.Join() || d.Moves("lina") != "" || a.Keep() != 0 {
			t.Fatal("who hangs their telephone up meant it")
		}
		if st := d.State("lina"); st.Call != "c1" || st.Phone != phone {
			t.Fatalf("%+v", st.Presence)
		}
		if err := d.SetTelephone("lina", "", ""); err != nil || d.Moves("lina") != "c1" || a.Keep() <= 0 {
			t.Fatal("back to the browser:", err)
		}
		time.Sleep(time.Second)
		if o = ring(""); d.State("lina").Offer != nil {
			beat(d, "lina")
		}
		if d.State("lina").Offer != nil || !o.Join() {
			t.Fatal("the page that is open takes its call up by itself")
		}

		// A telephone that does not answer: back to the page, if there is one.
		if err := d.SetTelephone("lina", "", phone); err != nil || a.Keep() <= 0 {
			t.Fatal(err)
		}
		ring("telephone")
		if !d.NoTelephone("lina", "c1") {
			t.Fatal("her page is open")
		}
		if st := d.State("lina"); st.Phone != "" || !st.NoPhone {
			t.Fatalf("%+v", st.Presence)
		}
		d.Close("lina", "lina-tab")
		if err := d.SetTelephone("lina", "", phone); err != nil || d.NoTelephone("lina", "c1") || d.State("lina").NoPhone {
			t.Fatal("without a page there is nowhere to go back to")
		}

		if err := d.SetTelephone("omar", "Omar", strings.ToUpper(phone)); err == nil || !strings.Contains(err.Error(), "rings for Lina already") {
			t.Errorf("a telephone for two: %v", err)
		}
		if err := d.SetTelephone("omar", "Omar", "201"); err == nil || !strings.HasPrefix(err.Error(), "address: ") {
			t.Errorf("no address: %v", err)
		}
	})
}

// Who hangs up while their line is lost is neither waited for nor joined again.
func TestHangingUpWithoutALine(t *testing.T) {
	t.Parallel()
	for _, shown := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d := open(t, nil, "lina")
			a, err := d.Offer(t.Context(), Request{Conv: "c1"})
			if err != nil {
				t.Fatal(err)
			}
			of, err := d.Show("lina", Offer{Conv: "c1"}, time.Minute)
			if err != nil || !of.Join() || a.Keep() <= 0 {
				t.Fatal(err)
			}
			d.Beat("lina", "", "lina-tab", false, false) // the page is there, its line is not
			if shown {
				if of, err = d.Show("lina", Offer{Conv: "c1"}, time.Minute); err != nil {
					t.Fatal(err)
				}
			}
			if !d.Leave("lina", "c1") {
				t.Fatal("she is in the call")
			}
			if !shown {
				_, err = d.Show("lina", Offer{Conv: "c1"}, time.Minute)
			} else {
				err = of.Wait(t.Context())
			}
			no, _ := errors.AsType[*NotTaken](err)
			if no == nil || no.How != Declined || d.State("lina").Offer != nil || d.State("lina").Ended != nil && d.State("lina").Ended.How == Declined {
				t.Errorf("shown %v: %v, %+v", shown, err, d.State("lina"))
			}
			if a.Release(); d.State("lina").Call != "" {
				t.Error("still in the call")
			}
		})
	}
}
