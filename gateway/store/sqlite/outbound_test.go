package sqlite

import (
	"path/filepath"
	"testing"

	"decroche/gateway/store/storetest"
)

func TestOutboundConformsInAFile(t *testing.T) {
	t.Parallel()
	storetest.RunOutbound(t, func(t *testing.T) storetest.OutboundStore { return open(t, filepath.Join(t.TempDir(), "out.db")) })
}

func TestOutboundConformsInMemory(t *testing.T) {
	t.Parallel()
	storetest.RunOutbound(t, func(t *testing.T) storetest.OutboundStore { return open(t, ":memory:") })
}
