"""Which SMTP server the desk gives its mail to."""

from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from domain.wording.invalid import Invalid


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

    Raises `Invalid`, without the URL in its words.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Invalid(ru="порт — не число", en="its port is no number") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise Invalid(
            ru="нужно как smtps://user:password@host:465 или smtp://user:password@host:587",
            en="write it like smtps://user:password@host:465 or smtp://user:password@host:587",
        )
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Invalid(
            ru="после порта ничего не бывает; в пароле пишите / как %2F, # как %23, ? как %3F",
            en="nothing comes after the port; in a password, write / as %2F, # as %23, ? as %3F",
        )
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
