"""Product rows: a fixed set of fields, replaced as a whole by the `set` methods."""

from typing import Any

from tests.doubles.bitrix24 import names, rules
from tests.doubles.bitrix24.errors import Refusal, nameless, not_found
from tests.doubles.bitrix24.methods.registry import Call, method, paged
from tests.doubles.bitrix24.query import chosen, field_of, ordered
from tests.doubles.bitrix24.state import DEAL, Item
from tests.doubles.bitrix24.values import truth

_MONETARY = 1
_NUMBERS = {"price": 0.0, "quantity": 1.0, "discountRate": 0.0, "discountSum": 0.0}
_COUNTED = ("measureName", "xmlId")  # by the portal itself
_INDEXED = ("ownerType", "ownerId", "id", "productId")
_PLAIN: dict[str, int | str] = {
    "productId": 0,
    "productName": "",
    "measureCode": 796,
    "measureName": "шт",
    "sort": 10,
    "xmlId": "",
    "discountTypeId": 2,
}


def make(call: Call, entity_type: int, owner: int, given: dict[str, Any], id: int | None = None) -> Item:
    row: Item = {
        "id": id or call.state.next("row"),
        "entityType": entity_type,
        "ownerId": owner,
        **_NUMBERS,
        **_PLAIN,
    }
    row |= {"taxRate": None, "taxIncluded": "N", "type": 4, "customized": "Y"}
    row["plain"] = "row-price" in call.portal.lenient
    return fill(row, given)


def fill(row: Item, given: dict[str, Any]) -> Item:
    for name, value in given.items():
        if name in _NUMBERS:
            row[name] = float(value)
        elif name in _PLAIN and name not in _COUNTED:
            row[name] = type(_PLAIN[name])(value)
        elif name == "taxRate":
            row[name] = None if value in (None, "") else float(value)
        elif name == "taxIncluded":
            row[name] = "Y" if truth(value) else "N"
    return row


def shown(row: Item) -> dict[str, Any]:
    """`price` is what the client pays, discount and tax in it, whatever `taxIncluded` says."""
    rate = 0 if row["plain"] else (row["taxRate"] or 0) / 100
    exclusive = round(row["price"] / (1 + rate), 2)
    netto = _before_discount(row, exclusive)
    full = {name: value for name, value in row.items() if name not in ("entityType", "plain")}
    full |= {
        "ownerType": names.owner_code(row["entityType"]),
        "priceAccount": row["price"],
        "priceExclusive": exclusive,
        "discountSum": round(netto - exclusive, 2),
    }
    full |= {"priceNetto": netto, "priceBrutto": round(netto * (1 + rate), 2)}
    return {k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in full.items()}


def _before_discount(row: Item, exclusive: float) -> float:
    if row["discountTypeId"] == _MONETARY:
        return float(round(exclusive + row["discountSum"], 2))
    return float(round(exclusive / (1 - row["discountRate"] / 100), 2))


def _owner(call: Call, code: Any, id: Any) -> tuple[int, int]:
    entity_type = names.owner_type(str(code))
    if entity_type is None:
        raise Refusal(400, "ENTITY_TYPE_NOT_SUPPORTED", "Working with this type of objects is not supported")
    if int(id) not in call.state.of_type(entity_type):
        raise Refusal(400, "OWNER_NOT_FOUND", "Owner was not found")
    return entity_type, int(id)


def owned(call: Call, entity_type: int, id: int) -> list[Item]:
    return [
        row for row in call.state.rows.values() if (row["entityType"], row["ownerId"]) == (entity_type, id)
    ]


def replace(call: Call, entity_type: int, id: int, rows: list[Item]) -> list[Item]:
    for row in owned(call, entity_type, id):
        del call.state.rows[row["id"]]
    call.state.rows |= {row["id"]: row for row in rows}
    rules.recount(call.portal, call.user, entity_type, id)
    return rows


