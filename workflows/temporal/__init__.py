"""How the process survives anything: the one room that knows Temporal."""
