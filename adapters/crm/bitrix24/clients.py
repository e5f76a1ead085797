"""The client of a deal that the desk made: found in the portal by our key, INN, e-mail or phone, else made; once each."""

from typing import Any

from activities.errors import CrmRefused
from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.client import Command, Portal
from adapters.crm.bitrix24.codes import COMPANY, CONTACT, DEAL, ORIGINATOR
from adapters.crm.bitrix24.lookup import Found
from adapters.crm.bitrix24.plan import add, update
from adapters.crm.bitrix24.text import one_line
from domain.effects import SetFields


async def bind_client(portal: Portal, found: Found, write: SetFields) -> None:
    """What people have put on the deal stays. Each thing made is looked up first: a lost answer makes no second one."""
    said = write.fields
    if not found.contact and said.get("contact") and (said.get("email") or said.get("phone")):
        found.contact = await _contact(portal, found.number, said)
        await _bind(portal, found.id, {"contactId": found.contact})
    if not found.company and said.get("inn") and said.get("client"):
        found.company = await _company(portal, said["inn"], said["client"])
        await _bind(portal, found.id, {"companyId": found.company})


async def _bind(portal: Portal, deal: int, client: dict[str, Any]) -> None:
    method, params = update(DEAL, deal, client)
    await portal.call(method, params)


async def _contact(portal: Portal, number: str, said: dict[str, str]) -> int:
    asked = {"ours": _by_origin(CONTACT, number)}
    for name, kind in (("email", "EMAIL"), ("phone", "PHONE")):
        if said.get(name):
            asked[name] = (
                "crm.contact.list",
                {"filter": {kind: said[name]}, "select": ["ID"], "order": {"ID": "ASC"}},
            )
    answers = await portal.batch(asked)
    for name in asked:
        if known := rows(answers.result(name), "items"):
            return int(known[0].get("id") or known[0].get("ID"))
    reached = [
        {"typeId": kind, "valueType": "WORK", "value": said[name]}
        for name, kind in (("email", "EMAIL"), ("phone", "PHONE"))
        if said.get(name)
    ]
    fields = {
        "name": one_line(said["contact"]),
        "fm": reached,
        "originatorId": ORIGINATOR,
        "originId": number,
    }
    return await _made(portal, CONTACT, fields)


async def _company(portal: Portal, inn: str, name: str) -> int:
    asked: dict[str, Command] = {
        "requisites": (
            "crm.requisite.list",
            {
                "filter": {"RQ_INN": inn, "ENTITY_TYPE_ID": COMPANY},
                "select": ["ID", "ENTITY_ID"],
                "order": {"ID": "ASC"},
            },
        ),
        "ours": _by_origin(COMPANY, inn),
        "presets": ("crm.requisite.preset.list", {"order": {"ID": "ASC"}, "select": ["ID", "NAME"]}),
    }
    answers = await portal.batch(asked)
    if known := rows(answers.result("requisites")):
        return int(known[0]["ENTITY_ID"])
    ours = rows(answers.result("ours"), "items")
    fields = {"title": one_line(name), "originatorId": ORIGINATOR, "originId": inn}
    company = int(ours[0]["id"]) if ours else await _made(portal, COMPANY, fields)
    presets = rows(answers.result("presets"))
    if not presets:
        raise CrmRefused("the portal has no template of requisites, so the client's INN can't be written")
    requisite = {
        "ENTITY_TYPE_ID": COMPANY,
        "ENTITY_ID": company,
        "PRESET_ID": presets[0]["ID"],
        "NAME": one_line(name),
        "RQ_INN": inn,
        "XML_ID": f"{ORIGINATOR}:{inn}",
    }
    await portal.call("crm.requisite.add", {"fields": requisite})
    return company


async def _made(portal: Portal, entity_type: int, fields: dict[str, Any]) -> int:
    method, params = add(entity_type, fields)
    return int((await portal.call(method, params)).result["item"]["id"])


def _by_origin(entity_type: int, origin: str) -> Command:
    """Our own, by the key they were made with."""
    filter = {"originatorId": ORIGINATOR, "originId": origin}
    return (
        "crm.item.list",
        {"entityTypeId": entity_type, "filter": filter, "select": ["id"], "order": {"id": "ASC"}},
    )
