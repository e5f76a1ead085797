"""A milestone: its client sees what to pay, and to which account; who may count money enters the payment that came."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from markupsafe import Markup
from pydantic import ValidationError

from activities.mail.links import Link
from activities.mail.payment import payment_rows
from activities.mail.qr import svg
from domain.deal.authority import CLIENT
from domain.deal.messages import Message, Pay
from domain.deal.money_checks import check_payment
from domain.deal.open_items import is_over
from domain.deal.payments import Milestone
from domain.deal.rate_words import clause_in_words
from domain.deal.snapshot import Snapshot
from domain.deal.state import LineState
from domain.order.payment_order import qr_text
from domain.playbook.requisites import Requisites
from domain.refusals import Refusal
from domain.spelling import amount, day_as_iso
from domain.view.party_words import party_words
from domain.view.payment_words import what_to_pay
from domain.wording import day, money
from domain.words import Language, Text
from starter.web.pages.questions.fields import FormShown, Shown
from starter.web.pages.questions.kind import WHOLE, FoundQuestion, Page, Typed, Wrong, refusal_of
from starter.web.pages.questions.sheet import Done, moment, sheet

LONGEST_AMOUNT = 30
_ONE = Decimal(1)  # in the place of an amount that is told to be wrong already
_OURS = Text(
    ru="Когда деньги придут, внесите платёж: номер и дату из выписки, сумму.",
    en="When the money has come, enter the payment: its number and date from the statement, and its amount.",
)
_CLIENTS = Text(
    ru="Отвечать на этой странице не нужно: когда деньги придут, мы отметим это сами.",
    en="You need not answer on this page: we note it ourselves when the money has come.",
)
_AMOUNT, _PAID = Text(ru="Сумма", en="Amount"), Text(ru="Уже оплачено", en="Paid already")
_LEFT = Text(ru="Осталось оплатить", en="Outstanding")
_NUMBER = Text(ru="Номер платежа", en="Payment number")
_NUMBER_HINT = Text(ru="Из выписки банка", en="From the bank's statement")
_DAY = Text(ru="Дата платежа", en="Value date")
_SUM = Text(ru="Сумма платежа", en="Amount of the payment")
_IN_ROUBLES = Text(ru="Сумма платежа в рублях", en="Amount of the payment in roubles")
_BY_RATE = Text(ru="Оплата", en="Paid")
_BUTTON = Text(ru="Внести платёж", en="Enter the payment")
_DONE = Text(ru="Оплачено", en="Paid")
_NO_NUMBER = Text(
    ru="Укажите номер платежа: до 100 знаков.", en="Give the payment's number: at most 100 characters."
)
_NO_DAY = Text(ru="Укажите дату, когда деньги пришли.", en="Give the day on which the money came.")
_NO_SUM = Text(
    ru="Это не сумма: напишите, например, 12 400,00.", en="This is no amount: write it like 12,400.00."
)
_BY_CODE = {"future": "day", "bad_amount": "amount", "not_positive": "amount"}


class HowToPay(NamedTuple):
    rows: tuple[tuple[str, str], ...]
    qr: Markup


_PAYER = Text(ru="Плательщик", en="Payer")


class Payments:
    def __init__(self, requisites: Requisites | None) -> None:
        self._requisites = requisites

    def find(self, snapshot: Snapshot, link: Link) -> FoundQuestion | None:
        lines = [line for line in snapshot.lines.values() if link.question in line.milestones]
        if not lines or snapshot.deal.playbook is None:
            return None
        found = FoundQuestion(snapshot, lines[0], milestone := lines[0].milestones[link.question])
        if milestone.paid:
            return found._replace(answered=True)
        if is_over(lines[0]) or is_over(snapshot.deal):
            return found._replace(refused="withdrawn_task")
        return found._replace(refused=_refusal(found, link))

    async def messages(
        self, link: Link, found: FoundQuestion, form: Mapping[str, str]
    ) -> tuple[Message, ...]:
        if link.person == CLIENT:
            raise Wrong({WHOLE: _CLIENTS})
        wrong: dict[str, Text] = {}
        paid = _read_amount(form.get("amount", ""))
        if paid is None:
            wrong["amount"] = _NO_SUM
        try:
            message = _message(found, link.person, form, _ONE if paid is None else paid)
        except ValidationError as error:
            places = {str(one["loc"][0]) for one in error.errors()}
            wrong |= {"number": _NO_NUMBER} if "id" in places else {}
            wrong |= {"day": _NO_DAY} if places & {"date", "day"} else {}
            raise Wrong(wrong) from None
        if wrong:
            raise Wrong(wrong)
        try:
            check_payment(found.deal, message, found.today)
        except Refusal as refusal:
            raise Wrong({_BY_CODE.get(refusal.code, WHOLE): refusal.text}) from None
        return (message,)

    async def asked(self, link: Link, found: FoundQuestion, language: Language, typed: Typed) -> Page:
        milestone: Milestone = found.asked
        mine = link.person == CLIENT
        drawn = sheet(
            *(found, link.person, language),
            title=milestone.title,
            intro=_CLIENTS if mine else _OURS,
            due_at=milestone.due_at,
            facts=_facts(found, language),
        )
        fields = () if mine else _fields(found, typed.form, language)
        how = self._how_to_pay(found, language) if mine else None
        form_shown = FormShown(fields, _BUTTON.to(language), typed.wrong)
        return Page("payment", {"asked": drawn, "form": form_shown, "how": how})

    def _how_to_pay(self, found: FoundQuestion, language: Language) -> HowToPay | None:
        line = found.process
        what = what_to_pay(found.deal, line, found.asked.id) if isinstance(line, LineState) else None
        if what is None or self._requisites is None:
            return None
        code = svg(qr_text(self._requisites, what.amount, what.purpose))
        return HowToPay(payment_rows(self._requisites, what, language), Markup(code))  # noqa: S704 (made of modules)

    def answered(self, link: Link, found: FoundQuestion, language: Language) -> Page:
        milestone: Milestone = found.asked
        on = milestone.paid_on or milestone.funded_on
        rows = [(_AMOUNT.to(language), money(milestone.amount, found.deal.currency, language))]
        rows += [(_DAY.to(language), day(on, language))] if on else []
        done = Done(_DONE.to(language), "", moment(found, milestone.paid_at, language), tuple(rows))
        return Page(
            "done", {"asked": sheet(found, link.person, language, title=milestone.title), "done": done}
        )


def _facts(found: FoundQuestion, language: Language) -> list[tuple[Text, str]]:
    milestone: Milestone = found.asked
    amounts = [(_AMOUNT, milestone.amount)]
    if milestone.allocated:
        amounts += [(_PAID, milestone.allocated), (_LEFT, milestone.outstanding)]
    told = [(label, money(part, found.deal.currency, language)) for label, part in amounts]
    payer, clause = found.deal.client.payer, found.deal.rate
    if payer:
        told.append((_PAYER, party_words(payer, language)))
    if clause:
        told.append((_BY_RATE, clause_in_words(clause).to(language)))
    return told


def _fields(found: FoundQuestion, form: Mapping[str, str], language: Language) -> tuple[Shown, ...]:
    today, milestone = found.today.isoformat(), found.asked
    in_roubles = bool(found.deal.rate)
    left = "" if in_roubles else money(milestone.outstanding, "", language).strip()
    return (
        Shown(
            "number",
            _NUMBER.to(language),
            value=form.get("number", ""),
            hint=_NUMBER_HINT.to(language),
            longest=100,
        ),
        Shown("day", _DAY.to(language), "date", form.get("day", today), latest=today),
        Shown(
            "amount",
            (_IN_ROUBLES if in_roubles else _SUM).to(language),
            value=form.get("amount", left),
            longest=LONGEST_AMOUNT,
            numeric=True,
        ),
    )


def _message(found: FoundQuestion, person: str, form: Mapping[str, str], paid: Decimal) -> Pay:
    """Its id is the bank's own number: so the same payment counts once, whoever enters it."""
    return Pay.model_validate(
        {
            "id": form.get("number", ""),
            "actor": person,
            "amount": paid,
            "currency": found.deal.pays_in,
            "date": day_as_iso(form.get("day", "")),
            "line": found.asked.line,
        }
    )


def _read_amount(typed: str) -> Decimal | None:
    """As people write it: `12 400,00`, `12400.00`."""
    try:
        read = Decimal(amount(typed[:LONGEST_AMOUNT]))
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


def _refusal(found: FoundQuestion, link: Link) -> str:
    """A client only looks."""
    if link.person == CLIENT:
        return ""
    return refusal_of(lambda: found.desk.authorize(Pay, found.desk.identify(link.person)))
