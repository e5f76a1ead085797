"""`deal rehearse`: what would become of an order, without touching anything outside."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from domain.words import Text
from starter.cli.options import File, Format, Lang, Language, Output
from starter.cli.output import busy, console, put_json
from starter.cli.progress import REHEARSING
from starter.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from domain.goods.register import GoodsRegister
    from domain.order.order import Order
    from domain.playbook.book import StaffedPlaybook
    from domain.view.timeline import Timeline

_WHO = Text(ru="такой роли и такого человека", en="role or person")
MAX_FACTOR = 20.0
"""How many times the playbook's lead times somebody may take at most."""


def rehearse(
    file: File,
    late: Annotated[
        str | None,
        typer.Option(
            "--late",
            metavar="WHO=TIMES",
            help="stretch the lead times of roles or people: manager=2,client=1.5",
        ),
    ] = None,
    playbook: Annotated[
        str | None, typer.Option("--playbook", metavar="FILE", help="another playbook than that in force")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="the first day, like 01.12.2026; today if absent"),
    ] = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """What would become of an order: its timeline if everybody keeps to the playbook. Nothing outside is touched."""
    from domain.order.order import read_order
    from starter.cli.order_file import read_order_document

    day = _day(start)
    book = _playbook(playbook, day)
    first = day or book.calendar.today(datetime.now(UTC))
    factors = _factors(late, book)
    order = read_order(read_order_document(file), book, first, goods=_goods(playbook))
    if order.lines is None:
        raise UsageError(
            Text(
                ru="В файле нет позиций заказа: репетировать можно заказ, в котором они есть.",
                en="The file has no order lines: what can be rehearsed is an order that has them.",
            )
        )
    with busy(REHEARSING):
        found = _timeline(order, book, first, factors, lang)
    if output is Format.JSON:
        put_json(found.json_ready())
    else:
        from starter.cli.timeline_drawing import drawn

        console().print(drawn(found, lang.language))


def _timeline(
    order: "Order", book: "StaffedPlaybook", first: date, late: dict[str, float], lang: Lang
) -> "Timeline":
    from domain.view.timeline import timeline
    from domain.zones import zone
    from workflows.cast import Cast
    from workflows.forecast import Stuck, rehearse

    opening = datetime.combine(first, book.calendar.opens, zone(book.calendar.zone)).astimezone(UTC)
    try:
        deal = rehearse(order, book, opening, Cast(late))
    except Stuck as stuck:
        raise RefusedError(stuck.why) from None
    return timeline(deal.state, deal.facts, lang.language)


def _playbook(file: str | None, day: date | None) -> "StaffedPlaybook":
    """With the days off of the years that the deal may last. A pace is for a running desk."""
    from activities.playbook import load_playbook
    from starter.here import here

    desk, today = here(), day or datetime.now(UTC).date()
    return load_playbook(file or desk.playbook, today=today, people=desk.people)


def _goods(file: str | None) -> "GoodsRegister":
    """The register beside the playbook that is rehearsed with."""
    from activities.goods import load_goods
    from starter.here import here

    return load_goods(file or here().playbook)


def _day(given: str | None) -> date | None:
    from domain.calendar import in_range
    from domain.spelling import read_day

    try:
        day = read_day(given) if given else None
    except ValueError:
        day = date.min
    if day and not in_range(day):
        raise UsageError(
            Text(
                ru=f"--from {given}: нужна дата, как 01.12.2026.",
                en=f"--from {given}: a date, like 1 Dec 2026.",
            )
        )
    return day


def _factors(given: str | None, book: "StaffedPlaybook") -> dict[str, float]:
    from starter.cli.meant import ROLES, meant

    known = {**ROLES, **{id: (person.name,) for id, person in book.people.items()}}
    factors = {}
    for part in given.split(",") if given else ():
        name, _, times = part.strip().partition("=")
        factors[meant(name.strip(), known, _WHO)] = _times(part, times.strip())
    return factors


def _times(part: str, times: str) -> float:
    try:
        factor = float(times)
    except ValueError:
        factor = 0.0
    if not 0 < factor <= MAX_FACTOR:
        raise UsageError(
            Text(
                ru=f"--late {part}: во сколько раз дольше? Число больше нуля и до {MAX_FACTOR:g}, как manager=2.",
                en=f"--late {part}: how many times as long? A number above zero and up to {MAX_FACTOR:g}, like manager=2.",
            )
        )
    return factor
