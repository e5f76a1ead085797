"""What `list`, `inbox`, `log` and the archive ask of the records.

The columns are named here once more, and not taken from `tables.py`: importing SQLModel would cost
`deal list` 0.2 s.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Row,
    Select,
    TableClause,
    and_,
    case,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    table,
    tuple_,
    union_all,
)

from domain.facts import Actor, Fact, FactKind
from domain.words import LineStatus, Role, Stage, Text
from records.engine import open_engine, reaching, sqlite_file
from records.errors import RecordsUnavailable
from records.listing import InboxItem, ListedDeal, ListedLine, StageTotal, Standing
from records.types import Moment, Money

if TYPE_CHECKING:
    from domain.state import DealState, LineState

MAX_ROWS = 500
_CHUNK = 500

_TYPES: dict[str, Any] = {"data": JSON} | dict.fromkeys(("amount", "paid", "received"), Money)


def _table(name: str, columns: str) -> TableClause:
    def typed(name: str) -> Any:
        kind = Moment if name.endswith("_at") or name == "at" else _TYPES.get(name)
        return column(name, kind() if kind else None)

    return table(name, *(typed(name) for name in columns.split()))


_DEALS = _table(
    "deals",
    "number digits revision stage client manager amount paid received currency "
    "next_due_at opened_at updated_at closed_at search playbook snapshot",
)
_LINES = _table("lines", "deal number status sku name amount search snapshot")
_WAITS = _table("waits", "deal line role person due_at")
_ASSIGNMENTS = _table("assignments", "deal id line title_ru title_en assignee role open opened_at due_at")
_APPROVALS = _table("approvals", "deal id line version title_ru title_en opened_at")
_ASKS = _table("asks", "deal approval role line person open due_at")
_FACTS = _table("facts", "deal seq at kind subject person name role behalf data")
_PLAYBOOKS = _table("playbooks", "digest content")


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
        wanted = [
            *([_DEALS.c.stage == stage.value] if stage else []),
            *([_DEALS.c.manager == manager] if manager else []),
            *([_waits_for(awaiting)] if awaiting else []),
            *_mentions(text or ""),
            *([] if overdue is None else [_overdue(now) if overdue else _not_overdue(now)]),
            *([] if closed is None else [_DEALS.c.closed_at.is_not(None) == closed]),
            *([_older_than(after)] if after else []),
        ]
        columns = [_DEALS.c[name] for name in ListedDeal._fields if name in _DEALS.c]
        page = (
            select(*columns)
            .where(*wanted)
            .order_by(_DEALS.c.opened_at.desc(), _DEALS.c.number.desc())
            .limit(_capped(limit))
        )
        with self._reading() as connection:
            found = connection.execute(page).all()
            numbers = [row.number for row in found]
            awaited, lines = _awaited(connection, numbers), _lines(connection, numbers)
        return [_listed(row, now, awaited, lines) for row in found]

    def inbox(
        self,
        person: str | None = None,
        *,
        stands_in_for: Collection[str] = (),
        limit: int = 200,
        now: datetime | None = None,
    ) -> list[InboxItem]:
        """What a person (with None: everybody) has to do or decide. The most overdue comes first.

        With it comes what those have to do whom the person stands in for.
        """
        people = [person, *stands_in_for] if person else None
        open_ones = union_all(_assignments(people), _asks(people)).subquery()
        query = select(open_ones).order_by(open_ones.c.due_at, open_ones.c.deal, open_ones.c.id)
        now = now or datetime.now(UTC)
        with self._reading() as connection:
            return [_item(row, now) for row in connection.execute(query.limit(_capped(limit)))]

    def board(self, now: datetime | None = None) -> list[StageTotal]:
        """How many deals stand in each stage, and their money by currency."""
        late = func.sum(case((_DEALS.c.next_due_at < (now or datetime.now(UTC)), 1), else_=0))
        amount, paid = func.sum(_DEALS.c.amount), func.sum(_DEALS.c.paid)
        columns = (_DEALS.c.stage, _DEALS.c.currency)
        query = select(*columns, func.count(), late, amount, paid).group_by(*columns)
        with self._reading() as connection:
            totals = [StageTotal(Stage(row[0]), *row[1:]) for row in connection.execute(query)]
        return sorted(totals, key=lambda total: (list(Stage).index(total.stage), total.currency))

    def log(self, deal: str, after_seq: int = 0, limit: int | None = None) -> list[Fact]:
        """The deal's trail in order: all of it, or what came after the fact `after_seq`."""
        query = select(_FACTS).where(_FACTS.c.deal == deal, _FACTS.c.seq > after_seq).order_by(_FACTS.c.seq)
        with self._reading() as connection:
            return [_fact(row) for row in connection.execute(query.limit(limit))]

    def snapshot(self, deal: str) -> "tuple[DealState, list[LineState]] | None":
        """The deal and its lines as last told, to show what Temporal no longer holds.

        The deal's `lines` hold the lines too. None if the records do not know the deal.
        """
        from domain.state import DealState, LineState  # 0.3 s that list and inbox need not pay

        mine = select(_DEALS.c.snapshot, _PLAYBOOKS.c.content).where(_DEALS.c.number == deal)
        mine = mine.select_from(_DEALS.outerjoin(_PLAYBOOKS, _PLAYBOOKS.c.digest == _DEALS.c.playbook))
        of_lines = select(_LINES.c.snapshot).where(_LINES.c.deal == deal).order_by(_LINES.c.number)
        with self._reading() as connection:
            if (row := connection.execute(mine).one_or_none()) is None:
                return None
            lines = [LineState.model_validate_json(text) for text in connection.scalars(of_lines)]
        state = DealState.model_validate_json(row.snapshot)
        state.lines = {line.number: line for line in lines}
        if row.content:
            state.playbook = _playbook(row.content)
        return state, lines

    def highest_number(self) -> int:
        """The highest deal number that is a number; 0 if there is none."""
        with self._reading() as connection:
            return connection.scalar(select(func.max(_DEALS.c.digits))) or 0

    def standings(self, deals: Iterable[str]) -> dict[str, Standing]:
        """How far the records have come with each of these deals; those they know nothing of are absent."""
        numbers = sorted(set(deals))
        newest = select(func.max(_FACTS.c.seq)).where(_FACTS.c.deal == _DEALS.c.number).scalar_subquery()
        query = select(_DEALS.c.number, _DEALS.c.revision, func.coalesce(newest, 0), _DEALS.c.updated_at)
        with self._reading() as connection:
            return {
                number: Standing(*rest)
                for start in range(0, len(numbers), _CHUNK)
                for number, *rest in connection.execute(
                    query.where(_DEALS.c.number.in_(numbers[start : start + _CHUNK]))
                )
            }

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        file = sqlite_file(self._url)
        if file and not file.exists():  # SQLite would make an empty one
            raise RecordsUnavailable(
                f"There are no records at {file} yet: start `deal up`, which makes them."
            )
        with reaching(self._url), self._engine.connect() as connection:
            yield connection


