CREATE TABLE digests (
    extension TEXT PRIMARY KEY,
    md5       TEXT NOT NULL CHECK (length(md5) = 32),
    sha256    TEXT NOT NULL CHECK (length(sha256) = 64)
) STRICT, WITHOUT ROWID;
INSERT INTO digests
    SELECT entry, CAST(one AS TEXT), CAST(two AS TEXT) FROM secrets AS s
    WHERE section = 'extension' AND form = 'ha1' AND since =
        (SELECT max(since) FROM secrets WHERE section = s.section AND entry = s.entry);
DROP TABLE secrets;
