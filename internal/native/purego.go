//go:build linux && (amd64 || arm64) && !static

package native

import "github.com/ebitengine/purego"

func open(name string) (uintptr, error) {
	return purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_GLOBAL)
}

func bind(lib uintptr, fn any, symbol string) error {
	at, err := purego.Dlsym(lib, symbol)
	if err != nil {
		return err
	}
	purego.RegisterFunc(fn, at)
	return nil
}
