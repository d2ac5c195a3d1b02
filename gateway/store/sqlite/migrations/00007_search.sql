-- +goose Up
-- What lists and figures of the day need of a conversation beside its line.
ALTER TABLE conversations ADD COLUMN caller TEXT NOT NULL DEFAULT '';   -- as store.Caller writes it
ALTER TABLE conversations ADD COLUMN queue  TEXT NOT NULL DEFAULT '';   -- of the last hand-off
ALTER TABLE conversations ADD COLUMN score  INTEGER NOT NULL DEFAULT 0; -- of the last rating, 0: none
ALTER TABLE conversations ADD COLUMN scale  INTEGER NOT NULL DEFAULT 0;

CREATE TABLE handoffs (
    conv      TEXT    NOT NULL,
    seq       INTEGER NOT NULL, -- of the event that opened it
    at_us     INTEGER NOT NULL,
    reason    TEXT    NOT NULL,
    queue     TEXT    NOT NULL,
    agent     TEXT    NOT NULL,
    outcome   TEXT    NOT NULL, -- '' while it goes on
    joined_us INTEGER NOT NULL, -- 0: nobody answered
    end_us    INTEGER NOT NULL, -- 0 while it goes on
    waited_us INTEGER NOT NULL,
    talked_us INTEGER NOT NULL,
    rung      INTEGER NOT NULL,
    PRIMARY KEY (conv, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX handoffs_at ON handoffs (at_us);

-- One row for each conversation in which something was said: the words as the record shows them, so
-- that what is masked there is masked here. Its number is when the conversation began, in microseconds,
-- moved on where two began at once: the order of the index is the order of lists.
CREATE TABLE search_docs (
    id    INTEGER PRIMARY KEY,
    conv  TEXT NOT NULL UNIQUE,
    words TEXT NOT NULL, -- one line for each utterance
    lines TEXT NOT NULL  -- JSON: of each line its event, who said it and when
) STRICT;
-- The index takes its text from there. With secure-delete what is taken out is gone from the index at
-- once, instead of being passed over until the index is next put together.
CREATE VIRTUAL TABLE search USING fts5 (words, content = 'search_docs', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

-- +goose StatementBegin
CREATE TRIGGER search_docs_added AFTER INSERT ON search_docs BEGIN
    INSERT INTO search (rowid, words) VALUES (NEW.id, NEW.words);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_docs_erased AFTER DELETE ON search_docs BEGIN
    INSERT INTO search (search, rowid, words) VALUES ('delete', OLD.id, OLD.words);
END;
-- +goose StatementEnd

-- Conversations that the index does not hold as they are now, and when it is time for each. All that
-- there are wait at first; of those the columns above are made too.
CREATE TABLE search_queue (
    conv   TEXT    PRIMARY KEY,
    due_us INTEGER NOT NULL,
    old    INTEGER NOT NULL DEFAULT 0 -- 1: of before the index
) STRICT, WITHOUT ROWID;
CREATE INDEX search_queue_due ON search_queue (old, due_us);
INSERT INTO search_queue (conv, due_us, old) SELECT id, start_us, 1 FROM conversations;

-- What is erased from the record is erased here, whoever erases it.
-- +goose StatementBegin
CREATE TRIGGER search_conversation_erased AFTER DELETE ON conversations BEGIN
    DELETE FROM search_docs WHERE conv = OLD.id;
    DELETE FROM search_queue WHERE conv = OLD.id;
    DELETE FROM handoffs WHERE conv = OLD.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_words_erased AFTER DELETE ON events WHEN OLD.type IN ('said', 'prompted') BEGIN
    DELETE FROM search_docs WHERE conv = OLD.conv;
    INSERT INTO search_queue (conv, due_us) SELECT id, 0 FROM conversations WHERE id = OLD.conv ON CONFLICT (conv) DO UPDATE SET due_us = 0;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER search_words_erased;
DROP TRIGGER search_conversation_erased;
DROP TABLE search_queue;
DROP TRIGGER search_docs_erased;
DROP TRIGGER search_docs_added;
DROP TABLE search;
DROP TABLE search_docs;
DROP TABLE handoffs;
ALTER TABLE conversations DROP COLUMN scale;
ALTER TABLE conversations DROP COLUMN score;
ALTER TABLE conversations DROP COLUMN queue;
ALTER TABLE conversations DROP COLUMN caller;
