-- Old texts are packed; the newest stay readable as they are.
ALTER TABLE versions ADD COLUMN packed BLOB;
ALTER TABLE versions ADD COLUMN changes BLOB;   -- packed JSON: what it changed, old and new

-- A version that undoes itself unless it is confirmed in time.
CREATE TABLE unconfirmed (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL REFERENCES versions (id),
    back_to INTEGER NOT NULL REFERENCES versions (id),
    utc_ms  INTEGER NOT NULL,   -- when it was applied
    seconds INTEGER NOT NULL
) STRICT;

-- The one draft: what each administrator wants changed, in the order in which it was said.
CREATE TABLE draft (
    id      INTEGER PRIMARY KEY,
    utc_ms  INTEGER NOT NULL,
    who     TEXT    NOT NULL,
    section TEXT    NOT NULL,
    entry   TEXT    NOT NULL,
    key     TEXT    NOT NULL,   -- empty: the entry itself comes or goes
    old     TEXT,               -- in TOML, as it was when it was said
    new     TEXT                -- in TOML; NULL: taken away
) STRICT;
