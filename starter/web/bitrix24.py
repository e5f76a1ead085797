"""Bitrix24's outgoing webhook. A hint and no more: the relay reads the deal. It is never sent again, so it is stored first.

https://apidocs.bitrix24.com/local-integrations/local-webhooks.html
"""

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from fastapi import APIRouter, Request

from domain.words import Text
from records.arrivals import Arrival
from starter.crms import BITRIX24, ROBOT
from starter.intake.crm_subjects import subject_of
from starter.web.bodies import FORM, JSON, check_tame, parse_json, read_body
from starter.web.brackets import BadForm, parse_form
from starter.web.errors import Declined
from starter.web.hooks import Taken
from starter.web.openapi import bitrix24
from starter.web.portal_sender import Senders
from starter.web.services import Services

log = logging.getLogger("dealwright.web")

_THINGS = (
    (r"ONCRMDEAL(ADD|UPDATE|DELETE|MOVETOCATEGORY)", "deal"),
    (r"ONCRMDYNAMICITEM(ADD|UPDATE|DELETE)(_[0-9]+)?", "line"),
    (r"ONTASK(ADD|UPDATE|DELETE)", "task"),
    (r"ONCRMLEAD(ADD|UPDATE|DELETE)", "lead"),
    (r"ONCRMCOMPANY(ADD|UPDATE|DELETE)", "company"),
    (r"ONCRMCONTACT(ADD|UPDATE|DELETE)", "contact"),
    (r"ONCRMREQUISITE(ADD|UPDATE|DELETE)", "requisite"),
)
_NOTHING_OF_OURS = Text(
    ru="Событие не о сделке, позиции, задаче, лиде или клиенте",
    en="Not an event of a deal, a line, a task, a lead or a client",
)
_WHICH = Text(ru="Не сказано, о ком или о чём", en="It does not say which one")


class Hint(NamedTuple):
    """`subject` is the deal itself where the event tells it."""

    subject: str
    body: dict[str, Any]
    ignored: Text | None = None


def router(services: Services) -> APIRouter:
    ours = APIRouter(tags=["webhooks"])
    ours.post(
        "/webhooks/bitrix24", summary="Bitrix24's outgoing webhook", response_model=Taken, **bitrix24()
    )(_route(services))
    return ours


def _route(services: Services) -> Callable[[Request], Any]:
    senders = Senders(services.settings, services.inbox)

    async def take_bitrix24(request: Request) -> Taken:
        kind, text = await read_body(request, FORM, JSON)
        event = parse_json(text) if kind == JSON else _form(text)
        by_robot = "document_id" in event
        token = request.query_params.get("token", "") if by_robot else ""
        sender = await senders.check(event.get("auth"), token)
        name = ROBOT if by_robot else str(event.get("event", "")).upper()[:80]
        hint = of_document(event["document_id"]) if by_robot else understood(name, event)
        arrival = Arrival(
            *(BITRIX24.source, uuid4().hex, name, hint.subject, hint.body | {"portal": sender}),
            datetime.now(UTC),
            ignored=hint.ignored,
        )
        accepted = await services.door.accept(arrival)
        log.info("bitrix24 %s accepted as %s", re.sub(r"\W", "?", name), accepted.seq)
        return Taken(seq=accepted.seq, repeated=accepted.repeated)

    return take_bitrix24


def understood(name: str, event: dict[str, Any]) -> Hint:
    """What the event is about. `auth` is left behind: it may hold tokens, and so may all that a bot's event says."""
    fields = _fields(event.get("data"))
    body = {"event": name, "ts": event.get("ts"), "data": event.get("data")}
    thing = next((thing for pattern, thing in _THINGS if re.fullmatch(pattern, name)), None)
    id = str(fields.get("ID", ""))
    if thing is None:
        return Hint("b24", body | ({"data": None} if name.startswith("ONIMBOT") else {}), _NOTHING_OF_OURS)
    if not re.fullmatch("[0-9]{1,18}", id):
        return Hint("b24", body, _WHICH)
    body |= {"thing": thing, "id": id}
    if thing == "line" and (entity_type := _entity_type(name, fields)):
        body["entity_type"] = entity_type
        id = f"{entity_type}:{id}"
    return Hint(subject_of(thing, id), body)


def _fields(data: Any) -> dict[str, Any]:
    """Where an event has its fields: tasks have them twice, and the word `undefined` where they have none."""
    if isinstance(data, dict):
        for place in ("FIELDS", "FIELDS_AFTER", "FIELDS_BEFORE"):
            if isinstance(fields := data.get(place), dict):
                return fields
    return {}


def of_document(told: Any) -> Hint:
    """What the robot "Webhook" runs on: a deal, or an item of a smart process."""
    parts = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    document = [str(part)[:200] for part in parts][:3]
    body: dict[str, Any] = {"event": ROBOT, "document": document}
    found = re.fullmatch(r"DEAL_([0-9]{1,18})|DYNAMIC_([0-9]{1,18})_([0-9]{1,18})", (document or [""])[-1])
    if found is None:
        return Hint("b24", body, _NOTHING_OF_OURS)
    deal, entity_type, item = found.groups()
    if deal:
        return Hint(subject_of("deal", deal), body | {"thing": "deal", "id": deal})
    thing = {"thing": "line", "id": item, "entity_type": entity_type}
    return Hint(subject_of("line", f"{entity_type}:{item}"), body | thing)


def _entity_type(name: str, fields: dict[str, Any]) -> str:
    """Of a smart process, which each of its events tells: items of different ones may have the same number."""
    told = str(fields.get("ENTITY_TYPE_ID") or name.rpartition("_")[2])
    return told if re.fullmatch("[0-9]{1,18}", told) else ""


def _form(text: str) -> dict[str, Any]:
    try:
        event = parse_form(text)
    except BadForm as error:
        why = error.words
        words = Text(ru=f"Эту форму не прочесть: {why.ru}.", en=f"The form can't be read: {why.en}.")
        raise Declined(400, "bad-form", words) from None
    check_tame(event)
    return event
