package call

import (
	"fmt"
	"io"
	"time"

	"decroche/media"
	"decroche/media/resample"
	"decroche/media/wav"
)

// Music is what plays to who waits, between sentences: a recording, over and over. It is constant after
// LoadMusic and shared by all calls.
type Music struct {
	pcm  []int16 // at musicRate
	from int     // rate of the file
}

const (
	musicRate = 16000
	// mostMusic bounds a file: it is kept in memory, 2 MB a minute.
	mostMusic  = 10 * time.Minute
	leastMusic = 2 * time.Second
)

// LoadMusic reads a WAV file of 2 s to 10 minutes.
func LoadMusic(path string) (*Music, error) {
	pcm, rate, err := wav.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read music: %w", err)
	}
	if d := time.Duration(len(pcm)) * time.Second / time.Duration(rate); d < leastMusic || d > mostMusic {
		return nil, fmt.Errorf("music in %s takes %v; choose a file of %v to %v", path, d.Round(time.Second), leastMusic, mostMusic)
	}
	m := &Music{pcm: pcm}
	if rate != musicRate {
		r, err := resample.New(rate, musicRate)
		if err != nil {
			return nil, fmt.Errorf("bring music in %s from %d to %d Hz: %w", path, rate, musicRate, err)
		}
		m.pcm = r.Process(nil, pcm)
	}
	return m, nil
}

// source plays length of the music, from where it is after at.
func (m *Music) source(at, length time.Duration) media.Source {
	n := int(at.Milliseconds()) * (musicRate / 1000)
	return &musicSource{m: m, n: n % len(m.pcm), left: int(length.Milliseconds()) / 20}
}

type musicSource struct {
	m    *Music
	n    int // sample that comes next
	left int // frames
}

// ReadFrame implements media.Source.
func (s *musicSource) ReadFrame() (media.Frame, error) {
	if s.left == 0 {
		return media.Frame{}, io.EOF
	}
	s.left--
	pcm := make([]int16, musicRate/50)
	for i := 0; i < len(pcm); {
		k := copy(pcm[i:], s.m.pcm[s.n:])
		i, s.n = i+k, (s.n+k)%len(s.m.pcm)
	}
	return media.Frame{PCM: pcm, Rate: musicRate}, nil
}

// Close implements media.Source.
func (s *musicSource) Close() error { return nil }
