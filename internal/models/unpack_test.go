package models

import (
	"archive/tar"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUnpackRefuses(t *testing.T) {
	t.Parallel()
	const slack = 1 << 20
	bomb := strings.Repeat("0", slack+1)
	many := make([]member, maxEntries+1)
	for i := range many {
		many[i] = member{name: fmt.Sprint("f", i)}
	}
	for name, c := range map[string]struct {
		file string
		data []byte
		want string
	}{
		"up, tar":          {"a.tar.gz", tarred(t, member{name: "a/../../b", text: "x"}), "leads out"},
		"up, zip":          {"a.zip", zipped(t, member{name: "../b", text: "x"}), "leads out"},
		"root, tar":        {"a.tgz", tarred(t, member{name: "/etc/passwd", text: "x"}), "leads out"},
		"root, zip":        {"a.zip", zipped(t, member{name: "/etc/passwd", text: "x"}), "leads out"},
		"backslash":        {"a.zip", zipped(t, member{name: `..\b`, text: "x"}), "leads out"},
		"nameless":         {"a.tar.gz", tarred(t, member{name: "", text: "x"}), ""},
		"symbolic link":    {"a.tar.gz", tarred(t, member{name: "l", link: "/etc", kind: tar.TypeSymlink}, member{name: "l/x", text: "x"}), "neither a file nor a folder"},
		"hard link":        {"a.tar.gz", tarred(t, member{name: "l", link: "/etc/passwd", kind: tar.TypeLink}), "neither a file nor a folder"},
		"device":           {"a.tar.gz", tarred(t, member{name: "d", kind: tar.TypeBlock}), "neither a file nor a folder"},
		"link in a zip":    {"a.zip", zipped(t, member{name: "l", link: "/etc", mode: fs.ModeSymlink}), "neither a file nor a folder"},
		"twice":            {"a.tar.gz", tarred(t, member{name: "f", text: "1"}, member{name: "./f", text: "2"}), "file exists"},
		"file then folder": {"a.tar.gz", tarred(t, member{name: "f", text: "1"}, member{name: "f/g", text: "2"}), ""},
		"bomb, tar":        {"a.tar.gz", tarred(t, member{name: "f", text: bomb}), "grows to more than"},
		"bomb, zip":        {"a.zip", zipped(t, member{name: "f", text: bomb}), "grows to more than"},
		"bomb in parts":    {"a.zip", zipped(t, member{name: "f", text: bomb[:len(bomb)/2]}, member{name: "g", text: bomb[:len(bomb)/2+1]}), "grows to more than"},
		"many":             {"a.tar.gz", tarred(t, many...), "more than 20000 entries"},
		"our note":         {"a.zip", zipped(t, member{name: receiptName, text: "{}"}), "our own note"},
		"our note, inside": {"a.zip", zipped(t, member{name: "m/" + receiptName, text: "{}"}), "our own note"},
		"empty":            {"a.zip", zipped(t), "it is empty"},
		"cut":              {"a.tar.gz", tarred(t, member{name: "f", text: "long enough"})[:30], ""},
		"no gzip":          {"a.tar.gz", []byte("<html>"), ""},
		"no bzip2":         {"a.tar.bz2", []byte("<html>"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outside, dir := unpackInto(t, c.file, c.data)
			err := unpack(filepath.Join(outside, c.file), dir, slack, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("ends with %v, want %q", err, c.want)
			}
			nothingOutside(t, outside)
		})
	}
}

func TestUnpackKeepsFlatArchivesFlat(t *testing.T) {
	t.Parallel()
	outside, dir := unpackInto(t, "a.zip", zipped(t, member{name: "__MACOSX/._f", text: "fork"}, member{name: "f", text: "1"}, member{name: "d/g", text: "2"}))
	var last, total int64
	if err := unpack(filepath.Join(outside, "a.zip"), dir, 1<<20, func(d, of int64) { last, total = d, of }); err != nil {
		t.Fatal(err)
	}
	if got := read(t, dir); fmt.Sprint(got) != "map[d/g:2 f:1]" || last != total || total == 0 {
		t.Errorf("%q, progress %d of %d", got, last, total)
	}
}

// unpackInto writes an archive beside an empty folder "in".
func unpackInto(t testing.TB, name string, data []byte) (outside, dir string) {
	outside = t.TempDir()
	dir = filepath.Join(outside, "in")
	if err := os.WriteFile(filepath.Join(outside, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return outside, dir
}

// nothingOutside fails when there is more than the archive and the folder, or anything that is
// neither file nor folder in it.
func nothingOutside(t testing.TB, outside string) {
	t.Helper()
	list, err := os.ReadDir(outside)
	if err != nil || len(list) != 2 {
		t.Errorf("beside the folder there is %v (%v)", list, err)
	}
	_ = filepath.WalkDir(filepath.Join(outside, "in"), func(p string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() && !e.Type().IsRegular() {
			t.Errorf("%s is %v (%v)", p, e, err)
		}
		return nil
	})
}

func FuzzUnpack(f *testing.F) {
	in := []member{{name: "a/b", text: "x"}, {name: "a/../../c", text: "y"}, {name: "l", link: "..", kind: tar.TypeSymlink}}
	f.Add(byte(0), zipped(f, in[:2]...))
	f.Add(byte(1), tarred(f, in...))
	f.Add(byte(2), []byte("BZh91AY&SY"))
	f.Fuzz(func(t *testing.T, kind byte, data []byte) {
		name := []string{"a.zip", "a.tar.gz", "a.tar.bz2"}[kind%3]
		outside, dir := unpackInto(t, name, data)
		_ = unpack(filepath.Join(outside, name), dir, 1<<20, nil)
		nothingOutside(t, outside)
	})
}
