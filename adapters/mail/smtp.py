"""Mail by SMTP: submission with TLS, a few connections kept open between mails, and what each answer means for the desk.

At least once: when the connection is lost after the mail was given over and before the server's answer, nobody can know
whether it was taken. It is sent again then, under the Message-ID it had.
"""

import asyncio
import ssl
from contextlib import suppress

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused

from activities.errors import AddressRefused
from activities.mail.letter import Letter
from adapters.mail.smtp_answers import CLOSING, mail_error
from adapters.mail.smtp_server import SmtpServer

STEP_SECONDS = 10.0
"""For each answer of the server, and"""
MAIL_SECONDS = 25.0
"""for one mail in all, connecting included: well within the time of the activity that sends it."""
MOST_CONNECTIONS = 4
IDLE_SECONDS = 10.0


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
