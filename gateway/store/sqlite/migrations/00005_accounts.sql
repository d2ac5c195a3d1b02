-- +goose Up
CREATE TABLE users (
    name         TEXT    PRIMARY KEY,
    display      TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    password     TEXT    NOT NULL DEFAULT '',
    issuer       TEXT    NOT NULL DEFAULT '',
    subject      TEXT    NOT NULL DEFAULT '',
    disabled     INTEGER NOT NULL DEFAULT 0,
    created_us   INTEGER NOT NULL,
    signed_in_us INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX users_subject ON users (issuer, subject) WHERE subject <> '';

-- Of what opens something only the hash is here: who reads this file cannot sign in with it.
CREATE TABLE user_links (
    hash       BLOB    PRIMARY KEY,
    user       TEXT    NOT NULL UNIQUE,
    expires_us INTEGER NOT NULL
) STRICT;

-- A session's user need not be among the users: who came with the token printed at start, and who
-- tries the demo, are not.
CREATE TABLE sessions (
    hash       BLOB    PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    user       TEXT    NOT NULL,
    how        TEXT    NOT NULL,
    bound      TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    browser    TEXT    NOT NULL,
    created_us INTEGER NOT NULL,
    seen_us    INTEGER NOT NULL,
    expires_us INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user);

CREATE TABLE api_tokens (
    hash       BLOB    PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    user       TEXT    NOT NULL,
    scopes     TEXT    NOT NULL, -- a JSON list
    created_us INTEGER NOT NULL,
    used_us    INTEGER NOT NULL DEFAULT 0,
    expires_us INTEGER NOT NULL DEFAULT 0,
    revoked_us INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us   INTEGER NOT NULL,
    who     TEXT    NOT NULL,
    what    TEXT    NOT NULL,
    about   TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    address TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_who ON audit (who, what, address);
CREATE INDEX audit_at ON audit (at_us);

-- +goose Down
DROP TABLE audit;
DROP TABLE api_tokens;
DROP TABLE sessions;
DROP TABLE user_links;
DROP TABLE users;
