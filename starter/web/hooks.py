"""The signed webhooks: any CRM, the bank or the accounting system, and the mail service. JSON, Standard Webhooks.

Raw body, signature, shape, durable accept, answer. What the event means is the relay's to decide: nothing signed is lost.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from domain.words import Text
from records.arrivals import Arrival, Source
from starter.web.bodies import JSON, fit, parse_json, read_body
from starter.web.errors import Declined
from starter.web.events import CRM_EVENTS, MAIL_EVENTS, ORDER, PAYMENT_EVENTS, Event, Other
from starter.web.openapi import signed
from starter.web.services import Services
from starter.web.signatures import verified

log = logging.getLogger("dealwright.web")


class Taken(BaseModel):
    """The event is stored for good."""

    seq: int = Field(description="its number in the inbox", examples=[17])
    repeated: bool = Field(description="accepted before: this webhook-id has no second effect")


class Aim(NamedTuple):
    """What an event is about: `subject` orders it among others, `deal` is known to its sender."""

    subject: str
    deal: str | None = None
    ignored: Text | None = None


class Hook(NamedTuple):
    source: Source
    path: str
    summary: str
    secrets: tuple[str, ...]
    events: Mapping[str, type[Event]]
    aim: Callable[[str, dict[str, Any]], Aim | None]


def router(services: Services) -> APIRouter:
    ours, secrets = APIRouter(tags=["webhooks"]), services.secrets
    for hook in (
        Hook("crm", "/webhooks/crm", "Any other CRM", secrets.crm_hook, CRM_EVENTS, _crm),
        Hook(
            "payments",
            "/webhooks/payments",
            "The bank, or the accounting system",
            *(secrets.payment_hook, PAYMENT_EVENTS, _payment),
        ),
        Hook("mail", "/webhooks/mail", "The mail service", secrets.mail_hook, MAIL_EVENTS, _mail),
    ):
        ours.post(hook.path, summary=hook.summary, response_model=Taken, **signed(hook.events))(
            _route(services, hook)
        )
    return ours


def _route(services: Services, hook: Hook) -> Callable[[Request], Any]:
    async def take(request: Request) -> Taken:
        _, text = await read_body(request, JSON)
        id = verified(text, request.headers, hook.secrets)
        data = parse_json(text)
        kind = data.get("type")
        event = fit(hook.events.get(kind, Other) if isinstance(kind, str) else Other, data)
        body = event.model_dump(mode="json", exclude_unset=True)
        aim = hook.aim(body["type"], body["data"]) or Aim(f"{hook.source}:{id}")
        arrival = Arrival(
            hook.source, id, body["type"], aim.subject, body, datetime.now(UTC), aim.deal, aim.ignored
        )
        accepted = await services.door.accept(arrival)
        log.info("%s %s accepted as %s", hook.source, body["type"], accepted.seq)
        if accepted.differs:
            raise Declined(409, "other-body", OTHER_BODY)
        return Taken(seq=accepted.seq, repeated=accepted.repeated)

    take.__name__ = f"take_{hook.source}"
    return take


OTHER_BODY = Text(
    ru="Такой webhook-id уже приходил с другим телом: остаётся то, что пришло первым.",
    en="This webhook-id came before with another body: the first one stands.",
)


_NO_BOUNCE = Text(ru="Это не возврат письма и не жалоба на него", en="It is no bounce and no complaint")


def _crm(kind: str, data: dict[str, Any]) -> Aim | None:
    if kind in ("deal.changed", "deal.created"):
        return Aim(f"crm:{data['id']}")
    return Aim(f"deal:{data['deal']}", data["deal"]) if kind in CRM_EVENTS else None


def _payment(kind: str, data: dict[str, Any]) -> Aim | None:
    """What names no deal is in order with what else is told of its payment."""
    if kind not in PAYMENT_EVENTS:
        return None
    if deal := data.get("deal"):
        return Aim(f"deal:{deal}", deal)
    of = data.get("payment") or data.get("id") or " ".join(str(data[name]) for name in ORDER)
    return Aim(f"payment:{of}")


def _mail(kind: str, data: dict[str, Any]) -> Aim | None:
    if kind not in MAIL_EVENTS:
        return Aim("mail", ignored=_NO_BOUNCE)
    deal = _tags(data.get("tags")).get("deal")
    return Aim(f"deal:{deal}", deal) if deal else None


def _tags(tags: Any) -> dict[str, str]:
    """The service tells them as an object; as a list of names and values where it repeats what it was given."""
    if isinstance(tags, list):
        return {tag.get("name", ""): tag.get("value", "") for tag in tags}
    return tags or {}
