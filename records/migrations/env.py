"""Run by alembic. The connection, with its transaction and lock, comes from `records/schema.py`."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import AutoString

from records import ledgers  # noqa: F401  (its tables join the metadata)
from records.tables import Record
from records.types import Moment, Money


def as_written(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """A column's type as a person would write it in a migration."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, Money | Moment):
        autogen.imports.add(f"from records.types import {item!r}".removesuffix("()"))
        return repr(item)
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Record.metadata,
    render_as_batch=True,
    render_item=as_written,
)
with context.begin_transaction():
    context.run_migrations()
