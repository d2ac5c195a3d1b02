-- +goose Up
-- Times are microseconds since 1970, UTC. Events are the record; conversations is made from
-- them, in the same transaction, so that lists need not read events.
CREATE TABLE conversations (
    id       TEXT    PRIMARY KEY,
    channel  TEXT    NOT NULL DEFAULT '',
    from_uri TEXT    NOT NULL DEFAULT '',
    called   TEXT    NOT NULL DEFAULT '',
    bot      TEXT    NOT NULL DEFAULT '',
    lang     TEXT    NOT NULL DEFAULT '',
    start_us INTEGER NOT NULL,
    end_us   INTEGER,                       -- NULL while it runs
    outcome  TEXT    NOT NULL DEFAULT '',
    ended_by TEXT    NOT NULL DEFAULT '',
    intent   TEXT    NOT NULL DEFAULT '',
    turns    INTEGER NOT NULL DEFAULT 0,
    transfer TEXT    NOT NULL DEFAULT '',
    agent    TEXT    NOT NULL DEFAULT '',
    slots    TEXT    NOT NULL DEFAULT '[]'  -- JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_start ON conversations (start_us DESC, id);
CREATE INDEX conversations_open ON conversations (start_us DESC, id) WHERE end_us IS NULL;

CREATE TABLE events (
    conv  TEXT    NOT NULL,
    seq   INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    type  TEXT    NOT NULL,
    body  TEXT    NOT NULL,                 -- JSON
    PRIMARY KEY (conv, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE callbacks (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    conv     TEXT    NOT NULL,
    at_us    INTEGER NOT NULL,
    phone    TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    "window" TEXT    NOT NULL,
    lang     TEXT    NOT NULL,
    slots    TEXT    NOT NULL DEFAULT '[]', -- JSON
    state    TEXT    NOT NULL CHECK (state IN ('open', 'done', 'dropped'))
) STRICT;
CREATE INDEX callbacks_open ON callbacks (state, id);

-- Only the SHA-256 of a token is kept: who reads the file cannot open a transcript with it.
CREATE TABLE links (
    hash       BLOB    PRIMARY KEY,
    conv       TEXT    NOT NULL,
    expires_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX links_expires ON links (expires_us);

-- +goose Down
DROP TABLE links;
DROP TABLE callbacks;
DROP TABLE events;
DROP TABLE conversations;
