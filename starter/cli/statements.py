"""`deal money import`: a bank's statement, shown with whose each payment is, and put into the deals."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.words import Text
from starter.cli.options import Actor, Format, Lang, Language, Output
from starter.cli.output import busy, console, note, put_json

if TYPE_CHECKING:
    from domain.bank.payment import BankPayment
    from domain.bank.statement import Statement
    from records.bank_payments import KeptPayment
    from starter.cashier import Cashier, Taken
    from starter.statement_import import Planned

MOST_BYTES = 64 * 2**20
_READING = Text(ru="читаем выписку", en="reading the statement")
_POSTING = Text(ru="передаём платежи в сделки", en="telling the deals")


def import_statement(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="a statement for 1C: 1CClientBankExchange; - is stdin")
    ],
    apply: Annotated[bool, typer.Option("--apply", help="do it; without it is only shown")] = False,
    actor: Actor = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """A bank's statement: whose each payment is and why, and with --apply into the deals. Repeated and overlapping files are safe."""
    from starter.cli.bank_money import accountant, open_cashier, open_kept
    from starter.cli.ending import run_async
    from starter.cli.opening import open_records, settings_here
    from starter.cli.statement_drawing import drawn, rows
    from starter.statement_import import keep, plan

    settings = settings_here()
    person = accountant(actor) if apply else ""
    with busy(_READING):
        statement = _read(file)
        with open_kept(settings) as kept, open_records(settings.database_url) as records:
            from domain.bank.matching import Register
            from starter.day_rates import with_rates
            from starter.rates import rates_of

            came = [listed.payment for listed in statement.listed]
            debtors = run_async(with_rates(records.debtors(), came, rates_of(settings)))
            planned = plan(statement, kept, Register(debtors))
            if apply:
                keep(planned, kept, datetime.now(UTC), person)
    told: list[tuple[KeptPayment, Taken]] = []
    paid_back: list[tuple[BankPayment, Taken]] = []
    if apply:
        with busy(_POSTING), open_cashier(settings, lang, person) as cashier:
            told = _posted(cashier)
            paid_back = _paid_back(planned, cashier, person)
    if output is Format.JSON:
        put_json(rows(planned, statement.notes, told, paid_back, applied=apply, language=lang.language))
    else:
        for part in drawn(planned, statement.notes, told, paid_back, applied=apply, language=lang.language):
            console().print(part)
    if not apply:
        note(
            "Ничего не изменено: с --apply платежи попадут в сделки."
            if lang is Lang.RU
            else "Nothing is changed: with --apply the payments go into the deals."
        )


def _posted(cashier: "Cashier") -> "list[tuple[KeptPayment, Taken]]":
    from starter.cli.ending import run_async

    return run_async(cashier.resume())


def _paid_back(
    planned: "list[Planned]", cashier: "Cashier", person: str
) -> "list[tuple[BankPayment, Taken]]":
    from starter.cli.ending import run_async
    from starter.refund_payments import close_refunds

    async def work() -> "list[tuple[BankPayment, Taken]]":
        return await close_refunds(planned, await cashier.desk(), cashier.kept, person)

    return run_async(work())


def _read(file: str) -> "Statement":
    """Raises UsageError with each line that is wrong, and what is."""
    from domain.bank.exchange_file import BadStatement
    from domain.bank.statement import read_statement
    from domain.wording import worded
    from domain.wording.system import system_words
    from domain.words import join
    from starter.errors import UsageError

    try:
        content = sys.stdin.buffer.read(MOST_BYTES + 1) if file == "-" else _content(Path(file))
    except OSError as error:
        said: dict[str, Any] = {"file": file, "why": system_words(error)}
        raise UsageError(worded(ru="{file}: {why}.", en="{file}: {why}.", **said)) from None
    if len(content) > MOST_BYTES:
        raise UsageError(Text(ru="Выписка больше 64 МБ.", en="The statement is larger than 64 MB."))
    try:
        return read_statement(content)
    except BadStatement as bad:
        words = join(
            (
                worded(ru="строка {n}: {why}", en="line {n}: {why}", n=one.line, why=one.text)
                for one in bad.problems
            ),
            "\n",
        )
        nothing = Text(ru="Ничего из выписки не взято.", en="Nothing of the statement is taken.")
        raise UsageError(join([nothing, words], "\n")) from None


def _content(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)
