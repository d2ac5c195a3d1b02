package importer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"decroche/flows"
)

// ErrExists is what Save gets when the folder is there and may not be replaced.
var ErrExists = errors.New("is there already; nothing was changed")

// Save writes the files as folder dir: all of them or none, and only when they load as a bot. A
// folder that is there is left alone, or with force kept beside the new one under the name that
// Save returns.
func (r *Result) Save(dir string, force bool) (kept string, err error) {
	dir = filepath.Clean(dir)
	_, err = os.Lstat(dir)
	there := err == nil
	switch {
	case there && !force:
		return "", fmt.Errorf("write %s: %w", dir, ErrExists)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".import-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	made := filepath.Join(tmp, filepath.Base(dir))
	for name, data := range r.Files {
		file := filepath.Join(made, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return "", err
		}
	}
	if _, err := flows.Load(os.DirFS(made), flows.Options{}); err != nil {
		return "", fmt.Errorf("the bot that was made of it does not load, nothing was written: %w", err)
	}
	if there {
		kept = dir + ".old"
		for n := 2; ; n++ {
			if _, err := os.Lstat(kept); errors.Is(err, fs.ErrNotExist) {
				break
			}
			kept = fmt.Sprintf("%s.old%d", dir, n)
		}
		if err := os.Rename(dir, kept); err != nil {
			return "", err
		}
	}
	return kept, os.Rename(made, dir)
}
