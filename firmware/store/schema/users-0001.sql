-- People who may sign in to the pages, their sessions, and who tried.
CREATE TABLE users (
    account   TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    role      TEXT NOT NULL,
    extension TEXT NOT NULL DEFAULT '',
    hash      TEXT NOT NULL,              -- scrypt$n$r$p$salt$digest
    enabled   INTEGER NOT NULL DEFAULT 1,
    created   INTEGER NOT NULL            -- UTC ms, as all times here
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id      INTEGER PRIMARY KEY,
    key     BLOB NOT NULL UNIQUE,         -- SHA-256 of the cookie: the file opens no session
    account TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    csrf    TEXT NOT NULL,
    created INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    address TEXT NOT NULL,
    agent   TEXT NOT NULL
) STRICT;

CREATE TABLE sign_ins (
    id      INTEGER PRIMARY KEY,
    utc     INTEGER NOT NULL,
    account TEXT NOT NULL,
    address TEXT NOT NULL,
    outcome TEXT NOT NULL                 -- in, wrong, paused, out, ended
) STRICT;
