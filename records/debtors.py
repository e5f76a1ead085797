"""The open deals, as far as money is known by them (`domain.bank.payment.Debtor`)."""

import json
from collections import defaultdict
from datetime import date, datetime
from typing import Any

from domain.bank.by_rate import PaidByRate
from domain.bank.keys import came_from
from domain.bank.payment import Debtor, Due, Entered
from domain.deal.rates import Rate
from domain.order.rate_clause import ROUBLES, RateClause
from domain.words import Trigger
from domain.zones import MOSCOW, zone
from records.reading import Reader

_DEALS = "SELECT number, client, known_by, payer_inn, currency FROM deals WHERE closed_at IS NULL"
_BY_RATE = "SELECT number, currency, snapshot FROM deals WHERE closed_at IS NULL AND currency <> :roubles"
_TERMS = """
SELECT assignments.deal, assignments.line, assignments.answers FROM assignments JOIN deals ON deals.number = assignments.deal
WHERE deals.closed_at IS NULL AND assignments.kind = 'payment-terms' AND assignments.closed_at IS NOT NULL
"""
_DUES = """
SELECT milestones.deal, milestones.line, milestones.amount, milestones.allocated, milestones.due_at
FROM milestones JOIN deals ON deals.number = milestones.deal
WHERE deals.closed_at IS NULL AND milestones.amount > milestones.allocated
"""
_PAYMENTS = """
SELECT payments.deal, payments.id, payments.amount, payments.day, payments.payer_inn, payments.account, payments.order_key
FROM payments JOIN deals ON deals.number = payments.deal WHERE deals.closed_at IS NULL
"""
_REFERENCES = ("invoice", "contract")
"""Answers of payment terms by whose numbers payers name a deal."""


def read_debtors(reader: Reader) -> list[Debtor]:
    found: dict[str, dict[str, Any]] = {}
    for row in reader.rows(_DEALS):
        found[row["number"]] = {
            "deal": row["number"],
            "client": row["client"],
            "inn": (row["known_by"] or "").rpartition(":")[2],
            "payer_inn": row["payer_inn"] or "",
            "currency": row["currency"],
            **{name: [] for name in ("dues", "entered", "accounts", "inns")},
            "references": defaultdict(list),
        }
    for row in reader.rows(_TERMS):
        for number in _references(row["answers"]):
            found[row["deal"]]["references"][number].append(row["line"])
    for row in reader.rows(_DUES):
        due = row["due_at"]
        left = row["amount"] - row["allocated"]
        found[row["deal"]]["dues"].append(
            Due(line=row["line"], outstanding=left, due_on=due.date() if due else None)
        )
    for row in reader.rows(_PAYMENTS):
        deal = found[row["deal"]]
        if not came_from(row["id"]):  # no bank tells of that
            deal["entered"].append(
                Entered(id=row["id"], amount=row["amount"], day=_day(row["day"]), key=row["order_key"])
            )
        deal["accounts"] += [row["account"]] if row["account"] else []
        deal["inns"] += [row["payer_inn"]] if row["payer_inn"] else []
    for number, by_rate in _by_rate(reader).items():
        found[number]["by_rate"] = by_rate
    return [Debtor.model_validate(deal) for deal in found.values()]


def _by_rate(reader: Reader) -> dict[str, PaidByRate]:
    """With the rates that any open deal of their currency has asked for."""
    clauses: dict[str, tuple[str, RateClause, date | None]] = {}
    known: dict[str, dict[date, Rate]] = defaultdict(dict)
    for row in reader.rows(_BY_RATE, roubles=ROUBLES):
        state = json.loads(row["snapshot"])
        for day, rate in state.get("rates", {}).items():
            known[row["currency"]][date.fromisoformat(day)] = Rate.model_validate(rate)
        if clause := state.get("rate"):
            agreed = state.get("moments", {}).get(Trigger.CONTRACT)
            on = datetime.fromisoformat(agreed).astimezone(zone(MOSCOW)).date() if agreed else None
            clauses[row["number"]] = row["currency"], RateClause.model_validate(clause), on
    return {
        number: PaidByRate(clause=clause, agreed_on=on, known=known[currency])
        for number, (currency, clause, on) in clauses.items()
    }


def _references(answers: Any) -> set[str]:
    said = json.loads(answers) if isinstance(answers, str) else answers or {}
    return {said[name] for name in _REFERENCES if said.get(name)}


def _day(day: Any) -> date:
    if isinstance(day, str):
        return date.fromisoformat(day[:10])
    return day.date() if isinstance(day, datetime) else day
