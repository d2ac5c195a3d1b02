-- +goose Up
-- The user who has taken a callback, so that nobody else rings there, and no machine.
ALTER TABLE outbound ADD COLUMN taker TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE outbound DROP COLUMN taker;
