package stream

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/asr"
	"decroche/asr/asrtest"
	"decroche/media"
)

// counter is an engine that hears how many samples came.
type counter struct{ to int }

func (c counter) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	return Open(ctx, Settings{Engine: "asr/counter", From: opt.Rate, To: c.to}, func(ctx context.Context, p *Port) error {
		n := 0
		for {
			pcm, err := p.Read(ctx, 333)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return err
			}
			for _, v := range pcm {
				if v > 1000 {
					n++
				}
			}
			p.Partial(asr.Result{})
		}
		text := ""
		if n > 0 {
			text = "son"
		}
		p.Final(asr.Result{Text: text, Confidence: 1, End: p.Heard()})
		return nil
	})
}

func TestConformance(t *testing.T) {
	loud := make([]int16, 8000)
	for i := range loud {
		loud[i] = 5000
	}
	for _, to := range []int{8000, 16000} {
		asrtest.Run(t, func(*testing.T) asr.Recogniser { return counter{to} }, asrtest.Options{Open: asr.Options{Rate: 8000}, Speech: loud, Words: "son"})
	}
}

func TestNothingIsLostOrAdded(t *testing.T) {
	t.Parallel()
	var got []int16
	s, err := Open(t.Context(), Settings{Engine: "e", To: 8000}, func(ctx context.Context, p *Port) error {
		for {
			pcm, err := p.Read(ctx, 100)
			if err != nil {
				return nil
			}
			got = append(got, pcm...)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range int16(300) {
		f := media.Frame{PCM: make([]int16, 97), Rate: 8000}
		for k := range f.PCM {
			f.PCM[k] = i*97 + int16(k)
		}
		for errors.Is(s.Write(f), asr.ErrOverrun) {
			time.Sleep(time.Millisecond)
		}
	}
	s.CloseSend()
	if _, err := s.Recv(); err != io.EOF {
		t.Fatal(err)
	}
	if len(got) != 300*97 {
		t.Fatalf("%d samples", len(got))
	}
	for i, v := range got {
		if v != int16(i) {
			t.Fatalf("sample %d is %d", i, v)
		}
	}
}

func TestDuplex(t *testing.T) {
	t.Parallel()
	fell, wait := errors.New("fell"), func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }
	nothing := func(context.Context) error { return nil }
	for name, c := range map[string]struct {
		send, recv func(context.Context) error
		want       error
	}{
		"both end":        {nothing, nothing, nil},
		"sending fails":   {func(context.Context) error { return fell }, wait, fell},
		"receiving ends":  {wait, nothing, nil},
		"receiving fails": {wait, func(context.Context) error { return fell }, fell},
		"no answer":       {nothing, wait, ErrLate},
	} {
		synctest.Test(t, func(t *testing.T) {
			if err := Duplex(t.Context(), time.Second, c.send, c.recv); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		})
	}
}

func TestFinalsSurviveTheEngine(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Settings{Engine: "asr/e", To: 8000}, func(ctx context.Context, p *Port) error {
		p.Final(asr.Result{Text: "un"})
		return errors.New("died")
	})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := s.Recv(); err != nil || r.Text != "un" || !r.Final {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := s.Recv(); err == nil || !strings.HasPrefix(err.Error(), "asr/e: died") {
		t.Errorf("then %v", err)
	}
	if err := s.Write(media.Frame{PCM: make([]int16, 160)}); err == nil {
		t.Error("a dead engine takes audio")
	}
	s.Close()
}
