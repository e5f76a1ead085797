"""The `deal` command. What is slow to import is imported inside the commands: help stays quick."""

import gc

ALLOCATIONS = 100_000
"""Imports make thousands of objects, none of them garbage: the collector need not look for any until there are more."""


def main() -> None:
    gc.set_threshold(ALLOCATIONS)
    try:
        from starter.cli.app import run

        run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
