"""A little statement about a deal in memory, on the way of `deal money import --apply`: read, matched with the deal's state, kept, paid."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import delete

from domain.bank.matching import Register
from domain.bank.payment import Debtor, Due, Entered
from domain.bank.statement import read_statement
from domain.deal.messages import Message, Receipt
from domain.deal.snapshot import Snapshot
from records import migrate
from records.bank_payments import BankPayments
from records.engine import open_engine
from records.ledgers import BankPaymentRecord
from starter.cashier import Cashier
from starter.errors import UnreachableError
from starter.refund_payments import close_refunds
from starter.statement_import import Planned, keep, plan
from tests.support.memory import OpenDeal
from tests.support.memory_desk import MemoryDesk
from tests.support.statements import Dialect, Paper, written
from workflows.host import Unreachable

LESSOR = "9900000024"
OURS = frozenset(("deal", "invoice", "account", "inn"))
"""What speaks for the deal; a paper of another kind is not this deal's."""
WRONG = frozenset(("unknown invoice", "stranger"))
KINDS = (*sorted(OURS), *sorted(WRONG), "lessor", "out")


class RandomBank:
    """Tells of one deal. What it keeps outlives no deal."""

    def __init__(self, deal: OpenDeal) -> None:
        self.deal, url = deal, _database()
        engine = open_engine(url, writes=True)
        with engine.begin() as connection:
            connection.execute(delete(BankPaymentRecord))
        engine.dispose()
        self.kept, self.desk = BankPayments(url), _Desk(deal.world)

    def close(self) -> None:
        self.kept.close()

    def paper(self, kind: str, amount: Decimal, day: date, number: int) -> Paper:
        known = debtor_of(self.deal)
        account = (
            next(iter(known.accounts), "40702810900000000118")
            if kind == "account"
            else f"407028105{number:011}"
        )
        purpose = {
            "deal": f"Оплата по сделке {self.deal.number}",
            "lessor": f"Оплата по сделке {self.deal.number}",
            "invoice": f"Оплата по счету {next(iter(known.references), 'СЧ-1')} от 01.11.2026, НДС 22%",
            "unknown invoice": "Оплата по счету ЧУЖ-7781 за оборудование",
            "out": "Возврат",
        }.get(kind, "Оплата за оборудование")
        inn = {"stranger": "", "lessor": LESSOR, "account": ""}.get(kind, known.inn)
        way: Any = "out" if kind == "out" else "in"
        return Paper(str(number), day, amount, purpose, 'ООО "Образец"', inn, account, way)

    def tell(self, papers: Sequence[Paper], dialect: Dialect) -> list[Planned]:
        """Raises UnreachableError: then what it decided is on its way."""
        register = Register([debtor_of(self.deal)] if not self.deal.state.stage.final else [])
        statement = read_statement(written(list(papers), dialect))
        planned = plan(statement, self.kept, register)
        keep(planned, self.kept, datetime.now(UTC), "kuznetsova")
        asyncio.run(self._post(planned, register))
        return planned

    async def _post(self, planned: list[Planned], register: Register) -> None:
        async def at_desk() -> _Desk:
            return self.desk

        await Cashier(at_desk, self.kept, lambda: register, "kuznetsova").resume()
        await close_refunds(planned, self.desk, self.kept, "kuznetsova")

    def waiting(self) -> set[str]:
        return {one.payment.key for one in self.kept.open()}


class _Desk(MemoryDesk):
    async def send(self, number: str, message: Message) -> Receipt:
        try:
            return await super().send(number, message)
        except Unreachable as gone:
            raise UnreachableError(_said(gone)) from gone

    async def state(self, number: str) -> Snapshot:
        try:
            return await super().state(number)
        except Unreachable as gone:
            raise UnreachableError(_said(gone)) from gone


def _said(error: Exception) -> Any:
    from domain.words import same

    return same(str(error))


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory()


@cache
def _database() -> str:
    url = f"sqlite:///{Path(_folder().name) / 'bank.db'}"
    migrate(url)
    return url


def debtor_of(deal: OpenDeal) -> Debtor:
    """As `records.debtors` reads it of the records."""
    state, payments = deal.state, deal.state.ledger.payments
    references: dict[str, list[int]] = {}
    for line in deal.own_lines():
        for asked in line.assignments.values():
            for number in _references(asked.kind, asked.answers):
                references.setdefault(number, []).append(line.number)
    return Debtor.model_validate(
        {
            "deal": deal.number,
            "inn": state.client.inn or "",
            "currency": state.currency,
            "references": references,
            "accounts": {payment.account for payment in payments} - {""},
            "inns": {payment.payer_inn for payment in payments} - {""},
            "dues": [
                Due(
                    line=line.number,
                    outstanding=part.outstanding,
                    due_on=part.due_at.date() if part.due_at else None,
                )
                for line in state.active_lines
                for part in line.milestones.values()
                if part.outstanding > 0
            ],
            "entered": [Entered(id=p.id, amount=p.amount, day=p.day, key=p.key) for p in payments],
        }
    )


def _references(kind: str, answers: Mapping[str, str | None] | None) -> set[str]:
    if kind != "payment-terms" or not answers:
        return set()
    return {number for name in ("invoice", "contract") if (number := answers.get(name))}
