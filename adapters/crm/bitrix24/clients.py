"""The client of a deal that the desk made: found in the portal by our key, INN, e-mail or phone, else made; once each."""

from typing import Any

from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.client import Command, Portal
from adapters.crm.bitrix24.codes import COMPANY, CONTACT, DEAL, ORIGINATOR
from adapters.crm.bitrix24.faults import NotGranted
from adapters.crm.bitrix24.firms import (
    RUSSIA,
    FirmNumber,
    number_of,
    numbers,
    preset_for,
    presets_of,
    the_one,
)
from adapters.crm.bitrix24.lookup import Found
from adapters.crm.bitrix24.persons import parted
from adapters.crm.bitrix24.plan import add, update
from adapters.crm.bitrix24.text import one_line
from domain.effects import SetFields

_CHANNELS = (("email", "EMAIL"), ("phone", "PHONE"))


async def bind_client(portal: Portal, found: Found, write: SetFields) -> None:
    """What people have put on the deal stays. Each thing made is looked up first: a lost answer makes no second one."""
    said = write.fields
    if not found.contact and said.get("contact") and (said.get("email") or said.get("phone")):
        found.contact = await _contact(portal, found.number, said)
        await portal.call(*update(DEAL, found.id, {"contactId": found.contact}))
    if (said.get("inn") or write.buyer) and said.get("client"):
        await _choose_firm(portal, found, said, number_of(said.get("inn", ""), write.buyer))


async def _contact(portal: Portal, number: str, said: dict[str, str]) -> int:
    asked = {"ours": _by_origin(CONTACT, number)}
    for name, kind in _CHANNELS:
        if said.get(name):
            asked[name] = (
                "crm.duplicate.findbycomm",
                {"type": kind, "values": [said[name]], "entity_type": "CONTACT"},
            )
    answers = await portal.batch(asked)
    if ours := rows(answers.result("ours"), "items"):
        return int(ours[0]["id"])
    for name in asked:
        result = answers.result(name)  # nobody is an empty list
        if name != "ours" and isinstance(result, dict) and (known := rows(result, "CONTACT")):
            return int(known[0])
    reached = [
        {"typeId": kind, "valueType": "WORK", "value": said[name]}
        for name, kind in _CHANNELS
        if said.get(name)
    ]
    person = parted(one_line(said["contact"])).fields
    fields = {**person, "fm": reached, "originatorId": ORIGINATOR, "originId": number}
    return await _made(portal, CONTACT, fields)


async def _choose_firm(portal: Portal, found: Found, said: dict[str, str], firm: FirmNumber) -> None:
    """A company may be bound already and no requisite chosen: the one was done, and the other was not allowed."""
    if right := found.hidden.get("link"):
        raise NotGranted(f"{portal.host} does not show which requisite the deal is bound to", right)
    if int(found.link.get("REQUISITE_ID") or 0):
        return  # somebody chose it
    if found.company:
        await _choose_of_company(portal, found, said, firm)
    else:
        await _bind_firm(portal, found, said, firm)


async def _choose_of_company(portal: Portal, found: Found, said: dict[str, str], firm: FirmNumber) -> None:
    """Nothing is added to a company that is bound already."""
    own = _requisites(firm, ENTITY_TYPE_ID=COMPANY, ENTITY_ID=found.company)
    if known := the_one(rows((await portal.call(*own)).result), said.get("kpp", "")):
        await portal.call(*_link(found.id, int(known["ID"]), found.link))


async def _bind_firm(portal: Portal, found: Found, said: dict[str, str], firm: FirmNumber) -> None:
    """By the requisite of that number, whoever's it is: a sole trader's may be a contact's own. A number of another country may be
    somebody's INN, too: there the template tells."""
    answers = await portal.batch(
        {"requisites": _requisites(firm), "ours": _by_origin(COMPANY, firm.key), "presets": presets_of(firm)}
    )
    presets = rows(answers.result("presets"))
    there = {int(preset["ID"]) for preset in presets}
    known = the_one(
        [
            one
            for one in rows(answers.result("requisites"))
            if firm.country == RUSSIA or int(one["PRESET_ID"]) in there
        ],
        said.get("kpp", ""),
    )
    if known is None:
        preset = preset_for(firm, presets)
        ours = rows(answers.result("ours"), "items")
        known = await _firm(portal, said, firm, preset, int(ours[0]["id"]) if ours else 0)
    owner, id = int(known["ENTITY_TYPE_ID"]), int(known["ENTITY_ID"])
    if owner == CONTACT and found.contact not in (0, id):
        return  # another person is the deal's contact: the card of the deal has the INN all the same
    commands = {
        "client": update(DEAL, found.id, {"companyId" if owner == COMPANY else "contactId": id}),
        "link": _link(found.id, int(known["ID"]), found.link),
    }
    outcome = await portal.batch(commands, halt=True)
    outcome.result("client")
    if owner == COMPANY:
        found.company = id
    else:
        found.contact = id
    outcome.result("link")


async def _firm(
    portal: Portal, said: dict[str, str], firm: FirmNumber, preset: int, company: int
) -> dict[str, int]:
    """`company` was made by us earlier, and has no requisite yet."""
    name = one_line(said["client"])
    if not company:
        fields = {"title": name, "originatorId": ORIGINATOR, "originId": firm.key}
        company = await _made(portal, COMPANY, fields)
    requisite = {
        "ENTITY_TYPE_ID": COMPANY,
        "ENTITY_ID": company,
        "PRESET_ID": preset,
        "NAME": name,
        "XML_ID": f"{ORIGINATOR}:{firm.key}",
        **numbers(said, firm),
    }
    made = await portal.call("crm.requisite.add", {"fields": requisite})
    return {"ID": int(made.result), "ENTITY_TYPE_ID": COMPANY, "ENTITY_ID": company}


def _requisites(firm: FirmNumber, **owner: int) -> Command:
    select = ["ID", "ENTITY_TYPE_ID", "ENTITY_ID", "PRESET_ID", "RQ_KPP"]
    return (
        "crm.requisite.list",
        {"filter": {firm.field: firm.number, **owner}, "select": select, "order": {"ID": "ASC"}},
    )


def _link(deal: int, requisite: int, before: dict[str, Any]) -> Command:
    """What people chose of our own company stays."""
    kept = {name: int(before.get(name) or 0) for name in ("MC_REQUISITE_ID", "MC_BANK_DETAIL_ID")}
    fields = {
        "ENTITY_TYPE_ID": DEAL,
        "ENTITY_ID": deal,
        "REQUISITE_ID": requisite,
        "BANK_DETAIL_ID": 0,
        **kept,
    }
    return ("crm.requisite.link.register", {"fields": fields})


async def _made(portal: Portal, entity_type: int, fields: dict[str, Any]) -> int:
    return int((await portal.call(*add(entity_type, fields))).result["item"]["id"])


def _by_origin(entity_type: int, origin: str) -> Command:
    """Our own, by the key they were made with."""
    filter = {"originatorId": ORIGINATOR, "originId": origin}
    return (
        "crm.item.list",
        {"entityTypeId": entity_type, "filter": filter, "select": ["id"], "order": {"id": "ASC"}},
    )
