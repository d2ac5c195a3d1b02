package gateway

import (
	"context"
	"path/filepath"

	"decroche/flows"
	"decroche/gateway/store/sqlite"
)

// OpenRecord opens the record of a gateway for a tool beside it, running or not. Close it.
func OpenRecord(ctx context.Context, cfg Config) (*sqlite.Store, error) {
	return sqlite.Open(ctx, filepath.Join(cfg.DataDir, databaseFile))
}

// Actions makes the actions that flows may ask for, with the secrets of cfg, for a tool that has
// no gateway.
func Actions(cfg Config) (map[string]flows.Action, error) { return newActions(cfg) }
