"""Mail that came back, read from what a mail server writes: by RFC 3464, or as the many that keep to no standard do."""

import re
from collections.abc import Callable, Iterator, Sequence
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser, Parser
from email.policy import compat32
from typing import NamedTuple, TypeAlias

from activities.mail.address import key_of
from domain.bounced import Bounced

MOST_TEXT = 200_000
"""Characters of a mail that are looked at: what a returned mail carries along can be large."""
_ADDRESS = re.compile(r"[^\s<>\"',;:()\[\]@]{1,64}@[^\s<>\"',;:()\[\]@]{1,255}")
_PERMANENT = re.compile(
    r"\b5\.\d{1,3}\.\d{1,3}\b|\b55[0-7]\b|user unknown|no such user|unknown user|does not exist|doesn't exist|not found"
    r"|no mailbox here|mailbox unavailable|permanent(ly)? (error|fail)|invalid recipient|recipient rejected"
    r"|не существует|не найден|неизвестный (получатель|адресат)|нет такого (пользователя|адреса)|постоянная ошибка"
    r"|ящик (недоступен|заблокирован|отключ[её]н)",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(
    r"delayed|delay\)|warning|will be retried|still trying|задерж|отложен|предупреждение", re.IGNORECASE
)
_POSTMASTER = re.compile(r"mailer-daemon|postmaster|mail delivery|почтов\w* служб", re.IGNORECASE)

Mail: TypeAlias = "Message[str, str]"


class Returned(NamedTuple):
    """An address that a mail of the desk could not reach for good. `key` is of the mail's notice, or of its digest."""

    message_id: str
    key: str
    recipient: str
    status: str
    diagnostic: str

    def bounced(self, sent_in: Callable[[str], Sequence[str]]) -> Bounced | None:
        """`sent_in` names the notices that went out in a digest: the deal of the first one hears of it."""
        keys = sent_in(self.message_id) if self.key.startswith("digest:") else (self.key,)
        found = re.match(r"deal-([^:]+):", keys[0]) if keys else None
        if not found or not self.recipient:
            return None
        reason = f"{self.status} {self.diagnostic}".replace(self.recipient, "…")
        return Bounced(email=self.recipient, reason=reason, deal=found[1], notice=keys[0])


class _Original(NamedTuple):
    message_id: str
    key: str
    to: str


def read_bounce(raw: bytes, domain: str) -> Returned | None:
    """None for anything else: a passing fault, a delay, an answer from a person, a mail that the desk never sent.

    `domain` is the right side of the desk's Message-IDs.
    """
    try:
        return _read(BytesParser(policy=compat32).parsebytes(raw), domain)
    except (MessageError, ValueError, LookupError, RecursionError):  # made to harm, or beyond reading
        return None


def _read(mail: Mail, domain: str) -> Returned | None:
    original = _original(mail, domain)
    if original is None or not _from_a_server(mail):
        return None
    report = next(_parts(mail, "message/delivery-status"), None)
    return _reported(report, original) if report else _guessed(mail, original)


def _from_a_server(mail: Mail) -> bool:
    """What a server sends has no sender to answer to."""
    sender = _header(mail, "Return-Path")
    return sender in ("", "<>") or bool(_POSTMASTER.search(sender))


def _reported(report: Mail, original: _Original) -> Returned | None:
    for block in _inside(report):
        status = _header(block, "Status").split(" ")[0]
        if _header(block, "Action").lower() != "failed" or not status.startswith("5"):
            continue
        named = _header(block, "Original-Recipient") or _header(block, "Final-Recipient")
        diagnostic = _header(block, "Diagnostic-Code").partition(";")[2].strip()
        return Returned(original.message_id, original.key, _address(named) or original.to, status, diagnostic)
    return None


def _guessed(mail: Mail, original: _Original) -> Returned | None:
    """From its words, those before the returned mail itself."""
    if not _POSTMASTER.search(_header(mail, "From")):
        return None
    said = _text(mail)
    said = (
        said[: found.start()]
        if (found := re.search(r"^(Received|Return-Path|Message-ID):", said, re.M | re.I))
        else said
    )
    about = _header(mail, "Subject")
    permanent = _PERMANENT.search(said)
    if _TEMPORARY.search(about) or not permanent:
        return None
    status = re.search(r"\b5\.\d{1,3}\.\d{1,3}\b", said)
    line = next(line for line in said.splitlines() if _PERMANENT.search(line))
    failed = _header(mail, "X-Failed-Recipients").split(",")[0]
    recipient = _address(failed) or original.to or _address(said)
    return Returned(
        original.message_id, original.key, recipient, status[0] if status else "5.0.0", line.strip()
    )


def _original(mail: Mail, domain: str) -> _Original | None:
    """The desk's mail that came back."""
    for headers in _originals(mail):
        message_id = _header(headers, "Message-ID")
        if key := key_of(message_id, domain):
            return _Original(message_id, key, _address(_header(headers, "To")))
    return None


def _originals(mail: Mail) -> Iterator[Mail]:
    for part in _parts(mail, "message/rfc822"):
        yield from _inside(part)
    for kind in ("text/rfc822-headers", "message/rfc822-headers"):
        for part in _parts(mail, kind):
            yield Parser(policy=compat32).parsestr(_content(part), headersonly=True)
    said = _text(mail)
    for found in re.finditer(r"^[ >]*Message-ID:", said, re.M | re.I):
        block = said[: found.start()].rpartition("\n\n")[2] + said[found.start() :]
        quoted = re.sub(r"^[ >]+(?=[A-Za-z-]+:)", "", block, flags=re.M)
        yield Parser(policy=compat32).parsestr(quoted, headersonly=True)


def _parts(mail: Mail, kind: str) -> Iterator[Mail]:
    """Of the mail itself, not of one that it carries."""
    if mail.get_content_type() == kind:
        yield mail
    elif mail.get_content_maintype() != "message":
        for part in _inside(mail):
            yield from _parts(part, kind)


def _inside(mail: Mail) -> list[Mail]:
    payload = mail.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _text(mail: Mail) -> str:
    return "\n".join(_content(part) for part in _parts(mail, "text/plain"))[:MOST_TEXT]


def _content(part: Mail) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        words = payload.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        words = payload.decode("utf-8", "replace")
    return words.replace("\r\n", "\n")


def _header(mail: Mail, name: str) -> str:
    """Unfolded. Encoded words stay as they are: nothing that counts here is in one."""
    return " ".join(str(mail.get(name, "")).split())


def _address(words: str) -> str:
    """The one in angle brackets, where there are any: before them stands a name, that may be anything."""
    _, bracket, inside = words.rpartition("<")
    found = _ADDRESS.search(inside if bracket else words)
    return found[0].rstrip(".") if found else ""
