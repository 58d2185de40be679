-- One row per call.  The columns are what lists are sorted and filtered by (CDR-02, CDR-03);
-- `record` holds the whole, with trail and legs, as MessagePack.
CREATE TABLE calls (
    id       INTEGER PRIMARY KEY,
    call     TEXT    NOT NULL UNIQUE,
    type     TEXT    NOT NULL CHECK (type IN ('internal', 'incoming', 'outgoing')),
    caller   TEXT    NOT NULL,
    called   TEXT    NOT NULL,
    final    TEXT    NOT NULL,
    line     INTEGER,
    started  INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    cause    TEXT    NOT NULL,
    site     INTEGER NOT NULL,
    record   BLOB    NOT NULL
) STRICT;

CREATE INDEX calls_by_start  ON calls (started, id);
CREATE INDEX calls_by_caller ON calls (caller, started, id);
CREATE INDEX calls_by_called ON calls (called, started, id);
CREATE INDEX calls_by_final  ON calls (final, started, id);

-- How far each spool segment has been read: written together with the rows it gave.
CREATE TABLE spool (
    segment TEXT    PRIMARY KEY,
    offset  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
