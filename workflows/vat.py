"""VAT is judged by the day of the shipment: a rate that will have changed by then is told while prices can still be agreed."""

from datetime import date
from typing import Any

from domain.deal.delivery import deliveries
from domain.deal.state import DealState, LineState
from domain.facts import VatOfShipment, VatWillChange
from domain.money import vat_part
from domain.words import Trigger
from workflows.case import Case


def watch_vat(deal: Case[DealState]) -> None:
    """Tells the manager once of each line and rate."""
    state = deal.state
    if state.playbook is None or state.closing or state.book.calendar.pace:
        return
    rates = state.book.vat
    lines = [line for line in state.active_lines if rates[line.good.vat].followed_by]
    to_come = [line for line in lines if Trigger.SHIPPED not in line.moments]
    for number, forecast in deliveries(state, to_come, deal.now).items() if to_come else ():
        line, shipped = state.lines[number], forecast.shipped_on
        code = state.book.vat_on(line.good.vat, shipped)
        if code != line.good.vat and deal.once(f"vat of line {number}: {code}"):
            _tell(deal, line, code, shipped)


def _tell(deal: Case[DealState], line: LineState, code: str, shipped: date) -> None:
    before, after = (deal.state.book.vat[one] for one in (line.good.vat, code))
    extra = vat_part(line.amount, after.rate) - vat_part(line.amount, before.rate)
    deal.record(
        VatWillChange(
            line=line.number,
            shipped=shipped,
            before=before.title,
            after=after.title,
            extra=extra,
            currency=deal.state.currency,
        )
    )


def take_vat_of(line: Case[Any], shipped_on: date) -> None:
    """The rate of the shipping date is what the УПД says."""
    state, book = line.state, line.state.book
    code = book.vat_on(state.good.vat, shipped_on)
    if code == (state.vat or state.good.vat):
        return
    before, after = (book.vat[one] for one in (state.vat or state.good.vat, code))
    state.vat = code
    amount = vat_part(state.amount, after.rate)
    told = {"before": before.title, "after": after.title, "amount": amount, "currency": state.currency}
    line.record(VatOfShipment(on=shipped_on, **told))
