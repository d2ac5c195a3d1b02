-- +goose Up
-- Who opened a conversation's transcript. Removed with it.
CREATE TABLE views (
    conv     TEXT    NOT NULL,
    link     INTEGER NOT NULL, -- 1: who holds a link; 0: an account
    who      TEXT    NOT NULL, -- the account, or the link's name
    first_us INTEGER NOT NULL,
    last_us  INTEGER NOT NULL,
    times    INTEGER NOT NULL,
    PRIMARY KEY (conv, link, who)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER views_erased AFTER DELETE ON conversations BEGIN
    DELETE FROM views WHERE conv = OLD.id;
    DELETE FROM links WHERE conv = OLD.id;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER views_erased;
DROP TABLE views;
