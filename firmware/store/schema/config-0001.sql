-- What administrators decided.  The last row of `versions` is in force; rows are never changed.
CREATE TABLE versions (
    id     INTEGER PRIMARY KEY,
    utc_ms INTEGER NOT NULL,
    who    TEXT    NOT NULL,
    why    TEXT    NOT NULL,
    text   TEXT    NOT NULL     -- canonical, secrets as "(kept)"
) STRICT;

-- A keyed digest of the file that was last handed in at start, so that it counts only once.
CREATE TABLE supplied (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    digest BLOB    NOT NULL
) STRICT;
