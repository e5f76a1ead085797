"""A fact: one thing that happened, in the one ordered, chained trail of a deal."""

from datetime import datetime
from typing import Any, NamedTuple, Self

from pydantic import AwareDatetime

from domain.base import Value
from domain.facts.declare import FACTS, FactData
from domain.words import Role, Target


class Actor(Value):
    """Who acted. `behalf` is the absent person whom a substitute acted for; both names are on the fact."""

    person: str
    name: str
    role: Role | None = None
    behalf: str | None = None

    def __str__(self) -> str:
        return f"{self.name} (for {self.behalf})" if self.behalf else self.name


DESK = Actor(person="desk", name="Dealwright")
OPERATOR = Actor(person="operator", name="Temporal operator")
"""Whoever runs the desk, and so may do what nobody in a deal may."""


class Subject(NamedTuple):
    """What a fact, an assignment or a blocker is about: the deal, or one of its lines."""

    line: int | None = None

    def __str__(self) -> str:
        return f"line {self.line}" if self.line else "deal"

    @classmethod
    def read(cls, written: str) -> "Subject":
        """What `str` writes, anything else as the deal."""
        kind, _, number = written.partition(" ")
        return cls(int(number)) if kind == "line" and number.isascii() and number.isdigit() else cls()

    def id(self, kind: str, instance: int = 1) -> str:
        """`claim`, and of a line `line-3:claim`; asked for a second time it is `line-3:claim#2`."""
        id = f"line-{self.line}:{kind}" if self.line else kind
        return id if instance == 1 else f"{id}#{instance}"


_READ: dict[int, tuple[dict[str, Any], FactData]] = {}
_MOST_READ = 256
"""The latest facts are read again and again: who hears of them, in which words, of what they say anew."""


class Fact(Value):
    """`seq` is its place in the deal's trail, from 1, without gaps; `prev` the digest of the fact before it. The deal gives both.

    `data` are JSON values: what the declaration of its kind writes and `read` reads.
    """

    seq: int = 0
    at: AwareDatetime
    actor: Actor = DESK
    kind: str
    subject: str = "deal"
    data: dict[str, Any] = {}
    prev: str = ""
    digest: str = ""

    @property
    def key(self) -> str:
        """Which fact of its deal it is, on which branch: a part of the key of everything done because of it."""
        return f"{self.seq}:{self.digest[:8]}"

    @classmethod
    def of(cls, data: FactData, at: datetime, actor: Actor = DESK, subject: Subject | None = None) -> Self:
        return cls(at=at, actor=actor, kind=data.kind, subject=str(subject or Subject()), data=data.written())

    def read(self) -> FactData:
        """The data as declared. Raises ValueError for a kind that nobody declared, and for data that is not of its kind."""
        declared = FACTS.get(self.kind)
        if declared is None:
            raise ValueError(f"no kind of fact is {self.kind!r}")
        if (known := _READ.get(id(self.data))) and known[0] is self.data and type(known[1]) is declared:
            return known[1]
        read = declared.model_validate(self.data)
        if len(_READ) >= _MOST_READ:
            _READ.clear()
        _READ[id(self.data)] = self.data, read  # it holds the data: nothing else gets their identity
        return read


def audience(fact: Fact, manager: str) -> tuple[Target, ...]:
    """Who hears of it in a deal of this manager: the records of everything, the others by its declaration."""
    data = fact.read()
    crm = (Target.CRM,) if data.told_to_crm() else ()
    mail = (Target.MAIL,) if data.mailed(manager) else ()
    return (Target.RECORDS, *crm, *mail)
