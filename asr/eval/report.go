package eval

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"decroche/asr/wer"
)

// Report is what Run found.
type Report struct {
	Speed   float64   `json:"speed"` // 0: as fast as the engines went
	Jobs    int       `json:"jobs"`
	Elapsed float64   `json:"seconds"`
	Rows    []Row     `json:"rows"`
	Costs   []Cost    `json:"costs"`
	Clips   []Outcome `json:"clips"`
}

// Cost is processor time of this process while it heard with one engine in one condition: an
// engine within it, or only the sending where the engine is a server.
type Cost struct {
	Engine    string  `json:"engine"`
	Condition string  `json:"condition"`
	Audio     float64 `json:"audio_seconds"`
	Processor float64 `json:"processor_seconds"`
	PerSecond float64 `json:"processor_seconds_per_second"`
}

// Row sums up the recordings of one engine, condition and language; those of one speaker, when
// Speaker is set.
type Row struct {
	Engine    string `json:"engine"`
	Condition string `json:"condition"`
	Lang      string `json:"lang"`
	Speaker   string `json:"speaker,omitempty"`

	Clips  int `json:"clips"`
	Failed int `json:"failed"` // the engine gave an error; they are in no other figure
	Words  int `json:"words"`
	// WER and Folded are word error rates of free speech, as written and as heard (wer.Fold).
	WER    float64 `json:"wer"`
	Folded float64 `json:"folded_wer"`
	// ClosedRight of ClosedClips were chosen rightly among their set.
	ClosedRight int `json:"closed_right"`
	ClosedClips int `json:"closed_clips"`
	// RTF is processing time by audio time, when audio came as fast as the engine took it; 0 else.
	RTF float64 `json:"rtf"`
	// Final are times from the last audio to the last word, in milliseconds.
	FinalP50 float64 `json:"final_p50_ms"`
	FinalP95 float64 `json:"final_p95_ms"`
	FinalMax float64 `json:"final_max_ms"`
	// FinalCPUP95 is the same in processor time, when one recording was heard at a time; 0 else.
	FinalCPUP95 float64 `json:"final_cpu_p95_ms"`

	words, folded wer.Count
	finals, cpu   []time.Duration
	took, seconds float64
}

// summarise counts outcomes into rows, in the order in which they came.
func summarise(list []Outcome) Report {
	r := Report{Clips: list}
	index := map[[4]string]*Row{}
	var order []*Row
	row := func(o Outcome, speaker string) *Row {
		key := [4]string{o.Engine, o.Condition, o.Lang, speaker}
		if index[key] == nil {
			index[key] = &Row{Engine: o.Engine, Condition: o.Condition, Lang: o.Lang, Speaker: speaker}
			order = append(order, index[key])
		}
		return index[key]
	}
	for _, o := range list {
		row(o, "").add(o)
		if o.Speaker != "" {
			row(o, o.Speaker).add(o)
		}
	}
	for _, w := range order {
		w.finish()
		r.Rows = append(r.Rows, *w)
	}
	slices.SortStableFunc(r.Rows, func(a, b Row) int { // speakers after the sums
		return strings.Compare(a.Speaker, b.Speaker)
	})
	return r
}

func (w *Row) add(o Outcome) {
	if o.Error != "" {
		w.Failed++
		return
	}
	w.finals, w.cpu = append(w.finals, o.Final), append(w.cpu, o.FinalCPU)
	w.took += o.Took.Seconds()
	w.seconds += o.Seconds
	if o.Closed {
		w.ClosedClips++
		if o.Right {
			w.ClosedRight++
		}
		return
	}
	w.Clips++
	w.words.Add(o.truth, o.Text)
	w.folded.Add(wer.Fold(o.Lang, o.truth), wer.Fold(o.Lang, o.Text))
}

func (w *Row) finish() {
	w.Words, w.WER, w.Folded = w.words.Words, round(w.words.Rate()), round(w.folded.Rate())
	if w.seconds > 0 {
		w.RTF = round(w.took / w.seconds)
	}
	w.FinalP50, w.FinalP95, w.FinalMax = quantile(w.finals, .5), quantile(w.finals, .95), quantile(w.finals, 1)
	w.FinalCPUP95 = quantile(w.cpu, .95)
}

