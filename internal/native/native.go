// Package native opens shared libraries while the program runs and calls their C functions
// without cgo (github.com/ebitengine/purego), so that the gateway builds with CGO_ENABLED=0 and
// needs no library that it does not use.
//
// Only `decroche worker` opens any: C code may abort or overrun its memory, and a process of its
// own is what keeps that from a call. What a function takes and returns is known from the
// library's header alone, hence whoever binds one first looks which version is there.
package native

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"
)

// ErrMissing means that no library of the names that were tried could be opened.
var ErrMissing = errors.New("the library is not there")

// ErrUnsupported means that this build cannot open libraries at all: built with -tags static, or
// for a machine that purego has no code for.
var ErrUnsupported = errors.New("this build opens no native libraries; take one for linux/amd64 or linux/arm64 without -tags static")

// Absent tells whether err says that there is no library, also when it came from another process
// as text.
func Absent(err error) bool {
	return err != nil && (strings.Contains(err.Error(), ErrMissing.Error()) || strings.Contains(err.Error(), ErrUnsupported.Error()))
}

// Library is an open shared library. It stays open as long as the process: what its threads hold
// is nothing that closing could take back.
type Library struct {
	Name   string // as it was opened
	handle uintptr
}

// Open opens the first of the libraries that is there: a path, or a name that the system's loader
// looks for, such as "libpocketsphinx.so.3".
func Open(names ...string) (*Library, error) {
	var why []string
	for _, name := range names {
		h, err := open(name)
		if errors.Is(err, ErrUnsupported) {
			return nil, err
		}
		if err == nil {
			return &Library{Name: name, handle: h}, nil
		}
		why = append(why, err.Error())
	}
	return nil, fmt.Errorf("%w: %s", ErrMissing, strings.Join(why, "; "))
}

// Func binds *fn, a pointer to a variable of function type, to a C function: numbers and pointers
// as C has them, strings copied, uintptr for a handle that only C looks into.
type Func struct {
	Fn     any
	Symbol string
}

// Bind binds all funcs. An absent one is an error that names it, and none may then be called.
func (l *Library) Bind(funcs ...Func) error {
	for _, f := range funcs {
		if err := bind(l.handle, f.Fn, f.Symbol); err != nil {
			return fmt.Errorf("%s has no %s: it is another version than this program knows", l.Name, f.Symbol)
		}
	}
	return nil
}

// maxString bounds what Text reads, should a library forget the zero at its end.
const maxString = 1 << 20

// Text copies the C string at p; "" for a null pointer.
func Text(p uintptr) string {
	if p == 0 {
		return ""
	}
	start := (*byte)(pointer(p))
	n := 0
	for n < maxString && *(*byte)(unsafe.Add(unsafe.Pointer(start), n)) != 0 {
		n++
	}
	return strings.Clone(unsafe.String(start, n))
}

// CString is a C string in Go's memory: valid while somebody holds it. nil for "".
func CString(s string) *byte {
	if s == "" {
		return nil
	}
	b := make([]byte, len(s)+1)
	copy(b, s)
	return &b[0]
}

// Floats copies n float32 at p.
func Floats(p uintptr, n int) []float32 {
	if p == 0 || n <= 0 {
		return nil
	}
	return append([]float32(nil), unsafe.Slice((*float32)(pointer(p)), n)...)
}

// pointer is an address that C gave: memory which Go's collector neither moves nor frees.
func pointer(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

// Address is where b lies, for a field that C reads. The caller pins what b is part of.
func Address(b *byte) uintptr { return uintptr(unsafe.Pointer(b)) }

// Read copies the structure at p.
func Read[T any](p uintptr) T { return *(*T)(pointer(p)) }
