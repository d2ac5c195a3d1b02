package configs

import "testing"

// TestFilesOfNativeEngines: paths are those of the folder that the configuration is in, wherever
// the program was started; absolute ones and names for the system's loader stay.
func TestFilesOfNativeEngines(t *testing.T) {
	t.Parallel()
	c, err := Parse("/etc/decroche/c.yaml", []byte(`asr:
  pocketsphinx: {library: libpocketsphinx.so.3, models: {fr: {model: fr, dictionary: /d/fr.dict, rate: 8000}}}
  sherpa: {library: lib/sherpa.so, vad: vad.onnx, models: {fr: {kind: transducer, encoder: e, decoder: d, joiner: j, tokens: t}, en: {kind: tdnn, model: m, tokens: t}}}
tts: {sherpa: {voices: {fr: {kind: kokoro, model: m, tokens: t, data: d, voices: v}}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	p, fr, en, v := c.ASR.Pocketsphinx.Models["fr"], c.ASR.Sherpa.Models["fr"], c.ASR.Sherpa.Models["en"], c.TTS.Sherpa.Voices["fr"]
	for got, want := range map[string]string{
		c.ASR.Pocketsphinx.Library: "libpocketsphinx.so.3", p.Model: "/etc/decroche/fr", p.Dictionary: "/d/fr.dict", p.LanguageModel: "",
		c.ASR.Sherpa.Library: "/etc/decroche/lib/sherpa.so", c.ASR.Sherpa.VAD: "/etc/decroche/vad.onnx", fr.Encoder: "/etc/decroche/e",
		fr.Decoder: "/etc/decroche/d", fr.Joiner: "/etc/decroche/j", fr.Tokens: "/etc/decroche/t", en.Model: "/etc/decroche/m", v.Voices: "/etc/decroche/v", v.Data: "/etc/decroche/d",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if Default().ASR.Sherpa.Models == nil || Default().TTS.Sherpa.Library != "" {
		t.Error("the defaults changed")
	}
}
