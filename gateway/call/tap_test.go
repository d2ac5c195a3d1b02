package call

import (
	"slices"
	"sync"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
	"decroche/media"
)

// tape is a tap that lays everything where its time says, with nothing clever about it.
type tape struct {
	mu    sync.Mutex
	sides [4][]int16
}

func (k *tape) tap(d Direction, f media.Frame) {
	k.mu.Lock()
	defer k.mu.Unlock()
	at := int(f.At * media.PhoneRate / time.Second)
	side := &k.sides[d]
	if len(f.PCM) == 0 {
		*side = (*side)[:min(at, len(*side))]
		return
	}
	if need := at + len(f.PCM); need > len(*side) {
		*side = append(*side, make([]int16, need-len(*side))...)
	}
	copy((*side)[at:], f.PCM)
}

// side is one side of the tape.
func (k *tape) side(d Direction) []int16 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.sides[d])
}

func energy(pcm []int16) (n int) {
	for _, v := range pcm {
		if v > 300 || v < -300 {
			n++
		}
	}
	return n
}

// What the taps are told the caller heard is what left towards them, when it left: after a prompt that was held
// for a cough and went on, one that was spoken over, one that a key cut, and one on a line that cannot hold.
func TestTapsAreWhereTheLineIs(t *testing.T) {
	long := listen("un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize")
	answers := map[string]flows.Output{
		"start": long, "said où est mon colis": long, "digits 1": long, "silence": end("au revoir", "abandoned"),
	}
	for name, act := range map[string]func(r *rig){
		"nothing happens": func(*rig) {},
		"a cough":         func(r *rig) { r.line.Noise(300 * time.Millisecond) },
		"a word that is nothing, twice": func(r *rig) {
			r.says(300 * time.Millisecond)
			time.Sleep(900 * time.Millisecond)
			r.says(200 * time.Millisecond)
		},
		"spoken over": func(r *rig) { r.says(900 * time.Millisecond) },
		"a key":       func(r *rig) { r.line.Press("1") },
		"a key in a pause": func(r *rig) {
			r.says(200 * time.Millisecond)
			r.line.Press("1")
		},
		"they hang up": func(r *rig) { r.line.HangUp() },
	} {
		for _, holds := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				test(t, func(t *testing.T) {
					turns := []asrtest.Turn{words("où est mon colis")}
					if name != "spoken over" {
						turns = []asrtest.Turn{words(""), words(""), words("")}
					}
					r := newRig(t, answers, turns...)
					if !holds {
						r.s.Leg = plainLine{r.line}
					}
					var k tape
					r.s.Taps = []Tap{k.tap}
					r.start()
					r.line.AwaitSound(5 * time.Second)
					time.Sleep(600 * time.Millisecond)
					spoke := r.line.Since()
					act(r)
					r.over()
					sameAsPlayed(t, r, k.side(CallerHeard))
					if said := k.side(CallerSaid); name == "spoken over" {
						at := int(spoke * media.PhoneRate / time.Second)
						before, during := energy(said[:at-160]), energy(said[at:at+900*8])
						if before > 0 || during < 3000 || energy(said[at+900*8+160:]) > 0 {
							t.Errorf("the caller is on the tape %d samples too early, %d in time", before, during)
						}
					}
				})
			})
		}
	}
}

// sameAsPlayed checks that every frame that left is on the tape within one frame of its time, and nothing else.
func sameAsPlayed(t *testing.T, r *rig, tape []int16) {
	t.Helper()
	total := 0
	for _, p := range r.line.Played() {
		if energy(p.PCM) == 0 {
			continue
		}
		total += energy(p.PCM)
		at := int(p.At * media.PhoneRate / time.Second)
		found := false
		for shift := -160; shift <= 160 && !found; shift++ {
			if from := at + shift; from >= 0 && from+len(p.PCM) <= len(tape) {
				found = slices.Equal(tape[from:from+len(p.PCM)], p.PCM)
			}
		}
		if !found {
			t.Fatalf("what left at %v is not on the tape there", p.At)
		}
	}
	if extra := energy(tape) - total; extra > 160 || extra < 0 {
		t.Errorf("%d samples are on the tape that nobody heard", extra)
	}
}

// The ear's clock follows the leg's media time, whatever delays the conductor, and finds it again when the leg
// begins anew.
func TestEarClock(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	var k earClock
	pcm := make([]int16, 160)
	for i, tt := range []struct{ at, now, want time.Duration }{
		{0, 35 * ms, 15 * ms},        // seen 15 ms late
		{20 * ms, 55 * ms, 35 * ms},  // the same
		{40 * ms, 180 * ms, 55 * ms}, // a busy machine
		{60 * ms, 180 * ms, 75 * ms}, // and what queued meanwhile
		{80 * ms, 103 * ms, 83 * ms}, // less delay than ever: that is the truth
		{100 * ms, 140 * ms, 103 * ms},
		{0, 5000 * ms, 4980 * ms}, // the leg counts anew
		{20 * ms, 5000 * ms, 4980 * ms},
	} {
		if got := k.at(media.Frame{PCM: pcm, Rate: 8000, At: tt.at}, tt.now); got != tt.want {
			t.Errorf("%d: %v, want %v", i, got, tt.want)
		}
	}
}

