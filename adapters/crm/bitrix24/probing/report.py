"""What a portal did against what the adapter expects: a row for each thing that was tried."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from adapters.crm.bitrix24.probing.made import Made
from adapters.crm.bitrix24.probing.refusals import REFUSALS, Refusal
from domain.words import Text


class Thing(StrEnum):
    """What is made, in the order in which it is."""

    RIGHTS = "rights"
    FUNNEL = "funnel"
    STAGE = "stage"
    FIELDS = "fields"
    TYPE = "smart process"
    LIST = "list"
    DEAL = "deal"
    CLIENT = "client"
    ROW = "row"
    LINE = "line"
    TASK = "task"
    COMMENT = "comment"
    FILE = "file"
    NOTICE = "notice"
    BOT = "bot"
    BATCH = "batch"


THING_LABELS = {
    Thing.RIGHTS: Text(ru="Права", en="Permissions"),
    Thing.FUNNEL: Text(ru="Воронка", en="Funnel"),
    Thing.STAGE: Text(ru="Стадия", en="Stage"),
    Thing.FIELDS: Text(ru="Поля", en="Fields"),
    Thing.TYPE: Text(ru="Смарт-процесс", en="Smart process"),
    Thing.LIST: Text(ru="Список", en="List"),
    Thing.DEAL: Text(ru="Сделка", en="Deal"),
    Thing.CLIENT: Text(ru="Клиент и реквизиты", en="Client and requisites"),
    Thing.ROW: Text(ru="Товар сделки", en="Product row"),
    Thing.LINE: Text(ru="Позиция", en="Line"),
    Thing.TASK: Text(ru="Задача", en="Task"),
    Thing.COMMENT: Text(ru="Комментарий", en="Comment"),
    Thing.FILE: Text(ru="Файл", en="File"),
    Thing.NOTICE: Text(ru="Уведомление", en="Notice"),
    Thing.BOT: Text(ru="Бот", en="Bot"),
    Thing.BATCH: Text(ru="Пакет", en="Batch"),
}


class Result(StrEnum):
    AS_EXPECTED = "as expected"  # the documented refusal of a wrong call, too
    OTHERWISE_BUT_FINE = "otherwise, and the desk copes"
    OTHERWISE = "otherwise"  # the desk can't work so
    NOT_TRIED = "not tried"


MARKS = {
    Result.AS_EXPECTED: "✔",
    Result.OTHERWISE_BUT_FINE: "!",
    Result.OTHERWISE: "✘",
    Result.NOT_TRIED: "·",
}


class Check(NamedTuple):
    """`refusal` names one of `REFUSALS`. `expected` and `got` are values as the portal has them."""

    thing: Thing
    what: Text
    call: str
    result: Result
    expected: Text
    got: Text
    refusal: str = ""

    @property
    def known(self) -> Refusal | None:
        return REFUSALS.get(self.refusal)


class Left(NamedTuple):
    """What could not be removed, what the portal said to that, and which of `REFUSALS` it is, if any."""

    made: Made
    why: str
    refusal: str = ""


class Report(NamedTuple):
    """`removed` counts the things that were made and are gone."""

    host: str
    checks: tuple[Check, ...]
    removed: int
    left: tuple[Left, ...]

    @property
    def ok(self) -> bool:
        """The desk could work in this portal, and nothing of the probe stays there."""
        wrong = (Result.OTHERWISE, Result.NOT_TRIED)
        return not self.left and not any(check.result in wrong for check in self.checks)

    @property
    def all_green(self) -> bool:
        return not self.left and all(check.result is Result.AS_EXPECTED for check in self.checks)

    def met(self) -> Iterator[Refusal]:
        """The refusals by which the portal differs from one where all goes well, each once."""
        differs = [check.refusal for check in self.checks if check.result is not Result.AS_EXPECTED]
        names = dict.fromkeys([*differs, *(left.refusal for left in self.left)])
        yield from (REFUSALS[name] for name in names if name in REFUSALS)
