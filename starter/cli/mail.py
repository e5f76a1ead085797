"""`deal bounced`: for the mail server, which hands over what came back."""

import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from domain.wording import worded
from domain.wording.system import system_words
from domain.words import Text
from starter.cli.output import note
from starter.cli.speaking import language_here

if TYPE_CHECKING:
    from activities.mail.bounces import Returned
    from domain.bounced import Bounced
    from starter.settings import Settings

MOST_BYTES = 10_000_000
_NO_BOUNCE = Text(
    ru="В нём не сказано, что письмо стола не доставлено: пропущено.",
    en="It says of no mail of the desk that it can't be delivered: ignored.",
)
_NOT_OURS = Text(
    ru="Ни у одного письма стола нет такого Message-ID: пропущено.",
    en="No mail of the desk has this Message-ID: ignored.",
)


def bounced(
    file: Annotated[str, typer.Argument(metavar="FILE", help="a mail that came back; - is stdin")] = "-",
) -> None:
    """Mail that came back: its deal hears that an address does not work. For a mail server's pipe."""
    from activities.mail.bounces import read_bounce
    from starter.cli.opening import settings_here
    from starter.mailing import domain_of

    settings = settings_here()
    returned = read_bounce(_read(file), domain_of(settings))
    if returned is None:
        note(_NO_BOUNCE.to(language_here()))
        return
    told = _accept(settings, returned)
    words = (
        worded(ru="Сделка {deal} узнает об этом.", en="Deal {deal} hears of it.", deal=told.deal)
        if told
        else _NOT_OURS
    )
    note(words.to(language_here()))


def _accept(settings: "Settings", returned: "Returned") -> "Bounced | None":
    """Raises TryLaterError when the database does not answer: the mail server keeps the mail then."""
    from records.errors import RecordsUnavailable
    from records.inbox_events import EventInbox
    from records.post import WaitingPost
    from starter.errors import TryLaterError
    from starter.mailing import BounceInbox

    try:
        with closing(WaitingPost(settings.database_url)) as post:
            found = returned.bounced(post.sent_in)
        if found:
            with closing(EventInbox(settings.database_url)) as inbox:
                BounceInbox(inbox).accept(found, datetime.now(UTC))
    except RecordsUnavailable as error:
        raise TryLaterError(error.text) from None
    return found


def _read(file: str) -> bytes:
    from starter.errors import UsageError

    try:
        if file == "-":
            return sys.stdin.buffer.read(MOST_BYTES)
        with Path(file).open("rb") as mail:
            return mail.read(MOST_BYTES)
    except OSError as error:
        why = system_words(error)
        raise UsageError(
            worded(ru="{file} не читается: {why}.", en="{file} can't be read: {why}.", file=file, why=why)
        ) from None
