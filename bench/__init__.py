"""What Dealwright costs beside the smallest Temporal workflows that give the same commands: `make bench`."""
