"""What a CRM may offer besides: a chat in which people answer an approval by a button under the question."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from domain.base import Value


class ChatEvent(Value):
    """Something that a person did there. `place` is its own in the chat's order, `user` the CRM's id of who did it.

    `sent`: what a button sent to the desk, or somebody typed as one would. `message`: the one it belongs to. Both are empty in
    what is no answer.
    """

    place: int
    kind: str
    user: str
    sent: str = ""
    message: int = 0


class ChatEvents(NamedTuple):
    """In order. `more`: there are others already."""

    events: Sequence[ChatEvent]
    more: bool = False


class ChatButton(NamedTuple):
    """Leads to a `page`, or `begins` an answer, which whoever presses it completes by hand and sends."""

    label: str
    page: str = ""
    begins: str = ""


class Chat(Protocol):
    """Raises the same errors as `CrmPort`."""

    async def bot(self) -> str | None:
        """The CRM's id of the one in whose name the desk asks there; None where it has none."""

    async def heard(self, after: int | None) -> ChatEvents:
        """What was done after this place, which is told to be stored: the CRM forgets all up to it. None: nothing is."""

    async def person_of(self, user: str) -> str | None:
        """Which person of the playbook this is."""

    async def end_question(self, event: ChatEvent, words: str) -> None:
        """The message with the buttons loses them, and ends with these words. Done twice it says them once."""

    async def say(
        self, event: ChatEvent, words: str, buttons: Sequence[ChatButton] = (), *, again: bool
    ) -> None:
        """To who did that. `again`: it may have been said before, which is looked up."""


@runtime_checkable
class WithChat(Protocol):
    @property
    def chat(self) -> Chat: ...
