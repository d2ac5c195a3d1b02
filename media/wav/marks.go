package wav

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"decroche/media"
)

// Span is a stretch of synthetic sound in one channel of a recording.
type Span struct {
	Channel int           `json:"channel"` // from 0
	From    time.Duration `json:"-"`
	To      time.Duration `json:"-"`
	Source  string        `json:"source"` // a term of IPTC's digitalsourcetype: "algorithmicMedia"
}

// Spans collects what is synthetic in a recording while it is made. The zero Spans is ready. Not
// safe for concurrent use.
type Spans struct{ list []Span }

// joined is the longest pause that stays inside one span: between two sentences.
const joined = 500 * time.Millisecond

// Add tells of sound that begins at from in a channel. Captured sound is none.
func (s *Spans) Add(channel int, from, length time.Duration, o media.Origin) {
	if o == media.Captured || length <= 0 {
		return
	}
	for i := len(s.list) - 1; i >= 0; i-- {
		l := &s.list[i]
		if l.Channel == channel && l.Source == o.String() && from >= l.From && from <= l.To+joined {
			l.To = max(l.To, from+length)
			return
		}
	}
	s.list = append(s.list, Span{channel, from, from + length, o.String()})
}

// Cut takes back what a channel holds from a moment on: it was never heard.
func (s *Spans) Cut(channel int, from time.Duration) {
	kept := s.list[:0]
	for _, l := range s.list {
		if l.Channel == channel {
			l.To = min(l.To, from)
		}
		if l.To > l.From {
			kept = append(kept, l)
		}
	}
	s.list = kept
}

// List returns the spans in the order of their beginnings.
func (s *Spans) List() []Span {
	out := slices.Clone(s.list)
	slices.SortStableFunc(out, func(a, b Span) int { return int(a.From - b.From) })
	return out
}

// maxSpans bounds the marks of one file, written or read.
const maxSpans = 10_000

// vocabulary begins the terms of IPTC's digitalsourcetype.
const vocabulary = "http://cv.iptc.org/newscodes/digitalsourcetype/"

// marks are the chunks behind the samples that tell which of them were synthesised: XMP with IPTC's
// DigitalSourceType, as photo desks and C2PA use it (XMP part 3, §1.1.8: chunk _PMX), a line for
// people (LIST INFO), and a cue with its length for each stretch (cue, LIST adtl ltxt), which audio
// editors show. whole is that nothing else is in the file.
func marks(spans []Span, rate int, whole bool) []byte {
	if len(spans) == 0 {
		return nil
	}
	spans = spans[:min(len(spans), maxSpans)]
	kind := spans[0].Source
	for _, s := range spans {
		if s.Source == media.Trained.String() {
			kind = s.Source
		}
	}
	if !whole {
		kind = "compositeSynthetic"
	}
	var b bytes.Buffer
	info := append([]byte("INFO"), chunk("ISFT", []byte("Décroche\x00"))...)
	info = append(info, chunk("ICMT", []byte("Contains synthetic speech ("+kind+"); cues mark where.\x00"))...)
	b.Write(chunk("LIST", info))
	cues := binary.LittleEndian.AppendUint32(nil, uint32(len(spans)))
	labels := []byte("adtl")
	for i, s := range spans {
		id, at := uint32(i+1), uint32(s.From.Seconds()*float64(rate))
		cues = binary.LittleEndian.AppendUint32(cues, id)
		cues = binary.LittleEndian.AppendUint32(cues, at)
		cues = append(cues, "data"...)
		cues = append(cues, make([]byte, 8)...)
		cues = binary.LittleEndian.AppendUint32(cues, at)
		text := binary.LittleEndian.AppendUint32(nil, id)
		text = binary.LittleEndian.AppendUint32(text, uint32((s.To-s.From).Seconds()*float64(rate)))
		text = append(text, "mark\x00\x00\x00\x00\x00\x00\x00\x00"...) // purpose, country, language, dialect, code page
		text = append(text, fmt.Sprintf("%s channel %d\x00", s.Source, s.Channel)...)
		labels = append(labels, chunk("ltxt", text)...)
	}
	b.Write(chunk("cue ", cues))
	b.Write(chunk("LIST", labels))
	b.Write(chunk("_PMX", []byte(`<?xpacket begin="`+"\ufeff"+`" id="W5M0MpCehiHzreSzNTczkc9d"?>`+
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">`+
		`<Iptc4xmpExt:DigitalSourceType>`+vocabulary+kind+`</Iptc4xmpExt:DigitalSourceType></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>`)))
	return b.Bytes()
}

