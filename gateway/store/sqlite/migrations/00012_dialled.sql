-- +goose Up
-- How many calls to numbers began, by the minute, so that caps hold over a restart. No number stands here.
CREATE TABLE dialled (
    minute_us INTEGER NOT NULL, -- when the minute began
    beginning TEXT    NOT NULL, -- of the cap that counted them; '' for none
    calls     INTEGER NOT NULL,
    PRIMARY KEY (minute_us, beginning)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE dialled;
