-- Since version 2: what people do here themselves. Applied once, to files of version 1 as well.
ALTER TABLE deals ADD COLUMN funnel TEXT NOT NULL DEFAULT 'desk';
ALTER TABLE deals ADD COLUMN stage_name TEXT NOT NULL DEFAULT '';
ALTER TABLE deals ADD COLUMN moved_by TEXT;
ALTER TABLE deals ADD COLUMN moved_at TEXT;
ALTER TABLE deals ADD COLUMN changed_by TEXT;
ALTER TABLE deals ADD COLUMN manager TEXT;
ALTER TABLE deals ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE deals ADD COLUMN draft TEXT NOT NULL DEFAULT '{}';
ALTER TABLE lines ADD COLUMN shown TEXT NOT NULL DEFAULT '{}';
ALTER TABLE lines ADD COLUMN changed_by TEXT;
ALTER TABLE lines ADD COLUMN changed_at TEXT;
ALTER TABLE tasks ADD COLUMN line INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE tasks ADD COLUMN closed_by TEXT;
CREATE TABLE answers (
    deal TEXT NOT NULL REFERENCES deals,
    line INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (deal, line, name)
);
CREATE TABLE decisions (
    deal TEXT NOT NULL REFERENCES deals,
    approval TEXT NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('waiting', 'approve', 'reject')),
    comment TEXT NOT NULL DEFAULT '',
    by TEXT,
    at TEXT NOT NULL,
    PRIMARY KEY (deal, approval)
);
-- The numbers of the deals that people made here, C1, C2 and on: none is ever given twice.
CREATE TABLE born (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    deal TEXT UNIQUE
);
-- What people did, until whoever listens has heard of it.
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    deal TEXT NOT NULL,
    at TEXT NOT NULL,
    heard_at TEXT
);
CREATE INDEX events_unheard ON events (id) WHERE heard_at IS NULL;
CREATE INDEX deals_by_change ON deals (updated_at);
