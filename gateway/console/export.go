package console

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"decroche/gateway/store"
	"decroche/gateway/vcon"
)

const (
	// mostRows is how many conversations one table holds: more do not fit on a spreadsheet's page.
	mostRows = 100_000
	// exportTime is how long a table may take to be sent.
	exportTime = 5 * time.Minute
)

// What the audit list says of exports.
const (
	exportedTable = "exported_table"
	ExportedVCon  = "exported_vcon" // decroche export writes it too
)

// exportTable sends the conversations of a query as a table (RFC 4180), with the same filters as the list.
// It is written down before the first line is sent: who takes data away is known.
func (s *Server) exportTable(w http.ResponseWriter, r *http.Request) {
	q, err := parseQuery(r.URL.RawQuery)
	for _, key := range []string{"limit", "before_id"} {
		if err == nil && r.URL.Query().Has(key) {
			err = errors.New(key + ": a table is not paged; narrow it with since and before")
		}
	}
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, err.Error())
		return
	}
	if err := s.acc.Audit(r.Context(), who(r), exportedTable, "conversations", r.URL.RawQuery); err != nil {
		s.broken(w, r, err)
		return
	}
	lang := s.langFor(r, "")
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="conversations-`+s.now().UTC().Format("2006-01-02")+`.csv"`)
	h.Set("Cache-Control", "no-store")
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(exportTime))
	buf := bufio.NewWriter(w)
	_, _ = buf.WriteString("\ufeff") // spreadsheets take the text for UTF-8 only with it
	if err := s.writeTable(r.Context(), csv.NewWriter(buf), lang, q); err != nil {
		s.d.Log.Error("console: a table could not be read to its end", "error", err)
		panic(http.ErrAbortHandler) // what was sent must not look whole
	}
	_ = buf.Flush()
}

func (s *Server) writeTable(ctx context.Context, out *csv.Writer, lang string, q store.Query) error {
	out.UseCRLF = true
	_ = out.Write(strings.Split(say(lang, "csv_head"), "|"))
	q.Limit = 500
	for rows := 0; rows < mostRows; {
		n := 0
		for sum, err := range s.d.Store.Conversations(ctx, q) {
			if err != nil {
				return err
			}
			n++
			q.Before, q.BeforeID = sum.Start, sum.ID
			_ = out.Write(s.row(sum))
		}
		if out.Flush(); out.Error() != nil || n < q.Limit {
			return nil // they have gone, or that was all
		}
		rows += n
	}
	return nil
}

// row is one conversation of a table.
func (s *Server) row(c store.Summary) []string {
	loc := s.location(c.Bot)
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(loc).Format(time.RFC3339)
	}
	rated := ""
	if c.Rated != nil {
		rated = strconv.FormatFloat(c.Rated.Of5(), 'f', 1, 64)
	}
	var slots []string
	for _, sl := range c.Slots {
		slots = append(slots, sl.Name+"="+sl.Text())
	}
	cells := []string{c.ID, at(c.Start), at(c.End), c.Channel, c.From, c.Bot, c.Lang, c.Intent, c.Outcome, c.EndedBy, c.Transfer, c.Queue, c.Agent, strconv.Itoa(c.Turns), rated, c.Repeated, strings.Join(slots, "; ")}
	for i, cell := range cells {
		cells[i] = harmless(cell)
	}
	return cells
}

// formula are the signs by which a spreadsheet knows a formula.
const formula = "=+-@＝＋－＠"

// harmless keeps a spreadsheet from taking a text of a caller for a formula (OWASP, CSV injection): what
// begins like one gets an apostrophe before it. A spreadsheet set to French splits a line at its
// semicolons, whatever is quoted, so what stands behind one begins a cell too; likewise behind tabs, bars
// and line ends.
func harmless(cell string) string {
	const blank = " \"\u00a0\u202f\ufeff" // before a sign they are passed over, or are the quotes of the cell
	var out strings.Builder
	begins, from := true, 0 // of a cell; where what is not written yet begins
	for i, c := range cell {
		switch {
		case begins && (strings.ContainsRune(formula, c) || i == 0 && strings.ContainsRune("\t\r\n", c)):
			out.WriteString(cell[from:i])
			out.WriteByte('\'')
			from, begins = i, strings.ContainsRune("\t\r\n", c)
		case strings.ContainsRune(";|\t\r\n", c):
			begins = true
		case !strings.ContainsRune(blank, c):
			begins = false
		}
	}
	out.WriteString(cell[from:])
	return out.String()
}

// Exports writes conversations as vCons; a gateway.Exporter does.
type Exports interface {
	VCon(ctx context.Context, conv, by string) (vcon.VCon, error)
	Sign(v vcon.VCon) (vcon.Signed, error)
	// Encrypt signs first; vcon.ErrNobody when there is nobody to encrypt to.
	Encrypt(v vcon.VCon) (vcon.Encrypted, error)
}

// exportVCon sends one conversation as a vCon, with ?signed=1 signed, with ?encrypted=1 signed and
// encrypted. It is written down first.
func (s *Server) exportVCon(w http.ResponseWriter, r *http.Request) {
	if s.d.Exports == nil {
		s.fail(w, r, http.StatusNotFound, "this gateway exports no vCons")
		return
	}
	asked := map[string]bool{"signed": false, "encrypted": false}
	for key, vs := range r.URL.Query() {
		_, known := asked[key]
		on, err := strconv.ParseBool(vs[0])
		if !known || len(vs) > 1 || err != nil {
			s.fail(w, r, http.StatusBadRequest, "only ?signed=1 and ?encrypted=1 are understood here")
			return
		}
		asked[key] = on
	}
	conv := r.PathValue("id")
	v, err := s.d.Exports.VCon(r.Context(), conv, who(r).User)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	detail, out := "", any(v)
	switch {
	case asked["encrypted"]:
		detail = "encrypted"
		out, err = s.d.Exports.Encrypt(v)
	case asked["signed"]:
		detail = "signed"
		out, err = s.d.Exports.Sign(v)
	}
	if errors.Is(err, vcon.ErrNobody) {
		s.fail(w, r, http.StatusConflict, "nobody is named to whom vCons are encrypted; name their certificates or public keys in vcon.encrypt_to")
		return
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	if err := s.acc.Audit(r.Context(), who(r), ExportedVCon, "conversation "+conv, detail); err != nil {
		s.broken(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", vcon.MediaType)
	h.Set("Content-Disposition", `attachment; filename="`+v.UUID+`.vcon"`)
	h.Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(out)
}
