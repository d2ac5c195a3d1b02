-- +goose Up
-- Calls that we place: callbacks that people asked for, and calls that a program ordered. A callback
-- keeps the number it had. What nobody has looked at yet has number '': it is planned first.
CREATE TABLE outbound (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT    NOT NULL DEFAULT 'callback' CHECK (kind IN ('callback', 'call')),
    conv     TEXT    NOT NULL,
    at_us    INTEGER NOT NULL,
    phone    TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    "window" TEXT    NOT NULL,
    lang     TEXT    NOT NULL,
    slots    TEXT    NOT NULL DEFAULT '[]', -- JSON
    state    TEXT    NOT NULL CHECK (state IN ('open', 'dialling', 'retry', 'done', 'given_up', 'dropped')),
    number   TEXT    NOT NULL DEFAULT '',   -- as it is compared: E.164, or a SIP address
    from_us  INTEGER NOT NULL DEFAULT 0,    -- not before; 0: at once
    until_us INTEGER NOT NULL DEFAULT 0,    -- not after; 0: no end
    due_us   INTEGER NOT NULL DEFAULT 0,    -- when it may be rung next; 0: not planned, or by hand alone
    tries    INTEGER NOT NULL DEFAULT 0,
    lease_us INTEGER NOT NULL DEFAULT 0,    -- while state is dialling: until when it is its holder's
    holder   TEXT    NOT NULL DEFAULT '',
    last     TEXT    NOT NULL DEFAULT '',   -- outcome of the last attempt, or why it was dropped
    answered TEXT    NOT NULL DEFAULT '',   -- conversation of the call that was answered
    mind     TEXT    NOT NULL DEFAULT '',   -- state of the flow, JSON
    key      TEXT    NOT NULL DEFAULT '',   -- idempotency key
    campaign TEXT    NOT NULL DEFAULT '',
    plan     TEXT    NOT NULL DEFAULT '{}'  -- what an ordered call says, and why it may be placed: JSON
) STRICT;
INSERT INTO outbound (id, conv, at_us, phone, reason, "window", lang, slots, state) SELECT id, conv, at_us, phone, reason, "window", lang, slots, state FROM callbacks;
DROP TABLE callbacks;
CREATE INDEX outbound_state ON outbound (kind, state, id);
CREATE INDEX outbound_due ON outbound (due_us, at_us) WHERE state IN ('open', 'retry') AND due_us > 0;
CREATE INDEX outbound_unplanned ON outbound (id) WHERE number = '' AND state = 'open';
CREATE INDEX outbound_number ON outbound (number);
CREATE UNIQUE INDEX outbound_key ON outbound (key) WHERE key <> '';

-- Each time that somebody was rung, written before the first ring.
CREATE TABLE outbound_attempts (
    call     INTEGER NOT NULL REFERENCES outbound (id) ON DELETE CASCADE,
    n        INTEGER NOT NULL,
    number   TEXT    NOT NULL,
    campaign TEXT    NOT NULL,
    at_us    INTEGER NOT NULL,
    end_us   INTEGER NOT NULL DEFAULT 0,
    by       TEXT    NOT NULL,
    outcome  TEXT    NOT NULL DEFAULT '',
    detail   TEXT    NOT NULL DEFAULT '',
    conv     TEXT    NOT NULL DEFAULT '',
    heard    TEXT    NOT NULL DEFAULT '',
    score    REAL    NOT NULL DEFAULT 0,
    PRIMARY KEY (call, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbound_attempts_number ON outbound_attempts (number, at_us);
CREATE INDEX outbound_attempts_campaign ON outbound_attempts (campaign, at_us) WHERE campaign <> '';

-- Who is not to be rung by us any more. It is kept when the record that it came from is erased.
CREATE TABLE do_not_call (
    number TEXT    PRIMARY KEY,
    at_us  INTEGER NOT NULL,
    how    TEXT    NOT NULL, -- said | typed | key | api | list
    who    TEXT    NOT NULL,
    note   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE do_not_call;
DROP TABLE outbound_attempts;
CREATE TABLE callbacks (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    conv     TEXT    NOT NULL,
    at_us    INTEGER NOT NULL,
    phone    TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    "window" TEXT    NOT NULL,
    lang     TEXT    NOT NULL,
    slots    TEXT    NOT NULL DEFAULT '[]',
    state    TEXT    NOT NULL CHECK (state IN ('open', 'done', 'dropped'))
) STRICT;
INSERT INTO callbacks SELECT id, conv, at_us, phone, reason, "window", lang, slots, CASE WHEN state IN ('done', 'dropped') THEN state ELSE 'open' END FROM outbound WHERE kind = 'callback';
CREATE INDEX callbacks_open ON callbacks (state, id);
DROP TABLE outbound;
