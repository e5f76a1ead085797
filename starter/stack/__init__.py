"""The embedded stack: Temporal's dev server with its Web UI, and a worker, over one folder of state."""
