package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"decroche/asr/eval"
)

// recordings are the files that arguments name: files themselves, all WAV files of a folder and
// below, and those that fit a pattern. Each is there once, in the order of the arguments.
func recordings(args []string) (files []string, err error) {
	for _, arg := range args {
		found, err := recordingsOf(arg)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if !slices.Contains(files, f) {
				files = append(files, f)
			}
		}
	}
	return files, nil
}

func recordingsOf(arg string) (files []string, err error) {
	st, err := os.Stat(arg)
	switch {
	case err == nil && !st.IsDir():
		return []string{arg}, nil
	case err == nil:
		err = filepath.WalkDir(arg, func(p string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && strings.EqualFold(filepath.Ext(p), ".wav") {
				files = append(files, p)
			}
			return err
		})
		if err == nil && len(files) == 0 {
			err = fmt.Errorf("there is no WAV file in %q", arg)
		}
		return files, err
	case !strings.ContainsAny(arg, "*?["):
		return nil, fmt.Errorf("the recording %q cannot be read: %w", arg, errors.Unwrap(err))
	}
	if files, err = filepath.Glob(arg); err != nil {
		return nil, fmt.Errorf("the pattern %q: %w; * stands for any letters, ? for one, [ab] for one of these", arg, err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no file fits the pattern %q", arg)
	}
	return files, nil
}

// truths are what is said in recordings: by base name out of one table, or by path out of the
// tables beside them.
type truths struct {
	byName, byPath map[string]eval.Clip
}

func (t truths) of(file string) eval.Clip {
	if c, ok := t.byName[filepath.Base(file)]; ok {
		return c
	}
	return t.byPath[filepath.Clean(file)]
}

// readTruths reads the table that was named, else every clips.tsv beside a recording. Of those a
// broken one is passed over with a word on stderr: nobody asked for it.
func readTruths(reference string, files []string) (truths, error) {
	t := truths{map[string]eval.Clip{}, map[string]eval.Clip{}}
	if reference != "" {
		clips, err := eval.ReadTable(reference)
		for _, c := range clips {
			t.byName[filepath.Base(c.File)] = c
		}
		return t, err
	}
	seen := map[string]bool{}
	for _, f := range files {
		dir := filepath.Dir(f)
		if seen[dir] {
			continue
		}
		seen[dir] = true
		clips, err := eval.ReadTable(filepath.Join(dir, eval.TableName))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(os.Stderr, "hint: the transcripts beside the recordings are not used: %v\n", err)
		}
		for _, c := range clips {
			t.byPath[filepath.Join(dir, c.File)] = c
		}
	}
	return t, nil
}

// readList reads answers, one a line; empty lines and those that begin with # are passed over.
func readList(file string) (list []string, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, line)
		}
	}
	return list, nil
}
