-- +goose Up

-- What exists. Contents are JSON, read whole and held in memory; the revision
-- changes with them.
CREATE TABLE projects (
    id       TEXT COLLATE "C" PRIMARY KEY,
    revision BIGINT NOT NULL,
    contents TEXT COLLATE "C" NOT NULL,
    clock    BIGINT -- microseconds since 1970, UTC; NULL: it runs
);

-- What tests want to go wrong.
CREATE TABLE faults (
    key     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project TEXT COLLATE "C" NOT NULL REFERENCES projects ON DELETE CASCADE,
    times   BIGINT NOT NULL, -- how often it is yet to happen
    what    TEXT COLLATE "C" NOT NULL     -- JSON
);
CREATE INDEX faults_of_project ON faults (project);

CREATE TABLE users (
    name       TEXT COLLATE "C" PRIMARY KEY,
    token      BYTEA NOT NULL UNIQUE, -- SHA-256
    expires_at BIGINT
);

CREATE TABLE members (
    name        TEXT COLLATE "C" NOT NULL REFERENCES users ON DELETE CASCADE,
    project     TEXT COLLATE "C" NOT NULL REFERENCES projects ON DELETE CASCADE,
    permissions TEXT COLLATE "C" NOT NULL, -- JSON
    PRIMARY KEY (name, project)
);
CREATE INDEX members_of_project ON members (project);

-- What the catalog file had that was applied last; at most one row.
CREATE TABLE applied_catalog (
    contents TEXT COLLATE "C" NOT NULL -- JSON
);

-- What catalogs brought in once.
CREATE TABLE seeds (
    project TEXT COLLATE "C" NOT NULL,
    name    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (project, name)
);

-- Ids of the wire are texts of up to 255 characters. Those of environments, APIs
-- and apps stand once for each realm, in the dictionary tables; records refer to
-- them by small integers, and have an increasing key of their own, so that tables
-- and indexes stay small and grow at their end.
CREATE TABLE realms (
    key     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service TEXT COLLATE "C" NOT NULL,
    project TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    UNIQUE (project, service, id)
);

CREATE TABLE envs (
    key   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    realm BIGINT NOT NULL REFERENCES realms,
    id    TEXT COLLATE "C" NOT NULL,
    UNIQUE (realm, id)
);

CREATE TABLE apis (
    key   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    realm BIGINT NOT NULL REFERENCES realms,
    id    TEXT COLLATE "C" NOT NULL,
    UNIQUE (realm, id)
);

CREATE TABLE apps (
    key   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    realm BIGINT NOT NULL REFERENCES realms,
    id    TEXT COLLATE "C" NOT NULL,
    UNIQUE (realm, id)
);

-- The column past is 0 until a record has ended and then its own key: so there is
-- one that has not ended, at most, and the past ones can be found in their order.
-- A sequence never gives a key twice.
CREATE TABLE authorizations (
    key    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    env    BIGINT NOT NULL, -- of envs; no reference, for which a project's deletion would read the whole table
    api    BIGINT NOT NULL REFERENCES apis,
    app    BIGINT NOT NULL REFERENCES apps,
    role   TEXT COLLATE "C" NOT NULL,
    at     BIGINT NOT NULL, -- microseconds since 1970, UTC, like all times
    until  BIGINT,          -- NULL: never ends by itself
    notice BIGINT,
    ended  BIGINT,
    cause  TEXT COLLATE "C",
    past   BIGINT NOT NULL DEFAULT 0,
    UNIQUE (api, app, env, past)
);
CREATE INDEX authorizations_of_app ON authorizations (app, key);
-- For retention, which looks for what ended long ago, noticed or not.
CREATE INDEX authorizations_ended ON authorizations (ended) WHERE past <> 0;
CREATE INDEX authorizations_due ON authorizations ((COALESCE(notice, until)))
    WHERE past = 0 AND (notice IS NOT NULL OR until IS NOT NULL);

CREATE TABLE applications (
    key        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    realm      BIGINT NOT NULL REFERENCES realms,
    env        BIGINT NOT NULL,
    api        BIGINT NOT NULL REFERENCES apis,
    app        BIGINT NOT NULL,
    type       TEXT COLLATE "C" NOT NULL,
    made_by    TEXT COLLATE "C" NOT NULL,
    at         BIGINT NOT NULL,
    until      BIGINT NOT NULL,
    status     TEXT COLLATE "C" NOT NULL,
    settled_at BIGINT,
    settled_by TEXT COLLATE "C" NOT NULL DEFAULT '',
    comment    TEXT COLLATE "C" NOT NULL DEFAULT '',
    past       BIGINT NOT NULL DEFAULT 0, -- 0 while it waits, then its own key
    UNIQUE (api, app, env, past)
);
CREATE INDEX applications_of_realm ON applications (realm, key);
CREATE INDEX applications_due ON applications ((COALESCE(settled_at, until)));

CREATE TABLE app_codes (
    key  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    app  BIGINT NOT NULL REFERENCES apps,
    id   TEXT COLLATE "C" NOT NULL,
    hash BYTEA NOT NULL, -- SHA-256 of the value
    UNIQUE (app, id)
);
CREATE INDEX app_codes_by_hash ON app_codes (hash);

CREATE TABLE events (
    key            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project        TEXT COLLATE "C" NOT NULL,
    at             BIGINT NOT NULL,
    actor          TEXT COLLATE "C" NOT NULL,
    operation      TEXT COLLATE "C" NOT NULL,
    request_id     TEXT COLLATE "C" NOT NULL,
    what           TEXT COLLATE "C" NOT NULL, -- JSON
    authorizations BYTEA,          -- their keys
    application    BIGINT        -- its key
);
CREATE INDEX events_of_project ON events (project);
CREATE INDEX events_by_time ON events (at);

-- The key under which record keys become ids of the wire; one row.
CREATE TABLE id_key (
    one    BIGINT PRIMARY KEY CHECK (one = 1),
    secret BYTEA NOT NULL
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
