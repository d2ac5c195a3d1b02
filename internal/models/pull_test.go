package models

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// mirror is a server of files that can misbehave. Written from RFC 9110, not from the fetcher.
type mirror struct {
	*httptest.Server
	mu      sync.Mutex
	files   map[string][]byte
	tag     string // ETag, "" for none
	dated   bool   // Last-Modified a day old
	drops   int    // answers to cut in the middle
	refuse  map[string]int
	asked   []string // "path range if-range"
	sent    int
	ranges  bool
	lieSize bool // 206 from another place than was asked
}

func newMirror(t *testing.T, files map[string][]byte) *mirror {
	m := &mirror{files: files, tag: `"v1"`, ranges: true, refuse: map[string]int{}}
	m.Server = httptest.NewServer(http.HandlerFunc(m.serve))
	t.Cleanup(m.Close)
	return m
}

func (m *mirror) serve(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, strings.TrimSpace(r.URL.Path+" "+r.Header.Get("Range")+" "+r.Header.Get("If-Range")))
	if code := m.refuse[r.URL.Path]; code != 0 {
		w.Header().Set("Retry-After", "2")
		w.WriteHeader(code)
		return
	}
	data, ok := m.files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	last := ""
	if m.dated {
		last = time.Now().Add(-24 * time.Hour).UTC().Truncate(24 * time.Hour).Format(http.TimeFormat)
		w.Header().Set("Last-Modified", last)
	}
	if m.tag != "" {
		w.Header().Set("ETag", m.tag)
	}
	code, from := http.StatusOK, 0
	if asked := r.Header.Get("Range"); asked != "" && m.ranges && (r.Header.Get("If-Range") == m.tag && m.tag != "" || m.tag == "" && r.Header.Get("If-Range") == last) {
		from, _ = strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(asked, "bytes="), "-"))
		if from >= len(data) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", len(data)))
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return
		}
		if m.lieSize {
			from--
		}
		code = http.StatusPartialContent
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(data)-1, len(data)))
	}
	rest := data[from:]
	w.Header().Set("Content-Length", strconv.Itoa(len(rest)))
	w.WriteHeader(code)
	if m.drops > 0 && len(rest) > 1 {
		m.drops--
		rest = rest[:len(rest)/2]
		defer panic(http.ErrAbortHandler) // closes the connection in the middle
	}
	m.sent += len(rest)
	_, _ = w.Write(rest)
	w.(http.Flusher).Flush()
}

func (m *mirror) requests() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.asked)
}

