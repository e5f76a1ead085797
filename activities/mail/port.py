"""What the desk's mail stands on: something that sends, and somewhere to keep what is sent later."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from activities.mail.letter import Letter
from domain.bounced import Bounced
from domain.effects import Notice


def utc_now() -> datetime:
    return datetime.now(UTC)


class Mailer(Protocol):
    """Raises only `MailUnavailable` and `MailRefused`."""

    async def send(self, letter: Letter) -> None:
        """Sends it, unless it has this Message-ID on record as sent."""

    async def ready(self) -> None:
        """Raises `MailUnavailable`, with words, if a mail could not be sent now."""

    async def close(self) -> None:
        """Gives back what it holds open. The next mail opens it again."""


class PostBox(Protocol):
    """Notices that wait for their time, each under its key. Durable when a call returns; raises what is worth a retry."""

    def put(self, notice: Notice, due_at: datetime) -> None:
        """Once: a key that is there stays as it is, unless its mail was refused."""

    def claim(self, now: datetime, lease: timedelta) -> list[Notice]:
        """What makes the next mail that is due: one notice, or all of one digest. Nobody else gets them until the lease ends."""

    def put_off(self, keys: Sequence[str], until: datetime, why: str) -> None: ...

    def settle(self, keys: Sequence[str], at: datetime, message_id: str) -> None:
        """They went out, in this mail."""

    def refuse(self, keys: Sequence[str], at: datetime, why: str) -> None:
        """They will never go out as they are."""


class Bounces(Protocol):
    """Where the desk hears that an address does not work."""

    def accept(self, bounced: Bounced, at: datetime) -> None:
        """Durable when it returns. The same bounce again changes nothing."""
