-- +goose Up
-- A typed conversation is data between two messages. What was said stands in events; here is
-- only what is needed to go on.
CREATE TABLE chats (
    conv       TEXT    PRIMARY KEY,
    bot        TEXT    NOT NULL,
    lang       TEXT    NOT NULL,
    phone      TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    metadata   TEXT    NOT NULL,             -- JSON
    token      BLOB,                         -- SHA-256 of the resume token
    state      BLOB    NOT NULL,             -- of the mind, JSON
    wait       BLOB    NOT NULL,             -- of the host, JSON
    acting     INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    touched_us INTEGER NOT NULL,
    ended_us   INTEGER                       -- NULL while it is open
) STRICT, WITHOUT ROWID;
CREATE INDEX chats_touched ON chats (touched_us);
CREATE INDEX chats_acting ON chats (conv) WHERE acting = 1 AND ended_us IS NULL;

-- Messages by the ID their sender gave them. The body of one that was answered is not kept: it
-- stands in events.
CREATE TABLE chat_inputs (
    n     INTEGER PRIMARY KEY AUTOINCREMENT,
    conv  TEXT    NOT NULL,
    id    TEXT    NOT NULL,
    at_us INTEGER NOT NULL,
    body  BLOB,                              -- NULL once it was answered
    seq   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (conv, id)
) STRICT;
CREATE INDEX chat_inputs_waiting ON chat_inputs (conv, n) WHERE body IS NOT NULL;

CREATE TABLE outbox (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    hook    TEXT    NOT NULL,
    conv    TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    body    BLOB    NOT NULL,
    at_us   INTEGER NOT NULL,
    tries   INTEGER NOT NULL DEFAULT 0,
    next_us INTEGER NOT NULL,
    dead    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_order ON outbox (hook, conv, id) WHERE dead = 0;
CREATE INDEX outbox_due ON outbox (next_us) WHERE dead = 0;
CREATE INDEX outbox_conv ON outbox (conv) WHERE dead = 1;

-- +goose Down
DROP TABLE outbox;
DROP TABLE chat_inputs;
DROP TABLE chats;
