-- Since version 3: the files of a deal's documents. Their content is the desk's, which keeps it by its digest.
CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    deal TEXT NOT NULL REFERENCES deals,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    digest TEXT NOT NULL
);
CREATE INDEX files_of_deal ON files (deal);