// take is a Recording that remembers what it was told.
type take struct {
	mu   sync.Mutex
	told []string
	at   []time.Duration
}

func (k *take) tell(what string, at time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.told, k.at = append(k.told, what), append(k.at, at)
}

func (k *take) Announced(at time.Duration) { k.tell("announced", at) }
func (k *take) Pause(at time.Duration)     { k.tell("pause", at) }
func (k *take) Resume(at time.Duration)    { k.tell("resume", at) }
func (k *take) Refuse()                    { k.tell("refused", 0) }

// A recording is told when its announcement was heard to the end, which nothing cuts short, and when the caller
// does not want it.
func TestRecordingIsToldWhatTheCallerHeard(t *testing.T) {
	notice := flows.Prompt{ID: flows.RecordingNotice, Text: "cet appel est enregistré", Voice: "cet appel est enregistré"}
	hello := listen("bonjour je vous écoute")
	hello.Say = append([]flows.Prompt{notice}, hello.Say...)
	stopped := listen("d’accord")
	stopped.StopRecording = true
	for name, tt := range map[string]struct {
		act  func(*rig)
		want []string
	}{
		"heard": {func(r *rig) { r.spoken() }, []string{"announced"}},
		"spoken over": {func(r *rig) {
			r.line.AwaitSound(5 * time.Second)
			r.says(900 * time.Millisecond)
		}, []string{"announced"}},
		"refused": {func(r *rig) {
			r.spoken()
			r.says(900 * time.Millisecond)
			r.spoken()
		}, []string{"announced", "refused"}},
		"left before its end": {func(r *rig) {
			r.line.AwaitSound(5 * time.Second)
			time.Sleep(100 * time.Millisecond)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newRig(t, map[string]flows.Output{"start": hello, "said non": stopped}, words("non"))
				k := &take{}
				r.s.Recording = k
				r.start()
				tt.act(r)
				r.line.HangUp()
				r.over()
				if !slices.Equal(k.told, tt.want) {
					t.Fatalf("told %v, want %v", k.told, tt.want)
				}
				if in := r.mind.told[0]; !in.Recorded {
					t.Error("the mind was not told that the call is recorded")
				}
				if len(k.at) > 0 && (k.at[0] < 350*time.Millisecond || k.at[0] > 800*time.Millisecond) {
					t.Errorf("the announcement was heard after %v", k.at[0])
				}
				if got := all[event.RecordingDeleted](r.notes); len(got) != len(tt.want)/2 {
					t.Errorf("noted %v", got)
				}
			})
		})
	}
}

// A recording is silent from the question for a sensitive slot to its answer and while the value is said, and
// what a caller told unasked is taken out from where they began.
func TestRecordingIsSilentForWhatIsSensitive(t *testing.T) {
	secret := listen("votre numéro de carte je vous prie")
	secret.Expect.Sensitive = true
	echo := listen("la carte •••• merci autre chose")
	echo.Sensitive = true
	told := listen("merci autre chose")
	told.Sensitive = true
	for name, tt := range map[string]struct {
		answers map[string]flows.Output
		want    []string
	}{
		"asked":      {map[string]flows.Output{"start": listen("bonjour"), "said ma carte": secret, "said quatre": echo}, []string{"pause", "pause", "resume"}},
		"told":       {map[string]flows.Output{"start": listen("bonjour"), "said ma carte": told, "said quatre": listen("oui")}, []string{"pause", "resume"}},
		"never said": {map[string]flows.Output{"start": listen("bonjour"), "said ma carte": listen("oui"), "said quatre": listen("oui")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newRig(t, tt.answers, words("ma carte"), words("quatre"))
				k := &take{}
				r.s.Recording, r.s.Bot.Sensitive = k, true
				r.start()
				r.spoken()
				spoke := r.line.Since()
				r.says(900 * time.Millisecond)
				r.spoken()
				r.says(900 * time.Millisecond)
				r.spoken()
				r.line.HangUp()
				r.over()
				if !slices.Equal(k.told, tt.want) {
					t.Fatalf("told %v at %v, want %v", k.told, k.at, tt.want)
				}
				switch name {
				case "told":
					if at := k.at[0]; at > spoke || at < spoke-time.Second {
						t.Errorf("taken out from %v on; they spoke from %v on", at, spoke)
					}
				case "asked":
					if k.at[0] < spoke || k.at[1] > k.at[2] || k.at[1] < k.at[0] {
						t.Errorf("paused at %v", k.at)
					}
				}
			})
		})
	}
}
