package pocketsphinx

import (
	"fmt"
	"runtime"

	"decroche/internal/native"
)

// library is libpocketsphinx, bound. Its functions are safe for concurrent use on different
// decoders.
type library struct {
	name string

	args       func() uintptr
	parse      func(was, defs uintptr, argc int32, argv *uintptr, strict int32) uintptr
	freeConfig func(config uintptr) int32
	logTo      func(file uintptr)

	open      func(config uintptr) uintptr
	free      func(ps uintptr) int32
	addWord   func(ps uintptr, word, phones string, update int32) int32
	setJSGF   func(ps uintptr, name, text string) int32
	setLoop   func(ps uintptr, name string, lm uintptr) int32
	setSearch func(ps uintptr, name string) int32
	unset     func(ps uintptr, name string) int32

	start   func(ps uintptr) int32
	process func(ps uintptr, pcm *int16, n uintptr, noSearch, whole int32) int32
	end     func(ps uintptr) int32
	best    func(ps uintptr, score *int32) uintptr
	prob    func(ps uintptr) int32
	logmath func(ps uintptr) uintptr
	exp     func(logmath uintptr, p int32) float64

	segments func(ps uintptr) uintptr
	next     func(seg uintptr) uintptr
	word     func(seg uintptr) uintptr
	frames   func(seg uintptr, from, to *int32)
	segProb  func(seg uintptr, acoustic, language, back *int32) int32
}

// usual are the names under which systems have the library: so.3 is Debian's 5prealpha.
var usual = []string{"libpocketsphinx.so.3"}

// load opens the library and binds what is needed of it. It has no function that tells its
// version; what tells 5prealpha from those before and after is which functions are there.
func load(path string) (*library, error) {
	names := usual
	if path != "" {
		names = []string{path}
	}
	so, err := native.Open(names...)
	if err != nil {
		return nil, fmt.Errorf("open libpocketsphinx: %w; apt-get install libpocketsphinx3, or name it as asr.pocketsphinx.library", err)
	}
	var newer func()
	if so.Bind(native.Func{Fn: &newer, Symbol: "ps_config_init"}) == nil {
		return nil, fmt.Errorf("%s is pocketsphinx 5 or newer, whose functions differ; name one of 5prealpha (Debian's libpocketsphinx3) as asr.pocketsphinx.library", so.Name)
	}
	l := &library{name: so.Name}
	if err := so.Bind(
		native.Func{Fn: &l.args, Symbol: "ps_args"}, native.Func{Fn: &l.parse, Symbol: "cmd_ln_parse_r"},
		native.Func{Fn: &l.freeConfig, Symbol: "cmd_ln_free_r"}, native.Func{Fn: &l.logTo, Symbol: "err_set_logfp"},
		native.Func{Fn: &l.open, Symbol: "ps_init"}, native.Func{Fn: &l.free, Symbol: "ps_free"},
		native.Func{Fn: &l.addWord, Symbol: "ps_add_word"}, native.Func{Fn: &l.setJSGF, Symbol: "ps_set_jsgf_string"},
		native.Func{Fn: &l.setLoop, Symbol: "ps_set_allphone"}, native.Func{Fn: &l.setSearch, Symbol: "ps_set_search"},
		native.Func{Fn: &l.unset, Symbol: "ps_unset_search"}, native.Func{Fn: &l.start, Symbol: "ps_start_utt"},
		native.Func{Fn: &l.process, Symbol: "ps_process_raw"}, native.Func{Fn: &l.end, Symbol: "ps_end_utt"},
		native.Func{Fn: &l.best, Symbol: "ps_get_hyp"}, native.Func{Fn: &l.prob, Symbol: "ps_get_prob"},
		native.Func{Fn: &l.logmath, Symbol: "ps_get_logmath"}, native.Func{Fn: &l.exp, Symbol: "logmath_exp"},
		native.Func{Fn: &l.segments, Symbol: "ps_seg_iter"}, native.Func{Fn: &l.next, Symbol: "ps_seg_next"},
		native.Func{Fn: &l.word, Symbol: "ps_seg_word"}, native.Func{Fn: &l.frames, Symbol: "ps_seg_frames"},
		native.Func{Fn: &l.segProb, Symbol: "ps_seg_prob"},
	); err != nil {
		return nil, err
	}
	l.logTo(0) // its log tells what was heard
	return l, nil
}

// config makes a configuration of the library's arguments, name and value in turn.
func (l *library) config(args ...string) (uintptr, error) {
	var pin runtime.Pinner
	defer pin.Unpin()
	argv := make([]uintptr, len(args))
	for i, a := range args {
		b := native.CString(a)
		pin.Pin(b)
		argv[i] = native.Address(b)
	}
	c := l.parse(0, l.args(), int32(len(argv)), &argv[0], 1)
	if c == 0 {
		return 0, fmt.Errorf("%s refuses its arguments: it is another version than this program knows", l.name)
	}
	return c, nil
}
