"""A notice as a letter: the template of its kind and language, once as plain text and once as HTML."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.headerregistry import Address
from functools import cache
from hashlib import sha256
from typing import Any, Literal, TypedDict

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError

from activities.errors import MailRefused
from activities.mail.address import header_text, message_id, one_address
from activities.mail.content import (
    TEMPLATES,
    content,
    html_paragraphs,
    preview,
    text_paragraphs,
)
from activities.mail.digest import Item, digest_content
from activities.mail.letter import Letter
from domain.effects import Notice

Part = Literal["text", "html"]
DIGEST = "digest"


def render(notice: Notice, *, sender: Address, domain: str, link: str = "") -> Letter:
    """Raises `MailRefused` for what can never be sent: a bad address, a kind that has no template.

    `link` is where the reader can answer, if the notice asks for an answer.
    """
    words = content(notice, link)
    return Letter(
        message_id=message_id(notice.key, domain),
        thread=message_id(f"deal-{notice.deal}", domain),
        deal=header_text(notice.deal),
        kind=notice.kind,
        language=notice.language,
        sender=Address(header_text(words["company"]), sender.username, sender.domain),
        to=one_address(notice.to_name, notice.to_email),
        **_written(f"{notice.language}/{notice.kind}.j2", words),
    )


def render_digest(notices: Sequence[Notice], links: Sequence[str], *, sender: Address, domain: str) -> Letter:
    """One mail of all of them, which go to one address in one language; `links` as in `render`, one for each."""
    items = [_item(notice, link) for notice, link in zip(notices, links, strict=True)]
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


def _item(notice: Notice, link: str) -> Item:
    words = content(notice, link)
    return Item(notice, words | {"headline": _headline(notice, words)})


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
    return environment
