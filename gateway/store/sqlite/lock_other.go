//go:build !unix

package sqlite

import (
	"fmt"
	"os"
)

// lockFile makes the file only: there is no flock here, so two gateways on one record are not
// noticed.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: open %q: %w", path, err)
	}
	return f, nil
}
