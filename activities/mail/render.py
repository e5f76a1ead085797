"""A notice as a mail: the template of its kind and language, once as plain text and once as HTML."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import localtime
from functools import cache
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError

from activities.errors import MailRefused
from activities.mail.address import message_id, one_address, one_line
from activities.mail.content import TEMPLATES, content, html_paragraphs, text_paragraphs
from domain.effects import Notice

Part = Literal["text", "html"]


def render(notice: Notice, *, sender: Address, domain: str) -> EmailMessage:
    """Raises `MailRefused` for what can never be sent: a bad address, a kind that has no template."""
    to = one_address(notice.to_name, notice.to_email)
    words = content(notice)
    try:
        text = _template("text", notice)
        subject = "".join(text.blocks["subject"](text.new_context(words)))
        message = _headers(notice, to, Address(words["company"], addr_spec=sender.addr_spec), domain)
        message["Subject"] = one_line(subject)
        message.set_content(text.render(words))
        message.add_alternative(_template("html", notice).render(words), subtype="html")
    except TemplateError as error:
        raise MailRefused(f"no mail of kind {notice.kind!r} can be written: {error!r}") from error
    return message


def _headers(notice: Notice, to: Address, sender: Address, domain: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP if to.addr_spec.isascii() else SMTPUTF8)
    message["From"] = sender
    message["To"] = to
    message["Date"] = localtime()
    message["Message-ID"] = message_id(notice.key, domain)
    message["References"] = message_id(f"deal-{notice.deal}", domain)  # one thread per deal
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message["Content-Language"] = notice.language
    message["X-Dealwright-Deal"] = one_line(notice.deal)
    message["X-Dealwright-Kind"] = notice.kind
    return message


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