// quantile of durations, in milliseconds; 0 of none. It sorts list.
func quantile(list []time.Duration, q float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return round(float64(list[int(q*float64(len(list)-1)+.5)].Microseconds()) / 1000)
}

func round(x float64) float64 { return float64(int64(x*10000+.5)) / 10000 }

// Markdown writes the report as tables: by engine, condition and language, then by speaker in the
// first condition.
func (r Report) Markdown(out io.Writer) error {
	var b strings.Builder
	head := "recordings | word error | folded | of a closed set, right | real-time factor | last audio to last word, ms: median / p95 / slowest |\n"
	fmt.Fprintf(&b, "| engine | condition | language | %s|---|---|---|---|---|---|---|---|---|\n", head)
	first := map[string]string{}
	for _, w := range r.Rows {
		if first[w.Engine] == "" {
			first[w.Engine] = w.Condition
		}
		if w.Speaker == "" {
			fmt.Fprintf(&b, "| %s | %s | %s | %s", w.Engine, w.Condition, w.Lang, r.cells(w))
		}
	}
	speakers := slices.ContainsFunc(r.Rows, func(w Row) bool { return w.Speaker != "" })
	if speakers {
		fmt.Fprintf(&b, "\n| engine, first condition | language | speaker | %s|---|---|---|---|---|---|---|---|---|\n", head)
	}
	for _, w := range r.Rows {
		if w.Speaker != "" && w.Condition == first[w.Engine] {
			fmt.Fprintf(&b, "| %s | %s | %s | %s", w.Engine, w.Lang, w.Speaker, r.cells(w))
		}
	}
	pace := "as fast as the engine took it, so that the last words may have waited behind audio"
	if r.Speed > 0 {
		pace = fmt.Sprintf("%g times as fast as spoken", r.Speed)
	}
	fmt.Fprintf(&b, "\nAudio came %s; %d recordings at once, wall time on this machine, whatever else it did. Folded: without the accents and silent endings of French.\n", pace, r.Jobs)
	for _, w := range r.Rows {
		if w.Speaker == "" && w.FinalCPUP95 > 0 {
			fmt.Fprintf(&b, "\n%s, %s, %s: last audio to last word p95 %.1f ms of processor time.\n", w.Engine, w.Condition, w.Lang, w.FinalCPUP95)
		}
	}
	for _, c := range r.Costs {
		fmt.Fprintf(&b, "\n%s, %s: %.4f s of this process's processor time for a second of audio (%.0f s).\n", c.Engine, c.Condition, c.PerSecond, c.Audio)
	}
	for i, o := range r.failures() {
		if i == 5 {
			fmt.Fprintf(&b, "…\n")
			break
		}
		fmt.Fprintf(&b, "\nfailed: %s, %s, %s: %s\n", o.Engine, o.Condition, o.File, o.Error)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// cells are the figures of a row.
func (r Report) cells(w Row) string {
	clips := fmt.Sprint(w.Clips)
	if w.Failed > 0 {
		clips += fmt.Sprintf(", %d failed", w.Failed)
	}
	rate := func(x float64) string {
		if w.Words == 0 {
			return "–"
		}
		return fmt.Sprintf("%.1f %%", 100*x)
	}
	closed, rtf := "–", "–"
	if w.ClosedClips > 0 {
		closed = fmt.Sprintf("%d of %d (%.0f %%)", w.ClosedRight, w.ClosedClips, 100*float64(w.ClosedRight)/float64(w.ClosedClips))
	}
	if r.Speed == 0 {
		rtf = fmt.Sprintf("%.3f", w.RTF)
	}
	return fmt.Sprintf("%s | %s | %s | %s | %s | %.1f / %.1f / %.1f |\n", clips, rate(w.WER), rate(w.Folded), closed, rtf, w.FinalP50, w.FinalP95, w.FinalMax)
}

func (r Report) failures() (list []Outcome) {
	for _, o := range r.Clips {
		if o.Error != "" {
			list = append(list, o)
		}
	}
	return list
}
