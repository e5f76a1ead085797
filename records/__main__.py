"""`python -m records migrate|check|revision`: the schema, for a deployment and for whoever changes it."""

import argparse
import os
import sys

from records import check, migrate
from records.errors import RecordsUnavailable

ADDRESS = "DEALWRIGHT_DATABASE_URL"


def main() -> int:
    options = _parser().parse_args()
    try:
        return _run(options)
    except RecordsUnavailable as error:
        print(error, file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    if options.command == "revision":
        from records.schema import revision

        print(revision(options.message))
        return 0
    if not options.url:
        print(f"Which database? Set {ADDRESS}, or give its address.", file=sys.stderr)
        return 2
    if options.command == "migrate":
        migrate(options.url)
    found = check(options.url)
    print(f"schema {found.current or 'none'}, newest {found.newest}")
    return 0 if found.at_newest else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m records", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in (("migrate", "bring the database to the newest schema"), ("check", "is it there?")):
        command = commands.add_parser(name, help=words)
        command.add_argument("url", nargs="?", default=os.environ.get(ADDRESS))
    command = commands.add_parser("revision", help="write a migration for what changed in tables.py")
    command.add_argument("message")
    return parser


if __name__ == "__main__":
    sys.exit(main())
