-- +goose Up
-- What an agent writes about a conversation while it runs and after it. Removed with it.
CREATE TABLE desk_notes (
    conv       TEXT    NOT NULL,
    agent      TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    conclusion TEXT    NOT NULL,
    proposed   TEXT    NOT NULL, -- what had been proposed to them
    at_us      INTEGER NOT NULL,
    PRIMARY KEY (conv, agent)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER desk_notes_erased AFTER DELETE ON conversations BEGIN
    DELETE FROM desk_notes WHERE conv = OLD.id;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER desk_notes_erased;
DROP TABLE desk_notes;
