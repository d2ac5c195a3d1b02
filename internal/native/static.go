//go:build !(linux && (amd64 || arm64)) || static

package native

func open(string) (uintptr, error)    { return 0, ErrUnsupported }
func bind(uintptr, any, string) error { return ErrUnsupported }
