"""The `deal` command. Whatever is slow to import is imported inside the commands: help and completion stay quick."""

from starter.cli.app import main

__all__ = ["main"]