@method("crm.item.productrow.set", writes=True)
def set_rows(call: Call) -> Any:
    entity_type, id = _owner(call, call.need("ownerType"), call.need("ownerId"))
    made = [make(call, entity_type, id, given) for given in call.need("productRows")]
    return {"productRows": [shown(row) for row in replace(call, entity_type, id, made)]}


@method("crm.item.productrow.add", writes=True)
def add(call: Call) -> Any:
    fields = call.need("fields")
    entity_type, id = _owner(call, fields.get("ownerType"), fields.get("ownerId"))
    row = make(call, entity_type, id, fields)
    call.state.rows[row["id"]] = row
    rules.recount(call.portal, call.user, entity_type, id)
    return {"productRow": shown(row)}


def _row(call: Call) -> Item:
    row = call.state.rows.get(int(call.need("id")))
    if row is None:
        raise not_found("Item not found")
    return row


@method("crm.item.productrow.update", writes=True)
def update(call: Call) -> Any:
    fields = call.need("fields")
    writable = {*_NUMBERS, *_PLAIN, "taxRate", "taxIncluded"} - {*_COUNTED}
    for name in fields:
        if name not in writable and "row-field" not in call.portal.lenient:
            raise Refusal(400, "INVALID_ARG_VALUE", f"Unknown field or not available for update: {name}")
    row = fill(_row(call), fields)
    rules.recount(call.portal, call.user, row["entityType"], row["ownerId"])
    return {"productRow": shown(row)}


@method("crm.item.productrow.get")
def get(call: Call) -> Any:
    return {"productRow": shown(_row(call))}


@method("crm.item.productrow.delete", writes=True)
def delete(call: Call) -> Any:
    row = _row(call)
    del call.state.rows[row["id"]]
    rules.recount(call.portal, call.user, row["entityType"], row["ownerId"])


@method("crm.item.productrow.list")
def listed(call: Call) -> Any:
    """Of one owner, which must be named. Conditions on other than ids, and sorting by other than `id` and `sort`, are ignored."""
    filter = call.need("filter")
    strict = "row-owner" not in call.portal.lenient
    if strict and not {"=ownerType", "=ownerId"} <= set(filter):
        raise Refusal(400, "REQUIRED_ARG_MISSING", "Required arguments: =ownerType, =ownerId")
    known = {key: value for key, value in filter.items() if field_of(key) in _INDEXED}
    order = {name: way for name, way in (call.params.get("order") or {}).items() if name in ("id", "sort")}

    def read(row: Item, name: str) -> Any:
        return names.owner_code(row["entityType"]) if name == "ownerType" else row.get(name)

    found = chosen(call.state.rows.values(), known, read, call.state.zone)
    return paged(call, ordered(found, order or {"sort": "ASC"}, read), shown, "productRows")


@method("crm.deal.productrows.get")
def deal_rows(call: Call) -> Any:
    id = _deal(call)
    return [
        {names.upper(k): v for k, v in shown(row).items()} | {"ID": str(row["id"])}
        for row in owned(call, DEAL, id)
    ]


@method("crm.deal.productrows.set", writes=True)
def set_deal_rows(call: Call) -> Any:
    """Anything but a parameter spelt `rows` is no rows at all: nothing happens, and the answer is true."""
    id = _deal(call)
    if isinstance(call.params.get("rows"), list):
        given = [{_camel(k): v for k, v in row.items()} for row in call.params["rows"]]
        replace(call, DEAL, id, [make(call, DEAL, id, row) for row in given])
    return True


def _camel(name: str) -> str:
    head, *rest = name.lower().split("_")
    return head + "".join(word.capitalize() for word in rest)


def _deal(call: Call) -> int:
    id = str(call.any("id", ""))
    if not id.isdigit():
        raise nameless("The parameter id is invalid or not defined.")
    if int(id) not in call.state.deals():
        raise nameless("Not found")
    return int(id)