func hashOf(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

func noise(n int) []byte {
	b := make([]byte, n)
	for i, r := 0, rand.New(rand.NewPCG(1, 2)); i < n; i++ {
		b[i] = byte(r.Uint32())
	}
	return b
}

// member of an archive made for a test.
type member struct {
	name, text string
	link       string // of a symbolic link
	kind       byte   // of tar; 0: a file
	mode       fs.FileMode
}

func zipped(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range members {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(0o644 | e.mode)
		f, err := w.CreateHeader(h)
		if err == nil {
			_, err = f.Write([]byte(e.text + e.link))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarred(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, e := range members {
		h := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.text)), Linkname: e.link, Typeflag: e.kind}
		if e.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// testStore waits for nobody; waited are the pauses that it would have made.
func testStore(t *testing.T) (s *Store, waited *[]time.Duration) {
	s, waited = NewStore(filepath.Join(t.TempDir(), "models")), new([]time.Duration)
	s.slack = 1 << 20
	s.pause = func(ctx context.Context, d time.Duration) error {
		*waited = append(*waited, d)
		return context.Cause(ctx)
	}
	return s, waited
}

func model(urls ...string) Model {
	m := Model{Name: "tiny-fr", Engine: "vosk", Kind: "recogniser", Languages: []string{"fr"}, Rate: 8000, Phone: "-", Licence: "MIT", Page: "https://example.com"}
	for _, u := range urls {
		m.Files = append(m.Files, File{URL: u, Megabytes: 1})
	}
	m.complaints() // fills in the paths
	return m
}

// read is all that a model's folder holds.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == receiptName {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		all[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPullEveryKindOfFile(t *testing.T) {
	t.Parallel()
	bz2, err := os.ReadFile("testdata/tiny.tar.bz2")
	if err != nil {
		t.Fatal(err)
	}
	in := []member{{name: "tiny-1.0/am/final.mdl", text: "weights"}, {name: "tiny-1.0/words.txt", text: "un deux trois\n"}}
	web := newMirror(t, map[string][]byte{
		"/a.zip": zipped(t, in...), "/a.tar.gz": tarred(t, in...), "/a.tar.bz2": bz2, "/plain.onnx": []byte("weights"), "/dict": []byte("words"),
	})
	want := map[string]string{"am/final.mdl": "weights", "words.txt": "un deux trois\n"}
	for name, c := range map[string]struct {
		m    Model
		want map[string]string
	}{
		"zip": {model(web.URL + "/a.zip"), want}, "gz": {model(web.URL + "/a.tar.gz"), want}, "bz2": {model(web.URL + "/a.tar.bz2"), want},
		"one file":         {model(web.URL + "/plain.onnx"), map[string]string{"plain.onnx": "weights"}},
		"archive and file": {model(web.URL+"/a.zip", web.URL+"/dict"), map[string]string{"am/final.mdl": "weights", "words.txt": "un deux trois\n", "dict": "words"}},
	} {
		s, _ := testStore(t)
		r, err := s.Pull(t.Context(), c.m, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := read(t, s.Path("tiny-fr")); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: the folder holds %q", name, got)
		}
		if len(r.Sources) != len(c.m.Files) || r.Sources[0].Verified || !isHash(r.Sources[0].SHA256) {
			t.Errorf("%s: the sources are %+v", name, r.Sources)
		}
		if faults, err := s.Verify(t.Context(), "tiny-fr", nil); err != nil || len(faults) > 0 {
			t.Errorf("%s: verify finds %v, %v", name, faults, err)
		}
		if left, _ := filepath.Glob(filepath.Join(s.Dir, ".*")); len(left) > 0 {
			t.Errorf("%s: %v is left behind", name, left)
		}
	}
}

func TestResume(t *testing.T) {
	t.Parallel()
	data := noise(300_000)
	for name, c := range map[string]struct {
		set     func(*mirror)
		resumes bool // by Range
	}{
		"strong tag":   {func(m *mirror) {}, true},
		"old date":     {func(m *mirror) { m.tag, m.dated = "", true }, true},
		"weak tag":     {func(m *mirror) { m.tag = `W/"v1"` }, false},
		"no validator": {func(m *mirror) { m.tag = "" }, false},
		"no ranges":    {func(m *mirror) { m.ranges = false }, false},
	} {
		web := newMirror(t, map[string][]byte{"/m.onnx": data})
		c.set(web)
		web.drops = 3
		m := model(web.URL + "/m.onnx")
		m.Files[0].SHA256 = hashOf(data)
		s, waited := testStore(t)
		var last, top int64
		r, err := s.Pull(t.Context(), m, Options{Progress: func(_ string, done, total int64) { last, top = done, total }})
		if err != nil || !r.Sources[0].Verified || last != 300_000 || top != 300_000 {
			t.Errorf("%s: %v, %+v, progress %d of %d", name, err, r.Sources, last, top)
		}
		if web.sent == len(data) != c.resumes {
			t.Errorf("%s: %d bytes were sent of %d: %v", name, web.sent, len(data), web.requests())
		}
		if len(*waited) != 3 {
			t.Errorf("%s: waited %v", name, *waited)
		}
	}
}

// TestResumeInAnotherRun stops decroche in the middle and starts it again.
func TestResumeInAnotherRun(t *testing.T) {
	t.Parallel()
	data := noise(400_000)
	web := newMirror(t, map[string][]byte{"/m.onnx": data, "/n.txt": []byte("n")})
	web.drops = 1
	m := model(web.URL+"/n.txt", web.URL+"/m.onnx")
	s, _ := testStore(t)
	web.refuse["/n.txt"] = 0
	s.pause = func(context.Context, time.Duration) error { return errors.New("stopped") }
	if _, err := s.Pull(t.Context(), m, Options{}); err == nil || err.Error() != "stopped" {
		t.Fatalf("the first run ends with %v", err)
	}
	if _, err := os.Stat(s.Path("tiny-fr")); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal("half a model is in place")
	}
	if _, err := s.Pull(t.Context(), m, Options{}); err != nil {
		t.Fatal(err)
	}
	if got := web.requests(); len(got) != 3 || got[0] != "/n.txt" && got[1] != "/n.txt" || got[2] != `/m.onnx bytes=200000- "v1"` {
		t.Errorf("asked for %q", got)
	}
	if got := read(t, s.Path("tiny-fr"))["m.onnx"]; got != string(data) {
		t.Error("what was put together differs")
	}
}

func TestChangedOnResume(t *testing.T) {
	t.Parallel()
	old, fresh := noise(300_000), append(noise(200_000), "new"...)
	for name, change := range map[string]func(*mirror){
		"another tag":  func(m *mirror) { m.files["/m.onnx"], m.tag = fresh, `"v2"` },
		"other places": func(m *mirror) { m.files["/m.onnx"], m.lieSize = fresh, true },
		"shorter now":  func(m *mirror) { m.files["/m.onnx"] = fresh[len(fresh)-1000:] },
	} {
		web := newMirror(t, map[string][]byte{"/m.onnx": old})
		web.drops = 1
		s, _ := testStore(t)
		s.pause = func(context.Context, time.Duration) error {
			web.mu.Lock()
			defer web.mu.Unlock()
			change(web)
			return nil
		}
		_, err := s.Pull(t.Context(), model(web.URL+"/m.onnx"), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := read(t, s.Path("tiny-fr"))["m.onnx"]; got != string(web.files["/m.onnx"]) {
			t.Errorf("%s: %d bytes, not those of the new file", name, len(got))
		}
	}
}

// closedPort is an address where nobody listens: its listener is kept, and answers no call.
func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	return addr
}

func TestWhatCannotBePulled(t *testing.T) {
	t.Parallel()
	data := noise(100_000)
	web := newMirror(t, map[string][]byte{"/m.onnx": data, "/a.zip": []byte("no zip"), "/up.tar.gz": tarred(t, member{name: "../out", text: "x"})})
	web.refuse = map[string]int{"/secret": 403, "/busy": 503, "/broken": 500}
	for name, c := range map[string]struct {
		m    Model
		opt  Options
		set  func(*Store)
		want []string
	}{
		"not there":      {m: model(web.URL + "/gone.onnx"), want: []string{"there is no such file there (404)", "--from URL"}},
		"refused":        {m: model(web.URL + "/secret"), want: []string{"the server refuses it (403)", "--from FILE"}},
		"busy for ever":  {m: model(web.URL + "/busy"), want: []string{"503 Service Unavailable; try again later"}},
		"broken server":  {m: model(web.URL + "/broken"), want: []string{"500 Internal Server Error"}},
		"offline":        {m: model("http://" + closedPort(t) + "/m.onnx"), want: []string{"cannot be reached (connection refused): is this machine online?", "HTTPS_PROXY", "--from FILE"}},
		"no such host":   {m: model("http://no-such-host.invalid/m.onnx"), want: []string{"no-such-host.invalid cannot be reached", "is this machine online?"}},
		"wrong checksum": {m: model(web.URL + "/m.onnx"), opt: Options{Sums: map[string]string{"m.onnx": hashOf(nil)}}, want: []string{"its checksum is " + hashOf(data) + " and not " + hashOf(nil), "nothing of it was kept"}},
		"sum of nothing": {m: model(web.URL + "/m.onnx"), opt: Options{Sums: map[string]string{"n.onnx": hashOf(nil)}}, want: []string{`a checksum is given for "n.onnx", and tiny-fr has no such file; its files are m.onnx`}},
		"full disk":      {m: model(web.URL + "/m.onnx"), set: func(s *Store) { s.free = func(string) (uint64, error) { return 9e6, nil } }, want: []string{"17 MB are needed in", "where 9 MB are free", "models.dir"}},
		"no archive":     {m: model(web.URL + "/a.zip"), want: []string{"unpack a.zip: zip: not a valid zip file; nothing of it was kept"}},
		"leads out":      {m: model(web.URL + "/up.tar.gz"), want: []string{`the path "../out" leads out of the folder`}},
		"a package":      {m: Model{Name: "p", Package: "some-model"}, want: []string{"apt-get install some-model"}},
		"does not work":  {m: model(web.URL + "/m.onnx"), opt: Options{Try: func(context.Context, Model, string) (string, error) { return "", errors.New("it hears nothing") }}, want: []string{"was fetched and does not work", "it hears nothing"}},
		"no such source": {m: model(web.URL + "/m.onnx"), opt: Options{From: "/no/such/file"}, want: []string{"take /no/such/file: no such file or directory"}},
		"no file":        {m: model(web.URL + "/m.onnx"), opt: Options{From: "/dev/null"}, want: []string{"it is no file"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := testStore(t)
			if c.set != nil {
				c.set(s)
			}
			_, err := s.Pull(t.Context(), c.m, c.opt)
			if err == nil {
				t.Fatal("it was pulled")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("missing %q in: %v", w, err)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %v", err)
			}
			if list, _ := s.Installed(); len(list) > 0 {
				t.Errorf("installed: %v", list)
			}
		})
	}
}

// TestTooLarge stops a server that sends another file than the catalogue means.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for piece := noise(1 << 20); r.Context().Err() == nil; { // for ever
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	}))
	t.Cleanup(web.Close)
	s, _ := testStore(t)
	_, err := s.Pull(t.Context(), model(web.URL+"/m.onnx"), Options{})
	var large *sizeError
	if !errors.As(err, &large) {
		t.Errorf("ends with %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	web := newMirror(t, map[string][]byte{"/m.onnx": noise(10)})
	web.refuse["/m.onnx"] = 429
	s, waited := testStore(t)
	pause := s.pause
	s.pause = func(ctx context.Context, d time.Duration) error {
		web.mu.Lock()
		defer web.mu.Unlock()
		delete(web.refuse, "/m.onnx")
		return pause(ctx, d)
	}
	if _, err := s.Pull(t.Context(), model(web.URL+"/m.onnx"), Options{}); err != nil || !slices.Equal(*waited, []time.Duration{2 * time.Second}) {
		t.Errorf("%v, waited %v", err, *waited)
	}
}

func TestNoWayDownFromHTTPS(t *testing.T) {
	t.Parallel()
	open := newMirror(t, map[string][]byte{"/m.onnx": noise(10)})
	tls := httptest.NewTLSServer(http.RedirectHandler(open.URL+"/m.onnx", http.StatusFound))
	t.Cleanup(tls.Close)
	s, _ := testStore(t)
	s.client.Transport = tls.Client().Transport
	if _, err := s.Pull(t.Context(), model(tls.URL+"/m.onnx"), Options{}); err == nil || !strings.Contains(err.Error(), "redirected from https to http") || len(open.requests()) > 0 {
		t.Errorf("%v; asked for %v", err, open.requests())
	}
}

func TestFromElsewhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "m.onnx"), []byte("weights"), 0o644), os.WriteFile(filepath.Join(dir, "dict"), []byte("words"), 0o644)); err != nil {
		t.Fatal(err)
	}
	web := newMirror(t, map[string][]byte{"/mirror/m.onnx": []byte("weights"), "/mirror/dict": []byte("words")})
	const away = "http://no-such-host.invalid/x/"
	both := map[string]string{"m.onnx": "weights", "dict": "words"}
	for _, c := range []struct {
		m    Model
		from string
		want map[string]string
	}{
		{model(away+"m.onnx", away+"dict"), dir, both},
		{model(away+"m.onnx", away+"dict"), web.URL + "/mirror", both},
		{model(away+"m.onnx", away+"dict"), web.URL + "/mirror/", both},
		{model(away + "m.onnx"), filepath.Join(dir, "m.onnx"), map[string]string{"m.onnx": "weights"}},
		{model(away + "m.onnx"), dir, map[string]string{"m.onnx": "weights"}},
		{model(away + "m.onnx"), web.URL + "/mirror/", map[string]string{"m.onnx": "weights"}},
		{model(away + "other.onnx"), web.URL + "/mirror/m.onnx", map[string]string{"other.onnx": "weights"}},
	} {
		s, _ := testStore(t)
		if _, err := s.Pull(t.Context(), c.m, Options{From: c.from}); err != nil {
			t.Errorf("from %s: %v", c.from, err)
		} else if got := read(t, s.Path("tiny-fr")); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("from %s: %q", c.from, got)
		}
	}
}

