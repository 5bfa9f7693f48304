-- What is remembered. The number of this schema is user_version; a change here
-- needs a step in upgrades (open.go) that leads an older file to the same place.

CREATE TABLE memo (             -- single values
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sources (          -- how far each calendar was read
	name        TEXT PRIMARY KEY,
	fingerprint TEXT NOT NULL,  -- of what the source points at, without secrets
	cursor      TEXT NOT NULL,
	last_error  TEXT NOT NULL,
	count       INTEGER NOT NULL,
	suspect     INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE events (           -- that concern interviews, and no others
	source        TEXT NOT NULL,
	uid           TEXT NOT NULL,
	recurrence_id TEXT NOT NULL,
	ref_id        TEXT NOT NULL,
	version       TEXT NOT NULL,
	strikes       INTEGER NOT NULL,
	absent_since  INTEGER NOT NULL, -- seconds since 1970, 0 for one that is there
	suspect       INTEGER NOT NULL,
	body          TEXT NOT NULL,    -- JSON
	PRIMARY KEY (source, uid, recurrence_id)
) WITHOUT ROWID;

CREATE TABLE records (          -- what was made of each follow-up
	key   TEXT PRIMARY KEY,
	state TEXT NOT NULL,
	body  TEXT NOT NULL         -- JSON
) WITHOUT ROWID;

CREATE TABLE marks (            -- what the user said
	id    INTEGER PRIMARY KEY,
	word  TEXT NOT NULL,
	value TEXT NOT NULL,
	note  TEXT NOT NULL,
	ref   TEXT NOT NULL,
	at    TEXT NOT NULL         -- RFC 3339
);

CREATE TABLE intents (          -- writes that were begun
	remote TEXT PRIMARY KEY,
	key    TEXT NOT NULL,
	op     TEXT NOT NULL,
	fields TEXT NOT NULL,       -- JSON
	at     TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE log (              -- what was done, oldest first
	id   INTEGER PRIMARY KEY,
	body TEXT NOT NULL          -- JSON
);
