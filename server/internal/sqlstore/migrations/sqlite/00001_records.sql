-- +goose Up

-- What exists. Contents are JSON, read whole and held in memory; the revision
-- changes with them.
CREATE TABLE projects (
    id       TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    contents TEXT NOT NULL,
    clock    INTEGER -- microseconds since 1970, UTC; NULL: it runs
);

-- What tests want to go wrong.
CREATE TABLE faults (
    key     INTEGER PRIMARY KEY,
    project TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
    times   INTEGER NOT NULL, -- how often it is yet to happen
    what    TEXT NOT NULL     -- JSON
);
CREATE INDEX faults_of_project ON faults (project);

CREATE TABLE users (
    name       TEXT PRIMARY KEY,
    token      BLOB NOT NULL UNIQUE, -- SHA-256
    expires_at INTEGER
);

CREATE TABLE members (
    name        TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    project     TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
    permissions TEXT NOT NULL, -- JSON
    PRIMARY KEY (name, project)
);
CREATE INDEX members_of_project ON members (project);

-- What the catalog file had that was applied last; at most one row.
CREATE TABLE applied_catalog (
    contents TEXT NOT NULL -- JSON
);

-- What catalogs brought in once.
CREATE TABLE seeds (
    project TEXT NOT NULL,
    name    TEXT NOT NULL,
    PRIMARY KEY (project, name)
);

-- Ids of the wire are texts of up to 255 characters. Those of environments, APIs
-- and apps stand once for each realm, in the dictionary tables; records refer to
-- them by small integers, and have an increasing key of their own, so that tables
-- and indexes stay small and grow at their end.
CREATE TABLE realms (
    key     INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    project TEXT NOT NULL,
    id      TEXT NOT NULL,
    UNIQUE (project, service, id)
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

-- The column past is 0 until a record has ended and then its own key: so there is
-- one that has not ended, at most, and the past ones can be found in their order.
-- AUTOINCREMENT: the id of a removed record must never come back.
CREATE TABLE authorizations (
    key    INTEGER PRIMARY KEY AUTOINCREMENT,
    env    INTEGER NOT NULL, -- of envs; no reference, for which a project's deletion would read the whole table
    api    INTEGER NOT NULL REFERENCES apis,
    app    INTEGER NOT NULL REFERENCES apps,
    role   TEXT NOT NULL,
    at     INTEGER NOT NULL, -- microseconds since 1970, UTC, like all times
    until  INTEGER,          -- NULL: never ends by itself
    notice INTEGER,
    ended  INTEGER,
    cause  TEXT,
    past   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (api, app, env, past)
);
CREATE INDEX authorizations_of_app ON authorizations (app);
-- For retention, which looks for what ended long ago, noticed or not.
CREATE INDEX authorizations_ended ON authorizations (ended) WHERE past <> 0;
CREATE INDEX authorizations_due ON authorizations (COALESCE(notice, until))
    WHERE past = 0 AND (notice IS NOT NULL OR until IS NOT NULL);

CREATE TABLE applications (
    key        INTEGER PRIMARY KEY AUTOINCREMENT,
    realm      INTEGER NOT NULL REFERENCES realms,
    env        INTEGER NOT NULL,
    api        INTEGER NOT NULL REFERENCES apis,
    app        INTEGER NOT NULL,
    type       TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    at         INTEGER NOT NULL,
    until      INTEGER NOT NULL,
    status     TEXT NOT NULL,
    settled_at INTEGER,
    settled_by TEXT NOT NULL DEFAULT '',
    comment    TEXT NOT NULL DEFAULT '',
    past       INTEGER NOT NULL DEFAULT 0, -- 0 while it waits, then its own key
    UNIQUE (api, app, env, past)
);
CREATE INDEX applications_of_realm ON applications (realm);
CREATE INDEX applications_due ON applications (COALESCE(settled_at, until));

CREATE TABLE app_codes (
    key  INTEGER PRIMARY KEY,
    app  INTEGER NOT NULL REFERENCES apps,
    id   TEXT NOT NULL,
    hash BLOB NOT NULL, -- SHA-256 of the value
    UNIQUE (app, id)
);
CREATE INDEX app_codes_by_hash ON app_codes (hash);

CREATE TABLE events (
    key            INTEGER PRIMARY KEY AUTOINCREMENT,
    project        TEXT NOT NULL,
    at             INTEGER NOT NULL,
    actor          TEXT NOT NULL,
    operation      TEXT NOT NULL,
    request_id     TEXT NOT NULL,
    what           TEXT NOT NULL, -- JSON
    authorizations BLOB,          -- their keys
    application    INTEGER        -- its key
);
CREATE INDEX events_of_project ON events (project);
CREATE INDEX events_by_time ON events (at);

-- The key under which record keys become ids of the wire; one row.
CREATE TABLE id_key (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    secret BLOB NOT NULL
);

-- +goose Down
DROP TABLE id_key;
DROP TABLE events;
DROP TABLE app_codes;
DROP TABLE applications;
DROP TABLE authorizations;
DROP TABLE apps;
DROP TABLE apis;
DROP TABLE envs;
DROP TABLE realms;
DROP TABLE seeds;
DROP TABLE applied_catalog;
DROP TABLE members;
DROP TABLE users;
DROP TABLE faults;
DROP TABLE projects;
