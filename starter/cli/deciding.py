"""`deal decide`: the vote is on the version that was shown. Which one must be said of an offer that has changed since the first."""

from typing import TYPE_CHECKING, Any

from domain.view.change_words import offer_in_words
from domain.view.order_words import asked_offer, what_follows
from domain.wording import worded
from domain.words import Language, Text
from starter.errors import UsageError

if TYPE_CHECKING:
    from domain.order.offer import Offer
    from starter.cli.at_deal import AtDeal


def on_the_version_shown(at: "AtDeal", content: dict[str, Any]) -> dict[str, Any]:
    """The content of the vote with its version. Raises UsageError, which shows the version that is asked about."""
    asked = next(
        (a for p in at.snapshot.processes for a in p.open_approvals if a.id == content["approval"]), None
    )
    if content.get("version") is not None or asked is None:
        return content
    offer = asked_offer(at.snapshot.deal, asked.kind, asked.version) if asked.version > 1 else None
    if offer:
        raise UsageError(
            worded(
                ru="«{title}»: теперь на согласовании версия {version}. {told}Чтобы ответить на неё, добавьте --version {version}.",
                en="“{title}”: version {version} is asked about now. {told}To answer that one, add --version {version}.",
                title=asked.title,
                version=asked.version,
                told=Text(ru=_told(at, offer, "ru"), en=_told(at, offer, "en")),
            )
        )
    return content | {"version": asked.version}


def _told(at: "AtDeal", offer: "Offer", language: Language) -> str:
    deal = at.snapshot.deal
    follows = what_follows(deal, offer, language, inside=True) if offer is deal.amendment else ()
    said = "; ".join(filter(None, (offer.comment, *offer_in_words(offer, language, deal.book), *follows)))
    return f"{said[:1].upper()}{said[1:]}. " if said else ""
