"""A real SMTP server in this process, which does what a test tells it to."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

TLS = Path(__file__).with_name("tls")
"""Of localhost alone, signed by itself; its key is no secret."""
USER, PASSWORD = "desk", "s3cret/pass#word"


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "cert.pem", TLS / "key.pem")
    return context


def client_context() -> ssl.SSLContext:
    """Trusts this server, and checks as strictly as ever."""
    return ssl.create_default_context(cafile=str(TLS / "cert.pem"))


@dataclass
class Script:
    """What the server says to a command: the reply, or None for its usual one. `drop`: hangs up instead of answering."""

    rcpt: Callable[[str], str | None] = lambda address: None
    mail: Callable[[int], str | None] = lambda nth: None
    data: Callable[[int], str | None] = lambda nth: None
    silent: float = 0.0
    password: str = PASSWORD


DROP = "drop"


@dataclass
class MailServer:
    port: int = 0
    script: Script = field(default_factory=Script)
    taken: list[Envelope] = field(default_factory=list)
    """Every mail whose data it got whole, whatever it answered."""
    connections: int = 0
    encrypted: list[bool] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    mails: int = 0

    @property
    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(e.content, policy=default) for e in self.taken]  # type: ignore[arg-type,misc]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.mails += 1
        envelope.mail_from, envelope.mail_options = address, options
        return self._reply(server, self.script.mail(self.mails), "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._reply(server, self.script.rcpt(address), "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.taken.append(envelope)
        assert server.transport
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        await asyncio.sleep(self.script.silent)
        return self._reply(server, self.script.data(len(self.taken)), "250 taken")

    def _reply(self, server: SMTP, said: str | None, usual: str) -> str:
        if said == DROP:
            assert server.transport
            server.transport.close()
        return said or usual

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        self.users.append(data.login.decode())
        return AuthResult(success=data.password.decode() == self.script.password, handled=False)


@asynccontextmanager
async def mail_server(*, tls: str = "", auth: bool = False, utf8: bool = True) -> AsyncIterator[MailServer]:
    """`tls`: nothing, `starttls`, or `at once`."""
    server, open_now = MailServer(), list[SMTP]()
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        server.connections += 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it advises what the desk's side is tested for here
            made = SMTP(
                server,
                hostname="mail.test",
                loop=loop,
                enable_SMTPUTF8=utf8,
                tls_context=server_context() if tls == "starttls" else None,
                authenticator=server.authenticate if auth else None,
                auth_required=auth,
                auth_require_tls=False,
            )
        open_now.append(made)
        return made

    listening = await loop.create_server(
        protocol, "127.0.0.1", 0, ssl=server_context() if tls == "at once" else None
    )
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for connection in open_now:
            if connection.transport:
                connection.transport.close()
        await asyncio.sleep(0.05)
