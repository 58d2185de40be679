-- A secret is in force from a version of the configuration on: what was written for a version
-- that never came about counts for nothing.  `ha1`: H(number:hookswitch:password) by MD5 and
-- SHA-256; `sealed`: encrypted, with its mark.
CREATE TABLE secrets (
    section TEXT    NOT NULL,
    entry   TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    since   INTEGER NOT NULL,
    form    TEXT    NOT NULL CHECK (form IN ('ha1', 'sealed')),
    one     BLOB    NOT NULL,
    two     BLOB    NOT NULL,
    PRIMARY KEY (section, entry, key, since)
) STRICT, WITHOUT ROWID;
INSERT INTO secrets
    SELECT 'extension', extension, 'password', 0, 'ha1', CAST(md5 AS BLOB), CAST(sha256 AS BLOB)
    FROM digests;
DROP TABLE digests;
