"""What an event of a CRM is about, as its subject says, of any CRM alike: `crm:17` is a deal, `crm-task:9` something else there."""

from typing import NamedTuple, get_args

from activities.crm.port import ClientCard, Thing

DEAL = "deal"
THINGS: tuple[str, ...] = get_args(Thing)
CLIENT_CARDS: tuple[str, ...] = get_args(ClientCard)


class About(NamedTuple):
    """`thing` is one of `THINGS` or `CLIENT_CARDS`, or of what the desk has nothing to do with."""

    thing: str
    id: str


def subject_of(thing: str, id: str) -> str:
    return f"crm:{id}" if thing == DEAL else f"crm-{thing}:{id}"


def about(subject: str) -> About:
    kind, _, id = subject.partition(":")
    return About(kind.removeprefix("crm-") if kind != "crm" else DEAL, id)
