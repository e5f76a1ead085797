"""The `deal` command. What is slow to import is imported inside the commands: help stays quick."""


def main() -> None:
    from starter.cli.app import run

    run()
