"""How a kind of fact is declared: its data, its sentence, who is written to, what the CRM is told. Once, in one class."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, NamedTuple

from domain.base import Value
from domain.facts.template import parts, stray
from domain.facts.written import written
from domain.goods.quantity import Number
from domain.words import NoticeKind, Text, UnitOfMeasure

Person = Annotated[str, "person"]
"""The id of a person of the company, or `client`. People read the name."""

Act = Annotated[str, "act"]
"""The name of a message, right or wrong. People read what it does."""


class To(StrEnum):
    """Whom a mail goes to. The five in the middle are named by the fact itself."""

    CLIENT = "client"
    ASSIGNEE = "assignee"
    AWAITED = "awaiting"
    SIGNERS = "signers"
    SUCCESSOR = "successor"
    ASKER = "asker"
    MANAGER = "manager"
    DIRECTOR = "director"
    ACCOUNTANT = "accountant"


class Mail(NamedTuple):
    kind: NoticeKind
    to: tuple[To, ...]


class Crm(StrEnum):
    """What the CRM is told. A fact that tells it nothing would only be noise on the deal's card: the records have it.

    `NOTIFY` goes to the one named by `to`, or else to the deal's manager. `FILE` shows the fact's sentence with its file.
    """

    STAGE = "stage"
    OPEN_TASK = "open task"
    CLOSE_TASK = "close task"
    NOTIFY = "notify"
    COMMENT = "comment"
    FILE = "file"


SILENT: tuple[Crm, ...] = ()

_NAMED = (To.ASSIGNEE, To.AWAITED, To.SIGNERS, To.SUCCESSOR, To.ASKER)


class BadDeclaration(TypeError):
    """A kind of fact that contradicts itself. Raised at import."""


class FactData(Value):
    """What a fact of one kind says, and all that follows from it. A subclass without a `kind` is only a common base.

    `second_mail` goes along with `mail`, to others and in words of their own; who is told already gets none.
    `line_reports`: a line may tell it in its reports; all else only the deal itself records.
    """

    kind: ClassVar[str]
    sentence: ClassVar[Text]
    mail: ClassVar[Mail | None] = None
    second_mail: ClassVar[Mail | None] = None
    crm: ClassVar[tuple[Crm, ...]] = (Crm.COMMENT,)
    line_reports: ClassVar[bool] = False

    def mailed(self, manager: str) -> Mail | None:
        """The mail it makes in a deal of this manager."""
        return self.mail

    def told_to_crm(self) -> tuple[Crm, ...]:
        """What the CRM is told of just this fact."""
        return self.crm

    def written(self) -> dict[str, Any]:
        """As JSON values, for the envelope. What is empty is left out, and that a quantity is in pieces."""
        values = self.__dict__
        return {name: written(value) for name in type(self).model_fields if not _empty(value := values[name])}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "kind" in vars(cls):
            _check(cls)
            FACTS[cls.kind] = cls


class Ringing(FactData):
    """That something is due, or overdue. Said again and again it is the `times`th time; the CRM hears of the first only."""

    overdue: bool = False
    times: int | None = None

    def told_to_crm(self) -> tuple[Crm, ...]:
        return SILENT if self.times else self.crm


FACTS: dict[str, type[FactData]] = {}


_SIZED = (str, tuple, dict)


def _empty(value: Any) -> bool:
    return (
        value is None
        or value is False
        or value is UnitOfMeasure.PIECE
        or (isinstance(value, _SIZED) and not value)
    )


def _check(fact: type[FactData]) -> None:
    for problem in _problems(fact):
        raise BadDeclaration(f"{fact.__name__} ({fact.kind}): {problem}")


def _problems(fact: type[FactData]) -> list[str]:
    if fact.kind in FACTS:
        return [f"{FACTS[fact.kind].__name__} is declared under this kind already"]
    if not hasattr(fact, "sentence"):
        return ["has no sentence"]
    fields = fact.model_fields
    ru, en = (_words(template) for template in (fact.sentence.ru, fact.sentence.en))
    problems = [f"{what!r} opens or closes nothing" for what in map(stray, _both(fact.sentence)) if what]
    problems += [f"the sentence needs {name!r}, the data lacks it" for name in ru | en if name not in fields]
    problems += [f"only one language says {name!r}" for name in ru.keys() ^ en.keys()]
    problems += [
        f"{name!r} may be missing: it belongs into [ ]"
        for name, optional in (*ru.items(), *en.items())
        if name in fields and not optional and not fields[name].is_required()
    ]
    money = any(_is_money(field.annotation) for field in fields.values())
    if money and "currency" not in fields:
        problems.append("an amount stands without its currency")
    mails = [mail for mail in (fact.mail, fact.second_mail) if mail]
    named = [to.value for mail in mails for to in mail.to if to in _NAMED]
    problems += [f"mail goes to the {who}, whom the data lacks" for who in named if who not in fields]
    return problems


def _both(text: Text) -> tuple[str, str]:
    return text.ru, text.en


def _words(template: str) -> dict[str, bool]:
    """Each word of the sentence, and whether it stands only where it may be missing."""
    words: dict[str, bool] = {}
    for part in parts(template):
        for name in part.names:
            words[name] = part.optional and words.get(name, True)
    return words


def _is_money(annotation: Any) -> bool:
    parts = () if annotation == Number else getattr(annotation, "__args__", ())
    return annotation is Decimal or any(map(_is_money, parts))
