"""A deal, its client, its goods, written by the adapter's own code and read back."""

from datetime import timedelta

from adapters.crm.bitrix24 import codes, values
from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.clients import bind_client
from adapters.crm.bitrix24.deals import Deals
from adapters.crm.bitrix24.fields import FieldKind
from adapters.crm.bitrix24.firms import requisites_where
from adapters.crm.bitrix24.lookup import look, product_rows
from adapters.crm.bitrix24.naming import line_key
from adapters.crm.bitrix24.plan import update
from adapters.crm.bitrix24.probing import people
from adapters.crm.bitrix24.probing.kit import NUMBER, TITLE, Kit, row_of
from adapters.crm.bitrix24.probing.refusals import REFUSALS
from adapters.crm.bitrix24.probing.report import Result, Thing
from adapters.crm.bitrix24.probing.structure import FIELD, KINDS, SECOND, STAGE, field_of
from domain.effects import PutLine, SetFields, SetStage
from domain.words import LineStatus, Stage, Text, same

KEY = f"deal-{NUMBER}"
LINE = Text(ru="позиция, связанная со сделкой", en="a line bound to the deal")
ROW = {
    "sort": 500,
    "price": 1098,
    "quantity": 2,
    "discountTypeId": 2,
    "discountRate": 10,
    "taxRate": 22,
    "taxIncluded": "N",
}
PRICES = {"price": 1098, "priceExclusive": 900, "priceNetto": 1000, "priceBrutto": 1220}
"""Of that row: what the client pays, without tax, before the discount, and that with tax."""
PLACE = 10
"""Of the first line among the rows."""


async def deal(kit: Kit) -> None:
    kit.found.id = await Deals(kit.portal).find_or_make(kit.known, NUMBER)
    expected = {
        "title": NUMBER,
        "categoryId": kit.category,
        "stageId": codes.stage_id(kit.category, Stage.NEW),
        "originatorId": codes.ORIGINATOR,
        "originId": NUMBER,
    }
    what = Text(ru="новая сделка", en="a new deal")
    kit.compare(Thing.DEAL, what, "crm.item.add", expected, await kit.deal())
    if await _filled(kit):
        await _cleared(kit)
    await _moved(kit)
    for name, asked in (("unknown-filter", "filter"), ("unknown-order", "order")):
        wrong = {"entityTypeId": codes.DEAL, "select": ["id"], asked: {"dealwrightProbe": "ASC"}}
        await kit.refuses(Thing.DEAL, name, ("crm.item.list", wrong))


def samples(kit: Kit) -> dict[FieldKind, str]:
    """In the desk's words."""
    day = (kit.now + timedelta(days=7)).date()
    return {
        "string": "Клиника «Север» & Co <1>",
        "integer": "3",
        "double": "0.5",
        "money": "1500.50 RUB",
        "date": day.isoformat(),
        "datetime": (kit.now + timedelta(days=7)).replace(microsecond=0).isoformat(),
        "enumeration": SECOND,
        "url": "https://dealwright.example/probe",
    }


async def _filled(kit: Kit) -> bool:
    """Whether the fields are there by their own names."""
    wanted = {kind: value for kind, value in samples(kit).items() if field_of(kind).code() in kit.fields}
    told = {FIELD + kind: value for kind, value in wanted.items()}
    fields = {"client": TITLE, "amount": "1500.50 RUB", **told}
    await kit.write(SetFields(key=f"{KEY}:1:fields", deal=NUMBER, fields=fields))
    item = await kit.deal()
    expected = {"title": f"{NUMBER} · {TITLE}", "opportunity": 1500.5, "currencyId": "RUB"}
    what = Text(ru="название и сумма", en="title and amount")
    kit.compare(Thing.DEAL, what, "crm.item.update", expected, item)
    if kit.fields and not set(kit.fields) & set(item):
        words = REFUSALS["old-names"].words
        shown = same(", ".join(name for name in item if name.startswith("uf")) or "–")
        asked = same(next(iter(kit.fields)))
        kit.add(Thing.DEAL, words, "crm.item.get", Result.OTHERWISE, asked, shown, "old-names")
        return False
    for kind, value in wanted.items():
        field = kit.fields[field_of(kind).code()]
        what = Text(ru=f"значение поля типа {kind}", en=f"the value of a field of type {kind}")
        got = values.from_portal(field, item.get(field.code))
        kit.compare(Thing.DEAL, what, "crm.item.update", {field.code: value}, {field.code: got})
    return True