func TestReplacingKeepsTheOldUntilTheNewIsWhole(t *testing.T) {
	t.Parallel()
	web := newMirror(t, map[string][]byte{"/m.onnx": []byte("one")})
	s, _ := testStore(t)
	m := model(web.URL + "/m.onnx")
	tried := func(context.Context, Model, string) (string, error) {
		return "", &UntriedError{Why: "no engine here"}
	}
	if r, err := s.Pull(t.Context(), m, Options{Try: tried}); err != nil || r.Tried != "not tried: no engine here" {
		t.Fatal(r.Tried, err)
	}
	web.files["/m.onnx"] = []byte("two")
	if _, err := s.Pull(t.Context(), m, Options{Try: func(_ context.Context, _ Model, dir string) (string, error) {
		return "", fmt.Errorf("heard %q", read(t, dir)["m.onnx"])
	}}); err == nil || !strings.Contains(err.Error(), `heard "two"`) || read(t, s.Path("tiny-fr"))["m.onnx"] != "one" {
		t.Errorf("%v; the folder holds %q", err, read(t, s.Path("tiny-fr")))
	}
	if _, err := s.Pull(t.Context(), m, Options{}); err != nil || read(t, s.Path("tiny-fr"))["m.onnx"] != "two" {
		t.Errorf("%v; the folder holds %q", err, read(t, s.Path("tiny-fr")))
	}
	if n := len(web.requests()); n != 2 {
		t.Errorf("%d requests: what did not work was fetched again", n)
	}
}

