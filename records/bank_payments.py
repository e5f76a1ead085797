"""The payments that banks told of and no deal took, those of statements among them: what waits, what is on its way to its deal."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Row, and_, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.bank.payment import BankPayment, Kind, Match
from domain.words import Text
from records.engine import open_engine, reaching
from records.ledgers import BankPaymentRecord
from records.tables import PaymentRecord

_TABLE = BankPaymentRecord.metadata.tables["bank_payments"]
_PAYMENTS = PaymentRecord.metadata.tables["payments"]
_IT = _TABLE.c
_CHUNK = 500
_OPEN = ("waiting", "posting")

Status = Literal["waiting", "posting", "posted", "dismissed"]


class KeptPayment(NamedTuple):
    """`match` is what was found of it last; `deal` is whose it is, once that is decided, by the person `by`."""

    payment: BankPayment
    match: Match
    status: Status
    received_at: datetime
    deal: str | None = None
    by: str = ""
    reason: str = ""


class BankPayments:
    """Every method raises RecordsUnavailable when the database can't be used: nothing was changed then."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = open_engine(url, writes=True, durable=True)
        self._reader = open_engine(url)

    def close(self) -> None:
        self._engine.dispose()
        self._reader.dispose()

    def put(self, found: Iterable[tuple[BankPayment, Match]], at: datetime, by: str = "") -> None:
        """All in one transaction. What has a deal is on its way there; what is known stays as it is."""
        rows = [row_of(payment, match, at, by) for payment, match in found]
        insert = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        once = insert(_TABLE).on_conflict_do_nothing(index_elements=["kind", "key", "named"])
        with reaching(self._url), self._engine.begin() as connection:
            for start in range(0, len(rows), _CHUNK):
                connection.execute(once, rows[start : start + _CHUNK])

    def find(self, key: str) -> KeptPayment | None:
        """By its key, or what its payment order goes by: first what still waits."""
        mine = select(_TABLE).where(or_(_IT.key == key, _IT.order_key == key))
        with reaching(self._url), self._reader.begin() as connection:
            rows = connection.execute(mine.order_by(_IT.status.in_(_OPEN).desc(), _IT.seq)).all()
        return _kept(rows[0]) if rows else None

    def reversals_of(self, one: BankPayment) -> list[KeptPayment]:
        """Those that came before it, and wait."""
        here = and_(_IT.kind == Kind.REVERSED.value, _IT.status == "waiting")
        keys = [key for key in (one.key, one.order_key) if key]
        query = select(_TABLE).where(here, _IT.reverses.in_(keys)).order_by(_IT.seq)
        with reaching(self._url), self._reader.begin() as connection:
            return [_kept(row) for row in connection.execute(query)]

    def open(self, limit: int | None = None) -> list[KeptPayment]:
        """What waits, and what is on its way; the oldest first."""
        query = select(_TABLE).where(_IT.status.in_(_OPEN)).order_by(_IT.seq).limit(limit)
        with reaching(self._url), self._reader.begin() as connection:
            return [_kept(row) for row in connection.execute(query)]

    def on_the_way(self, limit: int | None = None) -> list[KeptPayment]:
        """To deals; the oldest first."""
        query = select(_TABLE).where(_IT.status == "posting", _IT.kind != Kind.SENT.value)
        with reaching(self._url), self._reader.begin() as connection:
            return [_kept(row) for row in connection.execute(query.order_by(_IT.seq).limit(limit))]

    def known(self, payments: Sequence[BankPayment]) -> dict[str, KeptPayment | str]:
        """By their keys, those that were told before: as they are kept here, or the number of the deal that has them already.

        A bank's id may recur with another payer: there the sum must be the same, too.
        """
        found: dict[str, KeptPayment | str] = {}
        by_order = {one.order_key: one for one in payments if one.order_key}
        by_key = {one.key: one for one in payments}
        wanted = list(by_order | by_key)
        with reaching(self._url), self._reader.begin() as connection:
            for start in range(0, len(wanted), _CHUNK):
                some = wanted[start : start + _CHUNK]
                theirs = select(_PAYMENTS).where(
                    or_(_PAYMENTS.c.id.in_(some), _PAYMENTS.c.order_key.in_(some))
                )
                for row in connection.execute(theirs):
                    one = by_order.get(row.order_key) or by_order.get(row.id) or by_key.get(row.id)
                    if one and one.kind is Kind.RECEIVED and one.amount == row.amount:
                        found[one.key] = row.deal
                ours = select(_TABLE).where(or_(_IT.key.in_(some), _IT.order_key.in_(some)))
                for row in connection.execute(ours):
                    one = by_order.get(row.order_key) or by_order.get(row.key) or by_key.get(row.key)
                    if (
                        one
                        and one.kind == row.kind
                        and one.amount == row.amount
                        and row.named in ("", one.deal)
                    ):
                        found[one.key] = _kept(row)
        return found

    def holders(self, payment: str) -> list[str]:
        """The deals that have a payment of this id."""
        mine = or_(_PAYMENTS.c.id == payment, _PAYMENTS.c.order_key == payment)
        query = select(_PAYMENTS.c.deal).where(mine).order_by(_PAYMENTS.c.deal)
        with reaching(self._url), self._reader.begin() as connection:
            return list(connection.scalars(query))

    def begin(self, one: BankPayment, deal: str, line: int | None, by: str, at: datetime) -> bool:
        """Whether it waited, or was on its way to just this deal: now it is on its way."""
        here = or_(_IT.status == "waiting", and_(_IT.status == "posting", _IT.deal == deal))
        return (
            self._change([one], here, status="posting", deal=deal, line=line, decided_by=by, changed_at=at)
            > 0
        )

    def posted(self, those: Sequence[BankPayment], at: datetime) -> None:
        self._change(those, _IT.status.in_(_OPEN), status="posted", changed_at=at)

    def keep(self, one: BankPayment, deal: str, found: Match, at: datetime) -> None:
        """This deal did not take it: it waits again, unless it is on its way to another by now."""
        here = or_(_IT.status == "waiting", and_(_IT.status == "posting", _IT.deal == deal))
        said = {"why": _both(found.why), "candidates": _listed(found)}
        self._change([one], here, status="waiting", deal=None, changed_at=at, **said)

    def dismiss(self, one: BankPayment, by: str, reason: str, at: datetime) -> bool:
        """Whether it waited."""
        values = {"status": "dismissed", "decided_by": by, "reason": reason, "changed_at": at}
        return self._change([one], _IT.status == "waiting", **values) > 0

    def _change(self, those: Sequence[BankPayment], where: Any, **values: Any) -> int:
        changed = 0
        with reaching(self._url), self._engine.begin() as connection:
            for start in range(0, len(those), _CHUNK):
                some = those[start : start + _CHUNK]
                those_here = tuple_(_IT.kind, _IT.key, _IT.named)
                keys = those_here.in_([(one.kind.value, one.key, one.deal) for one in some])
                changed += connection.execute(update(_TABLE).where(keys, where).values(**values)).rowcount
        return changed


