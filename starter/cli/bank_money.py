"""Money nobody knows: what waits for whose it is, given to a deal, or set aside."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.words import Text
from starter.cli.options import Actor, Format, Lang, Language, Number, Output, who
from starter.cli.output import console, note, put_json

if TYPE_CHECKING:
    from domain.deal.messages import Receipt
    from records.bank_payments import BankPayments
    from starter.cashier import Cashier
    from starter.desk import DealDesk
    from starter.settings import Settings

PaymentKey = Annotated[
    str, typer.Argument(metavar="KEY", help="the payment, as `deal money unmatched` names it")
]

MOST = 200
"""Rows of a table, the oldest first."""
_MORE = Text(ru="…и ещё {n}: все с --output json", en="…and {n} more: all of them with --output json")
_WHAT_TO_DO = Text(
    ru="Деньги сделки N: deal money assign ПЛАТЁЖ N. Ничьей сделки: deal money dismiss ПЛАТЁЖ --reason …",
    en="Money of deal N: deal money assign PAYMENT N. Of no deal: deal money dismiss PAYMENT --reason …",
)


def unmatched(output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """Money nobody knows: what came, from whom, why no deal took it, and which it may be for."""
    from domain.wording import worded
    from starter.cli.bank_drawing import unmatched_drawn, unmatched_rows
    from starter.cli.opening import settings_here

    with open_kept(settings_here()) as kept:
        found = kept.open()
    if output is Format.JSON:
        put_json(unmatched_rows(found, lang.language))
    elif found:
        console().print(unmatched_drawn(found[:MOST], lang.language))
        if len(found) > MOST:
            note(worded(ru=_MORE.ru, en=_MORE.en, n=len(found) - MOST).to(lang.language))
        note(_WHAT_TO_DO.to(lang.language))
    else:
        note("Чьи деньги, известно." if lang is Lang.RU else "All money is known.")


def assign(
    payment: PaymentKey,
    number: Number,
    line: Annotated[
        int | None, typer.Option("--line", help="the line it is for; by due dates if absent")
    ] = None,
    actor: Actor = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Money nobody knows is this deal's. Repeated it is safe."""
    from starter.cli.opening import settings_here
    from starter.cli.sending import answer

    settings, person = settings_here(), accountant(actor)

    async def work() -> "Receipt":
        with open_cashier(settings, lang, person) as cashier:
            return await cashier.assign(payment, number, line)

    answer(work(), output, lang)


def dismiss(
    payments: Annotated[
        list[str],
        typer.Argument(metavar="KEY", help="payments, as `deal money unmatched` names them"),
    ],
    reason: Annotated[str, typer.Option("--reason", help="why; it stays on record")],
    actor: Actor = None,
    lang: Language = Lang.RU,
) -> None:
    """Money nobody knows is no deal's: it is set aside, and stays on record."""
    from starter import cashier
    from starter.cli.opening import settings_here

    person = accountant(actor)
    with open_kept(settings_here()) as kept:
        for key in payments:
            cashier.find(kept, key)  # all of them, or none
        for key in payments:
            cashier.dismiss(kept, key, person, reason)
    note("Отложено." if lang is Lang.RU else "Set aside.")


def accountant(actor: str | None) -> str:
    """Who enters money. Raises RefusedError for others."""
    from starter.cli.asking import asker_of
    from starter.errors import RefusedError

    person, _, enters_money = asker_of(who(actor))
    if person is None or not enters_money:
        raise RefusedError(
            Text(
                ru="Чьи это деньги, говорит бухгалтер.",
                en="Whose money it is, the accountant says.",
            )
        )
    return person


@contextmanager
def open_kept(settings: "Settings") -> "Iterator[BankPayments]":
    from records.bank_payments import BankPayments

    kept = BankPayments(settings.database_url)
    try:
        yield kept
    finally:
        kept.close()


@contextmanager
def open_cashier(settings: "Settings", lang: Lang, actor: str) -> "Iterator[Cashier]":
    from domain.bank.matching import Register
    from starter.cashier import Cashier
    from starter.cli import opening

    desks: list[DealDesk] = []

    async def desk() -> Any:
        if not desks:
            desks.append(await opening.open_desk(settings, lang))
        return desks[0]

    with open_kept(settings) as kept, opening.open_records(settings.database_url) as records:
        yield Cashier(desk, kept, lambda: Register(records.debtors()), actor)