func TestOnePullAtATime(t *testing.T) {
	t.Parallel()
	s, _ := testStore(t)
	work := filepath.Join(s.Dir, ".tiny-fr.part")
	if err := os.MkdirAll(work, 0o755); err != nil {
		t.Fatal(err)
	}
	held, err := lock(filepath.Join(work, "lock"))
	if err != nil {
		t.Skip("this system has no locks:", err)
	}
	defer held.Close()
	if _, err := s.Pull(t.Context(), model("http://no-such-host.invalid/m"), Options{}); !errors.Is(err, errBusy) {
		t.Errorf("a second pull ends with %v", err)
	}
}

func TestVerifyFindsEveryFault(t *testing.T) {
	t.Parallel()
	web := newMirror(t, map[string][]byte{"/a": []byte("aaaa"), "/b": []byte("bbbb"), "/c": []byte("cccc"), "/d": []byte("dddd")})
	s, _ := testStore(t)
	if _, err := s.Pull(t.Context(), model(web.URL+"/a", web.URL+"/b", web.URL+"/c", web.URL+"/d"), Options{}); err != nil {
		t.Fatal(err)
	}
	dir := s.Path("tiny-fr")
	if err := errors.Join(os.Remove(filepath.Join(dir, "a")), os.WriteFile(filepath.Join(dir, "b"), []byte("bbbx"), 0o644), os.WriteFile(filepath.Join(dir, "c"), []byte("c"), 0o644), os.WriteFile(filepath.Join(dir, "e"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	var last, total int64
	faults, err := s.Verify(t.Context(), "tiny-fr", func(d, of int64) { last, total = d, of })
	if got := Broken(faults); err != nil || got != "a is missing, b has another checksum, c has another size, e is not of this model" || last != 16 || total != 16 {
		t.Errorf("%v; %s; progress %d of %d", err, got, last, total)
	}
	if _, err := s.Verify(t.Context(), "other", nil); err == nil || !strings.Contains(err.Error(), "decroche models pull other") {
		t.Errorf("of a model that is not here: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, receiptName), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Verify(t.Context(), "tiny-fr", nil); err == nil || !strings.Contains(err.Error(), "pull it again") {
		t.Errorf("with a broken note: %v", err)
	}
}

func TestFullDiskIsSaidOnce(t *testing.T) {
	t.Parallel()
	err := plain("https://x/y", &fs.PathError{Op: "write", Path: "/z", Err: syscall.ENOSPC})
	if want := "the disk is full; make room"; !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "/z") {
		t.Error(err)
	}
	if free, err := freeSpace(t.TempDir()); err == nil && free == 0 {
		t.Error("this disk is said to be full")
	}
}

// A server that never sends all, now less and now more, is given up on: only what lies beyond all
// that ever came counts as getting on.
func TestNoEndOfBeginnings(t *testing.T) {
	t.Parallel()
	asked := 0
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked > 50 {
			http.NotFound(w, nil) // the test has failed
			return
		}
		w.Header().Set("Content-Length", "1000") // and no validator: each try begins afresh
		_, _ = w.Write(noise(100 + 800*(asked%2)))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(web.Close)
	s, waited := testStore(t)
	_, err := s.Pull(t.Context(), model(web.URL+"/m.onnx"), Options{})
	if err == nil || asked > 2*tries {
		t.Errorf("%v after %d requests, %d pauses", err, asked, len(*waited))
	}
}
