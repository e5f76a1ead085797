"""What an SMTP server's answers mean for the desk."""

import re
from datetime import timedelta

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from activities.errors import AddressBusy, AddressRefused, MailRefused, MailUnavailable
from activities.mail.address import one_line
from activities.mail.letter import Letter
from adapters.mail.smtp_server import SmtpServer

GREYLISTED = timedelta(minutes=1)
CLOSING = 421


def mail_error(
    error: Exception, server: SmtpServer, letter: Letter | None = None
) -> MailUnavailable | MailRefused:
    """What an error of the client means. Credentials and settings that do not fit never cost a mail: it waits for the operator."""
    words = _Words(server, letter)
    if not isinstance(error, SMTPResponseException):
        what = "no answer in time" if isinstance(error, TimeoutError) else words.plain(error)
        return MailUnavailable(f"the mail server {server.host}:{server.port} can't be reached: {what}")
    answer = words.answer(error)
    later, refused = 400 <= error.code < 500, error.code >= 500
    match error:
        case SMTPAuthenticationError() if refused:
            return MailUnavailable(
                f"the mail server does not accept the desk's user name and password ({answer}): correct DEALWRIGHT_SMTP_URL"
            )
        case SMTPSenderRefused() if refused:
            return MailUnavailable(
                f"the mail server takes no mail from the desk's address ({answer}): correct DEALWRIGHT_MAIL_FROM or DEALWRIGHT_SMTP_URL"
            )
        case SMTPRecipientRefused() if later and error.code != CLOSING:
            return AddressBusy(f"the mailbox takes no mail now: {answer}", GREYLISTED)
        case SMTPRecipientRefused() if refused and _not_ours_to_send(error):
            return MailUnavailable(
                f"the mail server does not let the desk send ({answer}): it wants to know who asks"
            )
        case SMTPRecipientRefused() if refused:
            at_fault = AddressRefused if not _enhanced(error).startswith("5.7.") else MailRefused
            return at_fault(f"refused: {answer}")
        case SMTPDataError() if refused:
            at_fault = AddressRefused if _enhanced(error).startswith("5.1.") else MailRefused
            return at_fault(f"refused: {answer}")
    return MailUnavailable(f"the mail server {server.host}:{server.port} is not ready: {answer}")


def _enhanced(error: SMTPResponseException) -> str:
    """RFC 3463's status, as 5.1.1; empty if the server does not write it."""
    found = re.match(r"[245]\.\d{1,3}\.\d{1,3}\b", error.message)
    return found[0] if found else ""


def _not_ours_to_send(error: SMTPResponseException) -> bool:
    return error.code in (503, 530, 535, 538) or "relay" in error.message.lower()


class _Words:
    """What goes into errors, and so into histories: one line, without the password and without anybody's address."""

    def __init__(self, server: SmtpServer, letter: Letter | None) -> None:
        self._hidden = {server.password: "…", server.user: "…"}
        if letter:
            self._hidden |= {letter.to.addr_spec: "the address", letter.sender.addr_spec: "the desk"}

    def plain(self, error: Exception) -> str:
        return self._clean(str(error) or type(error).__name__)

    def answer(self, error: SMTPResponseException) -> str:
        return self._clean(f"{error.code} {error.message}")

    def _clean(self, words: str) -> str:
        for secret, instead in self._hidden.items():
            if secret:
                words = re.sub(re.escape(secret), instead, words, flags=re.IGNORECASE)
        return one_line(words)[:300]
