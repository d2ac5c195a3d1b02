package sherpa

import (
	"fmt"
	"runtime"

	"decroche/internal/native"
	"decroche/internal/sherpa"
)

// library is what is needed of sherpa-onnx, bound. Its functions are safe for concurrent use on
// different streams.
type library struct {
	online, whole streams

	isReady  func(rec, stream uintptr) int32
	finished func(stream uintptr)

	openVAD  func(c *sherpa.VADConfig, seconds float32) uintptr
	closeVAD func(vad uintptr)
	feedVAD  func(vad uintptr, pcm *float32, n int32)
	flushVAD func(vad uintptr)
	emptyVAD func(vad uintptr) int32
	frontVAD func(vad uintptr) uintptr
	popVAD   func(vad uintptr)
	freeSeg  func(segment uintptr)
}

// streams are the functions that both kinds of models have.
type streams struct {
	openStream  func(rec uintptr) uintptr
	closeStream func(stream uintptr)
	accept      func(stream uintptr, rate int32, pcm *float32, n int32)
	decode      func(rec, stream uintptr)
	freeJSON    func(json uintptr)
}

// load opens the library.
func load(path string) (*sherpa.Library, *library, error) {
	so, err := sherpa.Open(path, "asr.sherpa.library")
	if err != nil {
		return nil, nil, err
	}
	l := &library{}
	f := func(fn any, symbol string) native.Func { return native.Func{Fn: fn, Symbol: "SherpaOnnx" + symbol} }
	err = so.Bind(
		f(&l.online.openStream, "CreateOnlineStream"), f(&l.online.closeStream, "DestroyOnlineStream"), f(&l.online.accept, "OnlineStreamAcceptWaveform"),
		f(&l.online.decode, "DecodeOnlineStream"), f(&l.online.freeJSON, "DestroyOnlineStreamResultJson"),
		f(&l.whole.openStream, "CreateOfflineStream"), f(&l.whole.closeStream, "DestroyOfflineStream"), f(&l.whole.accept, "AcceptWaveformOffline"),
		f(&l.whole.decode, "DecodeOfflineStream"), f(&l.whole.freeJSON, "DestroyOfflineStreamResultJson"),
		f(&l.isReady, "IsOnlineStreamReady"), f(&l.finished, "OnlineStreamInputFinished"),
		f(&l.openVAD, "CreateVoiceActivityDetector"), f(&l.closeVAD, "DestroyVoiceActivityDetector"), f(&l.feedVAD, "VoiceActivityDetectorAcceptWaveform"),
		f(&l.flushVAD, "VoiceActivityDetectorFlush"), f(&l.emptyVAD, "VoiceActivityDetectorEmpty"), f(&l.frontVAD, "VoiceActivityDetectorFront"),
		f(&l.popVAD, "VoiceActivityDetectorPop"), f(&l.freeSeg, "DestroySpeechSegment"),
	)
	return so, l, err
}

// open loads a model and returns the library's handle, and how its results are read.
func (m Model) open(so *sherpa.Library, lang string, threads int) (rec uintptr, result func(rec, stream uintptr) uintptr, err error) {
	if err := m.missing(); err != nil {
		return 0, nil, err
	}
	cpu, greedy := native.CString("cpu"), native.CString("greedy_search")
	feat := sherpa.Features{SampleRate: int32(m.rate()), Dim: int32(m.Features)}
	if feat.Dim == 0 {
		feat.Dim = 80
	}
	if m.Streaming {
		c := &sherpa.OnlineConfig{Features: feat, Model: m.online(), DecodingMethod: greedy}
		c.Model.Threads, c.Model.Provider = int32(threads), cpu
		var create func(*sherpa.OnlineConfig) uintptr
		var get func(rec, stream uintptr) uintptr
		if err := so.Bind(native.Func{Fn: &create, Symbol: "SherpaOnnxCreateOnlineRecognizer"}, native.Func{Fn: &get, Symbol: "SherpaOnnxGetOnlineStreamResultAsJson"}); err != nil {
			return 0, nil, err
		}
		rec, result = create(c), get
		runtime.KeepAlive(c)
	} else {
		c := &sherpa.OfflineConfig{Features: feat, Model: m.offline(lang), DecodingMethod: greedy}
		c.Model.Threads, c.Model.Provider = int32(threads), cpu
		var create func(*sherpa.OfflineConfig) uintptr
		var get func(stream uintptr) uintptr
		if err := so.Bind(native.Func{Fn: &create, Symbol: "SherpaOnnxCreateOfflineRecognizer"}, native.Func{Fn: &get, Symbol: "SherpaOnnxGetOfflineStreamResultAsJson"}); err != nil {
			return 0, nil, err
		}
		rec, result = create(c), func(_, stream uintptr) uintptr { return get(stream) }
		runtime.KeepAlive(c)
	}
	if rec == 0 {
		return 0, nil, fmt.Errorf("sherpa-onnx refuses the model; it is none of the layout %s, or its files do not belong together", m.Kind)
	}
	return rec, result, nil
}

func (m Model) rate() int {
	if m.Rate == 0 {
		return 16000
	}
	return m.Rate
}

// online lays out a model that streams.
func (m Model) online() (c sherpa.OnlineModel) {
	s := native.CString
	c.Tokens = s(m.Tokens)
	switch m.Kind {
	case "transducer":
		c.Transducer = sherpa.Transducer{Encoder: s(m.Encoder), Decoder: s(m.Decoder), Joiner: s(m.Joiner)}
	case "paraformer":
		c.ParaformerEncoder, c.ParaformerDecoder = s(m.Encoder), s(m.Decoder)
	case "zipformer2_ctc":
		c.Zipformer2CTC = s(m.Model)
	case "nemo_ctc":
		c.NemoCTC = s(m.Model)
	case "t_one_ctc":
		c.ToneCTC = s(m.Model)
	}
	return c
}

// offline lays out a model that hears whole turns.
func (m Model) offline(lang string) (c sherpa.OfflineModel) {
	s := native.CString
	c.Tokens = s(m.Tokens)
	switch m.Kind {
	case "transducer":
		c.Transducer = sherpa.Transducer{Encoder: s(m.Encoder), Decoder: s(m.Decoder), Joiner: s(m.Joiner)}
	case "paraformer":
		c.Paraformer = s(m.Model)
	case "nemo_ctc":
		c.NemoCTC = s(m.Model)
	case "whisper":
		c.Whisper = sherpa.Whisper{Encoder: s(m.Encoder), Decoder: s(m.Decoder), Language: s(lang), Task: s("transcribe"), TailPaddings: -1}
	case "tdnn":
		c.TDNN = s(m.Model)
	case "sense_voice":
		c.SenseVoice.Model, c.SenseVoice.Language = s(m.Model), s(lang)
	case "zipformer_ctc":
		c.ZipformerCTC = s(m.Model)
	case "wenet_ctc":
		c.WenetCTC = s(m.Model)
	case "telespeech_ctc":
		c.TeleSpeechCTC = s(m.Model)
	case "omnilingual":
		c.Omnilingual = s(m.Model)
	case "dolphin":
		c.Dolphin = s(m.Model)
	}
	return c
}
