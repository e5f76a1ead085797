"""Notices as the desk's letters: its address, its Message-IDs, its signed links. One mail each, or many in one digest."""

from collections.abc import Sequence
from typing import Protocol

from activities.mail.address import own_address, own_domain
from activities.mail.letter import Letter
from activities.mail.links import Link
from activities.mail.render import NO_LINKS, Linked, render, render_digest
from domain.effects import Asks, Notice
from domain.playbook.requisites import Requisites


class Signer(Protocol):
    def sign(self, link: Link) -> str:
        """The address of its page."""


class Letters:
    def __init__(
        self, sender: str, domain: str, signer: Signer | None = None, requisites: Requisites | None = None
    ) -> None:
        """`sender` is the desk's address, `domain` the right side of Message-IDs. Raises `ValueError`.

        Without a `signer` no mail has a link: there is no web that people could reach. `requisites` are where clients pay to.
        """
        self._sender = own_address(sender)
        self._domain = own_domain(domain)
        self._signer = signer
        self._requisites = requisites

    def write(self, notices: Sequence[Notice]) -> Letter:
        """Raises `MailRefused` for what can never be sent. All of `notices` go to one address, in one language."""
        if len(notices) == 1:
            [notice] = notices
            links, requisites = self._links(notice), self._requisites
            return render(
                notice, sender=self._sender, domain=self._domain, links=links, requisites=requisites
            )
        every = [self._links(notice) for notice in notices]
        return render_digest(
            notices, every, sender=self._sender, domain=self._domain, requisites=self._requisites
        )

    def _links(self, notice: Notice) -> Linked:
        """For a mail that asks its very reader for something. Made here, so that no history ever holds one."""
        if not self._signer or not notice.person:
            return NO_LINKS
        return Linked(self._link(notice, notice.asks), self._link(notice, notice.acknowledges))

    def _link(self, notice: Notice, asks: Asks | None) -> str:
        if not self._signer or not asks:
            return ""
        return self._signer.sign(Link(notice.deal, asks.question, asks.version, notice.person, asks.kind))
