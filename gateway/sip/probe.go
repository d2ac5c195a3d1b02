package sip

import (
	"context"
	"fmt"
	"log/slog"

	msg "github.com/emiago/sipgo/sip"
)

// Probe asks a trunk with one OPTIONS whether it is there, from a port of its own, and tells what it said.
// It reads the trunk's secret and certificates; nothing is registered and nobody is called.
func Probe(ctx context.Context, cfg TrunkConfig, external string) (said string, err error) {
	c := DefaultConfig()
	c.Listen, c.Transports, c.ExternalAddress = ":0", []string{"udp"}, external
	cfg.Register = false
	c.Trunks = []TrunkConfig{cfg}
	s, err := newServer(c, nil, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		return "", err
	}
	if err := s.Listen(); err != nil {
		return "", err
	}
	defer s.Close()
	res, err := s.newTalk(s.trunks[0], msg.OPTIONS).once(ctx, "", "Accept", acceptType)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %s", res.StatusCode, oneLine(res.Reason)), nil
}
