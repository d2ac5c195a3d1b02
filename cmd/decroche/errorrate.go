package main

import "decroche/asr/wer"

// errorRate counts words of several clips.
type errorRate struct{ wer.Count }

// add counts one clip and returns its own rate.
func (e *errorRate) add(want, got string) float64 {
	e.Add(want, got)
	var one wer.Count
	one.Add(want, got)
	return round3(one.Rate())
}