async def _cleared(kit: Kit) -> None:
    """As the adapter empties them: a text and a choice by a dash, and the rest by the older call where they stay."""
    emptied = dict.fromkeys((FIELD + kind for kind in KINDS), "")
    await kit.write(SetFields(key=f"{KEY}:2:fields", deal=NUMBER, fields=emptied))
    _compare_emptied(kit, "crm.item.update", await _still_there(kit), Result.OTHERWISE_BUT_FINE)
    typed = {code: "" for code, field in kit.fields.items() if values.to_portal(field, "") == ""}
    await kit.portal.call("crm.deal.update", {"id": kit.found.id, "fields": typed})
    _compare_emptied(kit, "crm.deal.update", await _still_there(kit), Result.OTHERWISE)


async def _still_there(kit: Kit) -> list[str]:
    item = await kit.deal()
    return [field.kind for code, field in kit.fields.items() if values.from_portal(field, item.get(code))]


def _compare_emptied(kit: Kit, method: str, stays: list[str], otherwise: Result) -> None:
    what, nothing = Text(ru="поля очищены", en="fields cleared"), Text(ru="пусто", en="empty")
    names = ", ".join(stays)
    left = Text(ru=f"осталось: {names}", en=f"still there: {names}")
    if stays:
        kit.add(Thing.DEAL, what, method, otherwise, nothing, left, "not-cleared")
    else:
        kit.add(Thing.DEAL, what, method, Result.AS_EXPECTED, nothing, nothing, "")


async def _moved(kit: Kit) -> None:
    if kit.stage:
        stage = f"C{kit.category}:{STAGE}"
        await kit.portal.call(*update(codes.DEAL, kit.found.id, {"stageId": stage}))
        what = Text(ru="сделка в новой стадии", en="the deal in the new stage")
        kit.compare(Thing.DEAL, what, "crm.item.update", {"stageId": stage}, await kit.deal())
        await kit.refuses(Thing.DEAL, "stage-in-use", ("crm.status.delete", {"id": kit.stage}))
    await kit.write(SetStage(key=f"{KEY}:3:stage", deal=NUMBER, stage=Stage.PAID))
    paid = {"categoryId": kit.category, "stageId": codes.stage_id(kit.category, Stage.PAID)}
    what = Text(ru="сделка оплачена", en="the deal is paid")
    kit.compare(Thing.DEAL, what, "crm.item.update", paid, await kit.deal())


async def client(kit: Kit) -> None:
    """Its company, contact, requisite, and that the deal is bound to them."""
    await bind_client(
        kit.portal, kit.found, SetFields(key=f"{KEY}:4:fields", deal=NUMBER, fields=people.CLIENT)
    )
    link = {"entityTypeId": codes.DEAL, "entityId": kit.found.id}
    bound = (await kit.portal.call("crm.requisite.link.get", link)).result
    id = int(bound["REQUISITE_ID"])
    found = rows((await kit.portal.call(*requisites_where({"ID": id}))).result)
    firm = {
        "RQ_INN": people.INN,
        "RQ_KPP": people.CLIENT["kpp"],
        "RQ_OGRN": people.CLIENT["ogrn"],
        "RQ_COMPANY_NAME": people.CLIENT["client"],
    }
    what = Text(ru="реквизиты, к которым привязана сделка", en="the requisite that the deal is bound to")
    kit.compare(Thing.CLIENT, what, "crm.requisite.link.register", firm, found[0] if found else {})
    person = await kit.item(codes.CONTACT, kit.found.contact)
    what = Text(ru="контакт: имя, отчество, фамилия", en="the contact's names")
    kit.compare(Thing.CLIENT, what, "crm.item.add", people.NAME, person)
    await _found_by_phone(kit)
    await _client_traps(kit, id)


