"""Our own small CRM, in one file of SQLite."""
