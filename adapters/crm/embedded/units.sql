-- Since version 4: what a line is counted or measured in, by its OKEI code. A quantity may have decimals: SQLite keeps them in the column as it is.
ALTER TABLE lines ADD COLUMN unit TEXT NOT NULL DEFAULT '796';