func chunk(id string, data []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(id), uint32(len(data)))
	out = append(out, data...)
	if len(data)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

// Marks are what a file says about synthetic sound in it.
type Marks struct {
	Source string // IPTC's term for the file; "" when it says nothing
	Spans  []Span
	Length time.Duration
}

// maxMeta bounds a chunk of marks that is read.
const maxMeta = 4 << 20

// ReadMarks reads the marks of a file. One without marks is no error, one that is no WAV file is.
func ReadMarks(path string) (Marks, error) {
	f, err := os.Open(path)
	if err != nil {
		return Marks{}, fmt.Errorf("wav: %w", err)
	}
	defer func() { _ = f.Close() }()
	m, err := readMarks(f)
	if err != nil {
		return Marks{}, fmt.Errorf("wav: read the marks of %q: %w", path, err)
	}
	return m, nil
}

var errNoWAV = errors.New("not a WAV file")

func readMarks(r io.ReadSeeker) (m Marks, err error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil || string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return m, errNoWAV
	}
	rate, perSecond := uint32(0), uint32(0)
	starts := map[uint32]uint32{}
	for {
		var h [8]byte
		if _, err := io.ReadFull(r, h[:]); err != nil {
			return m, nil
		}
		id, size := string(h[:4]), binary.LittleEndian.Uint32(h[4:])
		next := int64(size) + int64(size%2)
		if id == "data" || size > maxMeta {
			if id == "data" && perSecond > 0 {
				m.Length = time.Duration(float64(size) / float64(perSecond) * float64(time.Second))
			}
			if _, err := r.Seek(next, io.SeekCurrent); err != nil {
				return m, nil
			}
			continue
		}
		data := make([]byte, next)
		if n, err := io.ReadFull(r, data); err != nil {
			if data = data[:n]; uint32(n) < size { // cut off: what is there holds
				return m, nil
			}
		}
		data = data[:size]
		switch {
		case id == "fmt " && size >= 16:
			rate, perSecond = binary.LittleEndian.Uint32(data[4:]), binary.LittleEndian.Uint32(data[8:])
		case id == "cue ":
			readCues(data, starts)
		case id == "LIST" && bytes.HasPrefix(data, []byte("adtl")):
			m.Spans = readSpans(data[4:], starts, rate)
		case id == "_PMX":
			m.Source = sourceOf(data)
		}
	}
}

func readCues(data []byte, starts map[uint32]uint32) {
	for at := 4; at+24 <= len(data) && len(starts) < maxSpans; at += 24 {
		starts[binary.LittleEndian.Uint32(data[at:])] = binary.LittleEndian.Uint32(data[at+20:])
	}
}

func readSpans(data []byte, starts map[uint32]uint32, rate uint32) (out []Span) {
	if rate == 0 {
		return nil
	}
	for len(data) >= 8 && len(out) < maxSpans {
		id, size := string(data[:4]), int(binary.LittleEndian.Uint32(data[4:]))
		data = data[8:]
		if size < 0 || size > len(data) {
			return out
		}
		if id == "ltxt" && size > 20 {
			cue, length := binary.LittleEndian.Uint32(data), binary.LittleEndian.Uint32(data[4:])
			var s Span
			text := strings.TrimRight(string(data[20:size]), "\x00")
			if n, _ := fmt.Sscanf(text, "%s channel %d", &s.Source, &s.Channel); n == 2 && strings.HasSuffix(strings.ToLower(s.Source), "media") {
				s.From = time.Duration(starts[cue]) * time.Second / time.Duration(rate)
				s.To = s.From + time.Duration(length)*time.Second/time.Duration(rate)
				out = append(out, s)
			}
		}
		data = data[min(len(data), size+size%2):]
	}
	return out
}

// sourceOf finds IPTC's DigitalSourceType in a packet of XMP.
func sourceOf(packet []byte) string {
	d := xml.NewDecoder(bytes.NewReader(packet))
	for {
		tok, err := d.Token()
		if err != nil {
			return ""
		}
		if x, ok := tok.(xml.StartElement); ok && x.Name.Local == "DigitalSourceType" {
			var s string
			if d.DecodeElement(&s, &x) != nil {
				return ""
			}
			return strings.TrimPrefix(strings.TrimSpace(s), vocabulary)
		}
	}
}
