"""Mail by SMTP: submission with TLS, a few connections kept open between mails, and what each answer means for the desk.

At least once: when the connection is lost after the mail was given over and before the server's answer, nobody can know
whether it was taken. It is sent again then, under the Message-ID it had.
"""

import asyncio
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from activities.errors import AddressBusy, AddressRefused, MailRefused, MailUnavailable
from activities.mail.address import one_line
from activities.mail.letter import Letter

STEP_SECONDS = 10.0
"""For each answer of the server, and"""
MAIL_SECONDS = 25.0
"""for one mail in all, connecting included: well within the time of the activity that sends it."""
MOST_CONNECTIONS = 4
IDLE_SECONDS = 10.0
GREYLISTED = timedelta(minutes=1)
CLOSING = 421


@dataclass(frozen=True)
class SmtpServer:
    """With neither `tls_at_once` nor `starttls` everything goes in the clear."""

    host: str
    port: int
    tls_at_once: bool = False
    starttls: bool = True
    user: str = ""
    password: str = field(default="", repr=False)


def smtp_server(url: str) -> SmtpServer:
    """`smtps://user:password@host:465`, or `smtp://…:587` with STARTTLS, but to the machine itself.

    Raises `ValueError`, without the URL in its words.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("its port is no number") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("write it like smtps://user:password@host:465 or smtp://user:password@host:587")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("nothing comes after the port; in a password, write / as %2F, # as %23, ? as %3F")
    at_once = parts.scheme == "smtps"
    return SmtpServer(
        host=parts.hostname,
        port=port or (465 if at_once else 587),
        tls_at_once=at_once,
        starttls=not at_once and not is_loopback(parts.hostname),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


class SmtpMailer:
    """Serves `Mailer`."""

    def __init__(
        self,
        server: SmtpServer,
        *,
        hello: str = "localhost",
        context: ssl.SSLContext | None = None,
        step_seconds: float = STEP_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """`hello` is the name the desk greets with. `context` replaces the default one, which verifies certificates by the system's authorities."""
        self._server = server
        self._hello = hello
        self._context = context or ssl.create_default_context()
        self._step = step_seconds
        self._idle_seconds = idle_seconds
        self._slots = asyncio.Semaphore(MOST_CONNECTIONS)
        self._idle: list[SMTP] = []
        self._leaving: set[asyncio.Task[None]] = set()

    async def send(self, letter: Letter) -> None:
        async with self._slots:
            try:
                async with asyncio.timeout(MAIL_SECONDS):
                    await self._send(letter)
            except (
                SMTPException,
                OSError,
                UnicodeError,
                ValueError,
            ) as error:  # OSError: TLS and timeouts too
                raise mail_error(error, self._server, letter) from None

    async def ready(self) -> None:
        try:
            connection = await self._connect()
        except (SMTPException, OSError) as error:
            raise mail_error(error, self._server) from None
        await self._leave(connection)

    async def close(self) -> None:
        """Takes leave of the server. The next mail opens a connection again."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*map(self._leave, idle), *self._leaving)

    async def _send(self, letter: Letter) -> None:
        connection = await self._addressed(letter)
        try:
            await connection.data(letter.as_bytes())
        except BaseException:
            connection.close()
            raise
        self._keep(connection)

    async def _addressed(self, letter: Letter) -> SMTP:
        """A connection that has taken the sender and the addressee. One that was kept too long is replaced: nothing is sent yet."""
        while self._idle:
            kept = self._idle.pop()
            if not kept.is_connected:
                continue
            try:
                return await self._address(kept, letter)
            except SMTPRecipientRefused as error:
                if error.code != CLOSING:
                    raise
            except (SMTPException, OSError):
                continue
        return await self._address(await self._connect(), letter)

    async def _address(self, connection: SMTP, letter: Letter) -> SMTP:
        sender, to = letter.sender.addr_spec, letter.to.addr_spec
        international = not (sender + to).isascii()
        try:
            if international and connection.is_ehlo_or_helo_needed:
                await connection.ehlo()
            if international and not connection.supports_extension("smtputf8"):
                raise AddressRefused("this mail server can't write to addresses with letters outside a–z")
            options, encoding = (["SMTPUTF8"], "utf-8") if international else ([], "ascii")
            await connection.mail(sender, options=options, encoding=encoding)
            await connection.rcpt(to, encoding=encoding)
        except BaseException:
            connection.close()
            raise
        return connection

    async def _connect(self) -> SMTP:
        server = self._server
        connection = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            local_hostname=self._hello,
            use_tls=server.tls_at_once,
            start_tls=server.starttls,
            tls_context=self._context,
            timeout=self._step,
        )
        await connection.connect()
        return connection

    def _keep(self, connection: SMTP) -> None:
        self._idle.append(connection)
        asyncio.get_running_loop().call_later(self._idle_seconds, self._retire, connection)

    def _retire(self, connection: SMTP) -> None:
        """Unless it was taken again meanwhile: then it is here anew, or has been closed."""
        if connection in self._idle:
            self._idle.remove(connection)
            task = asyncio.create_task(self._leave(connection))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def _leave(self, connection: SMTP) -> None:
        with suppress(SMTPException, OSError):
            await connection.quit()
        connection.close()


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
