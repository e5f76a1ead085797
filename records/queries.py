"""What `list`, `inbox`, `log` and the archive ask of the records."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from domain.words import Stage
from records.listing import InboxItem, ListedDeal, Progress
from records.reading import Readers, Row

if TYPE_CHECKING:
    from domain.bank.payment import Debtor
    from domain.deal.credit import CreditAsked, OwedIn
    from domain.deal.state import DealState, LineState
    from domain.deferred import Deferred
    from domain.facts import Fact, Placed
    from domain.playbook.book import StaffedPlaybook
    from domain.serials import SerialElsewhere
    from records.clients import ClientRecord
    from records.unmatched import WaitingMoney

MAX_ROWS = 500
_CHUNK = 500

_BOOK = """
SELECT playbooks.content FROM playbooks JOIN deals ON deals.playbook = playbooks.digest WHERE deals.number = :deal
"""
_BOOKS = """
SELECT content FROM playbooks WHERE digest IN (SELECT playbook FROM deals WHERE number IN :numbers)
"""
_PROGRESS = """
SELECT number, revision, updated_at, closed_at,
    coalesce((SELECT max(facts.seq) FROM facts WHERE facts.deal = deals.number), 0) AS seq
FROM deals WHERE number IN :numbers
"""
_PLACED = "SELECT deal, digest FROM facts WHERE deal IN :numbers AND digest IN :digests"
_DEFERRED = "SELECT deal, content FROM deferred_writes ORDER BY seq"
_DEFERRED_OF = "SELECT deal, content FROM deferred_writes WHERE deal = :deal ORDER BY seq"


class RecordQueries:
    """Reads what the store has written. Every method raises RecordsUnavailable when it can't.

    Each imports what it alone needs: the facts and the states of deals are much to import for a list.
    """

    def __init__(self, url: str) -> None:
        self._readers = Readers(url)

    def close(self) -> None:
        self._readers.close()

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
        from records import deal_list

        now = now or datetime.now(UTC)
        wanted = deal_list.Wanted(stage, manager, awaiting, text, overdue, closed, after)
        with self._readers.reading() as reader:
            return deal_list.page(reader, wanted, now, _capped(limit))

    def inbox(
        self,
        person: str | None = None,
        *,
        stands_in_for: Collection[str] = (),
        with_money: bool = False,
        limit: int = 200,
        now: datetime | None = None,
    ) -> list[InboxItem]:
        """What a person (with None: everybody) has to do or decide, and what was escalated to them. The most overdue comes first.

        With it comes what those have to do whom the person stands in for; and `with_money` what clients have to pay, for who enters it.
        """
        from records import inbox

        people = [person, *stands_in_for] if person else None
        with self._readers.reading() as reader:
            return inbox.page(reader, people, now or datetime.now(UTC), _capped(limit), with_money=with_money)

    def log(self, deal: str, after_seq: int = 0, limit: int | None = None) -> "list[Fact]":
        """The deal's trail in order, without abandoned branches: all of it, or what came after the fact `after_seq`."""
        from domain.facts import live_branch
        from records import trail

        with self._readers.reading() as reader:
            head, facts = trail.head(reader, deal), trail.read(reader, deal, after_seq)
            if not facts or (facts[-1].digest == head and len({fact.seq for fact in facts}) == len(facts)):
                return facts[:limit]
            live = live_branch(trail.read(reader, deal), head)
        return [fact for fact in live if fact.seq > after_seq][:limit]

    def branches(self, deal: str) -> "list[Placed]":
        """The whole trail, with the branches that an operator abandoned."""
        from domain.facts import in_branches
        from records import trail

        with self._readers.reading() as reader:
            return in_branches(trail.read(reader, deal), trail.head(reader, deal))

    def head(self, deal: str) -> str:
        """The digest that the live branch of the deal's trail ends with; empty if the records do not know the deal."""
        from records import trail

        with self._readers.reading() as reader:
            return trail.head(reader, deal)

    def playbook(self, deal: str) -> "StaffedPlaybook | None":
        """The playbook that the deal lives by."""
        from domain.playbook.book import StaffedPlaybook

        with self._readers.reading() as reader:
            found = reader.rows(_BOOK, deal=deal)
        return StaffedPlaybook.model_validate_json(found[0]["content"]) if found else None

    def names(self, deals: Iterable[str]) -> dict[str, str]:
        """The names of the people of these deals, by id."""
        with self._readers.reading() as reader:
            books = reader.rows(_BOOKS, numbers=sorted(set(deals))[:MAX_ROWS])
        people = [json.loads(book["content"]).get("people", {}) for book in books]
        return {id: str(person["name"]) for those in people for id, person in those.items()}

    def snapshot(self, deal: str) -> "tuple[DealState, list[LineState]] | None":
        """The deal and its lines as last told, to show what Temporal no longer holds.

        The deal's `lines` hold the lines too. None if the records do not know the deal.
        """
        from records.snapshots import read_deal

        with self._readers.reading() as reader:
            found = read_deal(reader, deal)
        return (found, list(found.lines.values())) if found else None

    def deferred(self, deal: str | None = None) -> "dict[str, list[Deferred]]":
        """By deal, what the CRM does not take for want of a right, in order: of this deal, or of all."""
        from domain.deferred import Deferred

        with self._readers.reading() as reader:
            rows = reader.rows(_DEFERRED_OF, deal=deal) if deal else reader.rows(_DEFERRED)
        found = dict[str, list[Deferred]]()
        for row in rows:
            found.setdefault(row["deal"], []).append(Deferred.model_validate_json(row["content"]))
        return found

    def client_elsewhere(self, inn: str | None, client: str, deal: str, now: datetime) -> "ClientRecord":
        """What the client of this deal owes in others, and how it pays."""
        from records import clients

        with self._readers.reading() as reader:
            return clients.read(reader, inn, client, deal, now)

    def debtors(self) -> "list[Debtor]":
        """The open deals, as far as money is known by them."""
        from records import debtors

        with self._readers.reading() as reader:
            return debtors.read_debtors(reader)

    def unmatched(self, limit: int = 200) -> "list[WaitingMoney]":
        """Money nobody knows, the oldest first."""
        from records import unmatched

        with self._readers.reading() as reader:
            return unmatched.read(reader, _capped(limit))

    def serials_known(
        self, sku: str, serials: Collection[str], deal: str, line: int
    ) -> "list[SerialElsewhere]":
        """Of serial numbers that are about to be entered for this line, those that other lines have."""
        from records import serials as known

        with self._readers.reading() as reader:
            return known.known(reader, sku, serials, deal, line)

    def owed_by(self, asked: "CreditAsked", now: datetime) -> "tuple[int, tuple[OwedIn, ...]]":
        """In how many deals the client owes something, and how much, by currency."""
        from records import exposures

        with self._readers.reading() as reader:
            return exposures.read(reader, asked, now)

    def highest_number(self) -> int:
        """The highest deal number that is a number; 0 if there is none."""
        with self._readers.reading() as reader:
            [found] = reader.rows("SELECT coalesce(max(digits), 0) AS highest FROM deals")
        return int(found["highest"])

    def progress(self, deals: Iterable[str]) -> dict[str, Progress]:
        """How far the records have come with each of these deals; those they know nothing of are absent."""
        numbers = sorted(set(deals))
        with self._readers.reading() as reader:
            found = [
                row
                for start in range(0, len(numbers), _CHUNK)
                for row in reader.rows(_PROGRESS, numbers=numbers[start : start + _CHUNK])
            ]
        return {row["number"]: _progress(row) for row in found}

    def lacking(self, heads: Mapping[str, str]) -> set[str]:
        """Of these deals, those of which no fact here has this digest."""
        there, numbers = set[tuple[str, str]](), sorted(heads)
        with self._readers.reading() as reader:
            for start in range(0, len(numbers), _CHUNK):
                asked = numbers[start : start + _CHUNK]
                digests = [heads[number] for number in asked]
                there |= {
                    (row["deal"], row["digest"])
                    for row in reader.rows(_PLACED, numbers=asked, digests=digests)
                }
        return {number for number, head in heads.items() if (number, head) not in there}


def _progress(row: Row) -> Progress:
    return Progress(row["revision"], row["seq"], row["updated_at"], row["closed_at"] is not None)


def _capped(limit: int) -> int:
    return min(max(limit, 1), MAX_ROWS)
