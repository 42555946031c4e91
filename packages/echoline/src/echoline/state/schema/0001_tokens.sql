-- Tokens that let programs and people in; only the hash of each is kept.
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL, -- separated by commas
    sha256 TEXT NOT NULL UNIQUE, -- of the whole token, in hex
    created_ns INTEGER NOT NULL, -- since 1970 UTC
    revoked_ns INTEGER -- null while it is valid
) STRICT;
