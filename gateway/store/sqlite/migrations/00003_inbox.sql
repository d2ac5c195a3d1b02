-- +goose Up
-- One row for each event "unclear", written with it; what was said before this table was there
-- is taken over from the events.
CREATE TABLE utterances (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    conv    TEXT    NOT NULL,
    seq     INTEGER NOT NULL,
    at_us   INTEGER NOT NULL,
    lang    TEXT    NOT NULL,
    text    TEXT    NOT NULL,
    guess   TEXT    NOT NULL,
    p       REAL    NOT NULL,
    why     TEXT    NOT NULL,
    asked   TEXT    NOT NULL,
    intent  TEXT    NOT NULL,
    state   TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'dismissed')),
    decided TEXT    NOT NULL DEFAULT '',
    UNIQUE (conv, seq)
) STRICT;
CREATE INDEX utterances_state ON utterances (state, id);
CREATE INDEX events_labelled ON events (conv, seq) WHERE type = 'labelled';

INSERT INTO utterances (conv, seq, at_us, lang, text, guess, p, why, asked, intent)
    SELECT conv, seq, at_us, coalesce(json_extract(body, '$.lang'), ''), coalesce(json_extract(body, '$.text'), ''),
        coalesce(json_extract(body, '$.guess'), ''), coalesce(json_extract(body, '$.p'), 0.0) + 0.0,
        coalesce(json_extract(body, '$.why'), ''), coalesce(json_extract(body, '$.asked'), ''), coalesce(json_extract(body, '$.intent'), '')
    FROM events WHERE type = 'unclear' ORDER BY at_us, conv, seq;

-- What is erased from the record is erased here, whoever erases it.
-- +goose StatementBegin
CREATE TRIGGER utterances_erased AFTER DELETE ON events WHEN OLD.type = 'unclear' BEGIN
    DELETE FROM utterances WHERE conv = OLD.conv AND seq = OLD.seq;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER utterances_conversation_erased AFTER DELETE ON conversations BEGIN
    DELETE FROM utterances WHERE conv = OLD.id;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER utterances_conversation_erased;
DROP TRIGGER utterances_erased;
DROP INDEX events_labelled;
DROP TABLE utterances;
