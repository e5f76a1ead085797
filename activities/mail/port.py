"""What sending mail means to the desk: files by default, SMTP later."""

from email.message import EmailMessage
from typing import Protocol


class Mailer(Protocol):
    """Raises only `MailUnavailable` and `MailRefused`."""

    async def send(self, message: EmailMessage) -> None:
        """Sends it, unless it has this Message-ID on record as sent. The To has exactly one address."""

    async def ready(self) -> None:
        """Raises `MailUnavailable`, with words, if a mail could not be sent now."""
