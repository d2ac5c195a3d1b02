package call

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/leg/legtest"
	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/tts"
	"decroche/tts/ttstest"
)

// memory is a voice that has said everything before, but what is new to it: a tts.Coder.
type memory struct {
	*ttstest.Voice
	new string // a word whose sentences it has not said
}

func (m memory) Coded(u tts.Utterance, codec string) (*media.Clip, bool) {
	if codec != "PCMA" || m.new != "" && strings.Contains(u.Text, m.new) {
		return nil, false
	}
	src, err := m.Speak(context.Background(), u)
	if err != nil {
		return nil, false
	}
	defer src.Close()
	var out bytes.Buffer
	for {
		f, err := src.ReadFrame()
		if err == io.EOF {
			return media.NewClip("PCMA", media.Algorithmic, out.Bytes(), 160), true
		}
		b := make([]byte, len(f.PCM))
		g711.EncodeA(b, f.PCM)
		out.Write(b)
	}
}

// What the far end says comes at other moments than those at which our frames leave: of two things
// at one moment of virtual time either may be first, and a prompt is a frame longer or shorter.
type (
	offbeatLine   struct{ *legtest.Line }
	offbeatPlayer struct{ legtest.Player }
)

func (l offbeatLine) Answer(ctx context.Context) error   { return offbeat(ctx, l.Line) }
func (l offbeatPlayer) Answer(ctx context.Context) error { return offbeat(ctx, l.Line) }

func offbeat(ctx context.Context, l *legtest.Line) error {
	err := l.Answer(ctx)
	time.Sleep(7 * time.Millisecond)
	return err
}

// TestClipsAreHeardAsFramesAre: a prompt that is kept in the leg's codec is said, interrupted, held
// and written down exactly as one whose frames are sent one by one.
func TestClipsAreHeardAsFramesAre(t *testing.T) {
	long := "bonjour je vous écoute dites moi ce que je peux faire pour vous aujourd'hui ou tapez étoile"
	for _, c := range []struct {
		name  string
		clips int
		new   string
		turns []asrtest.Turn
		play  func(r *rig)
	}{
		{"to the end", 3, "", []asrtest.Turn{words("où est mon colis"), words("merci au revoir")}, func(r *rig) {
			r.spoken()
			r.says(900 * time.Millisecond)
			r.spoken()
			r.says(900 * time.Millisecond)
		}},
		{"one is new", 2, "demain", []asrtest.Turn{words("où est mon colis"), words("merci au revoir")}, func(r *rig) {
			r.spoken()
			r.says(900 * time.Millisecond)
			r.spoken()
			r.says(900 * time.Millisecond)
		}},
		{"spoken over", 3, "", []asrtest.Turn{words("où est mon colis"), words("merci au revoir")}, func(r *rig) {
			r.line.AwaitSound(5 * time.Second)
			time.Sleep(607 * time.Millisecond)
			r.says(900 * time.Millisecond)
			r.spoken()
			r.says(900 * time.Millisecond)
		}},
		{"a listening sound", 2, "", []asrtest.Turn{words("mm"), words("merci au revoir")}, func(r *rig) {
			r.line.AwaitSound(5 * time.Second)
			time.Sleep(607 * time.Millisecond)
			r.says(200 * time.Millisecond)
			r.spoken()
			r.says(900 * time.Millisecond)
		}},
		{"a key", 2, "", nil, func(r *rig) {
			r.line.AwaitSound(5 * time.Second)
			time.Sleep(307 * time.Millisecond)
			r.line.Press("1")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				var told [2]string
				for i := range told {
					answers := map[string]flows.Output{
						"start": listen(long), "said où est mon colis": listen("il arrive demain"),
						"said merci au revoir": end("merci bonne journée", "resolved"), "digits 1": end("au revoir", "resolved"),
					}
					r := newRig(t, answers, c.turns...)
					line := legtest.Player{Line: r.line}
					r.s.Leg = offbeatLine{r.line}
					if i == 1 {
						r.s.Leg, r.s.Mouth = offbeatPlayer{line}, memory{r.voice, c.new}
					}
					r.start()
					c.play(r)
					told[i] = fmt.Sprintf("%+v\n%q\n", r.over(), r.played())
					for _, p := range all[event.Prompted](r.notes) {
						p.Synthetic = "" // the fake voice does not tell
						b, _ := json.Marshal(p)
						told[i] += string(b) + "\n"
					}
					if n := line.Clips(); n != i*c.clips {
						t.Errorf("%d clips were played, want %d", n, i*c.clips)
					}
				}
				if told[0] != told[1] {
					t.Errorf("frame by frame:\n%s\nas clips:\n%s", told[0], told[1])
				}
			})
		})
	}
}
