-- What users have set, one row per kind and owner.  A removed one stays as an empty value, so that
-- "what changed since revision n" has an answer.
CREATE TABLE entries (
    key      TEXT    PRIMARY KEY,     -- "forward.101"
    value    TEXT    NOT NULL,        -- JSON; empty: removed
    revision INTEGER NOT NULL UNIQUE,
    save     TEXT    NOT NULL,        -- the change of the call processor that put it there, or empty
    before   TEXT    NOT NULL         -- the value before that change, should it be withdrawn
) STRICT, WITHOUT ROWID;

-- Changes of the call processor that were refused for good, and why.
CREATE TABLE refused (
    save    TEXT PRIMARY KEY,
    why     TEXT NOT NULL,
    segment TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One life of this database: whoever remembers a revision must know of which.
CREATE TABLE lineage (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    name TEXT NOT NULL
) STRICT;

-- How far each spool segment has been read: written together with what it gave.
CREATE TABLE spool (
    segment TEXT    PRIMARY KEY,
    offset  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
