package embedded

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// header is the JSON head of weights/acoustic.bin, written by train/export.py.
type header struct {
	Rate, Win, Hop, Mels int
	Fmin, Fmax           float64
	Floor                float64 // added to every mel energy before the logarithm
	Norm                 struct{ Prior, Init, Scale float64 }
	Phones               []string // output k+1 is Phones[k]; output 0 is the CTC blank
	Layers               []layerSpec
	LogPrior             []float32      `json:"log_prior"` // log of each output's mean posterior on training-like speech
	Trained              map[string]any // what the trainer tells about itself
}

// layerSpec is one convolution: kernel of Taps frames Dil apart, one output every Stride inputs,
// Left and Right frames of zeros around the utterance. Res adds the input at the kernel's centre.
type layerSpec struct {
	Name                                     string
	Stride, Dil, Left, Right, Out, Taps, Inp int
	Res                                      bool
}

func (l *layerSpec) span() int { return (l.Taps-1)*l.Dil + 1 }

// layer is a layerSpec with its weights, int8 with one scale per output. Rows are padded with
// zeros to whole vectors, and rows to a multiple of four, for the kernel in dot.go.
type layer struct {
	layerSpec
	width, rows int // padded row length and number of rows
	limit       float32
	w           []int8
	scale, bias []float32
	relu        bool
}

// acoustic is the immutable acoustic model, shared by all sessions.
type acoustic struct {
	header
	front  *frontEnd
	layers []layer
}

const (
	vectorLen = 16 // elements per step of the dot kernel
	rowGroup  = 4  // rows per call of the dot kernel
)

// loadAcoustic reads weights/acoustic.bin. It checks every size before it allocates, so that a
// damaged file is an error and never a panic.
func loadAcoustic(b []byte) (*acoustic, error) {
	if len(b) < 4 {
		return nil, errors.New("acoustic model: the file is shorter than its own length field")
	}
	n := int64(binary.LittleEndian.Uint32(b))
	if n > int64(len(b)-4) {
		return nil, fmt.Errorf("acoustic model: the header claims %d bytes, the file has %d", n, len(b)-4)
	}
	m := &acoustic{}
	if err := json.Unmarshal(b[4:4+n], &m.header); err != nil {
		return nil, fmt.Errorf("acoustic model: header: %w", err)
	}
	if err := m.header.check(); err != nil {
		return nil, fmt.Errorf("acoustic model: %w", err)
	}
	b = b[4+n:]
	for _, spec := range m.header.Layers {
		size := int64(spec.Out) * (int64(spec.Taps)*int64(spec.Inp) + 8)
		if size > int64(len(b)) {
			return nil, fmt.Errorf("acoustic model: layer %q wants %d bytes, %d are left", spec.Name, size, len(b))
		}
		l := newLayer(spec, b[:size])
		b = b[size:]
		m.layers = append(m.layers, l)
		if spec.Name == "phones" { // heads behind it only helped the training
			break
		}
	}
	m.front = newFrontEnd(&m.header)
	return m, nil
}

func newLayer(spec layerSpec, b []byte) layer {
	row := spec.Taps * spec.Inp
	l := layer{layerSpec: spec, width: (row + vectorLen - 1) / vectorLen * vectorLen,
		rows: (spec.Out + rowGroup - 1) / rowGroup * rowGroup, relu: spec.Name != "phones"}
	// The largest quantised input for which no int32 sum can overflow.
	l.limit = float32(min(math.MaxInt16, math.MaxInt32/(127*row)))
	l.w = make([]int8, l.rows*l.width)
	for o := range spec.Out {
		for i, v := range b[o*row : (o+1)*row] {
			l.w[o*l.width+i] = max(int8(v), -127)
		}
	}
	b = b[spec.Out*row:]
	l.scale, l.bias = make([]float32, l.rows), make([]float32, l.rows)
	for o := range spec.Out {
		l.scale[o] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*o:]))
		l.bias[o] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*(spec.Out+o):]))
	}
	return l
}

// check refuses headers that the code below could not run safely.
func (h *header) check() error {
	in := func(v, lo, hi int) bool { return v >= lo && v <= hi }
	if h.Rate != 8000 || !in(h.Hop, 8, 256) || !in(h.Mels, 1, 256) || h.Win < h.Hop || h.Win > 512 || h.Win < 16 || h.Win&(h.Win-1) != 0 {
		return fmt.Errorf("front end of rate %d, window %d, hop %d, %d mels is not supported; export with the train folder of this version", h.Rate, h.Win, h.Hop, h.Mels)
	}
	if !(h.Fmin >= 0 && h.Fmin < h.Fmax && h.Fmax <= 4000) || !(h.Norm.Scale > 0) || !(h.Norm.Prior > 0) || !(h.Floor > 0) {
		return errors.New("mel range or normalisation out of range")
	}
	inp, stride := h.Mels, 1
	for _, l := range h.Layers {
		if l.Inp != inp || !in(l.Out, 1, 4096) || !in(l.Taps, 1, 64) || !in(l.Dil, 1, 64) || !in(l.Stride, 1, l.span()) ||
			!in(l.Left, 0, l.span()-1) || !in(l.Right, 0, l.span()-1) || l.Taps*l.Inp > 16384 || l.Res && l.Out != l.Inp {
			return fmt.Errorf("layer %q does not fit", l.Name)
		}
		if stride *= l.Stride; stride > 16 {
			return errors.New("layers skip too many frames")
		}
		inp = l.Out
		if l.Name == "phones" {
			if l.Out != len(h.Phones)+1 || l.Out > 255 || len(h.LogPrior) != l.Out {
				return fmt.Errorf("%d outputs, %d phonemes and %d priors do not go together", l.Out, len(h.Phones), len(h.LogPrior))
			}
			return nil
		}
	}
	return errors.New(`no layer is called "phones"`)
}

// frameTime is the number of samples between two rows of posteriors.
func (m *acoustic) samplesPerRow() int {
	n := m.Hop
	for i := range m.layers {
		n *= m.layers[i].Stride
	}
	return n
}
