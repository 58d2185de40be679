-- Lists of a million calls, any filter with any order: narrow rows in `calls`, everything else in
-- `details`.  `class` is type * 2 + (1 if answered): every index begins with it, or with a value
-- and it, so each page is a merge of at most six ranges that are already in order.
CREATE TABLE narrow (
    id        INTEGER PRIMARY KEY,
    call      TEXT    NOT NULL UNIQUE,
    class     INTEGER NOT NULL CHECK (class BETWEEN 0 AND 5),
    caller    TEXT    NOT NULL,
    called    TEXT    NOT NULL,
    trunk     TEXT    NOT NULL,
    pin       TEXT    NOT NULL,
    started   INTEGER NOT NULL,
    duration  INTEGER NOT NULL,      -- ms from answer to end
    recorded  INTEGER NOT NULL,
    charge    INTEGER,               -- in 1/10000; not rated: NULL
    parties   TEXT    NOT NULL       -- everybody who took part: " 101 102 "
) STRICT;

CREATE TABLE details (
    id     INTEGER PRIMARY KEY,
    record BLOB    NOT NULL          -- the whole, MessagePack, deflated
) STRICT;

-- Whose calls they are.
CREATE TABLE parties (
    number  TEXT    NOT NULL,
    class   INTEGER NOT NULL,
    started INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    PRIMARY KEY (number, class, started, id)
) STRICT, WITHOUT ROWID;

-- Every name of an outside line or trunk that was ever used, for searching by a part of it.
CREATE TABLE trunks (
    name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- How many calls of each class there are, kept by the triggers below.
CREATE TABLE totals (
    class INTEGER PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT;
INSERT INTO totals VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0);

-- Rows of the first form wait here until jobs has brought them over.
ALTER TABLE calls RENAME TO first_form;
DROP INDEX calls_by_start;
DROP INDEX calls_by_caller;
DROP INDEX calls_by_called;
DROP INDEX calls_by_final;
ALTER TABLE narrow RENAME TO calls;

CREATE INDEX calls_by_start    ON calls (class, started);
CREATE INDEX calls_by_duration ON calls (class, duration);
CREATE INDEX calls_by_caller   ON calls (class, caller, started);
CREATE INDEX calls_by_called   ON calls (class, called, started);
CREATE INDEX calls_by_trunk    ON calls (class, trunk, started)  WHERE trunk <> '';
CREATE INDEX calls_by_pin      ON calls (class, pin, started)    WHERE pin <> '';
CREATE INDEX calls_recorded    ON calls (class, started)         WHERE recorded;

CREATE TRIGGER calls_added AFTER INSERT ON calls BEGIN
    UPDATE totals SET count = count + 1 WHERE class = new.class;
END;
CREATE TRIGGER calls_gone AFTER DELETE ON calls BEGIN
    UPDATE totals SET count = count - 1 WHERE class = old.class;
END;
