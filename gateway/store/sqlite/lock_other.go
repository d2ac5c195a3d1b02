//go:build !unix

package sqlite

// locks do nothing here: there is no flock, so two gateways on one record are not noticed.
type locks struct{}

func (*locks) open(string) error       { return nil }
func (*locks) takeOver() (bool, error) { return true, nil }
func (*locks) alone() (bool, error)    { return true, nil }
func (*locks) close() error            { return nil }
