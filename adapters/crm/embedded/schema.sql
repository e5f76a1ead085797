CREATE TABLE IF NOT EXISTS deals (
    deal TEXT PRIMARY KEY,
    stage TEXT,
    updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS fields (
    deal TEXT NOT NULL REFERENCES deals,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (deal, name)
);
CREATE TABLE IF NOT EXISTS lines (
    deal TEXT NOT NULL REFERENCES deals,
    line INTEGER NOT NULL,
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    amount TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (deal, line)
);
CREATE TABLE IF NOT EXISTS comments (
    id INTEGER PRIMARY KEY,
    deal TEXT NOT NULL REFERENCES deals,
    text TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS tasks (
    deal TEXT NOT NULL REFERENCES deals,
    task TEXT NOT NULL,
    title TEXT NOT NULL,
    person TEXT NOT NULL,
    due_at TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    comment TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (deal, task)
);
CREATE TABLE IF NOT EXISTS notices (
    id INTEGER PRIMARY KEY,
    deal TEXT NOT NULL REFERENCES deals,
    person TEXT NOT NULL,
    text TEXT NOT NULL,
    at TEXT NOT NULL
);
-- Every write that was really carried out, in order. Its row is made in the write's own transaction.
CREATE TABLE IF NOT EXISTS ledger (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    op TEXT NOT NULL,
    deal TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS comments_of_deal ON comments (deal);
CREATE INDEX IF NOT EXISTS notices_of_deal ON notices (deal);
CREATE INDEX IF NOT EXISTS ledger_of_deal ON ledger (deal);
