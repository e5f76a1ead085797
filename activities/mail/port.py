"""What sending mail means to the desk: files by default, SMTP later."""

from typing import Protocol

from activities.mail.letter import Letter


class Mailer(Protocol):
    """Raises only `MailUnavailable` and `MailRefused`."""

    async def send(self, letter: Letter) -> None:
        """Sends it, unless it has this Message-ID on record as sent."""

    async def ready(self) -> None:
        """Raises `MailUnavailable`, with words, if a mail could not be sent now."""
