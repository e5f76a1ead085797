"""The `deal` command. What is slow to import is imported inside the commands: help stays quick."""


def main() -> None:
    try:
        from starter.cli.app import run

        run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
