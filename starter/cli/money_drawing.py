"""A deal's money as tables: what came, where it stands, what is owed."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from domain.view.model import DealView, PaymentView, PlaceView
from domain.wording import day, moment, money
from domain.words import Language
from starter.cli.playbook_drawing import table


def money_rows(view: DealView) -> dict[str, Any]:
    told = view.json_ready()
    return {
        name: told[name]
        for name in ("number", "stage", "totals", "money", "payments", "waiting", "milestones")
    }


def drawn(view: DealView, language: Language) -> RenderableType:
    return Group(*_Drawing(view, language).parts())


class _Drawing:
    def __init__(self, view: DealView, language: Language) -> None:
        self.view, self.language = view, language
        self.ru = language == "ru"

    def parts(self) -> Iterator[RenderableType]:
        view = self.view
        if not (view.payments or view.waiting):
            yield Text("Денег ещё не было" if self.ru else "No money has come yet")
        else:
            came = (self._payment(payment) for payment in view.payments)
            yield table("Пришло" if self.ru else "Came", came, held=(0, 1, 2))
        if view.waiting:
            waits = (
                (
                    day(one.date, self.language),
                    one.id,
                    money(one.amount, one.currency, self.language),
                    day(one.rate_day, self.language),
                )
                for one in view.waiting
            )
            yield table("Ждёт курса на" if self.ru else "Waits for the rate of", waits, held=(0, 1, 2, 3))
        if view.money:
            where = ((place.title, self._cash(place)) for place in view.money)
            yield table("Где стоит" if self.ru else "Where it stands", where, held=(1,))
        if view.milestones:
            owed = (
                (
                    f"{milestone.title}, {'позиция' if self.ru else 'line'} {milestone.line}",
                    money(milestone.outstanding, view.totals.currency, self.language),
                    moment(milestone.due_at, self.language, self.view.zone)
                    if milestone.due_at
                    else ("срок не наступил" if self.ru else "not due yet"),
                )
                for milestone in view.milestones
            )
            yield table("Причитается" if self.ru else "Owed", owed, held=(1, 2))

    def _payment(self, payment: PaymentView) -> tuple[str, ...]:
        amount = money(payment.amount, payment.currency, self.language)
        amount = f"{amount}, {payment.by_rate}" if payment.by_rate else amount
        known = payment.id
        if payment.from_deal:
            known = f"из сделки {payment.from_deal}" if self.ru else f"from deal {payment.from_deal}"
            known = f"{known} ({payment.id})"
        return (day(payment.date, self.language), known, amount, self._fate(payment), payment.purpose)

    def _fate(self, payment: PaymentView) -> str:
        if payment.reversed_on:
            on = day(payment.reversed_on, self.language)
            return f"отозван банком {on}" if self.ru else f"taken back by the bank on {on}"
        return self._named(payment.places)

    def _named(self, places: Iterable[PlaceView]) -> str:
        return ", ".join(f"{place.title}: {self._cash(place)}" for place in places)

    def _cash(self, place: PlaceView) -> str:
        return money(place.amount, self.view.totals.currency, self.language)
