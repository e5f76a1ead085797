"""What each write changes in the embedded CRM's tables."""

import json
import re
import sqlite3
from typing import assert_never

from activities.errors import CrmRefused
from adapters.crm.embedded.reading import OURS
from domain.effects import (
    AddComment,
    AttachFile,
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
            _set_stage(db, write, at)
        case SetFields():
            db.executemany(
                "INSERT OR REPLACE INTO fields (deal, name, value) VALUES (?, ?, ?)",
                [(write.deal, name, value) for name, value in write.fields.items()],
            )
            db.execute(
                "UPDATE deals SET changed_by = NULL, manager = coalesce(?, manager) WHERE deal = ?",
                (write.fields.get("manager"), write.deal),
            )
        case PutLine():
            db.execute(
                "INSERT OR REPLACE INTO lines"
                " (deal, line, sku, name, quantity, unit, amount, status, shown, changed_at)"
                " VALUES (:deal, :line, :sku, :name, :quantity, :unit, :amount, :status, :shown, :at)",
                write.model_dump(mode="json")
                | {"shown": json.dumps(write.shown, ensure_ascii=False), "at": at},
            )
        case AddComment() | AttachFile():
            db.execute("INSERT INTO comments (deal, text, at) VALUES (?, ?, ?)", (write.deal, write.text, at))
            if isinstance(write, AttachFile):
                db.execute(
                    "INSERT INTO files (deal, name, size, digest) VALUES (:deal, :name, :size, :digest)",
                    write.model_dump(),
                )
        case OpenTask():
            _open_task(db, write, at)
        case CloseTask():
            _close_task(db, write, at)
        case Notify():
            db.execute(
                "INSERT INTO notices (deal, person, text, at) VALUES (?, ?, ?, ?)",
                (write.deal, write.person, write.text, at),
            )
        case _:
            assert_never(write)


def _set_stage(db: sqlite3.Connection, write: SetStage, at: str) -> None:
    """A stage that stands there already is left alone, and so is the mark of who put it there."""
    db.execute(
        "UPDATE deals SET stage = :stage, stage_name = '', funnel = :ours, moved_by = NULL, moved_at = :at, changed_by = NULL"
        " WHERE deal = :deal AND (stage IS NOT :stage OR stage_name <> '' OR funnel <> :ours)",
        {"stage": write.stage, "deal": write.deal, "ours": OURS, "at": at},
    )


def _open_task(db: sqlite3.Connection, write: OpenTask, at: str) -> None:
    """What a form holds from an earlier round goes with the first task of the next; the answer to a question, with each."""
    question = write.task.partition("@")[0]
    if (
        write.form
        and not db.execute(
            "SELECT 1 FROM tasks WHERE deal = ? AND task LIKE ? || '@%'", (write.deal, question)
        ).fetchone()
        and re.search(r"#[0-9]+$", question)
    ):
        db.executemany(
            "DELETE FROM answers WHERE deal = ? AND line = ? AND name = ?",
            [(write.deal, write.line, name) for name in write.form],
        )
    if write.asks:
        db.execute(
            "INSERT OR REPLACE INTO decisions (deal, approval, answer, at) VALUES (?, ?, 'waiting', ?)",
            (write.deal, write.asks, at),
        )
    db.execute(
        "INSERT OR REPLACE INTO tasks (deal, task, title, person, line, description, due_at, opened_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(write.deal, write.task, write.title, write.person, write.line, write.description),
            *(write.due_at.isoformat(), at),
        ),
    )


def _close_task(db: sqlite3.Connection, write: CloseTask, at: str) -> None:
    closed = db.execute(
        "UPDATE tasks SET closed_at = coalesce(closed_at, ?), comment = ? WHERE deal = ? AND task = ?",
        (at, write.comment, write.deal, write.task),
    )
    if not closed.rowcount:
        raise CrmRefused(f"deal {write.deal} has no task {write.task!r} to close")
