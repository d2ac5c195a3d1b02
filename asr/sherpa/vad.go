package sherpa

import (
	"fmt"
	"os"
	"runtime"
	"time"
	"unsafe"

	"decroche/internal/native"
	"decroche/internal/sherpa"
	"decroche/media/resample"
)

// segment is a stretch of speech and where in the turn it begins.
type segment struct {
	pcm []float32
	at  time.Duration
}

// quiet is the level, as a share of full scale, that no 20 ms of a turn pass when nothing is
// said: -45 dB. Whisper and its like write sentences about silence.
const quiet = 0.0056

// speech cuts a turn into what models that do not stream are given.
func (r *Recogniser) speech(pcm []float32, rate int) ([]segment, error) {
	if !loud(pcm, rate) {
		return nil, nil
	}
	if r.cfg.VAD == "" {
		return []segment{{pcm: pcm}}, nil
	}
	return r.silero(pcm, rate)
}

// loud tells whether any 20 ms are louder than quiet.
func loud(pcm []float32, rate int) bool {
	for n := rate / 50; len(pcm) > 0; pcm = pcm[min(n, len(pcm)):] {
		var sum float32
		part := pcm[:min(n, len(pcm))]
		for _, v := range part {
			sum += v * v
		}
		if sum > quiet*quiet*float32(len(part)) {
			return true
		}
	}
	return false
}

// What Silero's detector is set to: pauses within a number are part of it.
const (
	threshold  = 0.35
	minSilence = 0.6
	minSpeech  = 0.1
	window     = 512 // samples at vadRate
	vadRate    = 16000
	margin     = 150 * time.Millisecond // of sound kept around speech
)

// vad opens a detector.
func (r *Recogniser) vad() (uintptr, error) {
	if _, err := os.Stat(r.cfg.VAD); err != nil {
		return 0, fmt.Errorf("asr/sherpa: vad: %s cannot be read; correct the path, or leave it empty", r.cfg.VAD)
	}
	c := &sherpa.VADConfig{SampleRate: vadRate, Threads: 1, Provider: native.CString("cpu")}
	c.Silero = sherpa.VADModel{Model: native.CString(r.cfg.VAD), Threshold: threshold, MinSilence: minSilence, MinSpeech: minSpeech, Window: window, MaxSpeech: float32(maxTurn.Seconds())}
	v := r.lib.openVAD(c, float32(maxTurn.Seconds()))
	runtime.KeepAlive(c)
	if v == 0 {
		return 0, fmt.Errorf("asr/sherpa: vad: sherpa-onnx refuses %s; it wants silero_vad.onnx", r.cfg.VAD)
	}
	return v, nil
}

// silero finds speech with Silero's detector.
func (r *Recogniser) silero(pcm []float32, rate int) (parts []segment, err error) {
	v, err := r.vad()
	if err != nil {
		return nil, err
	}
	defer r.lib.closeVAD(v)
	heard := pcm
	if rate != vadRate {
		if heard, err = changed(pcm, rate); err != nil {
			return nil, err
		}
	}
	for p := heard; len(p) >= window; p = p[window:] {
		r.lib.feedVAD(v, &p[0], window)
	}
	r.lib.flushVAD(v)
	for ; r.lib.emptyVAD(v) == 0; r.lib.popVAD(v) {
		at := r.lib.frontVAD(v)
		if at == 0 {
			break
		}
		s := native.Read[speechSegment](at)
		from := time.Duration(s.Start)*time.Second/vadRate - margin
		to := time.Duration(s.Start+s.N)*time.Second/vadRate + margin
		r.lib.freeSeg(at)
		i, k := max(0, samples(from, rate)), min(len(pcm), samples(to, rate))
		if i < k {
			parts = append(parts, segment{pcm[i:k], time.Duration(i) * time.Second / time.Duration(rate)})
		}
	}
	return parts, nil
}

func samples(d time.Duration, rate int) int { return int(d.Seconds() * float64(rate)) }

// speechSegment is SherpaOnnxSpeechSegment.
type speechSegment struct {
	Start   int32
	Samples unsafe.Pointer
	N       int32
}

// changed is sound at the detector's rate.
func changed(pcm []float32, rate int) ([]float32, error) {
	c, err := resample.New(rate, vadRate)
	if err != nil {
		return nil, fmt.Errorf("asr/sherpa: vad: %w", err)
	}
	in := make([]int16, len(pcm))
	for i, v := range pcm {
		in[i] = int16(v * 32767)
	}
	return floats(c.Flush(c.Process(nil, in))), nil
}
