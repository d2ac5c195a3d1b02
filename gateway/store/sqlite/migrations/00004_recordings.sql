-- +goose Up
-- One row for each file in the folder of recordings, written before the file and removed after it,
-- so that no file is ever without one.
CREATE TABLE recordings (
    conv       TEXT    PRIMARY KEY,
    bot        TEXT    NOT NULL,
    caller     TEXT    NOT NULL,
    caller_key TEXT    NOT NULL, -- what ways to write one number have in common
    start_us   INTEGER NOT NULL,
    file       TEXT    NOT NULL,
    open       INTEGER NOT NULL,
    length_us  INTEGER NOT NULL DEFAULT 0,
    bytes      INTEGER NOT NULL DEFAULT 0,
    sha256     TEXT    NOT NULL DEFAULT '',
    dropped_us INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX recordings_start ON recordings (start_us);
CREATE INDEX recordings_caller ON recordings (caller_key);

-- +goose Down
DROP TABLE recordings;
