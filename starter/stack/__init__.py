"""The embedded stack: Temporal's dev server with its Web UI, a worker and the web, over one folder of state."""
