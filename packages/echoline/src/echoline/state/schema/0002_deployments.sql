-- What people and pipelines told of releases: which revision a version is, and that it is being deployed.
CREATE TABLE releases_told (
    service TEXT NOT NULL,
    environment TEXT NOT NULL, -- empty: all of them
    version TEXT NOT NULL,
    revision TEXT NOT NULL,
    told_ns INTEGER NOT NULL, -- since 1970 UTC
    deployed_ns INTEGER, -- null when only the revision was told
    PRIMARY KEY (service, environment, version, revision)
) STRICT;

-- Every deployment that was seen, with its receipt: both outlive the telemetry that they were made of.
CREATE TABLE deployments (
    id TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    environment TEXT NOT NULL,
    since_ns INTEGER NOT NULL, -- first seen
    until_ns INTEGER NOT NULL, -- last seen
    deployment TEXT NOT NULL, -- as JSON
    verdict TEXT NOT NULL,
    is_final INTEGER NOT NULL, -- 1 when its receipt will not change any more
    receipt TEXT, -- as JSON; null while there is none
    updated_ns INTEGER NOT NULL
) STRICT;

CREATE INDEX deployments_by_place ON deployments (service, environment, since_ns);
