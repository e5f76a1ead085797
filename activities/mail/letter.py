"""A mail as it goes out. Its parts are safe already: what a person wrote has passed through `header_text`."""

from base64 import encodebytes
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.utils import formatdate
from hashlib import sha256

from domain.words import Language


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
        parts = (_part("plain", self.text), _part("html", self.html))
        body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
        return f"{_lines(headers)}\r\n{body}--{boundary}--\r\n".encode()


def _part(subtype: str, words: str) -> str:
    content = encodebytes(words.replace("\n", "\r\n").encode()).decode().replace("\n", "\r\n")
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
