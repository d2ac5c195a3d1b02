package main

import (
	"context"

	"decroche/asr"
	"decroche/asr/embedded"
	"decroche/asr/wer"
)

// transcribe runs a recording through a recogniser.
func transcribe(ctx context.Context, r asr.Recogniser, pcm []int16, opt asr.Options) (asr.Result, error) {
	return embedded.Transcribe(ctx, r, pcm, opt)
}

// errorRate counts words of several clips.
type errorRate struct{ wer.Count }

// add counts one clip and returns its own rate.
func (e *errorRate) add(want, got string) float64 {
	e.Add(want, got)
	var one wer.Count
	one.Add(want, got)
	return round3(one.Rate())
}
