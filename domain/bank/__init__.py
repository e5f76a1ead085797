"""Money as banks tell of it: what a payment goes by, statements, and whose money it is."""
