"""What a mail or a page shows beside its words: the order that is decided on, and what is to be paid. In the reader's words."""

from decimal import Decimal

from pydantic import Field

from domain.base import Value


class Good(Value):
    name: str
    details: tuple[str, ...] = ()
    quantity: str = Field(coerce_numbers_to_str=True)  # mail that waits may have a number
    amount: str


class Part(Value):
    """A milestone: how much falls due, and when."""

    title: str
    when: str
    amount: str


class Term(Value):
    """`goods` are those it is for; none where it is for all."""

    title: str
    goods: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


class OrderWords(Value):
    """`changes` are sentences: how it differs from the version that was put to approval before. `follows`: what comes of an amendment.
    `credit`: what the client owes, where credit is asked for."""

    goods: tuple[Good, ...]
    total: str
    vat: str
    terms: tuple[Term, ...]
    changes: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()


class ToPay(Value):
    """In roubles, for `purpose`, as the payment order says it."""

    amount: Decimal
    purpose: str
