package embedded

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"sync"
	"testing"
)

// readModel reads the embedded weights, or those in the folder that DECROCHE_WEIGHTS names, for trying a new export.
var readModel = sync.OnceValues(func() (*acoustic, error) {
	if dir := os.Getenv("DECROCHE_WEIGHTS"); dir != "" {
		return readAcoustic(os.DirFS(dir))
	}
	return embeddedAcoustic()
})

func testModel(t testing.TB) *acoustic {
	t.Helper()
	m, err := readModel()
	if err != nil {
		t.Fatal(err) // the weights are committed
	}
	return m
}

// tinyModel is a valid file of a few hundred bytes: two layers, three phonemes.
func tinyModel() []byte {
	h := map[string]any{"rate": 8000, "win": 256, "hop": 80, "mels": 4, "fmin": 80, "fmax": 3800, "floor": 1e-5,
		"norm": map[string]any{"prior": 60, "init": -4, "scale": 3}, "phones": []string{"a", "b", "s"}, "log_prior": []float32{-.1, -3, -3, -3},
		"layers": []map[string]any{
			{"name": "front", "stride": 3, "dil": 1, "left": 2, "right": 1, "out": 4, "taps": 4, "inp": 4},
			{"name": "phones", "stride": 1, "dil": 1, "left": 0, "right": 0, "out": 4, "taps": 1, "inp": 4}}}
	j, err := json.Marshal(h)
	if err != nil {
		panic(err)
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(j)))
	b = append(b, j...)
	for _, size := range []int{4 * 4 * 4, 4 * 4} {
		for i := range size {
			b = append(b, byte(i*37))
		}
		b = append(b, make([]byte, 8*4)...)
	}
	return b
}

func FuzzLoadAcoustic(f *testing.F) {
	f.Add(tinyModel())
	f.Add([]byte{})
	f.Add([]byte{2, 0, 0, 0, '{', '}'})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := loadAcoustic(b)
		if err != nil {
			return
		}
		for _, row := range posteriors(m, noise(800, 1000), 160) {
			if len(row) != len(m.Phones)+1 {
				t.Fatalf("a row of %d", len(row))
			}
		}
	})
}

func TestLoadAcousticRefusesDamage(t *testing.T) {
	t.Parallel()
	good := tinyModel()
	if _, err := loadAcoustic(good); err != nil {
		t.Fatal(err)
	}
	for n := range len(good) {
		if _, err := loadAcoustic(good[:n]); err == nil {
			t.Fatalf("a file cut at %d of %d bytes was accepted", n, len(good))
		}
	}
}
