"""What became of an event; and why one is tried again."""

from typing import NamedTuple

from domain.words import Text
from records.arrivals import Final


class Outcome(NamedTuple):
    """Words for whoever looks into the inbox; `deal` is its number, where there is one."""

    status: Final
    words: str
    deal: str | None = None


class TryAgain(Exception):
    """Not now. The words are for whoever looks into the inbox."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


TOO_EARLY = Text(ru="сделка ещё открывается", en="the deal is only just opening")
