"""A mail as it goes out. Its parts are safe already: what a person wrote has passed through `header_text`."""

from base64 import encodebytes
from collections.abc import Iterable
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.utils import formatdate
from hashlib import sha256
from typing import NamedTuple

from domain.words import Language


class Picture(NamedTuple):
    """A PNG that the HTML shows by `cid:` and its id."""

    id: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    message_id: str
    thread: str
    """The Message-ID that stands for the deal: mail programs show a deal's mails together."""
    deal: str
    """Its number; empty for a digest."""
    kind: str
    language: Language
    sender: Address
    to: Address
    subject: str
    text: str
    html: str
    pictures: tuple[Picture, ...] = ()

    @property
    def digest(self) -> str:
        """The Message-ID's: the same whenever the same mail is made."""
        return sha256(self.message_id.encode()).hexdigest()[:16]

    def as_bytes(self) -> bytes:
        """By RFC 5322 and 2045. Written out here: the standard library's parsers cost five milliseconds a mail."""
        boundary = f"=_{self.digest}"  # base64 has no underscore
        headers = {
            "From": _mailbox("From", self.sender),
            "To": _mailbox("To", self.to),
            "Subject": _encoded("Subject", self.subject),
            "Date": formatdate(localtime=True),
            "Message-ID": self.message_id,
            "References": self.thread,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers
            "Content-Language": self.language,
            "X-Dealwright-Deal": self.deal,
            "X-Dealwright-Kind": self.kind,
            "MIME-Version": "1.0",
            "Content-Type": f'multipart/alternative; boundary="{boundary}"',
        }
        body = _parts(boundary, (_part("plain", self.text), self._html_part()))
        return f"{_lines(headers)}\r\n{body}".encode()

    def _html_part(self) -> str:
        """With its pictures, where it has any."""
        html = _part("html", self.html)
        if not self.pictures:
            return html
        boundary = f"=_{self.digest}_related"
        head = _lines({"Content-Type": f'multipart/related; type="text/html"; boundary="{boundary}"'})
        return f"{head}\r\n{_parts(boundary, (html, *map(_picture, self.pictures)))}"


def _parts(boundary: str, parts: Iterable[str]) -> str:
    return "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"


def _picture(picture: Picture) -> str:
    headers = {
        "Content-Type": "image/png",
        "Content-Transfer-Encoding": "base64",
        "Content-ID": f"<{picture.id}>",
        "Content-Disposition": f'inline; filename="{picture.id}.png"',
    }
    return f"{_lines(headers)}\r\n{_base64(picture.content)}"


def _base64(content: bytes) -> str:
    return encodebytes(content).decode().replace("\n", "\r\n")


def _part(subtype: str, words: str) -> str:
    content = _base64(words.replace("\n", "\r\n").encode())
    headers = {"Content-Type": f"text/{subtype}; charset=utf-8", "Content-Transfer-Encoding": "base64"}
    return f"{_lines(headers)}\r\n{content}"


def _lines(headers: dict[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)


def _mailbox(header: str, address: Address) -> str:
    if address.display_name.isascii():
        return str(address)
    return f"{_encoded(header, address.display_name)} <{address.addr_spec}>"


def _encoded(header: str, words: str) -> str:
    """RFC 2047, in words and lines as short as it asks for."""
    return Header(words, "us-ascii" if words.isascii() else "utf-8", header_name=header).encode(
        linesep="\r\n"
    )
