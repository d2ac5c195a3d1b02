package turneval

import (
	"errors"
	"io"
	"testing"

	"decroche/asr"
)

// A recogniser that knows the recordings tells every one by its sound, and gives all its words.
func TestEarsKnowTheRecordings(t *testing.T) {
	t.Parallel()
	s := tuneSet(t)
	ears := NewEars(s.Turns, ShippedLag)
	for _, x := range s.Turns[:6] {
		sess, err := ears.Open(t.Context(), asr.Options{Rate: 8000})
		if err != nil {
			t.Fatal(err)
		}
		for f := range x.frames {
			if err := sess.Write(f); err != nil {
				t.Fatal(err)
			}
		}
		if err := sess.CloseSend(); err != nil {
			t.Fatal(err)
		}
		for {
			r, err := sess.Recv()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if r.Final && r.Text != x.Text {
				t.Errorf("%s: heard %q, said %q", x.ID, r.Text, x.Text)
			}
		}
		if err := sess.Close(); err != nil {
			t.Fatal(err)
		}
		if sess.Write(decode(0, make([]byte, frameBytes), false)) == nil {
			t.Errorf("%s: sound is taken after Close", x.ID)
		}
	}
}