async def _found_by_phone(kit: Kit) -> None:
    asked = {"type": "PHONE", "values": [people.SPELT_OTHERWISE], "entity_type": "CONTACT"}
    known = (await kit.portal.call("crm.duplicate.findbycomm", asked)).result
    found = [int(id) for id in rows(known, "CONTACT")] if isinstance(known, dict) else []
    what = Text(ru="телефон, написанный иначе, найден", en="a phone that is spelt otherwise is found")
    got = {"CONTACT": kit.found.contact in found}
    kit.compare(Thing.CLIENT, what, "crm.duplicate.findbycomm", {"CONTACT": True}, got)


async def _client_traps(kit: Kit, requisite: int) -> None:
    part = {"ENTITY_TYPE_ID": codes.DEAL, "ENTITY_ID": kit.found.id, "REQUISITE_ID": requisite}
    await kit.refuses(Thing.CLIENT, "link-ids", ("crm.requisite.link.register", {"fields": part}))
    bare = {"ENTITY_TYPE_ID": codes.COMPANY, "ENTITY_ID": kit.found.company, "PRESET_ID": 0, "NAME": TITLE}
    await kit.refuses(Thing.CLIENT, "template-needed", ("crm.requisite.add", {"fields": bare}))
    asked = {"filter": {"ID": requisite}, "order": {"ID": "ASC"}}
    listed = rows((await kit.portal.call("crm.requisite.list", asked)).result)
    shown = bool(listed) and "RQ_INN" in listed[0]
    without, there = Text(ru="без ИНН", en="no INN"), Text(ru="с ИНН", en="an INN")
    kit.behaves(
        *(Thing.CLIENT, "unselected", "crm.requisite.list", not shown, without),
        there if shown else without,
    )


async def row(kit: Kit) -> None:
    owner = {"ownerType": "D", "ownerId": kit.found.id}
    made = await kit.portal.call(
        "crm.item.productrow.add", {"fields": {**owner, "productName": TITLE, **ROW}}
    )
    id = int(made.result["productRow"]["id"])
    listed = rows((await kit.portal.call(*product_rows(kit.found.id))).result, "productRows")
    found = row_of(listed, id)
    right = all(found.get(name) == price for name, price in PRICES.items())
    shown = "; ".join(f"{name} {found.get(name)}" for name in PRICES)
    kit.add(
        *(Thing.ROW, REFUSALS["row-price"].words, "crm.item.productrow.add"),
        Result.AS_EXPECTED if right else Result.OTHERWISE,
        same("; ".join(f"{name} {price}" for name, price in PRICES.items())),
        same(shown),
        "row-price" if right else "not-kept",
    )
    await kit.refuses(Thing.ROW, "row-owner", ("crm.item.productrow.list", {"filter": {"=ownerType": "D"}}))
    keyed = {"id": id, "fields": {"xmlId": NUMBER}}
    await kit.refuses(Thing.ROW, "row-field", ("crm.item.productrow.update", keyed))


async def line(kit: Kit) -> None:
    """An item of the smart process; without them, a row and a comment."""
    write = PutLine(
        key=f"{KEY}:5:line",
        deal=NUMBER,
        line=1,
        sku="PROBE",
        name=TITLE,
        quantity=2,
        amount="3001.00",
        status=LineStatus.SETTLED,
        shown={f"{FIELD}string": TITLE},
    )
    await kit.write(write)
    seen = await look(kit.portal, kit.known, kit.found.id, NUMBER, [write])
    if kit.lines is None:
        found = row_of(seen.rows, PLACE, "sort")
        expected = {"productName": TITLE, "price": 1500.5, "quantity": 2}
        what = Text(ru="позиция — товар сделки", en="a line as a product row")
        kit.compare(Thing.LINE, what, "crm.item.productrow.add", expected, found)
        return
    item = await kit.item(kit.lines.entity_type, seen.lines[1]) if 1 in seen.lines else {}
    field = kit.lines.fields[field_of("string").code(kit.lines.type_id)]
    stage = codes.status_id(kit.lines.entity_type, kit.lines.category, LineStatus.SETTLED)
    expected = {
        "title": f"1. {TITLE}",
        "stageId": stage,
        "xmlId": line_key(NUMBER, 1),
        f"parentId{codes.DEAL}": kit.found.id,
        field.code: TITLE,
    }
    kit.compare(Thing.LINE, LINE, "crm.item.add", expected, item)
