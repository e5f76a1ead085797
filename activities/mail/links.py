"""Signed links: each is one person's way to one version of one question, for a while. It names ids, and nobody by name.

And the address of a deal's page, for whoever sees its card in the CRM: it names the deal alone, and answers nothing. And those of its
files, which only that page knows: each for a while.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple, cast, get_args

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

SALT, PATH = "dealwright.link", "/a/"
PAGE_SALT, PAGE_PATH = "dealwright.deal", "/d/"
FILE_SALT, FILE_PATH = "dealwright.file", "/f/"
_SIGNED_BY = {"key_derivation": "hmac", "digest_method": hashlib.sha256}


LinkKind = Literal["approval", "assignment", "document", "payment", "escalation", "order"]


class Link(NamedTuple):
    """`question` and `version` are those of `domain.effects.Asks`; `person` an id of the playbook, or `client`."""

    deal: str
    question: str
    version: int
    person: str
    kind: LinkKind = "approval"

    @property
    def message_id(self) -> str:
        """One answer a link, however often its button is pressed."""
        return f"link:{self.kind}:{self.question}@{self.version}:{self.person}"


class BadLink(Exception):
    """A link that opens nothing. No error holds the token: whoever reads it could use it."""


class LinkBroken(BadLink):
    """Not one of ours, not whole, or signed with a key that has been taken out."""


class LinkExpired(BadLink):
    def __init__(self, link: Link) -> None:
        super().__init__("this link has expired")
        self.link = link


class LinkSigner:
    """`keys` are the newest first: that one signs, and links signed with any of them are read."""

    def __init__(
        self,
        keys: Sequence[str],
        public_url: str,
        days: int,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._serializer = URLSafeTimedSerializer(
            list(reversed(keys)),  # itsdangerous signs with the last
            salt=SALT,
            signer_kwargs=_SIGNED_BY,
        )
        self._address = public_url.rstrip("/") + PATH
        self._lifetime = timedelta(days=days)
        self._now = now

    def sign(self, link: Link) -> str:
        """The address of its page."""
        return self._address + str(self._serializer.dumps(list(link)))

    def read(self, token: str) -> Link:
        """Raises LinkBroken, LinkExpired."""
        try:
            content, signed_at = self._serializer.loads(token, return_timestamp=True)
        except (BadData, ValueError):  # ValueError: what is not ASCII
            raise LinkBroken("this link is not whole, or not one of ours") from None
        link = _link(content)
        if self._now() - signed_at > self._lifetime:
            raise LinkExpired(link)
        return link


def _link(content: Any) -> Link:
    match content:
        case [str(deal), str(question), int(version), str(person), str(kind)] if kind in get_args(LinkKind):
            return Link(deal, question, version, person, cast(LinkKind, kind))
    raise LinkBroken("this link is of another kind")


class PageAddresses:
    """Signed with the newest of the keys, read with any: the same as long as the keys are, so that no card is written anew for it."""

    def __init__(self, keys: Sequence[str], public_url: str) -> None:
        self._serializer = URLSafeSerializer(list(reversed(keys)), salt=PAGE_SALT, signer_kwargs=_SIGNED_BY)
        self._address = public_url.rstrip("/") + PAGE_PATH

    def address(self, number: str) -> str:
        return self._address + str(self._serializer.dumps(number))

    def read(self, token: str) -> str:
        """The deal's number. Raises LinkBroken."""
        try:
            return str(self._serializer.loads(token))
        except (BadData, ValueError):
            raise LinkBroken("this address is not whole, or not one of ours") from None


class FileAddresses:
    """Each opens one file, under one name, for so many `days`."""

    def __init__(
        self,
        keys: Sequence[str],
        public_url: str,
        days: int,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._serializer = URLSafeTimedSerializer(
            list(reversed(keys)), salt=FILE_SALT, signer_kwargs=_SIGNED_BY
        )
        self._address = public_url.rstrip("/") + FILE_PATH
        self._lifetime, self._now = timedelta(days=days), now

    def address(self, digest: str, name: str) -> str:
        return self._address + str(self._serializer.dumps([digest, name]))

    def read(self, token: str) -> tuple[str, str]:
        """Digest and name. Raises LinkBroken, also for one whose time is over: the page gives another."""
        try:
            content, signed_at = self._serializer.loads(token, return_timestamp=True)
        except (BadData, ValueError):
            raise LinkBroken("this address is not whole, or not one of ours") from None
        match content:
            case [str(digest), str(name)] if self._now() - signed_at <= self._lifetime:
                return digest, name
        raise LinkBroken("this address is over, or of another kind")
