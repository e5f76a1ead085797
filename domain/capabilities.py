"""What a CRM can show of a deal beside its card: where it can't, the desk tells the same in another way."""

from enum import StrEnum

from domain.words import Text


class Capability(StrEnum):
    LINE_CARDS = "line_cards"
    """Each line has a card of its own, where its forms are filled and its questions answered."""
    TASKS = "tasks"
    """People have tasks, each recognised again by the desk's mark. Else a comment says what is to be done."""
    NOTICES = "notices"
    """A person can be told something there. Else a comment on the card tells it."""
    FILES = "files"
    """A file can be shown on the card. Else a comment says that there is one."""
    LISTS = "lists"
    """It keeps the company's reference books."""
    BULK = "bulk"
    """Many writes at once cost as much as one: it serves `BulkCrmPort`."""


ALL = frozenset(Capability)

CAPABILITY_LABELS: dict[Capability, Text] = {
    Capability.LINE_CARDS: Text(ru="карточки позиций", en="cards of lines"),
    Capability.TASKS: Text(ru="задачи", en="tasks"),
    Capability.NOTICES: Text(ru="уведомления", en="notices"),
    Capability.FILES: Text(ru="файлы", en="files"),
    Capability.LISTS: Text(ru="справочники", en="reference books"),
    Capability.BULK: Text(ru="запись пачками", en="writes in bulk"),
}
