"""A notice as a letter: the template of its kind and language, once as plain text and once as HTML."""

from email.headerregistry import Address
from functools import cache
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError

from activities.errors import MailRefused
from activities.mail.address import header_text, message_id, one_address
from activities.mail.content import TEMPLATES, content, html_paragraphs, text_paragraphs
from activities.mail.letter import Letter
from domain.effects import Notice

Part = Literal["text", "html"]


def render(notice: Notice, *, sender: Address, domain: str) -> Letter:
    """Raises `MailRefused` for what can never be sent: a bad address, a kind that has no template."""
    to = one_address(notice.to_name, notice.to_email)
    words = content(notice)
    try:
        text = _template("text", notice)
        return Letter(
            message_id=message_id(notice.key, domain),
            thread=message_id(f"deal-{notice.deal}", domain),
            deal=header_text(notice.deal),
            kind=notice.kind,
            language=notice.language,
            sender=Address(header_text(words["company"]), sender.username, sender.domain),
            to=to,
            subject=header_text("".join(text.blocks["subject"](text.new_context(words)))),
            text=text.render(words),
            html=_template("html", notice).render(words),
        )
    except TemplateError as error:
        raise MailRefused(f"no mail of kind {notice.kind!r} can be written: {error!r}") from error


def _template(part: Part, notice: Notice) -> Template:
    return _environment(part).get_template(f"{notice.language}/{notice.kind}.j2")


@cache
def _environment(part: Part) -> Environment:
    """Both know the same templates of kinds; each has the layout of its part."""
    environment = Environment(
        loader=FileSystemLoader([TEMPLATES / part, TEMPLATES]),
        autoescape=part == "html",  # noqa: S701 (plain text has nothing to escape)
        undefined=StrictUndefined,
    )
    environment.filters["paragraphs"] = html_paragraphs if part == "html" else text_paragraphs
    return environment
