"""The incoming webhook's address, which is a secret: who has it has the portal."""

import ipaddress
import logging
import re
from urllib.parse import urlsplit, urlunsplit

from domain.words import Text

_LAN = (".local", ".lan", ".internal", ".intranet", ".corp", ".home.arpa")
_RIGHT = Text(
    ru="нужен адрес входящего вебхука, например https://portal.bitrix24.ru/rest/1/secret/",
    en="it must be an incoming webhook's address, like https://portal.bitrix24.ru/rest/1/secret/",
)
_IN_THE_OPEN = Text(
    ru="адрес должен начинаться с https://, иначе секрет в нём шёл бы открыто",
    en="it must begin with https://: the secret in it would travel in the open",
)


class BadAddress(ValueError):
    """The words do not repeat the address."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def host_of(webhook: str) -> str:
    """The part that is no secret. Raises BadAddress if the address can't be a webhook's, or would send the secret in the open."""
    try:
        parts = urlsplit(webhook)
        host, _ = parts.netloc.rpartition("@")[2], parts.port
    except ValueError:
        raise BadAddress(_RIGHT) from None
    if not re.fullmatch(r"(/[^/\s]+)*/rest/\d+/[^/\s]+/?", parts.path) or not parts.hostname or parts.query:
        raise BadAddress(_RIGHT)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_near(parts.hostname)):
        raise BadAddress(_IN_THE_OPEN)
    return host


def is_cloud(host: str) -> bool:
    """Whether a portal lives at Bitrix24 itself. One in a company's own house keeps other limits."""
    return re.search(r"(^|\.)bitrix24\.[a-z.]+(:\d+)?$", host.lower()) is not None


def moved(webhook: str, asked: str, location: str) -> str | None:
    """The webhook's address after a portal was renamed, by where it sends a call `asked` of it: the same path on another host.
    None for any other redirect, and for one that would send the secret in the open."""
    try:
        old, new = urlsplit(webhook), urlsplit(location)
        if (
            not new.netloc
            or new.path != urlsplit(asked).path
            or (old.scheme, new.scheme) == ("https", "http")
        ):
            return None
        address = urlunsplit((new.scheme, new.netloc, old.path, "", ""))
        host_of(address)
    except ValueError:
        return None
    return address


def _is_near(host: str) -> bool:
    """This machine, or one in the same network: an address from a private range, or a name that no public DNS has."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_LAN)
    return address.is_loopback or (address.is_private and not address.is_unspecified)


class _Hidden(logging.Filter):
    """httpx logs the address of every request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = re.sub(r"(/rest/(?:api/)?\d+/)[^/\s\"]+", r"\1…", record.getMessage())
        record.args = ()
        return True


_HIDDEN = _Hidden()


def hide_addresses() -> None:
    """In the logs of this process. A second time changes nothing."""
    logging.getLogger("httpx").addFilter(_HIDDEN)
