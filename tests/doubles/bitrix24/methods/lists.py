"""lists.*: the company's reference books. Properties are maps of value ids; a CODE exists once."""

from typing import Any

from tests.doubles.bitrix24.errors import Refusal
from tests.doubles.bitrix24.methods.registry import Call, method, paged
from tests.doubles.bitrix24.query import chosen, ordered
from tests.doubles.bitrix24.state import ReferenceList


def _need(call: Call, name: str) -> Any:
    value = call.any(name)
    if value in (None, ""):
        raise Refusal(400, "ERROR_REQUIRED_PARAMETERS_MISSING", f"Required parameter `{name}` is missing")
    return value


def _list(call: Call) -> ReferenceList:
    _need(call, "IBLOCK_TYPE_ID")
    id, code = call.any("IBLOCK_ID"), call.any("IBLOCK_CODE")
    if not id and not code:
        raise Refusal(400, "ERROR_REQUIRED_PARAMETERS_MISSING", "Required parameter `IBLOCK_ID` is missing")
    for one in call.state.lists.values():
        if (id and one.id == int(id)) or (not id and code == one.code):
            return one
    raise Refusal(400, "ERROR_IBLOCK_NOT_FOUND", "Iblock not found")


@method("lists.add", scope="lists", writes=True)
def add(call: Call) -> Any:
    call.admin()
    kind, code, fields = _need(call, "IBLOCK_TYPE_ID"), _need(call, "IBLOCK_CODE"), _need(call, "FIELDS")
    if any(one.code == code for one in call.state.lists.values()):
        raise Refusal(400, "ERROR_IBLOCK_ALREADY_EXISTS", "Iblock already exists")
    id = call.state.next("list", start=101)
    call.state.lists[id] = ReferenceList(id, code, fields["NAME"], kind)
    return id


@method("lists.update", scope="lists", writes=True)
def update(call: Call) -> Any:
    call.admin()
    found = _list(call)
    found.name = _need(call, "FIELDS").get("NAME", found.name)
    return True


@method("lists.delete", scope="lists", writes=True)
def delete(call: Call) -> Any:
    call.admin()
    del call.state.lists[_list(call).id]
    return True


@method("lists.get", scope="lists")
def listed(call: Call) -> Any:
    kind, id, code = _need(call, "IBLOCK_TYPE_ID"), call.any("IBLOCK_ID"), call.any("IBLOCK_CODE")

    def show(one: ReferenceList) -> dict[str, Any]:
        return {
            "ID": str(one.id),
            "IBLOCK_TYPE_ID": one.type,
            "CODE": one.code,
            "NAME": one.name,
            "ACTIVE": "Y",
            "SORT": "500",
        }

    rows = [one for one in call.state.lists.values() if one.type == kind]
    rows = [one for one in rows if (not id or one.id == int(id)) and (not code or one.code == code)]
    return paged(call, rows, show)


@method("lists.field.add", scope="lists", writes=True)
def add_field(call: Call) -> Any:
    call.admin()
    found, fields = _list(call), _need(call, "FIELDS")
    code = str(fields.get("CODE") or "")
    if not code:
        raise Refusal(400, "ERROR_SAVE_FIELD", "Please fill the code fields")
    if any(one["CODE"] == code for one in found.fields.values()):
        raise Refusal(400, "ERROR_SAVE_FIELD", "Property already exists")
    id = call.state.next("property", start=951)
    found.fields[f"PROPERTY_{id}"] = {"ID": str(id), **fields}
    return f"PROPERTY_{id}"


@method("lists.field.get", scope="lists")
def fields(call: Call) -> Any:
    found, wanted = _list(call), call.any("FIELD_ID")
    basic = {
        "NAME": {"FIELD_ID": "NAME", "NAME": "Название", "TYPE": "NAME", "IS_REQUIRED": "Y", "MULTIPLE": "N"}
    }
    for name, one in found.fields.items():
        row = {
            "FIELD_ID": name,
            "SORT": one.get("SORT", 500),
            "NAME": one["NAME"],
            "IS_REQUIRED": one.get("IS_REQUIRED", "N"),
        }
        row |= {
            "MULTIPLE": one.get("MULTIPLE", "N"),
            "TYPE": one["TYPE"],
            "CODE": one["CODE"],
            "ID": one["ID"],
        }
        basic[name] = row
    return {one["TYPE"]: one for name, one in basic.items() if name == wanted} if wanted else basic


def _values(call: Call, found: ReferenceList, given: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {"NAME": given["NAME"]} if "NAME" in given else {}
    for name, value in given.items():
        if name in found.fields:
            every = (
                value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
            )
            kept[name] = {
                str(call.state.next("value", start=3743)): str(one) for one in every if one not in (None, "")
            }
    return kept


@method("lists.element.add", scope="lists", writes=True)
def add_element(call: Call) -> Any:
    found, code, given = _list(call), _need(call, "ELEMENT_CODE"), _need(call, "FIELDS")
    strict = "element-code" not in call.portal.lenient
    if strict and any(one["CODE"] == code for one in found.elements.values()):
        raise Refusal(400, "ERROR_ELEMENT_ALREADY_EXISTS", "Element already exists")
    id = call.state.next("element", start=6999)
    row = {"ID": str(id), "CODE": code, "IBLOCK_SECTION_ID": None, "CREATED_BY": str(call.user)}
    found.elements[id] = row | _values(call, found, given)
    return id


@method("lists.element.update", scope="lists", writes=True)
def update_element(call: Call) -> Any:
    found, id, code = _list(call), call.any("ELEMENT_ID"), call.any("ELEMENT_CODE")
    for one in found.elements.values():
        if (id and one["ID"] == str(id)) or (not id and code and one["CODE"] == code):
            kept = {k: one[k] for k in ("ID", "CODE", "IBLOCK_SECTION_ID", "CREATED_BY", "NAME") if k in one}
            found.elements[int(one["ID"])] = kept | _values(call, found, _need(call, "FIELDS"))
            return True
    raise Refusal(400, "ERROR_ELEMENT_NOT_FOUND", "Element not found")


@method("lists.element.get", scope="lists")
def elements(call: Call) -> Any:
    found, id, code = _list(call), call.any("ELEMENT_ID"), call.any("ELEMENT_CODE")
    filter = dict(call.any("FILTER") or {})
    filter |= ({"=ID": id} if id else {}) | ({"=CODE": code} if code else {})
    rows = chosen(found.elements.values(), filter, lambda row, name: row.get(name), call.state.zone)
    rows = ordered(rows, call.any("ELEMENT_ORDER") or {"ID": "ASC"}, lambda row, name: row.get(name))
    return paged(call, rows, lambda row: row)


@method("lists.element.delete", scope="lists", writes=True)
def delete_element(call: Call) -> Any:
    found = _list(call)
    if found.elements.pop(int(_need(call, "ELEMENT_ID")), None) is None:
        raise Refusal(400, "ERROR_ELEMENT_NOT_FOUND", "Element not found")
    return True
