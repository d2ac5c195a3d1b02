// Package eval measures recognisers on recordings: a folder with a table of what is said in it,
// heard as a telephone would carry it, clean, in babble and with packets lost.
package eval

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// TableName is the file that tells what is said in a folder's recordings.
const TableName = "clips.tsv"

// Clip is one recording.
type Clip struct {
	File     string // as the table has it
	Lang     string // "" when the table does not say
	Speaker  string
	Text     string // what is said
	Set      string // closed set that it belongs to; "": that of its language
	Expect   string // what a flow would expect, in the words of transcribe --expect; "": free speech
	HasTruth bool   // Text is known, and may be empty: nothing is said
}

// columns by their names in a header; text may be called transcript, lang language.
var columns = []string{"file", "lang", "speaker", "text", "set", "expect"}

var alias = map[string]string{"transcript": "text", "language": "lang", "path": "file"}

// ReadTable reads a table of recordings, tab between columns. With a header the columns are found
// by name and unknown ones are passed over; without one they are file and text. Quotes mean
// nothing.
func ReadTable(path string) ([]Clip, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the table of recordings: %w", err)
	}
	return ParseTable(path, string(data))
}

// ParseTable is ReadTable for a text; name stands in complaints.
func ParseTable(name, text string) ([]Clip, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	at := map[string]int{"file": 0, "text": 1}
	var clips []Clip
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, "\r")
		if strings.TrimSpace(line) == "" {
			continue
		}
		cells := strings.Split(line, "\t")
		if i == 0 {
			if head := header(cells); head != nil {
				at = head
				continue
			}
		}
		if len(cells) <= max(at["file"], at["text"]) || strings.TrimSpace(cells[at["file"]]) == "" {
			return nil, fmt.Errorf("%s:%d: expected file<TAB>text, or as many columns as the header has", name, i+1)
		}
		cell := func(col string) string {
			if n, ok := at[col]; ok && n < len(cells) {
				return strings.TrimSpace(cells[n])
			}
			return ""
		}
		clips = append(clips, Clip{File: cell("file"), Lang: cell("lang"), Speaker: cell("speaker"), Text: cell("text"), Set: cell("set"), Expect: cell("expect"), HasTruth: true})
	}
	if len(clips) == 0 {
		return nil, fmt.Errorf("%s: no recording is listed; write file<TAB>text lines, or a header with file and transcript", name)
	}
	return clips, nil
}

// header finds the columns; nil when the line is none.
func header(cells []string) map[string]int {
	at := map[string]int{}
	for i, c := range cells {
		c = strings.ToLower(strings.TrimSpace(c))
		if a, ok := alias[c]; ok {
			c = a
		}
		if _, taken := at[c]; slices.Contains(columns, c) && !taken {
			at[c] = i
		}
	}
	_, file := at["file"]
	if _, text := at["text"]; !file || !text {
		return nil
	}
	return at
}

// ReadFolder reads the table of a folder and looks that each recording is there.
func ReadFolder(dir string) ([]Clip, error) {
	clips, err := ReadTable(filepath.Join(dir, TableName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s in %q; write one: a header line file<TAB>lang<TAB>speaker<TAB>transcript, then a line a recording", TableName, dir)
	}
	if err != nil {
		return nil, err
	}
	for i, c := range clips {
		if !filepath.IsLocal(c.File) {
			return nil, fmt.Errorf("%s: %q is not below the folder", filepath.Join(dir, TableName), c.File)
		}
		if _, err := os.Stat(filepath.Join(dir, c.File)); err != nil {
			return nil, fmt.Errorf("%s, recording %d: %w", filepath.Join(dir, TableName), i+1, err)
		}
	}
	return clips, nil
}
