-- What a telephone proves its password with: H(number:hookswitch:password), never the password.
CREATE TABLE digests (
    extension TEXT PRIMARY KEY,
    md5       TEXT NOT NULL CHECK (length(md5) = 32),
    sha256    TEXT NOT NULL CHECK (length(sha256) = 64)
) STRICT, WITHOUT ROWID;

-- One-time codes, hashed with scrypt.
CREATE TABLE codes (
    name TEXT PRIMARY KEY,
    salt BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Random keys of this box.
CREATE TABLE keys (
    name TEXT PRIMARY KEY,
    key  BLOB NOT NULL CHECK (length(key) = 32)
) STRICT, WITHOUT ROWID;
