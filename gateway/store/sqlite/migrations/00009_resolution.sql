-- +goose Up
-- Who came back about the same topic within seven days was not helped the first time.
ALTER TABLE conversations ADD COLUMN topic        TEXT NOT NULL DEFAULT ''; -- the first intent
ALTER TABLE conversations ADD COLUMN placed       INTEGER NOT NULL DEFAULT 0; -- 1: we rang them
ALTER TABLE conversations ADD COLUMN customer_key TEXT NOT NULL DEFAULT ''; -- what ways to write one number have in common
ALTER TABLE conversations ADD COLUMN account      TEXT NOT NULL DEFAULT ''; -- as the caller told it
ALTER TABLE conversations ADD COLUMN repeated     TEXT NOT NULL DEFAULT ''; -- by which conversation
CREATE INDEX conversations_customer ON conversations (customer_key, topic, start_us) WHERE customer_key <> '' AND topic <> '';
CREATE INDEX conversations_account ON conversations (account, topic, start_us) WHERE account <> '' AND topic <> '';

-- Of conversations of before, the index makes these columns.
INSERT INTO search_queue (conv, due_us, old) SELECT id, start_us, 1 FROM conversations WHERE true ON CONFLICT (conv) DO UPDATE SET old = 1;

-- What is erased is no repetition any more: who erases a record leaves no trace of it in another.
-- +goose StatementBegin
CREATE TRIGGER conversations_repeat_erased AFTER DELETE ON conversations BEGIN
    UPDATE conversations SET repeated = '' WHERE repeated = OLD.id AND OLD.topic <> '' AND topic = OLD.topic AND (customer_key = OLD.customer_key AND customer_key <> '' OR account = OLD.account AND account <> '');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER conversations_repeat_erased;
DROP INDEX conversations_account;
DROP INDEX conversations_customer;
ALTER TABLE conversations DROP COLUMN repeated;
ALTER TABLE conversations DROP COLUMN account;
ALTER TABLE conversations DROP COLUMN customer_key;
ALTER TABLE conversations DROP COLUMN placed;
ALTER TABLE conversations DROP COLUMN topic;
