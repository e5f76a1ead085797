"""What each write changes in the embedded CRM's tables."""

import sqlite3
from typing import assert_never

from activities.errors import CrmRefused
from domain.effects import (
    AddComment,
    CloseTask,
    CrmWrite,
    Notify,
    OpenTask,
    PutLine,
    SetFields,
    SetStage,
)


def change(db: sqlite3.Connection, write: CrmWrite, at: str) -> None:
    """Inside a transaction. Raises `CrmRefused` for a task to close that was never opened."""
    db.execute(
        "INSERT INTO deals (deal, updated_at) VALUES (?, ?)"
        " ON CONFLICT (deal) DO UPDATE SET updated_at = excluded.updated_at",
        (write.deal, at),
    )
    match write:
        case SetStage():
            db.execute("UPDATE deals SET stage = ? WHERE deal = ?", (write.stage, write.deal))
        case SetFields():
            db.executemany(
                "INSERT OR REPLACE INTO fields (deal, name, value) VALUES (?, ?, ?)",
                [(write.deal, name, value) for name, value in write.fields.items()],
            )
        case PutLine():
            db.execute(
                "INSERT OR REPLACE INTO lines (deal, line, sku, name, quantity, amount, status)"
                " VALUES (:deal, :line, :sku, :name, :quantity, :amount, :status)",
                write.model_dump(),
            )
        case AddComment():
            db.execute("INSERT INTO comments (deal, text, at) VALUES (?, ?, ?)", (write.deal, write.text, at))
        case OpenTask():
            db.execute(
                "INSERT OR REPLACE INTO tasks (deal, task, title, person, due_at, opened_at) VALUES (?, ?, ?, ?, ?, ?)",
                (write.deal, write.task, write.title, write.person, write.due_at.isoformat(), at),
            )
        case CloseTask():
            _close_task(db, write, at)
        case Notify():
            db.execute(
                "INSERT INTO notices (deal, person, text, at) VALUES (?, ?, ?, ?)",
                (write.deal, write.person, write.text, at),
            )
        case _:
            assert_never(write)


def _close_task(db: sqlite3.Connection, write: CloseTask, at: str) -> None:
    closed = db.execute(
        "UPDATE tasks SET closed_at = coalesce(closed_at, ?), comment = ? WHERE deal = ? AND task = ?",
        (at, write.comment, write.deal, write.task),
    )
    if not closed.rowcount:
        raise CrmRefused(f"deal {write.deal} has no task {write.task!r} to close")
