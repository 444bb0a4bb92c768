-- +goose Up

-- Ids of the wire are texts of up to 255 characters. Those of environments, APIs
-- and apps stand once for each realm, in the dictionary tables; authorizations
-- refer to them by small integers, and have an increasing key of their own, so that
-- tables and indexes stay small and grow at their end.
CREATE TABLE realms (
    key     INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    project TEXT NOT NULL,
    id      TEXT NOT NULL,
    UNIQUE (service, project, id)
);

CREATE TABLE envs (
    key   INTEGER PRIMARY KEY,
    realm INTEGER NOT NULL REFERENCES realms,
    id    TEXT NOT NULL,
    UNIQUE (realm, id)
);

CREATE TABLE apis (
    key   INTEGER PRIMARY KEY,
    realm INTEGER NOT NULL REFERENCES realms,
    id    TEXT NOT NULL,
    UNIQUE (realm, id)
);

CREATE TABLE apps (
    key   INTEGER PRIMARY KEY,
    realm INTEGER NOT NULL REFERENCES realms,
    id    TEXT NOT NULL,
    UNIQUE (realm, id)
);

-- AUTOINCREMENT: the id of a removed record must never come back.
CREATE TABLE authorizations (
    key   INTEGER PRIMARY KEY AUTOINCREMENT,
    env   INTEGER NOT NULL REFERENCES envs,
    api   INTEGER NOT NULL REFERENCES apis,
    app   INTEGER NOT NULL REFERENCES apps,
    role  TEXT NOT NULL,
    at    INTEGER NOT NULL, -- microseconds since 1970, UTC
    until INTEGER,          -- likewise; NULL: never ends
    UNIQUE (api, app, env)
);

CREATE TABLE app_codes (
    key  INTEGER PRIMARY KEY,
    app  INTEGER NOT NULL REFERENCES apps,
    id   TEXT NOT NULL,
    hash BLOB NOT NULL, -- SHA-256 of the value
    UNIQUE (app, id)
);

-- What a catalog brought in once.
CREATE TABLE seeds (
    name TEXT PRIMARY KEY
) WITHOUT ROWID;

-- The key under which record keys become ids of the wire; one row.
CREATE TABLE id_key (
    secret BLOB NOT NULL
);

-- +goose Down
DROP TABLE id_key;
DROP TABLE seeds;
DROP TABLE app_codes;
DROP TABLE authorizations;
DROP TABLE apps;
DROP TABLE apis;
DROP TABLE envs;
DROP TABLE realms;
