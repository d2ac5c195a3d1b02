// Package web holds the pages of callers, agents and supervisors, as they were built by Vite from
// the TypeScript beside it. The built files are committed, so that building the server needs no
// Node; a test holds them to the sources by their checksums. It serves files and knows nothing
// of what they ask the server for.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed all:dist
var dist embed.FS

// file is one built file, ready to be sent.
type file struct {
	body    []byte
	packed  []byte // gzip; nil when that is not smaller
	kind    string // Content-Type
	tag     string // ETag
	forever bool   // its name changes with its content
}

// Files are the built files. Safe for concurrent use.
type Files struct{ byName map[string]*file }

// kinds are the types of what is built here; the system's own table differs between machines.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".woff2": "font/woff2", ".png": "image/png", ".json": "application/json",
}

// New reads and compresses the built files, once, a few milliseconds.
func New() (*Files, error) {
	f := &Files{byName: map[string]*file{}}
	err := fs.WalkDir(dist, "dist", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "SHA256SUMS" {
			return err
		}
		body, err := dist.ReadFile(p)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(p, "dist/")
		kind := kinds[path.Ext(name)]
		if kind == "" {
			kind = mime.TypeByExtension(path.Ext(name))
		}
		sum := sha256.Sum256(body)
		f.byName[name] = &file{body: body, packed: pack(kind, body), kind: kind, tag: `"` + hex.EncodeToString(sum[:12]) + `"`, forever: strings.HasPrefix(name, "assets/")}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("web: read the built pages: %w", err)
	}
	return f, nil
}

// pack compresses text; fonts and pictures are compressed already.
func pack(kind string, body []byte) []byte {
	if !strings.HasPrefix(kind, "text/") && kind != "image/svg+xml" && kind != "application/json" {
		return nil
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	_, _ = w.Write(body)                                  // to memory
	_ = w.Close()
	if b.Len() >= len(body) {
		return nil
	}
	return b.Bytes()
}

// Has tells whether there is a built file of that name: "caller/index.html", "widget.js".
func (f *Files) Has(name string) bool { return f.byName[name] != nil }

// Packed is how many bytes a file has when it is sent compressed, 0 when there is none.
func (f *Files) Packed(name string) int {
	switch b := f.byName[name]; {
	case b == nil:
		return 0
	case b.packed == nil:
		return len(b.body)
	default:
		return len(b.packed)
	}
}

// Serve sends a file, false when there is none of that name and nothing was sent. What has its
// hash in its name may be kept for ever; everything else is asked for again and answered 304.
func (f *Files) Serve(w http.ResponseWriter, r *http.Request, name string) bool {
	b := f.byName[name]
	if b == nil {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", b.kind)
	h.Set("ETag", b.tag)
	h.Set("Cache-Control", "no-cache")
	if b.forever {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := b.body
	if b.packed != nil {
		h.Add("Vary", "Accept-Encoding")
		if takesGzip(r) {
			h.Set("Content-Encoding", "gzip")
			h.Set("ETag", strings.TrimSuffix(b.tag, `"`)+`-gz"`)
			body = b.packed
		}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return true
}

// takesGzip reads Accept-Encoding (RFC 9110 §12.5.3): gzip is named, and not with weight 0. A range
// is of the file as it is.
func takesGzip(r *http.Request) bool {
	if r.Header.Get("Range") != "" {
		return false
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q := strings.TrimPrefix(strings.TrimSpace(weight), "q=")
			return strings.Trim(q, "0.") != "" || q == "" || q == weight
		}
	}
	return false
}
