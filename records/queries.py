"""What `list`, `inbox`, `log` and the archive ask of the records."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from domain.facts import Fact, Placed, in_branches, live_branch
from domain.words import Stage
from records import deal_list, inbox, trail
from records.columns import DEALS, FACTS, PLAYBOOKS
from records.engine import open_engine, reaching
from records.listing import InboxItem, ListedDeal, Standing

if TYPE_CHECKING:
    from domain.deal.state import DealState, LineState
    from domain.playbook.book import StaffedPlaybook

MAX_ROWS = 500
_CHUNK = 500


class RecordQueries:
    """Reads what the store has written. Every method raises RecordsUnavailable when it can't."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = open_engine(url)

    def close(self) -> None:
        self._engine.dispose()

    def deals(
        self,
        stage: Stage | None = None,
        manager: str | None = None,
        awaiting: str | None = None,
        text: str | None = None,
        overdue: bool | None = None,
        *,
        closed: bool | None = None,
        limit: int = 50,
        after: str | None = None,
        now: datetime | None = None,
    ) -> list[ListedDeal]:
        """Deals, the newest first. `awaiting` is a person or a role.

        `after`, for the next page, is the number of the last deal of the page before.
        """
        now = now or datetime.now(UTC)
        wanted = deal_list.Wanted(stage, manager, awaiting, text, overdue, closed, after)
        with self._reading() as connection:
            found = connection.execute(deal_list.page(wanted, now, _capped(limit))).all()
            return deal_list.filled(connection, found, now)

    def inbox(
        self,
        person: str | None = None,
        *,
        stands_in_for: Collection[str] = (),
        limit: int = 200,
        now: datetime | None = None,
    ) -> list[InboxItem]:
        """What a person (with None: everybody) has to do or decide, and what was escalated to them. The most overdue comes first.

        With it comes what those have to do whom the person stands in for.
        """
        people = [person, *stands_in_for] if person else None
        now = now or datetime.now(UTC)
        with self._reading() as connection:
            found = connection.execute(inbox.page(people, now, _capped(limit)))
            return [inbox.item(row, now) for row in found]

    def log(self, deal: str, after_seq: int = 0, limit: int | None = None) -> list[Fact]:
        """The deal's trail in order, without abandoned branches: all of it, or what came after the fact `after_seq`."""
        with self._reading() as connection:
            head, facts = trail.head(connection, deal), trail.read(connection, deal, after_seq)
            if not facts or (facts[-1].digest == head and len({fact.seq for fact in facts}) == len(facts)):
                return facts[:limit]
            live = live_branch(trail.read(connection, deal), head)
        return [fact for fact in live if fact.seq > after_seq][:limit]

    def branches(self, deal: str) -> list[Placed]:
        """The whole trail, with the branches that an operator abandoned."""
        with self._reading() as connection:
            return in_branches(trail.read(connection, deal), trail.head(connection, deal))

    def head(self, deal: str) -> str:
        """The digest that the live branch of the deal's trail ends with; empty if the records do not know the deal."""
        with self._reading() as connection:
            return trail.head(connection, deal)

    def playbook(self, deal: str) -> "StaffedPlaybook | None":
        """The playbook that the deal lives by."""
        query = select(PLAYBOOKS.c.content).where(
            PLAYBOOKS.c.digest == DEALS.c.playbook, DEALS.c.number == deal
        )
        with self._reading() as connection:
            content = connection.scalar(query)
        return _playbook(content) if content else None

    def names(self, deals: Iterable[str]) -> dict[str, str]:
        """The names of the people of these deals, by id."""
        numbers = sorted(set(deals))[:MAX_ROWS]
        used = select(DEALS.c.playbook).where(DEALS.c.number.in_(numbers)).distinct()
        query = select(PLAYBOOKS.c.content).where(PLAYBOOKS.c.digest.in_(used))
        with self._reading() as connection:
            found = [json.loads(content).get("people", {}) for content in connection.scalars(query)]
        return {id: str(person["name"]) for people in found for id, person in people.items()}

    def snapshot(self, deal: str) -> "tuple[DealState, list[LineState]] | None":
        """The deal and its lines as last told, to show what Temporal no longer holds.

        The deal's `lines` hold the lines too. None if the records do not know the deal.
        """
        from records.snapshots import read_deal  # 0.3 s that list and inbox need not pay

        with self._reading() as connection:
            found = read_deal(connection, deal)
        return (found, list(found.lines.values())) if found else None

    def highest_number(self) -> int:
        """The highest deal number that is a number; 0 if there is none."""
        with self._reading() as connection:
            return connection.scalar(select(func.max(DEALS.c.digits))) or 0

    def standings(self, deals: Iterable[str]) -> dict[str, Standing]:
        """How far the records have come with each of these deals; those they know nothing of are absent."""
        numbers = sorted(set(deals))
        newest = select(func.max(FACTS.c.seq)).where(FACTS.c.deal == DEALS.c.number).scalar_subquery()
        closed = DEALS.c.closed_at.is_not(None)
        query = select(DEALS.c.number, DEALS.c.revision, func.coalesce(newest, 0), DEALS.c.updated_at, closed)
        with self._reading() as connection:
            return {
                number: Standing(*rest)
                for start in range(0, len(numbers), _CHUNK)
                for number, *rest in connection.execute(
                    query.where(DEALS.c.number.in_(numbers[start : start + _CHUNK]))
                )
            }

    def lacking(self, heads: Mapping[str, str]) -> set[str]:
        """Of these deals, those of which no fact here has this digest."""
        there, numbers = set[tuple[str, str]](), sorted(heads)
        with self._reading() as connection:
            for start in range(0, len(numbers), _CHUNK):
                asked = numbers[start : start + _CHUNK]
                query = select(FACTS.c.deal, FACTS.c.digest).where(
                    FACTS.c.deal.in_(asked), FACTS.c.digest.in_([heads[number] for number in asked])
                )
                there |= {(deal, digest) for deal, digest in connection.execute(query)}
        return {number for number, head in heads.items() if (number, head) not in there}

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with reaching(self._url), self._engine.connect() as connection:
            yield connection


def _capped(limit: int) -> int:
    return min(max(limit, 1), MAX_ROWS)


def _playbook(content: str) -> Any:
    from domain.playbook.book import StaffedPlaybook

    return StaffedPlaybook.model_validate_json(content)
