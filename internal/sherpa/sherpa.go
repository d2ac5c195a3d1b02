// Package sherpa opens sherpa-onnx's C library and lays out the structures that its functions
// take, for the recognisers in asr/sherpa and the voices in tts/sherpa. It holds no logic.
//
// The structures are those of sherpa-onnx/c-api/c-api.h. They grow with the library's versions,
// in the middle too, and a wrong layout is not told: pointers land in other fields. Open hence
// refuses every version that was not tried.
package sherpa

import (
	"fmt"
	"slices"
	"strings"

	"decroche/internal/native"
)

// Versions are those whose structures were compared with what the library prints of them.
var Versions = []string{"1.13.8"}

// Library is the open library; functions that are nil were not asked for.
type Library struct {
	so      *native.Library
	Version string
}

// usual is where the library is without being told.
var usual = []string{"libsherpa-onnx-c-api.so"}

// Open opens the library at a path, or where the system's loader finds it. key is the setting
// that names the path, for errors. libonnxruntime.so must lie beside it.
func Open(path, key string) (*Library, error) {
	names := usual
	if path != "" {
		names = []string{path}
	}
	so, err := native.Open(names...)
	if err != nil {
		return nil, fmt.Errorf("open libsherpa-onnx-c-api.so: %w; asr/sherpa/README.md tells where to get it, %s names it", err, key)
	}
	var version func() uintptr
	if err := so.Bind(native.Func{Fn: &version, Symbol: "SherpaOnnxGetVersionStr"}); err != nil {
		return nil, err
	}
	l := &Library{so: so, Version: native.Text(version())}
	if !slices.Contains(Versions, l.Version) {
		return nil, fmt.Errorf("%s is sherpa-onnx %q, and this program knows the structures of %s only; name one of those as %s", so.Name, l.Version, strings.Join(Versions, ", "), key)
	}
	return l, nil
}

// Bind binds more of the library's functions.
func (l *Library) Bind(funcs ...native.Func) error { return l.so.Bind(funcs...) }
