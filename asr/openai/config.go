package openai

import (
	"fmt"
	"time"

	"decroche/internal/openai"
)

// Config says which server recognises. Start from DefaultConfig.
type Config struct {
	// URL is where the protocol begins, such as http://127.0.0.1:8000/v1 or https://api.openai.com/v1.
	URL string `yaml:"url"`
	// Model is the name of the model, as its server knows it.
	Model string `yaml:"model"`
	// Key refers to the key that the server wants: env:NAME or file:/path. Empty: none.
	Key string `yaml:"key"`
	// Format is json, or verbose_json for servers that then also tell how sure they are.
	Format string `yaml:"format"`
	// Words asks for the times of words too; needs verbose_json.
	Words bool `yaml:"words"`
	// Stream asks for the text in pieces while it is being found; needs json.
	Stream bool `yaml:"stream"`
	// Hints passes what the flow expects as the prompt.
	Hints bool `yaml:"hints"`
	// Rate of the audio that is sent, in samples per second: what the model was made for.
	Rate int `yaml:"rate"`
	// MaxPart bounds one request's audio: a longer turn is cut at its quietest places.
	MaxPart time.Duration `yaml:"max_part"`
	// FloorDB is the level in dB below full scale under which a turn holds no speech and nobody
	// is asked: these models write sentences into silence. -90 to -20.
	FloorDB float64 `yaml:"floor_db"`
	// Timeout bounds one request.
	Timeout time.Duration `yaml:"timeout"`
}

// DefaultConfig is a local server with a Whisper model.
func DefaultConfig() Config {
	return Config{URL: "http://127.0.0.1:8000/v1", Model: "whisper-1", Format: "json", Hints: true, Rate: 16000, MaxPart: 25 * time.Second, FloorDB: -50, Timeout: 8 * time.Second}
}

// Validate returns every complaint, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	bad := openai.Check(c.URL, c.Key)
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if c.Model == "" {
		say("model: empty; name the model as its server knows it")
	}
	if c.Format != "json" && c.Format != "verbose_json" {
		say("format: %q is not known; use json or verbose_json", c.Format)
	}
	if c.Words && c.Format != "verbose_json" {
		say("words: times come with format: verbose_json only; set it, or words: false")
	}
	if c.Stream && c.Format != "json" {
		say("stream: streams with format: json only; set it, or stream: false")
	}
	if c.Rate < 8000 || c.Rate > 48000 {
		say("rate: %d is out of range; 16000 suits nearly every model, choose 8000 to 48000", c.Rate)
	}
	if c.MaxPart < 2*time.Second || c.MaxPart > 5*time.Minute {
		say("max_part: %v is not between 2s and 5m; 25s is below what Whisper hears at once", c.MaxPart)
	}
	if !(c.FloorDB >= -90 && c.FloorDB <= -20) {
		say("floor_db: %v is out of range; choose -90 to -20", c.FloorDB)
	}
	if c.Timeout < 10*time.Millisecond || c.Timeout > time.Minute {
		say("timeout: %v is not between 10ms and 1m", c.Timeout)
	}
	return bad
}
