"""A notice as a letter: the template of its kind and language, once as plain text and once as HTML."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.headerregistry import Address
from functools import cache
from hashlib import sha256
from typing import Any, Literal, NamedTuple, TypedDict

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError

from activities.errors import MailRefused
from activities.mail.address import header_text, message_id, one_address
from activities.mail.brand import DARK, LIGHT
from activities.mail.content import (
    TEMPLATES,
    content,
    html_paragraphs,
    preview,
    text_paragraphs,
)
from activities.mail.digest import Item, digest_content
from activities.mail.letter import Letter
from activities.mail.payment import QR, Payment, payment_of
from domain.effects import Notice
from domain.playbook.requisites import Requisites

Part = Literal["text", "html"]
DIGEST = "digest"


class Linked(NamedTuple):
    """Where its reader can answer, if the notice asks for an answer, and where they can say that they know of what is overdue."""

    answer: str = ""
    acknowledge: str = ""


NO_LINKS = Linked()


def render(
    notice: Notice,
    *,
    sender: Address,
    domain: str,
    links: Linked = NO_LINKS,
    requisites: Requisites | None = None,
) -> Letter:
    """Raises `MailRefused` for what can never be sent: a bad address, a kind that has no template.

    `requisites` are where its reader pays to, if it asks for money.
    """
    payment = payment_of(notice, requisites)
    words = content(notice, links.answer, links.acknowledge) | {"payment": payment.rows if payment else ()}
    return Letter(
        message_id=message_id(notice.key, domain),
        thread=message_id(f"deal-{notice.deal}", domain),
        deal=header_text(notice.deal),
        kind=notice.kind,
        language=notice.language,
        sender=Address(header_text(words["company"]), sender.username, sender.domain),
        to=one_address(notice.to_name, notice.to_email),
        **_written(f"{notice.language}/{notice.kind}.j2", words),
        pictures=(payment.picture,) if payment else (),
    )


def render_digest(
    notices: Sequence[Notice],
    links: Sequence[Linked],
    *,
    sender: Address,
    domain: str,
    requisites: Requisites | None = None,
) -> Letter:
    """One mail of all of them, which go to one address in one language; `links` as in `render`, one for each."""
    items = [
        _item(notice, linked, payment_of(notice, requisites, f"{QR}-{n}"))
        for n, (notice, linked) in enumerate(zip(notices, links, strict=True), start=1)
    ]
    words = digest_content(items)
    first = notices[0]
    same = sha256("\n".join(sorted(notice.key for notice in notices)).encode()).hexdigest()
    return Letter(
        message_id=message_id(f"digest:{same[:24]}", domain),
        thread=message_id("digest", domain),
        deal="",
        kind=DIGEST,
        language=first.language,
        sender=Address(header_text(words["company"]), sender.username, sender.domain),
        to=one_address(first.to_name, first.to_email),
        **_written("digest.j2", words),
        pictures=tuple(payment.picture for payment in words["payments"]),
    )


class _Parts(TypedDict):
    subject: str
    text: str
    html: str


def _written(template: str, words: dict[str, Any]) -> _Parts:
    with _writing(template):
        return {
            "subject": _subject(template, words),
            "text": _template("text", template).render(words),
            "html": _template("html", template).render(words),
        }


def _item(notice: Notice, links: Linked, payment: Payment | None) -> Item:
    words = content(notice, links.answer, links.acknowledge)
    return Item(notice, words | {"headline": _headline(notice, words)}, payment)


def _headline(notice: Notice, words: dict[str, Any]) -> str:
    """The subject its own mail would have, without the deal: the digest says that above."""
    template = f"{notice.language}/{notice.kind}.j2"
    with _writing(template):
        subject = _subject(template, words).removeprefix(f"{words['ref']}: ")
    return subject[:1].upper() + subject[1:]


def _subject(template: str, words: dict[str, Any]) -> str:
    found = _template("text", template)
    return header_text("".join(found.blocks["subject"](found.new_context(words))))


@contextmanager
def _writing(template: str) -> Iterator[None]:
    try:
        yield
    except TemplateError as error:
        kind = template.rpartition("/")[2].removesuffix(".j2")
        raise MailRefused(f"no mail of kind {kind!r} can be written: {error!r}") from error


def _template(part: Part, name: str) -> Template:
    return _environment(part).get_template(name)


@cache
def _environment(part: Part) -> Environment:
    """Both know the same templates of kinds; each has the layout of its part."""
    environment = Environment(
        loader=FileSystemLoader([TEMPLATES / part, TEMPLATES]),
        autoescape=part == "html",  # noqa: S701 (plain text has nothing to escape)
        undefined=StrictUndefined,
    )
    environment.filters["paragraphs"] = html_paragraphs if part == "html" else text_paragraphs
    environment.filters["preview"] = preview
    environment.globals |= {"light": LIGHT, "dark": DARK}
    return environment
