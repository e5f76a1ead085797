"""What became of an event; and why one is tried again."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.order.problems import Problem
from domain.wording import worded
from domain.words import Text, join, same
from records.arrivals import Final


class Outcome(NamedTuple):
    """Words for whoever looks into the inbox; `deal` is its number, where there is one."""

    status: Final
    words: Text
    deal: str | None = None


class TryAgain(Exception):
    """Not now. The words are for whoever looks into the inbox."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


TOO_EARLY = Text(ru="сделка ещё открывается", en="the deal is only just opening")
_STARTED = Text(ru="Начата сделка {deal}", en="Deal {deal} started")
_AS_LEAD = Text(
    ru="Начата сделка {deal}, не хватает: {missing}", en="Deal {deal} started, missing: {missing}"
)


def started(number: str, missing: Sequence[Problem]) -> Text:
    """`missing` is what its order lacks."""
    said, lacks = _AS_LEAD if missing else _STARTED, join((problem.text for problem in missing), "; ")
    return worded(ru=said.ru, en=said.en, deal=same(number), missing=lacks)
