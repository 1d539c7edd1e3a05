-- The store's schema. Its version is DATABASE_VERSION in database.c; a change here raises it.

-- One invocation of membench.
CREATE TABLE run (
    id        TEXT PRIMARY KEY,          -- name of its directory
    started   TEXT NOT NULL,             -- UTC, ISO 8601
    finished  TEXT,                      -- NULL while it runs, or if it was stopped
    version   TEXT NOT NULL,             -- of membench
    directory TEXT NOT NULL,             -- working directory it was started in
    command   TEXT NOT NULL CHECK (json_valid(command)), -- its arguments, a JSON array
    out       TEXT NOT NULL,             -- DIR/<run>, absolute
    seed      INTEGER NOT NULL,
    runs      INTEGER NOT NULL,          -- blocks planned: a look may raise it
    runs_auto INTEGER NOT NULL,          -- as many as the verdicts need
    cycles    INTEGER NOT NULL,
    settle    REAL NOT NULL,             -- seconds
    layout    TEXT NOT NULL,
    again     TEXT,                      -- the run that it repeats, or NULL
    plan_path TEXT,                      -- of the plan that it was made by, absolute, or NULL
    plan      TEXT CHECK (plan IS NULL OR json_valid(plan)), -- what that held then
    title       TEXT NOT NULL,           -- of the plan, or ''
    description TEXT NOT NULL
) STRICT;

-- What the run is to confirm or refute.
CREATE TABLE claim (
    run     TEXT NOT NULL REFERENCES run (id),
    ordinal INTEGER NOT NULL,
    text    TEXT NOT NULL,               -- as given
    title   TEXT NOT NULL,
    source  TEXT NOT NULL,               -- who says so
    PRIMARY KEY (run, ordinal)
) STRICT, WITHOUT ROWID;

-- What must not become worse.
CREATE TABLE gate (
    run       TEXT NOT NULL REFERENCES run (id),
    ordinal   INTEGER NOT NULL,
    name      TEXT NOT NULL,             -- METRIC or PHASE.METRIC
    level     TEXT NOT NULL CHECK (level IN ('off', 'warn', 'error')),
    threshold REAL NOT NULL,             -- a share
    control   TEXT NOT NULL,             -- an allocator, or ''
    PRIMARY KEY (run, ordinal)
) STRICT, WITHOUT ROWID;

-- The machine it was made on.
CREATE TABLE host (
    run     TEXT NOT NULL REFERENCES run (id),
    ordinal INTEGER NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (run, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE workload (
    run        TEXT NOT NULL REFERENCES run (id),
    ordinal    INTEGER NOT NULL,
    name       TEXT NOT NULL,
    path       TEXT NOT NULL,
    sha256     TEXT NOT NULL,            -- of the file
    summary    TEXT NOT NULL,
    is_script  INTEGER NOT NULL,
    expect     TEXT NOT NULL,            -- outcome that counts as success beside ok
    parameters TEXT NOT NULL CHECK (json_valid(parameters)), -- [[name, type, value], ...]
    PRIMARY KEY (run, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
    run          TEXT NOT NULL REFERENCES run (id),
    ordinal      INTEGER NOT NULL,
    name         TEXT NOT NULL,
    library      TEXT,                   -- preloaded; NULL: glibc's own malloc
    environment  TEXT NOT NULL CHECK (json_valid(environment)),
    is_available INTEGER NOT NULL,
    reason       TEXT,                   -- why it is not available
    PRIMARY KEY (run, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE trial (
    id               INTEGER PRIMARY KEY,
    run              TEXT NOT NULL REFERENCES run (id),
    number           INTEGER NOT NULL,
    block            INTEGER NOT NULL,
    position         INTEGER NOT NULL,
    repeats          INTEGER NOT NULL,   -- block that this trial's block repeats; 0: none
    workload         INTEGER NOT NULL,   -- ordinal
    setting          INTEGER NOT NULL,   -- ordinal
    object_allocator TEXT NOT NULL,
    hash_seed        INTEGER NOT NULL,
    padding          INTEGER NOT NULL,   -- bytes
    outcome          TEXT NOT NULL,
    summary          TEXT NOT NULL,
    hint             TEXT NOT NULL,
    traceback        TEXT NOT NULL,
    stacks           TEXT NOT NULL,
    output           BLOB NOT NULL,      -- the last 64 KiB
    seconds          REAL NOT NULL,
    family           TEXT NOT NULL,      -- who served malloc, as the worker proved it
    library          TEXT NOT NULL,
    build_id         TEXT NOT NULL,
    version          TEXT NOT NULL,
    settings         TEXT NOT NULL,
    python           TEXT NOT NULL,
    warnings         TEXT NOT NULL CHECK (json_valid(warnings)),
    UNIQUE (run, number)
) STRICT;

CREATE TABLE sample (
    id      INTEGER PRIMARY KEY,
    trial   INTEGER NOT NULL REFERENCES trial (id) ON DELETE CASCADE,
    cycle   INTEGER NOT NULL,
    phase   TEXT NOT NULL,
    visit   INTEGER NOT NULL,
    elapsed REAL NOT NULL,               -- seconds since the worker was started
    moved   REAL NOT NULL                -- bytes that rss changed by while it was read
) STRICT;
CREATE INDEX sample_of_trial ON sample (trial);

-- A metric that was not measured has no row.
CREATE TABLE value (
    sample INTEGER NOT NULL REFERENCES sample (id) ON DELETE CASCADE,
    metric TEXT NOT NULL,
    unit   TEXT NOT NULL,
    value  REAL NOT NULL,
    PRIMARY KEY (sample, metric)
) STRICT, WITHOUT ROWID;

-- What the allocator wrote of itself, in its own words (--dump).
CREATE TABLE dump (
    trial INTEGER NOT NULL REFERENCES trial (id) ON DELETE CASCADE,
    phase TEXT NOT NULL,
    text  TEXT NOT NULL,
    PRIMARY KEY (trial, phase)
) STRICT, WITHOUT ROWID;

-- Objects and bytes by type (--census).
CREATE TABLE census (
    trial   INTEGER PRIMARY KEY REFERENCES trial (id) ON DELETE CASCADE,
    phase   TEXT NOT NULL,
    seconds REAL NOT NULL                -- that it took
) STRICT;
CREATE TABLE type (
    trial         INTEGER NOT NULL REFERENCES census (trial) ON DELETE CASCADE,
    name          TEXT NOT NULL,         -- module.Class
    objects       INTEGER NOT NULL,
    bytes         INTEGER NOT NULL,
    garbage       INTEGER NOT NULL,      -- of them: objects that only gc.garbage keeps alive
    garbage_bytes INTEGER NOT NULL,
    PRIMARY KEY (trial, name)
) STRICT, WITHOUT ROWID;

-- Points of 4 little-endian 64-bit integers: microseconds, rss, tree_private (bytes), processes.
CREATE TABLE curve (
    trial  INTEGER PRIMARY KEY REFERENCES trial (id) ON DELETE CASCADE,
    points BLOB NOT NULL
) STRICT;
