package strictyaml

import (
	"bytes"
	"errors"
	"io/fs"
)

// errEncoding is what a text that is not UTF-8 gets.
var errEncoding = errors.New("is not UTF-8 text (it looks like UTF-16); save it as UTF-8")

// Text prepares a file's bytes for a YAML parser: without the byte order mark that some editors
// put in front, and only when it is UTF-8 text.
func Text(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return nil, errEncoding
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), nil
}

// ErrNotAFile is what a device, a pipe or a folder in a file's place gets: opening a pipe waits
// for ever.
var ErrNotAFile = errors.New("is no ordinary file")

// Regular tells whether a file may be opened without waiting.
func Regular(st fs.FileInfo) error {
	if !st.Mode().IsRegular() {
		return ErrNotAFile
	}
	return nil
}

// TooDeep looks for nesting of more than limit levels before a parser that recurses sees it, and
// tells where. It over-counts brackets inside text, so the limit should be generous.
func TooDeep(src []byte, limit int) (line, col int, deep bool) {
	depth, dashes, line, col, atStart := 0, 0, 1, 0, true
	for _, c := range src {
		col++
		switch c {
		case '\n':
			line, col, dashes, atStart = line+1, 0, 0, true
		case '[', '{':
			depth++
			atStart = false
		case ']', '}':
			depth = max(0, depth-1)
			atStart = false
		case '-', '?', ':', '&', '!', '*':
			dashes++
		case ' ', '\t':
		default:
			atStart = false
			dashes = 0
		}
		if depth > limit || dashes > limit && atStart {
			return line, col, true
		}
	}
	return 0, 0, false
}
