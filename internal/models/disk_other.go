//go:build !linux && !darwin

package models

import (
	"errors"
	"os"
)

// freeSpace does not know here: a full disk is met when it is full.
func freeSpace(string) (uint64, error) { return 0, errors.ErrUnsupported }

// lock opens the file: two pulls at once are the operator's to avoid here.
func lock(path string) (*os.File, error) { return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644) }
