"""Money that goes to another deal, and money that came from one: what may go, where it went, and how it is taken back there.

A deal only says where its money goes: what the other deal makes of it is between the desk and that deal, which may have closed.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from domain.bank.keys import id_elsewhere
from domain.deal.ledger import ADVANCE, Entry, EntryKind, other_deal
from domain.deal.messages import Move
from domain.deal.money_checks import check_amount, check_new, payment_of
from domain.deal.shifts import Shift, shift
from domain.deal.state import DealState
from domain.deal.tasks import Assignment
from domain.deal.treasury import in_hand
from domain.facts import Actor, MoneyRecalled
from domain.money import ZERO
from domain.playbook.kinds import SURPLUS
from domain.playbook.questions import Surplus, SurplusMoved
from domain.refusals import Refusal
from domain.wording import Cash, typed

DEAL_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,49}")


def check_transfer(deal: DealState, message: Move) -> Entry:
    """The payment whose money is to go. Only what is free can: what pays a milestone is moved to the advance first."""
    payment = payment_of(deal, message.payment)
    check_new(deal, EntryKind.MOVED, message.id)
    check_another(deal, message.to_deal)
    if message.amount is not None:
        check_amount(message.amount)
    free = in_hand(deal, payment).get(ADVANCE, ZERO)
    if not free or (message.amount or ZERO) > free:
        raise Refusal(
            "not_in_hand",
            en="of payment {id} {free} is free: move to the advance first what is to go to deal {to}",
            ru="из платежа {id} свободно {free}: сначала переложите в аванс то, что пойдёт в сделку {to}",
            id=payment.id,
            free=Cash(free, payment.currency),
            to=message.to_deal,
        )
    return payment


def check_another(deal: DealState, number: str) -> None:
    """Whether there is such a deal, and takes the money, it says itself."""
    if not DEAL_NUMBER.fullmatch(number) or "-line-" in number:
        raise Refusal(
            "bad_deal",
            en="{number} is no deal's number",
            ru="{number} — не номер сделки",
            number=typed(number),
        )
    if number == deal.deal:
        raise Refusal(
            "same_deal",
            en="{number} is this deal: its lines get money by a move without another deal",
            ru="{number} — это эта же сделка: между её позициями деньги перекладывают без другой сделки",
            number=typed(number),
        )


def check_answer(deal: DealState, asked: Assignment, answers: Mapping[str, str]) -> None:
    """Refuses a surplus that is to go to the deal that has it."""
    if asked.kind == SURPLUS and isinstance(answer := Surplus.read(answers), SurplusMoved):
        check_another(deal, answer.to_deal)


def move_to_deal(
    deal: DealState, payment: Entry, message: Move, actor: Actor, now: datetime, today: date
) -> Entry:
    free = in_hand(deal, payment)[ADVANCE]
    said = Shift(
        EntryKind.MOVED, message.id, ADVANCE, other_deal(message.to_deal), actor, today, now, message.reason
    )
    [entry] = shift(deal, said, {payment.id: message.amount or free})
    return entry


def move_all_to_deal(
    deal: DealState, id: str, number: str, actor: Actor, now: datetime, today: date, note: str
) -> list[Entry]:
    """All that is free: an entry for each payment."""
    return shift(deal, Shift(EntryKind.MOVED, id, ADVANCE, other_deal(number), actor, today, now, note))


def recalled(deal: DealState, payment: str, day: date, reason: str) -> Iterator[MoneyRecalled]:
    """What other deals have of a payment that the bank took back."""
    for entry in deal.ledger.entries:
        if entry.payment == payment and entry.to_deal:
            entered = id_elsewhere(deal.deal, entry.id)
            yield MoneyRecalled(**entry.about(), to=entry.to_deal, entered=entered, day=day, reason=reason)