def _capped(limit: int) -> int:
    return min(max(limit, 1), MAX_ROWS)


def _waits_for(who: str) -> ColumnElement[bool]:
    waits = select(_WAITS.c.deal).where(or_(_WAITS.c.person == who, _WAITS.c.role == who))
    return and_(_DEALS.c.closed_at.is_(None), _DEALS.c.number.in_(waits))


def _mentions(text: str) -> Iterator[ColumnElement[bool]]:
    """Every word is in the deal (number, client, contact, wish) or in one of its lines (article, name)."""
    for word in text.replace("\x00", " ").casefold().split():
        in_line = _LINES.c.search.contains(word, autoescape=True)
        in_lines = exists().where(_LINES.c.deal == _DEALS.c.number, in_line)
        yield or_(_DEALS.c.search.contains(word, autoescape=True), in_lines)


def _overdue(now: datetime) -> ColumnElement[bool]:
    return _DEALS.c.next_due_at < now


def _not_overdue(now: datetime) -> ColumnElement[bool]:
    return or_(_DEALS.c.next_due_at.is_(None), _DEALS.c.next_due_at >= now)


def _older_than(number: str) -> ColumnElement[bool]:
    last = _DEALS.alias()
    opened_at = select(last.c.opened_at).where(last.c.number == number).scalar_subquery()
    return tuple_(_DEALS.c.opened_at, _DEALS.c.number) < tuple_(opened_at, literal(number))


