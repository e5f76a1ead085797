"""The read model in SQL: list, inbox, audit trail, and the archive of deals that Temporal no longer holds.

A projection: `deal rebuild` can refill it. New columns or tables: change `tables.py`, then

    python -m records revision "what changes"

writes the migration into `records/migrations/versions/`: read it, and run `make format`. A test finds what is
forgotten.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from records.schema import Schema


# Alembic takes half a second to import: only who migrates or checks pays for it.
def migrate(url: str) -> None:
    """Brings the database to the newest schema. Safe to repeat, and when two processes do it at once."""
    from records import schema

    schema.migrate(url)


def check(url: str) -> "Schema":
    """Which schema the database has, and which it should. RecordsUnavailable when it does not answer."""
    from records import schema

    return schema.check(url)