def row_of(payment: BankPayment, match: Match, at: datetime, by: str) -> dict[str, Any]:
    """What has a deal is on its way there."""
    content: Mapping[str, Any] = payment.model_dump(exclude={"deal", "kind", "line"})
    return {
        **content,
        "day": payment.day or at.date(),
        "kind": payment.kind.value,
        "line": match.line if match.deal else payment.line,
        "named": payment.deal,
        "status": "posting" if match.deal else "waiting",
        "why": _both(match.why),
        "candidates": _listed(match),
        "deal": match.deal,
        "decided_by": by if match.deal else "",
        "reason": "",
        "received_at": at,
        "changed_at": at,
    }


def _listed(match: Match) -> str:
    candidates = [candidate.model_dump(mode="json") for candidate in match.candidates]
    return json.dumps(candidates, ensure_ascii=False)


def _both(words: Text) -> str:
    return json.dumps({"ru": words.ru, "en": words.en}, ensure_ascii=False)


def _kept(row: Row[Any]) -> KeptPayment:
    told = row._asdict()
    payment = BankPayment.model_validate(told | {"deal": row.named})
    candidates = json.loads(row.candidates)
    match = Match(deal=row.deal, line=row.line, why=Text(**json.loads(row.why)), candidates=candidates)
    return KeptPayment(payment, match, row.status, row.received_at, row.deal, row.decided_by, row.reason)
