"""People at work in the embedded CRM: what a manager would do in a portal."""

import json
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from activities.errors import CrmRefused
from adapters.crm.embedded.reading import OURS
from adapters.crm.embedded.store import CrmStore
from domain.words import Stage

Run = Callable[[Callable[[], Any]], Awaitable[Any]]
_TABLES = ("fields", "lines", "comments", "files", "tasks", "notices", "answers", "decisions", "deals")


class Person:
    """`name` is a person of the playbook, or somebody it does not know. Raises `CrmRefused` for what is not there."""

    def __init__(self, name: str, store: CrmStore, run: Run) -> None:
        self.name = name
        self._store, self._run = store, run

    async def add_deal(
        self,
        order: Mapping[str, Any],
        *,
        manager: str | None = None,
        stage: Stage = Stage.NEW,
        funnel: str = OURS,
    ) -> str:
        """A new deal with what is known of its order, as an order file has it. Gives its number."""
        deal: str = await self._run(self._store.new_number)
        row = (deal, stage, funnel, self.name, manager or self.name, _json(order))

        def add(db: sqlite3.Connection, at: str) -> None:
            db.execute(
                "INSERT INTO deals (deal, stage, funnel, changed_by, manager, draft, updated_at, moved_by, moved_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, at, self.name, at),
            )

        await self._do(deal, add)
        return deal

    async def write(self, deal: str, order: Mapping[str, Any]) -> None:
        """Replaces what the card says of the order."""
        await self._set(deal, "draft = :to", to=_json(order))

    async def hand_over(self, deal: str, to: str) -> None:
        await self._set(deal, "manager = :to", to=to)

    async def move(self, deal: str, stage: Stage | str, reason: str = "") -> None:
        """A stage that the process does not know is just a name here."""
        known = stage in set(Stage)
        what = "stage = :stage, stage_name = :name, reason = :reason, moved_by = :by, moved_at = :at"
        await self._set(
            deal, what, stage=stage if known else None, name="" if known else stage, reason=reason
        )

    async def take_away(self, deal: str, funnel: str) -> None:
        """Into a funnel of others."""
        await self._set(
            deal,
            "funnel = :funnel, stage = NULL, stage_name = :funnel, moved_by = :by, moved_at = :at",
            funnel=funnel,
        )

    async def fill(self, deal: str, values: Mapping[str, str], line: int = 0) -> None:
        """Fields of the desk's forms, as `arrival.eta`; an empty one is emptied."""

        def fill(db: sqlite3.Connection, at: str) -> None:
            for name, value in values.items():
                key = (deal, line, name)
                db.execute("DELETE FROM answers WHERE deal = ? AND line = ? AND name = ?", key)
                if value:
                    db.execute(
                        "INSERT INTO answers (deal, line, name, value) VALUES (?, ?, ?, ?)", (*key, value)
                    )
            self._mark(db, deal, line, at)

        await self._do(deal, fill)

    async def complete(self, deal: str, task: str) -> None:
        def complete(db: sqlite3.Connection, at: str) -> None:
            closed = db.execute(
                "UPDATE tasks SET closed_at = ?, closed_by = ? WHERE deal = ? AND task = ? AND closed_at IS NULL",
                (at, self.name, deal, task),
            )
            _there(closed, f"deal {deal} has no open task {task!r}")

        await self._do(deal, complete)

    async def answer(self, deal: str, approval: str, *, approve: bool, comment: str = "") -> None:
        def answer(db: sqlite3.Connection, at: str) -> None:
            said = ("approve" if approve else "reject", comment, self.name, at, deal, approval)
            asked = db.execute(
                "UPDATE decisions SET answer = ?, comment = ?, by = ?, at = ? WHERE deal = ? AND approval = ?",
                said,
            )
            _there(asked, f"deal {deal} is not asked about {approval!r}")

        await self._do(deal, answer)

    async def delete(self, deal: str) -> None:
        def delete(db: sqlite3.Connection, at: str) -> None:
            for table in _TABLES:
                gone = db.execute(f"DELETE FROM {table} WHERE deal = ?", (deal,))  # noqa: S608 (names of ours)
            _there(gone, f"there is no deal {deal}")

        await self._do(deal, delete)

    async def _set(self, deal: str, what: str, **values: Any) -> None:
        def change(db: sqlite3.Connection, at: str) -> None:
            known = {**values, "deal": deal, "by": self.name, "at": at}
            set = f"UPDATE deals SET {what}, changed_by = :by WHERE deal = :deal"  # noqa: S608 (words of ours)
            _there(db.execute(set, known), f"there is no deal {deal}")

        await self._do(deal, change)

    def _mark(self, db: sqlite3.Connection, deal: str, line: int, at: str) -> None:
        """Who changed the card last: the deal's, or a line's."""
        if line:
            mark = "UPDATE lines SET changed_by = ?, changed_at = ? WHERE deal = ? AND line = ?"
            _there(db.execute(mark, (self.name, at, deal, line)), f"deal {deal} has no line {line}")
        else:
            mark = "UPDATE deals SET changed_by = ? WHERE deal = ?"
            _there(db.execute(mark, (self.name, deal)), f"there is no deal {deal}")

    async def _do(self, deal: str, act: Callable[[sqlite3.Connection, str], None]) -> None:
        await self._run(lambda: self._store.by_person(deal, act))


def _there(done: sqlite3.Cursor, otherwise: str) -> None:
    if not done.rowcount:
        raise CrmRefused(otherwise)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
