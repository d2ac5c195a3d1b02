package sherpa

// Str is a C string: native.CString's, nil for none. Whoever passes a structure keeps it, and
// with it its strings, alive until the function returns.
type Str = *byte

// Features is SherpaOnnxFeatureConfig.
type Features struct{ SampleRate, Dim int32 }

// Transducer is three networks.
type Transducer struct{ Encoder, Decoder, Joiner Str }

// OnlineModel is SherpaOnnxOnlineModelConfig.
type OnlineModel struct {
	Transducer                        Transducer
	ParaformerEncoder                 Str
	ParaformerDecoder                 Str
	Zipformer2CTC                     Str
	Tokens                            Str
	Threads                           int32
	Provider                          Str
	Debug                             int32
	ModelType, ModelingUnit, BPEVocab Str
	TokensBuf                         Str
	TokensBufSize                     int32
	NemoCTC                           Str
	ToneCTC                           Str
}

// Homophones is SherpaOnnxHomophoneReplacerConfig.
type Homophones struct{ DictDir, Lexicon, RuleFSTs Str }

// Graph is SherpaOnnxOnlineCtcFstDecoderConfig.
type Graph struct {
	Path      Str
	MaxActive int32
}

// OnlineConfig is SherpaOnnxOnlineRecognizerConfig.
type OnlineConfig struct {
	Features       Features
	Model          OnlineModel
	DecodingMethod Str
	MaxActivePaths int32
	EnableEndpoint int32
	Rule1, Rule2   float32
	Rule3          float32
	HotwordsFile   Str
	HotwordsScore  float32
	Graph          Graph
	RuleFSTs       Str
	RuleFARs       Str
	BlankPenalty   float32
	HotwordsBuf    Str
	HotwordsSize   int32
	Homophones     Homophones
}

// Whisper is SherpaOnnxOfflineWhisperModelConfig.
type Whisper struct {
	Encoder, Decoder, Language, Task  Str
	TailPaddings                      int32
	TokenTimestamps, SegmentTimestamp int32
}

// OfflineModel is SherpaOnnxOfflineModelConfig.
type OfflineModel struct {
	Transducer Transducer
	Paraformer Str
	NemoCTC    Str
	Whisper    Whisper
	TDNN       Str

	Tokens                                      Str
	Threads, Debug                              int32
	Provider, ModelType, ModelingUnit, BPEVocab Str
	TeleSpeechCTC                               Str

	SenseVoice struct {
		Model, Language Str
		UseITN          int32
	}
	Moonshine struct{ Preprocessor, Encoder, UncachedDecoder, CachedDecoder, MergedDecoder Str }

	FireRedEncoder, FireRedDecoder Str
	Dolphin                        Str
	ZipformerCTC                   Str
	Canary                         struct {
		Encoder, Decoder, From, To Str
		UsePNC                     int32
	}
	WenetCTC    Str
	Omnilingual Str
	MedASRCTC   Str
	FunASRNano  struct {
		Adaptor, LLM, Embedding, Tokenizer, SystemPrompt, UserPrompt Str
		MaxNewTokens                                                 int32
		Temperature, TopP                                            float32
		Seed                                                         int32
		Language                                                     Str
		ITN                                                          int32
		Hotwords                                                     Str
	}
	FireRedCTC Str
	Qwen3ASR   struct {
		Frontend, Encoder, Decoder, Tokenizer Str
		MaxTotalLen, MaxNewTokens             int32
		Temperature, TopP                     float32
		Seed                                  int32
		Hotwords                              Str
	}
	Cohere struct {
		Encoder, Decoder, Language Str
		UsePunct, UseITN           int32
	}
}

// OfflineConfig is SherpaOnnxOfflineRecognizerConfig.
type OfflineConfig struct {
	Features       Features
	Model          OfflineModel
	LanguageModel  Str
	LanguageScale  float32
	DecodingMethod Str
	MaxActivePaths int32
	HotwordsFile   Str
	HotwordsScore  float32
	RuleFSTs       Str
	RuleFARs       Str
	BlankPenalty   float32
	Homophones     Homophones
}

// VADModel is SherpaOnnxSileroVadModelConfig, and the one of Ten VAD.
type VADModel struct {
	Model                            Str
	Threshold, MinSilence, MinSpeech float32
	Window                           int32
	MaxSpeech                        float32
}

// VADConfig is SherpaOnnxVadModelConfig.
type VADConfig struct {
	Silero              VADModel
	SampleRate, Threads int32
	Provider            Str
	Debug               int32
	Ten                 VADModel
}

// TTSModel is SherpaOnnxOfflineTtsModelConfig.
type TTSModel struct {
	VITS struct {
		Model, Lexicon, Tokens, DataDir Str
		Noise, NoiseW, Length           float32
		DictDir                         Str
	}
	Threads, Debug int32
	Provider       Str
	Matcha         struct {
		Acoustic, Vocoder, Lexicon, Tokens, DataDir Str
		Noise, Length                               float32
		DictDir                                     Str
	}
	Kokoro struct {
		Model, Voices, Tokens, DataDir Str
		Length                         float32
		DictDir, Lexicon, Lang         Str
	}
	Kitten struct {
		Model, Voices, Tokens, DataDir Str
		Length                         float32
	}
	ZipVoice struct {
		Tokens, Encoder, Decoder, Vocoder, DataDir, Lexicon Str
		FeatScale, TShift, TargetRMS, Guidance              float32
	}
	Pocket struct {
		LMFlow, LMMain, Encoder, Decoder, Conditioner, Vocab, Scores Str
		Cache                                                        int32
	}
	Supertonic struct{ Duration, Text, Vector, Vocoder, JSON, Indexer, Style Str }
}

// TTSConfig is SherpaOnnxOfflineTtsConfig.
type TTSConfig struct {
	Model        TTSModel
	RuleFSTs     Str
	MaxSentences int32
	RuleFARs     Str
	SilenceScale float32
}

// Audio is SherpaOnnxGeneratedAudio.
type Audio struct {
	Samples       uintptr
	N, SampleRate int32
}
