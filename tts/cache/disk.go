package cache

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"decroche/media"
)

// ext ends the name of every file the cache owns: raw mono 16-bit little-endian samples, the
// rate being part of the key. Files with other names are left alone.
const ext = ".s16le"

// marks stand before ext and tell how the sound was made, for it is marked in recordings.
var marks = map[media.Origin]string{media.Captured: ".captured", media.Algorithmic: ".algorithmic", media.Trained: ".trained"}

// folder is the disk part: bounded, longest unused goes first.
type folder struct {
	dir   string
	limit int64

	mu    sync.Mutex
	files map[string]*file // by key
	bytes int64
}

type file struct {
	key  string
	made media.Origin
	size int64
	used time.Time
}

func openFolder(dir string, limit int64) (*folder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("tts/cache: make the folder of rendered prompts (tts.cache.dir): %w", err)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("tts/cache: read the folder of rendered prompts (tts.cache.dir): %w", err)
	}
	f := &folder{dir: dir, limit: limit, files: map[string]*file{}}
	for _, d := range list {
		key, made, ok := parse(d.Name())
		info, err := d.Info()
		if !ok && err == nil && info.Mode().IsRegular() && strings.HasSuffix(d.Name(), ext) {
			_ = os.Remove(filepath.Join(dir, d.Name())) // of a version that did not tell how it was made
		}
		if !ok || err != nil || !info.Mode().IsRegular() {
			continue
		}
		f.files[key] = &file{key: key, made: made, size: info.Size(), used: info.ModTime()}
		f.bytes += info.Size()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.evict("")
	return f, nil
}

// parse reads the name of a file of ours; ok is false for any other, and for one without a mark.
func parse(name string) (key string, made media.Origin, ok bool) {
	name, ok = strings.CutSuffix(name, ext)
	for o, mark := range marks {
		if key, marked := strings.CutSuffix(name, mark); marked {
			return key, o, ok
		}
	}
	return name, 0, false
}

func (f *folder) path(key string, made media.Origin) string {
	return filepath.Join(f.dir, key+marks[made]+ext)
}

// get returns what is kept under key. A file that is gone or has half a sample is a miss.
func (f *folder) get(key string) ([]int16, media.Origin, bool) {
	f.mu.Lock()
	e := f.files[key]
	if e != nil {
		e.used = time.Now()
	}
	f.mu.Unlock()
	if e == nil {
		return nil, 0, false
	}
	b, err := os.ReadFile(f.path(key, e.made))
	if err != nil || len(b) == 0 || len(b)%2 != 0 {
		f.drop(key)
		return nil, 0, false
	}
	os.Chtimes(f.path(key, e.made), time.Now(), time.Now()) // so that the next run knows too; no harm when it fails
	pcm := make([]int16, len(b)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return pcm, e.made, true
}

// put keeps pcm under key. The file appears complete or not at all.
func (f *folder) put(key string, pcm []int16, made media.Origin) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.files[key] != nil || len(pcm) == 0 || int64(2*len(pcm)) > f.limit {
		return nil
	}
	b := make([]byte, 0, 2*len(pcm))
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	tmp, err := os.CreateTemp(f.dir, "tmp-*")
	if err != nil {
		return fmt.Errorf("keep a rendered prompt: %w", err)
	}
	_, werr := tmp.Write(b)
	if err := errors.Join(werr, tmp.Close()); err != nil {
		os.Remove(tmp.Name())
		return fmt.Errorf("keep a rendered prompt: %w", err)
	}
	if err := os.Rename(tmp.Name(), f.path(key, made)); err != nil {
		os.Remove(tmp.Name())
		return fmt.Errorf("keep a rendered prompt: %w", err)
	}
	f.files[key] = &file{key: key, made: made, size: int64(len(b)), used: time.Now()}
	f.bytes += int64(len(b))
	f.evict(key)
	return nil
}

func (f *folder) drop(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e := f.files[key]; e != nil {
		f.remove(e)
	}
}

// evict removes the longest unused until the bound is met, but never spare. The caller holds mu.
func (f *folder) evict(spare string) {
	if f.bytes <= f.limit {
		return
	}
	old := make([]*file, 0, len(f.files))
	for _, e := range f.files {
		old = append(old, e)
	}
	sort.Slice(old, func(i, j int) bool { return old[i].used.Before(old[j].used) })
	for _, e := range old {
		if f.bytes <= f.limit {
			return
		}
		if e.key != spare {
			f.remove(e)
		}
	}
}

func (f *folder) remove(e *file) {
	if err := os.Remove(f.path(e.key, e.made)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return // still there, so still counted
	}
	delete(f.files, e.key)
	f.bytes -= e.size
}
