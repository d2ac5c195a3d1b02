package sqlite

import (
	"path/filepath"
	"testing"

	"decroche/gateway/store"
	"decroche/gateway/store/storetest"
)

func TestAccountsConformInAFile(t *testing.T) {
	t.Parallel()
	storetest.RunAccounts(t, func(t *testing.T) store.Accounts { return open(t, filepath.Join(t.TempDir(), "accounts.db")) })
}

func TestAccountsConformInMemory(t *testing.T) {
	t.Parallel()
	storetest.RunAccounts(t, func(t *testing.T) store.Accounts { return open(t, ":memory:") })
}
