package sqlite

import (
	"path/filepath"
	"testing"

	"decroche/gateway/store/storetest"
)

func TestRecordingsConform(t *testing.T) {
	t.Parallel()
	storetest.RunRecordings(t, func(t *testing.T) storetest.RecordingStore { return open(t, filepath.Join(t.TempDir(), "r.db")) })
}
