package nlu

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// codeVersion goes into the hash of what is kept: raise it when features, training or the form
// of a stored model change.
const codeVersion = "4"

// maxModel bounds a stored model, in bytes; a larger file is not ours.
const maxModel = 256 << 20

// TrainCached is Train, or what Train found out earlier about the same examples: models are kept
// in dir under a hash of everything that they were learnt from. A file that is damaged, too
// large or of another build is passed over and written anew; a folder that cannot be written to
// costs the time of training and nothing else. dir empty is Train. Several processes may share
// dir.
func TrainCached(dir, lang string, ex []Example, opt Options) (*Classifier, error) {
	if dir == "" {
		return Train(lang, ex, opt)
	}
	path := filepath.Join(dir, lang+"-"+fingerprint(lang, ex, opt)+".model")
	if c, err := readModel(path); err == nil {
		return c, nil
	}
	c, err := Train(lang, ex, opt)
	if err != nil {
		return nil, err
	}
	_ = c.keep(path) // the next start trains again: slower, not worse
	return c, nil
}

// fingerprint is a hash of everything that decides what Train returns.
func fingerprint(lang string, ex []Example, opt Options) string {
	h := sha256.New()
	say := func(parts ...string) {
		for _, p := range parts {
			fmt.Fprintf(h, "%d:%s", len(p), p)
		}
	}
	say(codeVersion, lang)
	for _, e := range ex {
		say("example", e.Intent, e.Text)
	}
	for _, name := range slices.Sorted(maps.Keys(opt.Lists)) {
		say("list", name)
		say(opt.Lists[name]...)
	}
	say("outside")
	say(opt.Outside...)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// model is a Classifier as it is stored.
type model struct {
	Intents      []string
	Lang         string
	Lists        map[string][]string
	Hashes       []uint64 // of the features, in the order of their ids
	IDF          []float32
	Block        []uint8
	Rare         float32
	Weights      weights
	Rows         map[int32][]int32
	Label        []int32
	Norm         []float32
	Alien        []int32
	Calibration  calibration
	Act, Clarify float64
}

// magic begins every stored model; the checksum of the rest follows it.
const magic = "decroche nlu model " + codeVersion + "\n"

// keep writes c to path, whole or not at all.
func (c *Classifier) keep(path string) error {
	m := model{
		Intents: c.intents, Lang: c.feats.lang, Lists: c.lists, Hashes: make([]uint64, len(c.feats.idf)), IDF: c.feats.idf, Block: c.feats.block, Rare: c.feats.rare,
		Weights: c.weights, Rows: c.near.rows, Label: c.near.label, Norm: c.near.norm, Alien: slices.Sorted(maps.Keys(c.near.alien)),
		Calibration: c.calibration, Act: c.act, Clarify: c.clarify,
	}
	for h, id := range c.feats.ids {
		m.Hashes[id] = h
	}
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(m); err != nil {
		return fmt.Errorf("keep classifier: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keep classifier: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".model-*")
	if err != nil {
		return fmt.Errorf("keep classifier: %w", err)
	}
	sum := sha256.Sum256(body.Bytes())
	_, err = f.Write(slices.Concat([]byte(magic), sum[:], body.Bytes()))
	if err = cmp.Or(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("keep classifier: %w", err)
	}
	prune(filepath.Dir(path))
	return nil
}

// mostModels is how many models one folder keeps: many versions of many bots.
const mostModels = 64

// prune removes the oldest models beyond mostModels.
func prune(dir string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.model"))
	if err != nil || len(files) <= mostModels {
		return
	}
	age := map[string]int64{}
	for _, f := range files {
		if st, err := os.Stat(f); err == nil {
			age[f] = st.ModTime().UnixNano()
		}
	}
	slices.SortFunc(files, func(a, b string) int { return cmp.Compare(age[b], age[a]) })
	for _, f := range files[mostModels:] {
		_ = os.Remove(f)
	}
}

// readModel reads what keep wrote. Any doubt is an error.
func readModel(path string) (*Classifier, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxModel+1))
	if err != nil {
		return nil, err
	}
	body, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok || len(body) < sha256.Size || len(data) > maxModel || sha256.Sum256(body[sha256.Size:]) != [sha256.Size]byte(body[:sha256.Size]) {
		return nil, fmt.Errorf("read classifier %q: damaged, or of another build", path)
	}
	var m model
	if err := gob.NewDecoder(bytes.NewReader(body[sha256.Size:])).Decode(&m); err != nil {
		return nil, fmt.Errorf("read classifier %q: %w", path, err)
	}
	return m.classifier()
}

// classifier puts the parts together again, when they fit.
func (m *model) classifier() (*Classifier, error) {
	n := len(m.Hashes)
	if n != len(m.IDF) || n != len(m.Block) || n+1 != len(m.Weights.Scale) || m.Weights.Classes != len(m.Intents)+1 ||
		len(m.Weights.Value) != (n+1)*m.Weights.Classes || len(m.Label) != len(m.Norm) || m.Calibration.Temperature <= 0 {
		return nil, fmt.Errorf("read classifier: its parts do not fit together")
	}
	f := &featurer{lang: m.Lang, masks: newMasks(m.Lang, m.Lists), ids: make(map[uint64]int32, n), idf: m.IDF, block: m.Block, rare: m.Rare}
	for id, h := range m.Hashes {
		f.ids[h] = int32(id)
	}
	near := &near{rows: m.Rows, label: m.Label, norm: m.Norm, alien: make(map[int32]bool, len(m.Alien))}
	if near.rows == nil {
		near.rows = map[int32][]int32{}
	}
	for _, id := range m.Alien {
		near.alien[id] = true
	}
	return &Classifier{intents: m.Intents, lists: m.Lists, feats: f, weights: m.Weights, near: near, calibration: m.Calibration, act: m.Act, clarify: m.Clarify}, nil
}
