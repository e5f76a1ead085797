"""A deal of the embedded CRM as the desk sees it."""

import json
import sqlite3

from domain.crm.mirror import SeenDeal, SeenDecision, SeenForm, SeenTask
from domain.words import Stage

OURS = "desk"
"""The desk's funnel."""


def seen_deal(db: sqlite3.Connection, deal: str) -> SeenDeal | None:
    """A deal's number is its id here, too. Reads within one snapshot."""
    row = db.execute("SELECT * FROM deals WHERE deal = ?", (deal,)).fetchone()
    if row is None:
        return None
    return SeenDeal(
        ref=deal,
        number=deal,
        ours=row["funnel"] == OURS,
        made_by_desk=not db.execute("SELECT 1 FROM born WHERE deal = ?", (deal,)).fetchone(),
        stage=None if row["stage_name"] or row["stage"] is None else Stage(row["stage"]),
        stage_name=row["stage_name"] or row["stage"] or "",
        moved_by=row["moved_by"],
        moved_at=row["moved_at"],
        changed_by=row["changed_by"],
        changed_at=row["updated_at"],
        manager=row["manager"],
        reason=row["reason"],
        order=json.loads(row["draft"]),
        forms=_forms(db, row),
        decisions=_decisions(db, deal),
        tasks=_tasks(db, deal),
    )


def _forms(db: sqlite3.Connection, card: sqlite3.Row) -> tuple[SeenForm, ...]:
    """Of the deal's card and of each line's, by whoever changed that card last."""
    forms: dict[int, SeenForm] = {}
    marks = {row["line"]: row for row in db.execute("SELECT * FROM lines WHERE deal = ?", (card["deal"],))}
    for row in db.execute("SELECT * FROM answers WHERE deal = ? ORDER BY line, name", (card["deal"],)):
        line = row["line"]
        mark = marks.get(line)
        by, at = (
            (mark["changed_by"], mark["changed_at"]) if mark else (card["changed_by"], card["updated_at"])
        )
        form = forms.setdefault(line, SeenForm(line=line, by=by, at=at))
        form.values[row["name"]] = row["value"]
    return tuple(forms.values())


def _decisions(db: sqlite3.Connection, deal: str) -> tuple[SeenDecision, ...]:
    rows = db.execute("SELECT * FROM decisions WHERE deal = ? AND answer <> 'waiting'", (deal,))
    return tuple(
        SeenDecision(
            approval=row["approval"],
            approve=row["answer"] == "approve",
            comment=row["comment"],
            by=row["by"],
            at=row["at"],
        )
        for row in rows
    )


def _tasks(db: sqlite3.Connection, deal: str) -> tuple[SeenTask, ...]:
    rows = db.execute("SELECT * FROM tasks WHERE deal = ? ORDER BY opened_at, task", (deal,))
    return tuple(
        SeenTask(
            task=row["task"], closed=row["closed_at"] is not None, by=row["closed_by"], at=row["closed_at"]
        )
        for row in rows
    )
