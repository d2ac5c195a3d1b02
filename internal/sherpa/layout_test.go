package sherpa

import (
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"decroche/internal/native"
)

// marker makes this test's binary print one structure through the library and end.
const marker = "DECROCHE_SHERPA_STRUCTURE"

func TestMain(m *testing.M) {
	if name := os.Getenv(marker); name != "" {
		show(name)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// structures are what the library can be made to print, with the function that does.
var structures = map[string]struct {
	config any
	debug  []int // the field that says so
	symbol string
	left   []string // fields that it does not print
}{
	"online":  {&OnlineConfig{}, []int{1, 7}, "SherpaOnnxCreateOnlineRecognizer", []string{"DictDir", "TokensBuf", "Hotwords"}},
	"offline": {&OfflineConfig{}, []int{1, 7}, "SherpaOnnxCreateOfflineRecognizer", []string{"DictDir"}},
	"vad":     {&VADConfig{}, []int{4}, "SherpaOnnxCreateVoiceActivityDetector", nil},
	"tts":     {&TTSConfig{}, []int{0, 2}, "SherpaOnnxCreateOfflineTts", []string{"DictDir"}},
}

// fill gives every field a value of its own and returns what they are.
func fill(v reflect.Value, path string, n *int32) (marks []string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			marks = append(marks, fill(v.Field(i), path+"."+v.Type().Field(i).Name, n)...)
		}
	case reflect.Pointer:
		mark := "<" + path + ">"
		v.Set(reflect.ValueOf(native.CString(mark)))
		marks = []string{mark}
	case reflect.Int32:
		*n++
		v.SetInt(int64(*n))
	case reflect.Float32:
		*n++
		v.SetFloat(float64(*n))
		marks = []string{fmt.Sprintf("=%d", *n)}
	}
	return marks
}

// show hands a structure to the library, which prints it and refuses it.
func show(name string) {
	s := structures[name]
	v, n := reflect.ValueOf(s.config).Elem(), int32(1000)
	fill(v, "", &n)
	v.FieldByIndex(s.debug).SetInt(1)
	l, err := Open(os.Getenv("DECROCHE_SHERPA_LIB"), "")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	var create func(config uintptr, seconds float32) uintptr
	if err := l.Bind(native.Func{Fn: &create, Symbol: s.symbol}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	create(v.Addr().Pointer(), 10)
	runtime.KeepAlive(s.config)
}

// TestLayouts: the library reads each field of each structure where this package puts it.
func TestLayouts(t *testing.T) {
	t.Parallel()
	if os.Getenv("DECROCHE_SHERPA_LIB") == "" {
		t.Skip("DECROCHE_SHERPA_LIB does not name libsherpa-onnx-c-api.so; make tools-sherpa gets one")
	}
	for name, s := range structures {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), marker+"="+name)
		out, _ := cmd.CombinedOutput()
		n, missing := int32(1000), 0
		copied := reflect.New(reflect.TypeOf(s.config).Elem()).Elem()
		marks := fill(copied, "", &n)
		for _, mark := range marks {
			skip := false
			for _, l := range s.left {
				skip = skip || strings.Contains(mark, l)
			}
			if !skip && !strings.Contains(string(out), mark) {
				t.Errorf("%s: %s is not where the library reads it", name, mark)
				missing++
			}
		}
		if missing == len(marks) {
			t.Errorf("%s: %s", name, out)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	if _, err := Open("/nowhere/lib.so", "asr.sherpa.library"); err == nil || !strings.Contains(err.Error(), "asr.sherpa.library names it") {
		t.Errorf("no library: %v", err)
	}
	if _, err := Open("libc.so.6", "asr.sherpa.library"); err == nil || !strings.Contains(err.Error(), "SherpaOnnxGetVersionStr") {
		t.Errorf("another library: %v", err)
	}
}
