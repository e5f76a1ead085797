"""What may change about what is agreed: a line as far as it has come, a state contract within the law. Raises Refusal for all else."""

from collections.abc import Iterator
from datetime import date

from domain.base import LineNumber
from domain.deal.amending.standing import obstacle
from domain.deal.drafting import check_version, read_draft
from domain.deal.messages import Amend
from domain.deal.state import DealState
from domain.order.changes import Draft, changes
from domain.order.offer import Offer
from domain.order.order import OrderLine
from domain.refusals import Refusal
from domain.wording import worded
from domain.words import Text, Trigger, join

MOST_OF_QUANTITY = 10  # per cent, Federal Law 44-FZ, art. 95 part 1 item 1 b


def read_amendment(deal: DealState, message: Amend, today: date) -> Draft:
    """What would be in force then."""
    _check_open(deal)
    check_version(deal, message.version)
    if message.order and (message.settings or message.remove):
        raise _one_thing_at_a_time()
    if not (message.order or message.settings or message.remove):
        raise _one_thing_at_a_time()
    draft = read_draft(deal, message, today, [*deal.gone_lines, *deal.lines])
    draft = _without(draft, message.remove)
    check(deal, draft)
    return draft


def check_withdrawal(deal: DealState, message: Amend) -> Offer:
    """The amendment that is put to approval."""
    if message.order or message.settings or message.remove:
        raise _one_thing_at_a_time()
    if deal.amendment is None:
        raise Refusal(
            "not_found",
            en="no amendment is put to approval: there is nothing to take back",
            ru="на согласовании нет изменения: отзывать нечего",
        )
    check_version(deal, message.version)
    return deal.amendment


def check(deal: DealState, after: Draft) -> None:
    before = deal.draft
    if not changes(before, after):
        raise Refusal(
            "already",
            en="this is agreed just so: nothing would change",
            ru="так и согласовано: ничего не изменится",
        )
    if before.currency != after.currency:
        raise Refusal(
            "other_currency", en="the currency is agreed: it stays", ru="валюта согласована и не меняется"
        )
    if problems := [text for n in sorted({*before.lines, *after.lines}) for text in _of_line(deal, after, n)]:
        said = join(problems, "; ")
        raise Refusal("not_amendable", en=said.en, ru=said.ru)


def _check_open(deal: DealState) -> None:
    if deal.closing or deal.stage.final:
        raise Refusal("closed", en="the deal is ending already", ru="сделка уже закрывается")
    if Trigger.CONTRACT not in deal.moments:
        raise Refusal(
            "not_agreed",
            en="the contract is not agreed yet: change what is offered, deal offer N",
            ru="договор ещё не согласован: меняйте предложение, deal offer N",
        )
    if split := next((s for s in deal.splits if s.number not in deal.lines), None):
        raise Refusal(
            "being_split",
            en="line {line} is being split just now: try again in a minute",
            ru="позицию {line} как раз делят: повторите через минуту",
            line=split.line,
        )
    contract = deal.approvals.get("contract")
    if contract and not contract.closed:
        raise Refusal(
            "contract_open",
            en="the contract is being agreed with another payment type: wait for the answer",
            ru="договор согласуют с другим типом оплаты: дождитесь ответа",
        )


def _without(draft: Draft, gone: tuple[LineNumber, ...]) -> Draft:
    for number in gone:
        if number not in draft.lines:
            there = list(draft.lines)
            en, ru = "there is no line {line}: there is {there}", "позиции {line} нет, есть: {there}"
            raise Refusal("not_found", en=en, ru=ru, line=number, there=there)
    lines = {number: good for number, good in draft.lines.items() if number not in gone}
    if not lines:
        raise Refusal(
            "nothing_left",
            en="nothing would be left: call the deal off, deal cancel N",
            ru="ничего не останется: отмените сделку, deal cancel N",
        )
    return draft.model_copy(update={"lines": lines})


def _of_line(deal: DealState, after: Draft, number: LineNumber) -> Iterator[Text]:
    old, new = deal.draft.lines.get(number), after.lines.get(number)
    if old == new:
        return
    if old and (why := obstacle(deal.lines[number], new)):
        yield _say(number, old, ru=why.ru, en=why.en)
    yield from _by_law(deal, number, old, new)


def _by_law(
    deal: DealState, number: LineNumber, old: OrderLine | None, new: OrderLine | None
) -> Iterator[Text]:
    """Federal Law 44-FZ of 05.04.2013, art. 95 part 1: the price goes down only; the quantity changes by ten per cent at most."""
    payments = deal.book.payments
    if not any(good and payments[good.payment].law == "44-fz" for good in (old, new)):
        return
    good = old or new
    if good is None:
        return
    if old is None or new is None:
        yield _say(number, good, ru="госконтракт: состав закупки не меняют (44-ФЗ, ст. 95)", en="a state contract: what is bought does not change (44-FZ, art. 95)")  # fmt: skip
        return
    first = deal.originals.get(number, old)
    if old.payment != new.payment or old.delivery != new.delivery:
        yield _say(number, good, ru="госконтракт: условия оплаты и поставки не меняют (44-ФЗ, ст. 95)", en="a state contract: terms of payment and delivery do not change (44-FZ, art. 95)")  # fmt: skip
    if new.unit_price > old.unit_price:
        yield _say(number, good, ru="госконтракт: цену можно только снизить (44-ФЗ, ст. 95 ч. 1 п. 1 «а»)", en="a state contract: the price may only go down (44-FZ, art. 95 part 1 item 1 a)")  # fmt: skip
    if old.unit is not new.unit:
        yield _say(number, good, ru="госконтракт: единицу измерения не меняют (44-ФЗ, ст. 95)", en="a state contract: the unit of measure does not change (44-FZ, art. 95)")  # fmt: skip
    gap = max(new.quantity, first.quantity) - min(new.quantity, first.quantity)
    if gap * 100 > first.quantity * MOST_OF_QUANTITY:
        yield _say(number, good, ru="госконтракт: количество меняют не больше чем на 10 % (44-ФЗ, ст. 95 ч. 1 п. 1 «б»)", en="a state contract: the quantity changes by 10 % at most (44-FZ, art. 95 part 1 item 1 b)")  # fmt: skip


def _say(number: LineNumber, good: OrderLine, *, ru: str, en: str) -> Text:
    return worded(
        ru="позиция {line}, {name}, " + ru, en="line {line}, {name}, " + en, line=number, name=good.name
    )


def _one_thing_at_a_time() -> Refusal:
    return Refusal(
        "bad_offer",
        en="say either the whole `order`, or `settings` and lines to `remove`, or `withdraw`",
        ru="нужно одно: весь `order`, или `settings` и `remove`, или `withdraw`",
    )
