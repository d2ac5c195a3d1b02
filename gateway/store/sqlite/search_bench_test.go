package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// BenchmarkSearch measures what a supervisor waits for a page of 50 out of 100,000 conversations (of
// 2,000 without DECROCHE_LONG=1, for making the others takes two minutes), with the index in a
// file, and how fast records of before the index are taken in:
//
//	DECROCHE_LONG=1 go test -run '^$' -bench Search ./gateway/store/sqlite
func BenchmarkSearch(b *testing.B) {
	n := 2000
	if os.Getenv("DECROCHE_LONG") != "" {
		n = 100_000
	}
	st, err := Open(b.Context(), filepath.Join(b.TempDir(), "search.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			b.Error(err)
		}
	}()
	fill(b, st, n)
	began := time.Now()
	settle(b, st, t0.AddDate(2, 0, 0))
	b.Logf("%d conversations indexed, %.0f a second", n, float64(n)/time.Since(began).Seconds())
	for _, bc := range []struct {
		name string
		q    store.Query
	}{
		{"rare word", store.Query{Text: "girafe"}},
		{"word of every call", store.Query{Text: "bonjour"}},
		{"two words", store.Query{Text: "colis remboursement"}},
		{"beginning of a word", store.Query{Text: "rem"}},
		{"phrase", store.Query{Text: `"numéro de commande"`}},
		{"word of every call, rare outcome", store.Query{Text: "bonjour", Outcome: "failed"}},
		{"word of every call, no such intent", store.Query{Text: "bonjour", Intent: "nowhere"}},
		{"word, one day", store.Query{Text: "colis", Since: t0.Add(time.Hour), Before: t0.Add(25 * time.Hour)}},
		{"number", store.Query{Number: "06 12 34 99"}},
		{"end of a number", store.Query{Number: "4999"}},
		{"rare outcome", store.Query{Outcome: "failed"}},
		{"no such intent", store.Query{Intent: "nowhere"}},
		{"newest", store.Query{}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			hits := 0
			for b.Loop() {
				hits = 0
				for _, err := range st.Conversations(context.Background(), bc.q) {
					if err != nil {
						b.Fatal(err)
					}
					hits++
				}
			}
			b.ReportMetric(float64(hits), "hits")
		})
	}
	b.Run("figures of a day", func(b *testing.B) {
		for b.Loop() {
			if _, err := st.Hours(context.Background(), t0, t0.AddDate(0, 0, 1), ""); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// fill writes n conversations, one each minute, of twelve events: what is said is drawn from a few
// hundred words, the first of them far more often than the last.
func fill(b *testing.B, st *Store, n int) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("bonjour je voudrais mon colis est en retard le numéro de commande un remboursement facture adresse livraison retour relais erreur compte paiement carte téléphone question hier demain semaine lundi mardi merci attendre encore jamais toujours reçu perdu cassé ouvert fermé magasin client contrat")
	for i := range 400 {
		words = append(words, fmt.Sprintf("mot%c%c", 'a'+i%26, 'a'+i/26))
	}
	zipf := rand.NewZipf(r, 1.1, 4, uint64(len(words)-1))
	sentence := func(more string) string {
		out := make([]string, 8+r.IntN(8))
		for i := range out {
			out[i] = words[zipf.Uint64()]
		}
		return strings.Join(append(out, more), " ")
	}
	outcomes := []string{"resolved", "resolved", "transferred", "callback", "abandoned"}
	var batch []event.Event
	for i := range n {
		conv, at, seq := fmt.Sprintf("c%06d", i), t0.Add(time.Duration(i)*time.Minute), uint64(0)
		put := func(body event.Body) {
			seq++
			batch = append(batch, event.Event{Conv: conv, Seq: seq, At: at.Add(time.Duration(seq) * time.Second), Body: body})
		}
		put(event.Started{Channel: "voice", From: fmt.Sprintf("sip:+336123%05d@trunk.example", i%100_000), Bot: "colibri", Lang: "fr"})
		rare := ""
		if i%5000 == 7 {
			rare = "girafe"
		}
		for range 5 {
			put(event.Prompted{Text: "Bonjour, " + sentence(""), ForMS: 2000})
			put(event.Said{Text: sentence(rare), How: "speech"})
		}
		outcome := outcomes[i%len(outcomes)]
		if i%3000 == 11 {
			outcome = "failed"
		}
		put(event.Ended{Outcome: outcome, By: "bot"})
		if len(batch) > 4000 || i == n-1 {
			if err := st.Append(b.Context(), batch...); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
}
