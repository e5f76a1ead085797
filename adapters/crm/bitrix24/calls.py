"""The REST calls we make, and for each whether it may be repeated. One that is not here can't be made."""

from enum import Enum


class Repeat(Enum):
    READ = "changes nothing"
    WRITE = "absolute: once or twice, the same stands there after"
    CREATE = "each makes one more: after a lost answer its key must be looked up first"


CALLS: dict[str, Repeat] = {
    "batch": Repeat.READ,  # as repeatable as what is in it
    "user.current": Repeat.READ,
    "user.get": Repeat.READ,
    "crm.item.get": Repeat.READ,
    "crm.item.list": Repeat.READ,
    "crm.item.add": Repeat.CREATE,
    "crm.item.update": Repeat.WRITE,  # "if no field values have changed, the save is not performed"
    "crm.deal.update": Repeat.WRITE,  # empties what crm.item.update leaves: the only call of the older family
    "crm.item.productrow.list": Repeat.READ,
    "crm.item.productrow.add": Repeat.CREATE,
    "crm.item.productrow.update": Repeat.WRITE,
    "crm.duplicate.findbycomm": Repeat.READ,  # finds a phone however it is spelt
    "crm.requisite.list": Repeat.READ,
    "crm.requisite.add": Repeat.CREATE,
    "crm.requisite.link.get": Repeat.READ,
    "crm.requisite.link.register": Repeat.WRITE,
    "crm.requisite.preset.list": Repeat.READ,
    "crm.timeline.comment.list": Repeat.READ,
    "crm.timeline.comment.get": Repeat.READ,
    "crm.timeline.comment.add": Repeat.CREATE,
    "crm.category.list": Repeat.READ,
    "crm.category.add": Repeat.CREATE,
    "crm.status.list": Repeat.READ,
    "crm.status.add": Repeat.CREATE,
    "crm.status.update": Repeat.WRITE,
    "crm.status.delete": Repeat.WRITE,
    "crm.type.list": Repeat.READ,
    "crm.type.add": Repeat.CREATE,
    "crm.type.update": Repeat.WRITE,
    "userfieldconfig.list": Repeat.READ,
    "userfieldconfig.get": Repeat.READ,
    "userfieldconfig.add": Repeat.CREATE,
    "userfieldconfig.update": Repeat.WRITE,
    "lists.get": Repeat.READ,
    "lists.add": Repeat.CREATE,
    "lists.element.get": Repeat.READ,
    "lists.element.add": Repeat.CREATE,
    "lists.element.update": Repeat.WRITE,
    "tasks.task.list": Repeat.READ,
    "tasks.task.get": Repeat.READ,
    "tasks.task.add": Repeat.CREATE,
    "tasks.task.update": Repeat.WRITE,
    "tasks.task.complete": Repeat.WRITE,
    "tasks.task.renew": Repeat.WRITE,
    "tasks.task.delete": Repeat.WRITE,
    "im.notify.personal.add": Repeat.WRITE,  # one with the same TAG takes its place
    "imbot.v2.Bot.register": Repeat.WRITE,  # of a code that its token has already: "returns the existing bot"
    "imbot.v2.Bot.update": Repeat.WRITE,
    "imbot.v2.Bot.get": Repeat.READ,
    "imbot.v2.Command.register": Repeat.WRITE,  # as a bot's
    "imbot.v2.Command.list": Repeat.READ,
    "imbot.v2.Chat.get": Repeat.READ,
    "imbot.v2.Chat.Message.send": Repeat.CREATE,
    "imbot.v2.Chat.Message.update": Repeat.WRITE,
    "imbot.v2.Chat.Message.getContext": Repeat.READ,  # of a bot that may read: a `personal` one
    "imbot.v2.Event.get": Repeat.READ,  # its offset confirms only what is stored already
    "scope": Repeat.READ,
    "profile": Repeat.READ,
    # by the probe alone, which looks into what it made and removes it
    "crm.category.update": Repeat.WRITE,
    "crm.category.delete": Repeat.WRITE,
    "crm.type.delete": Repeat.WRITE,
    "crm.item.delete": Repeat.WRITE,
    "crm.item.productrow.delete": Repeat.WRITE,
    "crm.requisite.delete": Repeat.WRITE,
    "crm.requisite.link.unregister": Repeat.WRITE,
    "crm.timeline.comment.delete": Repeat.WRITE,
    "userfieldconfig.delete": Repeat.WRITE,
    "lists.delete": Repeat.WRITE,
    "lists.element.delete": Repeat.WRITE,
    "im.notify.get": Repeat.READ,
    "im.notify.delete": Repeat.WRITE,
}


def repeatable(method: str) -> bool:
    """Raises KeyError for a call that is not ours."""
    return CALLS[method] is not Repeat.CREATE
