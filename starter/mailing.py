"""Mail as the settings want it: what sends it, what signs its links, and where the desk hears that it came back."""

from datetime import datetime
from typing import TYPE_CHECKING

from domain.bounced import KIND, Bounced
from domain.wording import worded
from domain.wording.invalid import Invalid
from starter.errors import UsageError
from starter.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from activities.mail.links import LinkSigner
    from activities.mail.port import Mailer
    from records.inbox_events import EventInbox


def mailer_of(settings: Settings) -> "Mailer":
    """Raises UsageError for settings that can send no mail."""
    from adapters.mail.opening import open_mailer

    try:
        return open_mailer(
            settings.mail,
            folder=settings.mail_folder,
            smtp_url=settings.smtp_url.get_secret_value(),
            api_url=settings.mail_api_url,
            api_key=settings.mail_api_key.get_secret_value(),
            hello=domain_of(settings),
        )
    except Invalid as error:
        words = worded(ru="Почту не отправить: {why}.", en="Mail can't be sent: {why}.", why=error.text)
        raise UsageError(words) from None


def signer_of(settings: Settings) -> "LinkSigner | None":
    """None when people can't reach the web: then no mail has a link."""
    from activities.mail.links import LinkSigner
    from starter.secrets import load_secrets

    if not settings.public_url:
        return None
    return LinkSigner(load_secrets(settings).link_keys, settings.public_url, settings.link_days)


def page_of(settings: Settings) -> "Callable[[str], str]":
    """The address of a deal's page, by its number; none where people can't reach the web."""
    from activities.mail.links import PageAddresses
    from starter.secrets import load_secrets

    if not settings.public_url:
        return lambda number: ""
    return PageAddresses(load_secrets(settings).link_keys, settings.public_url).address


def domain_of(settings: Settings) -> str:
    """The right side of the desk's Message-IDs."""
    return settings.mail_from.partition("@")[2]


class BounceInbox:
    """Serves `activities.mail.port.Bounces`."""

    def __init__(self, inbox: "EventInbox") -> None:
        self._inbox = inbox

    def accept(self, bounced: Bounced, at: datetime) -> None:
        self._inbox.accept("mail", bounced.key, KIND, bounced.subject, bounced.body, at, deal=bounced.deal)
