package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	"decroche/gateway/store"
)

// AddCallback implements store.Store. The state is "open" when empty.
func (s *Store) AddCallback(ctx context.Context, c store.Callback) (int64, error) {
	id, err := answer(ctx, s, func(tx *sql.Tx) (int64, error) { return putCallback(tx, c) })
	if err != nil {
		return 0, fmt.Errorf("store/sqlite: add callback: %w", err)
	}
	return id, nil
}

func putCallback(tx *sql.Tx, c store.Callback) (int64, error) {
	return putOutbound(tx, store.OutboundCall{Kind: store.KindCallback, Conv: c.Conv, At: c.At, Phone: c.Phone, Reason: c.Reason,
		Window: c.Window, Lang: c.Lang, Slots: c.Slots, State: c.State, Mind: c.Mind})
}

// Callbacks implements store.Store.
func (s *Store) Callbacks(ctx context.Context, q store.CallbackQuery) iter.Seq2[store.Callback, error] {
	return each("list callbacks", func() ([]store.Callback, error) {
		list, err := s.outbound(ctx, store.OutboundQuery{Kind: store.KindCallback, State: q.State, Limit: q.Limit})
		if err != nil {
			return nil, err
		}
		out := make([]store.Callback, len(list))
		for i, c := range list {
			out[i] = callbackOf(c)
		}
		return out, nil
	})
}

func callbackOf(c store.OutboundCall) store.Callback {
	return store.Callback{ID: c.ID, Conv: c.Conv, At: c.At, Phone: c.Phone, Reason: c.Reason, Window: c.Window, Lang: c.Lang, Slots: c.Slots,
		State: c.State, From: c.From, Until: c.Until, Next: c.Due, Tries: c.Tries, Last: c.Last, Call: c.Call, Mind: c.Mind, Taker: c.Taker}
}

// Callback implements store.Chats.
func (s *Store) Callback(ctx context.Context, id int64) (store.Callback, error) {
	c, err := s.OutboundCall(ctx, id)
	if err == nil && c.Kind != store.KindCallback {
		err = store.ErrNotFound
	}
	return callbackOf(c), err
}

// SetCallback implements store.Store.
func (s *Store) SetCallback(ctx context.Context, id int64, state string) error {
	return s.SetOutbound(ctx, id, state, "")
}
