"""The floor of any command: an app with nothing in it, asked for help."""

import sys

import typer

app = typer.Typer()


@app.command()
def nothing() -> None: ...


if __name__ == "__main__":
    sys.argv[1:] = ["--help"]
    app()
