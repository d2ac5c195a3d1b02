// Package sqlite keeps conversations in one SQLite file: no server to install, nothing lost by
// kill -9. One connection writes, a few read. Writers that come together share one transaction,
// and so one fsync: fifty calls do not wait in line for the disk.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/prometheus/client_golang/prometheus"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"decroche/gateway/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

var _ store.Store = (*Store)(nil)

// readers is how many connections read at once: pages and API, never the audio.
const readers = 4

// Store is a store.Store in one SQLite file. All methods are safe for concurrent use.
type Store struct {
	write *sql.DB // one connection, used by run() only, once Open has returned
	read  *sql.DB // equal to write for ":memory:"
	hot   hot     // of write
	lock  locks   // lock.takeOver is called by run() only
	m     *Metrics
	tell  teller // set before the first write, then used by run() only

	jobs    chan *job
	closing chan struct{} // closed by Close: no new jobs
	done    chan struct{} // closed by run() when the queue is empty and committed
	close   sync.Once
	closed  error // set by Close
}

// Option changes how Open works.
type Option func(*Store)

// WithMetrics registers the store's collectors with reg.
func WithMetrics(reg prometheus.Registerer) Option {
	return func(s *Store) { s.m = NewMetrics(reg) }
}

// Open opens or creates the file at path (mode 0600, with the folders above it) and brings its
// schema up to date. The path ":memory:" makes a store that is gone when closed, for tests.
// Several processes may have one file open, but only one may Recover it. Open fails with one plain
// sentence when a newer decroche wrote the file. Call Close when done; ctx covers only the opening.
func Open(ctx context.Context, path string, opts ...Option) (*Store, error) {
	s := &Store{jobs: make(chan *job, queue), closing: make(chan struct{}), done: make(chan struct{}), m: NewMetrics(nil)}
	for _, o := range opts {
		o(s)
	}
	if err := s.open(ctx, path); err != nil {
		s.release()
		return nil, err
	}
	go s.run()
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) error {
	dsn := "file::memory:?" + pragmas(false)
	if path != ":memory:" {
		if err := prepare(path); err != nil {
			return err
		}
		if err := s.lock.open(path); err != nil {
			return err
		}
		dsn = "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + pragmas(false)
	}
	var err error
	if s.write, err = pool(dsn, 1); err != nil {
		return err
	}
	s.read = s.write
	if err := s.migrate(ctx, path); err != nil {
		return err
	}
	if err := s.hot.prepare(ctx, s.write); err != nil {
		return err
	}
	if path == ":memory:" {
		return nil
	}
	s.read, err = pool("file:"+(&url.URL{Path: path}).EscapedPath()+"?"+pragmas(true), readers)
	return err
}

// prepare makes folder and file, readable by nobody else.
func prepare(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("store/sqlite: make the folder of %q: %w; choose another folder with data_dir", path, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("store/sqlite: open %q: %w; choose another folder with data_dir", path, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("store/sqlite: open %q: %w", path, err)
	}
	return nil
}

// pragmas: WAL so that readers never wait for the writer; synchronous FULL so that a commit is
// on the disk when it returns, also after a power cut; immediate transactions, because a
// deferred one may fail at its first write.
func pragmas(readOnly bool) string {
	v := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "journal_size_limit(16777216)"}, "_txlock": {"immediate"}}
	if readOnly {
		v["_pragma"] = []string{"busy_timeout(5000)", "query_only(1)"}
		v.Del("_txlock")
	}
	return v.Encode()
}

func pool(dsn string, n int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: %w", err)
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n) // an in-memory database lives as long as its connection
	return db, nil
}

// migrate brings the schema to what this build knows, and refuses what it does not know.
func (s *Store) migrate(ctx context.Context, path string) error {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("store/sqlite: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.write, sub,
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return fmt.Errorf("store/sqlite: read migrations: %w", err)
	}
	for try := 1; ; try++ {
		err := s.step(ctx, p, path)
		if err == nil || !errors.Is(err, errStep) && !errors.Is(err, errUse) || try == migrateTries {
			return err
		}
		// Another process may be making the same step; look again.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(migratePause):
		}
	}
}

const (
	migrateTries = 20
	migratePause = 100 * time.Millisecond
)

var (
	// errStep marks a migration that failed and may be looked at again.
	errStep = errors.New("nothing was changed by the failed step")
	// errUse marks one that must wait for others: an older decroche, or one of ours that is in
	// the middle of making the file.
	errUse = errors.New("is in use by an older decroche; stop that one first")
)

// step looks at the schema and changes it when it is old.
func (s *Store) step(ctx context.Context, p *goose.Provider, path string) error {
	have, know, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("store/sqlite: %q cannot be read as a decroche record (%w); if it is another file, choose another folder with data_dir", path, err)
	case have > know:
		return fmt.Errorf("store/sqlite: %q was written by a newer decroche (schema %d, this one knows %d); run the newer one, or restore the backup made before the upgrade", path, have, know)
	case have == know:
		return nil
	case have > 0:
		if alone, err := s.lock.alone(); err != nil {
			return err
		} else if !alone {
			return fmt.Errorf("store/sqlite: %q must be upgraded (schema %d to %d) and %w", path, have, know, errUse)
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("store/sqlite: bring %q from schema %d to %d: %w; %w", path, have, know, err, errStep)
	}
	return nil
}

// Close waits for accepted writes to be durable, then closes the file. Idempotent.
func (s *Store) Close() error {
	s.close.Do(func() {
		close(s.closing)
		<-s.done
		s.closed = s.release()
	})
	<-s.done
	return s.closed
}

func (s *Store) release() error {
	var errs []error
	if s.read != nil && s.read != s.write {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	errs = append(errs, s.lock.close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("store/sqlite: close: %w", err)
	}
	return nil
}

func micros(t time.Time) int64     { return t.UnixMicro() }
func fromMicros(n int64) time.Time { return time.UnixMicro(n).UTC() }

// each asks for a list when it is ranged over and gives out its items; an error, with what was
// being done, comes alone.
func each[T any](doing string, list func() ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		items, err := list()
		if err != nil {
			var none T
			yield(none, fmt.Errorf("store/sqlite: %s: %w", doing, err))
			return
		}
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}