def _awaited(connection: Connection, deals: Sequence[str]) -> dict[str, list[str]]:
    query = (
        select(_WAITS.c.deal, _WAITS.c.person)
        .where(_WAITS.c.deal.in_(deals))
        .group_by(_WAITS.c.deal, _WAITS.c.person)
        .order_by(func.min(_WAITS.c.due_at), _WAITS.c.person)
    )
    awaited: dict[str, list[str]] = {}
    for deal, person in connection.execute(query) if deals else ():
        awaited.setdefault(deal, []).append(person)
    return awaited


def _lines(connection: Connection, deals: Sequence[str]) -> dict[str, list[ListedLine]]:
    columns = [_LINES.c[name] for name in ListedLine._fields]
    query = select(_LINES.c.deal, *columns).where(_LINES.c.deal.in_(deals)).order_by(_LINES.c.number)
    lines: dict[str, list[ListedLine]] = {}
    for deal, *rest in connection.execute(query) if deals else ():
        line = ListedLine(*rest)
        lines.setdefault(deal, []).append(line._replace(status=LineStatus(line.status)))
    return lines


def _listed(
    row: Row[Any], now: datetime, awaited: dict[str, list[str]], lines: dict[str, list[ListedLine]]
) -> ListedDeal:
    return ListedDeal(
        **row._asdict() | {"stage": Stage(row.stage)},
        overdue=row.next_due_at is not None and row.next_due_at < now,
        awaiting=() if row.closed_at else tuple(awaited.get(row.number, ())),
        lines=tuple(lines.get(row.number, ())),
    )


def _assignments(people: list[str] | None) -> Select[Any]:
    mine = _ASSIGNMENTS.c
    return (
        select(
            literal("assignment").label("kind"),
            *(mine.deal, _DEALS.c.client, _DEALS.c.stage, mine.line, mine.id, literal(1).label("version")),
            *(mine.title_ru, mine.title_en, mine.role, mine.assignee.label("person")),
            *(mine.opened_at, mine.due_at),
        )
        .join_from(_ASSIGNMENTS, _DEALS, _DEALS.c.number == mine.deal)
        .where(mine.open, _DEALS.c.closed_at.is_(None))
        .where(*([mine.assignee.in_(people)] if people else []))
    )


def _asks(people: list[str] | None) -> Select[Any]:
    mine, approval = _ASKS.c, _APPROVALS.c
    return (
        select(
            literal("approval").label("kind"),
            *(mine.deal, _DEALS.c.client, _DEALS.c.stage, mine.line, approval.id, approval.version),
            *(approval.title_ru, approval.title_en, mine.role, mine.person),
            *(approval.opened_at, mine.due_at),
        )
        .join_from(_ASKS, _APPROVALS, and_(approval.deal == mine.deal, approval.id == mine.approval))
        .join(_DEALS, _DEALS.c.number == mine.deal)
        .where(mine.open, _DEALS.c.closed_at.is_(None))
        .where(*([mine.person.in_(people)] if people else []))
    )


def _item(row: Row[Any], now: datetime) -> InboxItem:
    return InboxItem(
        kind=row.kind,
        deal=row.deal,
        client=row.client,
        stage=Stage(row.stage),
        line=row.line,
        id=row.id,
        version=row.version,
        title=Text(ru=row.title_ru, en=row.title_en),
        role=row.role,
        person=row.person,
        opened_at=row.opened_at,
        due_at=row.due_at,
        overdue=row.due_at < now,
    )


def _fact(row: Row[Any]) -> Fact:
    actor = Actor(
        person=row.person, name=row.name, role=Role(row.role) if row.role else None, behalf=row.behalf
    )
    return Fact(
        seq=row.seq, at=row.at, actor=actor, kind=FactKind(row.kind), subject=row.subject, data=row.data
    )


def _playbook(content: str) -> Any:
    from domain.playbook import Playbook

    return Playbook.model_validate_json(content)
