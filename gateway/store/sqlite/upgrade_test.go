package sqlite

import (
	"database/sql"
	"io/fs"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"decroche/gateway/store"
)

// oldCallbacks is the table that builds of schema 7 kept callbacks in, written out: what is in the field
// does not change with our files.
const oldCallbacks = `CREATE TABLE callbacks (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    conv     TEXT    NOT NULL,
    at_us    INTEGER NOT NULL,
    phone    TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    "window" TEXT    NOT NULL,
    lang     TEXT    NOT NULL,
    slots    TEXT    NOT NULL DEFAULT '[]', -- JSON
    state    TEXT    NOT NULL CHECK (state IN ('open', 'done', 'dropped'))
) STRICT`

// A record of schema 7, with callbacks in it, is brought to what this build knows: every one is listed with
// what it had and under its number, those that are open can be planned, claimed and rung, and new ones get
// numbers of their own.
func TestOldCallbacksSurviveTheUpgrade(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "old.db")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, sub, goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	for _, q := range []string{
		`DROP TABLE callbacks`, oldCallbacks, `CREATE INDEX callbacks_open ON callbacks (state, id)`,
		`INSERT INTO callbacks (id, conv, at_us, phone, reason, "window", lang, slots, state) VALUES
			(3, 'c3', 1763632800000000, '06 12 34 56 78', 'nobody', 'demain matin', 'fr', '[{"name":"numero_commande","value":"45127802","shown":"45 12 78 02"}]', 'open'),
			(4, 'c4', 1763632800000000, 'sip:lina@example.org', 'asked', '', 'en', '[]', 'open'),
			(5, 'c5', 1763632800000000, '+33611223344', '', '', 'fr', '[]', 'done'),
			(7, 'c7', 1763632800000000, '+33655443322', '', '', 'fr', '[]', 'dropped')`,
	} {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	st, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	list := func(state string) (out []store.Callback) {
		t.Helper()
		for c, err := range st.Callbacks(t.Context(), store.CallbackQuery{State: state}) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, c)
		}
		return out
	}
	if all := list(""); len(all) != 4 || all[0].ID != 3 || all[3].ID != 7 || all[2].State != store.OutboundDone || all[3].State != store.OutboundDropped {
		t.Fatalf("listed %+v", all)
	}
	pending := list(store.OutboundPending)
	if len(pending) != 2 {
		t.Fatalf("pending %+v", pending)
	}
	c := pending[0]
	if c.Conv != "c3" || c.Phone != "06 12 34 56 78" || c.Reason != "nobody" || c.Window != "demain matin" || c.Lang != "fr" || c.State != store.OutboundOpen || c.At.UnixMicro() != 1763632800000000 ||
		len(c.Slots) != 1 || c.Slots[0].Value != "45127802" || !c.Next.IsZero() || c.Tries != 0 || c.Taker != "" {
		t.Errorf("%+v", c)
	}
	open, err := st.Unplanned(t.Context(), 10)
	if err != nil || len(open) != 2 {
		t.Fatalf("to plan: %+v, %v", open, err)
	}
	plan := open[0]
	plan.Number, plan.Due = "+33612345678", at
	if err := st.PlanOutbound(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	got, err := st.Claim(t.Context(), at, at.Add(time.Minute), "p", 10)
	if err != nil || len(got) != 1 || got[0].ID != 3 {
		t.Fatalf("claimed %+v, %v", got, err)
	}
	n, err := st.BeginAttempt(t.Context(), 3, "p", at, at.Add(time.Minute), "gateway")
	if err != nil {
		t.Fatal(err)
	}
	if err := st.AnsweredAttempt(t.Context(), 3, n, "new"); err != nil {
		t.Fatal(err)
	}
	if err := st.EndAttempt(t.Context(), 3, store.OutboundAttempt{N: n, End: at.Add(time.Minute), Outcome: "answered"}, store.OutboundDone, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if c, err := st.Callback(t.Context(), 3); err != nil || c.State != store.OutboundDone || c.Call != "new" || c.Tries != 1 {
		t.Errorf("rung: %+v, %v", c, err)
	}
	if _, err := st.ClaimOne(t.Context(), 4, at.Add(time.Minute), "p"); err != nil {
		t.Errorf("by hand: %v", err)
	}
	if id, err := st.AddCallback(t.Context(), store.Callback{Conv: "c8", At: at, Phone: "+33600000001", Lang: "fr"}); err != nil || id <= 7 {
		t.Errorf("a new one is %d, %v", id, err)
	}
}
