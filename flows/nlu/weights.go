package nlu

import "math"

// weights are those of a classifier in eight bits, feature by feature, each with a scale of its
// own: a quarter of the memory, and the same answers (docs/understanding.md).
type weights struct {
	Classes int
	Scale   []float32 // per feature
	Value   []int8    // Value[feature*Classes+class]
}

func quantise(w []float32, classes int) weights {
	out := weights{Classes: classes, Scale: make([]float32, len(w)/classes), Value: make([]int8, len(w))}
	for f := range out.Scale {
		top := float32(0)
		for _, v := range w[f*classes : (f+1)*classes] {
			top = max(top, v, -v)
		}
		if top == 0 {
			continue
		}
		out.Scale[f] = top / 127
		for c, v := range w[f*classes : (f+1)*classes] {
			out.Value[f*classes+c] = int8(math.Round(float64(v / out.Scale[f])))
		}
	}
	return out
}

func (w *weights) margins(row []feature) []float32 {
	out := make([]float32, w.Classes)
	for _, f := range row {
		at := w.Value[int(f.id)*w.Classes : (int(f.id)+1)*w.Classes]
		v := f.value * w.Scale[f.id]
		out := out[:len(at)]
		for c, q := range at {
			out[c] += v * float32(q)
		}
	}
	return out
}

func (w *weights) size() int { return len(w.Value) + 4*len(w.Scale) }
