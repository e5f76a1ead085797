"""Custom fields: crm.deal.userfield.* for deals (and its kin), userfieldconfig.* for smart processes."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from tests.doubles.bitrix24 import schema
from tests.doubles.bitrix24.body import php_array
from tests.doubles.bitrix24.errors import Refusal, missing, nameless
from tests.doubles.bitrix24.methods.registry import Call, method, paged
from tests.doubles.bitrix24.query import chosen, ordered
from tests.doubles.bitrix24.state import Option, UserField
from tests.doubles.bitrix24.values import truth

_LABELS = ("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL", "ERROR_MESSAGE", "HELP_MESSAGE")
_LABELS_NEW = ("editFormLabel", "listColumnLabel", "listFilterLabel", "errorMessage", "helpMessage")
LONGEST = 50


def _make(call: Call, entity: str, name: str, kind: str) -> UserField:
    if not kind:
        raise nameless("The 'USER_TYPE_ID' field is not found.")
    if len(name) > LONGEST:
        raise Refusal(400, "ERROR_CORE", f"Field name is too long (more than {LONGEST} characters).")
    if not re.fullmatch(r"[A-Z0-9_]+", name):
        text = "Field name contains invalid characters. Allowed characters are: A-Z, 0-9 and _."
        raise Refusal(400, "ERROR_CORE", text)
    if kind not in schema.USER_TYPES:
        raise Refusal(400, "ERROR_CORE", "Incorrect custom type specified.")
    if name in call.state.fields_of(entity):
        raise Refusal(400, "ERROR_CORE", f"Field {name} for object {entity} already exists.")
    return UserField(call.state.next("field", start=6001), entity, name, kind)


def _keep(call: Call, field: UserField) -> UserField:
    call.state.fields[field.id] = field
    for item in _items(call, field.entity):
        item[field.name] = [] if field.multiple else None
    return field


def _items(call: Call, entity: str) -> Iterable[dict[str, Any]]:
    numbers = {"CRM_LEAD": 1, "CRM_DEAL": 2, "CRM_CONTACT": 3, "CRM_COMPANY": 4}
    numbers |= {f"CRM_{t.id}": t.entity_type for t in call.state.types.values()}
    return call.state.of_type(numbers[entity]).values() if entity in numbers else ()


def forget(call: Call, field: UserField) -> None:
    del call.state.fields[field.id]
    for item in _items(call, field.entity):
        item.pop(field.name, None)


def _set_options(call: Call, field: UserField, given: Iterable[dict[str, Any]], whole: bool) -> None:
    """`given` in upper-case keys. `whole`: options that are not named go."""
    kept = {} if whole else {o.id: o for o in field.options}
    for n, one in enumerate(given, start=1):
        old = next((o for o in field.options if str(o.id) == str(one.get("ID", ""))), None)
        if old and truth(one.get("DEL")):
            kept.pop(old.id, None)
            continue
        option = old or Option(call.state.next("option", start=3001), "", "")
        option.value = one.get("VALUE", option.value)
        option.xml_id = one.get("XML_ID") or option.xml_id or hashlib.md5(f"{option.id}".encode()).hexdigest()
        option.sort = int(one.get("SORT", option.sort if old else n * 10))
        option.default = truth(one.get("DEF", option.default))
        if any(o.xml_id == option.xml_id for o in kept.values() if o is not option):
            raise Refusal(400, "ERROR_CORE", f"List item with value XML_ID={option.xml_id} already exists.")
        kept[option.id] = option
    field.options = list(kept.values())


def _common(field: UserField, given: dict[str, Any]) -> None:
    """`given` in upper-case keys."""
    field.multiple = truth(given.get("MULTIPLE", field.multiple))
    field.mandatory = truth(given.get("MANDATORY", field.mandatory))
    field.sort = int(given.get("SORT", field.sort))
    field.xml_id = given.get("XML_ID", field.xml_id)
    field.show_filter = given.get("SHOW_FILTER", field.show_filter)
    field.settings |= given.get("SETTINGS") or {}
    field.labels |= {name: given[name] for name in _LABELS if name in given}


def _rows(value: Any) -> list[dict[str, Any]]:
    return list(value.values()) if isinstance(value, dict) else list(value or [])


def _old_family(word: str) -> None:
    entity = f"CRM_{word.upper()}"

    def found(call: Call) -> UserField:
        field = call.state.fields.get(call.id())
        if field is None or field.entity != entity:
            raise Refusal(400, "ERROR_NOT_FOUND", f"The entity with ID '{call.id()}' is not found")
        return field

    @method(f"crm.{word}.userfield.add", writes=True)
    def add(call: Call) -> Any:
        _admin(call)
        given = call.array("fields")
        name = str(given.get("FIELD_NAME") or "")
        if not name:
            raise nameless("The 'FIELD_NAME' field is not found.")
        name = name if name.startswith("UF_CRM_") else f"UF_CRM_{name}"
        field = _make(call, entity, name, str(given.get("USER_TYPE_ID") or ""))
        _common(field, {name: given["LABEL"] for name in _LABELS[:3] if "LABEL" in given} | given)
        _set_options(call, field, _rows(given.get("LIST")), whole=True)
        return _keep(call, field).id

    @method(f"crm.{word}.userfield.update", writes=True)
    def update(call: Call) -> Any:
        _admin(call)
        field, given = found(call), call.array("fields")
        given.pop("MULTIPLE", None)
        _common(field, given)
        _set_options(call, field, _rows(given.get("LIST")), whole=False)
        return True

    @method(f"crm.{word}.userfield.delete", writes=True)
    def delete(call: Call) -> Any:
        _admin(call)
        forget(call, found(call))
        return True

    @method(f"crm.{word}.userfield.get")
    def get(call: Call) -> Any:
        return _old_shape(found(call), None)

    @method(f"crm.{word}.userfield.list")
    def listed(call: Call) -> Any:
        filter = dict(call.array("filter"))
        language = filter.pop("LANG", None)

        def read(field: UserField, name: str) -> Any:
            return _old_shape(field, language).get(name)

        rows = chosen(call.state.fields_of(entity).values(), filter, read, call.state.zone)
        rows = ordered(rows, call.array("order") or {"ID": "ASC"}, lambda f, name: _rank(f, name, read))
        return paged(call, rows, lambda f: _old_shape(f, language or ""))


def _rank(field: UserField, name: str, read: Any) -> Any:
    return {"ID": field.id, "SORT": field.sort}.get(name) or read(field, name)


def _old_shape(field: UserField, language: str | None) -> dict[str, Any]:
    """Labels come only where a language is asked for; `language` None is `get`, which has them all."""
    row: dict[str, Any] = {"ID": str(field.id), "ENTITY_ID": field.entity, "FIELD_NAME": field.name}
    row |= {"USER_TYPE_ID": field.type, "XML_ID": field.xml_id, "SORT": str(field.sort)}
    row |= {"MULTIPLE": "Y" if field.multiple else "N", "MANDATORY": "Y" if field.mandatory else "N"}
    row |= {"SHOW_FILTER": field.show_filter, "SHOW_IN_LIST": "Y", "EDIT_IN_LIST": "Y", "IS_SEARCHABLE": "N"}
    row["SETTINGS"] = php_array(field.settings)
    if language is None:
        row |= {name: _by_language(field.labels.get(name)) for name in _LABELS}
    elif language:
        row |= {name: _by_language(field.labels.get(name)).get(language) for name in _LABELS}
    if field.type == "enumeration":
        row["LIST"] = [
            {
                "ID": str(o.id),
                "SORT": str(o.sort),
                "VALUE": o.value,
                "DEF": "Y" if o.default else "N",
                "XML_ID": o.xml_id,
            }
            for o in sorted(field.options, key=lambda o: o.sort)
        ]
    return row


def _by_language(label: Any) -> dict[str, Any]:
    return label if isinstance(label, dict) else {"en": label, "ru": label}


def _admin(call: Call) -> None:
    if not call.state.users[call.user].admin:
        raise nameless("Access denied.")


for word in ("deal", "lead", "contact", "company"):
    _old_family(word)


def _snake(given: dict[str, Any]) -> dict[str, Any]:
    """Only the names that userfieldconfig.* has: others mean nothing to it."""
    camel = {name: value for name, value in given.items() if name[:1].islower()}
    return {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper(): value for name, value in camel.items()}


def _module(call: Call) -> None:
    if call.params.get("moduleId") != "crm":
        raise nameless("No settings for UserFieldAccess")


@method("userfieldconfig.add", scope="userfieldconfig", writes=True)
def config_add(call: Call) -> Any:
    _module(call)
    _admin(call)
    given = _snake(call.need("field"))
    entity, name = str(given.get("ENTITY_ID", "")), str(given.get("FIELD_NAME") or "")
    if not name:
        raise nameless("The 'FIELD_NAME' field is not found.")
    if not name.startswith(f"UF_{entity}_") and "field-code" not in call.portal.lenient:
        raise nameless("You cannot create custom fields")
    field = _make(call, entity, name, str(given.get("USER_TYPE_ID") or ""))
    _common(field, given)
    _set_options(call, field, [_snake(o) for o in _rows(given.get("ENUM"))], whole=True)
    return {"field": _new_shape(_keep(call, field), enum=True)}


def _configured(call: Call, words: str) -> UserField:
    _module(call)
    if "id" not in call.params:
        raise missing("id")
    field = call.state.fields.get(int(call.params["id"]))
    if field is None:
        raise nameless(words)
    return field


@method("userfieldconfig.update", scope="userfieldconfig", writes=True)
def config_update(call: Call) -> Any:
    _admin(call)
    field = _configured(call, "You cannot change the settings of the user field")
    given = _snake(call.need("field"))
    _common(field, {k: v for k, v in given.items() if k != "MULTIPLE"})
    if "ENUM" in given:
        _set_options(call, field, [_snake(o) for o in _rows(given["ENUM"])], whole=True)
    return {"field": _new_shape(field, enum=True)}


@method("userfieldconfig.delete", scope="userfieldconfig", writes=True)
def config_delete(call: Call) -> Any:
    _admin(call)
    forget(call, _configured(call, "You cannot delete the user field"))


@method("userfieldconfig.get", scope="userfieldconfig")
def config_get(call: Call) -> Any:
    field = _configured(call, "You do not have permission to view user field settings")
    return {"field": _new_shape(field, enum=True)}


@method("userfieldconfig.list", scope="userfieldconfig")
def config_list(call: Call) -> Any:
    """Without the options of enumerations: those come from `get`, one field at a time."""
    _module(call)

    def read(field: UserField, name: str) -> Any:
        return _new_shape(field, enum=False).get(name)

    rows = chosen(call.state.fields.values(), call.params.get("filter"), read, call.state.zone)
    rows = ordered(rows, call.params.get("order"), lambda f, name: f.id if name == "id" else read(f, name))
    enum = "no-options-listed" in call.portal.lenient
    return paged(call, rows, lambda f: _new_shape(f, enum=enum), "fields")


def _new_shape(field: UserField, enum: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"id": str(field.id), "entityId": field.entity, "fieldName": field.name}
    row |= {"userTypeId": field.type, "xmlId": field.xml_id, "sort": str(field.sort)}
    row |= {"multiple": "Y" if field.multiple else "N", "mandatory": "Y" if field.mandatory else "N"}
    row |= {"showFilter": field.show_filter, "showInList": "Y", "editInList": "Y", "isSearchable": "N"}
    row |= {"settings": php_array(field.settings), "languageId": {"en": "en", "ru": "ru"}}
    row |= {new: _by_language(field.labels.get(old)) for new, old in zip(_LABELS_NEW, _LABELS, strict=True)}
    if enum and field.type == "enumeration":
        row["enum"] = [
            {"id": str(o.id), "userFieldId": str(field.id), "value": o.value, "def": "Y" if o.default else "N",
             "sort": str(o.sort), "xmlId": o.xml_id}
            for o in sorted(field.options, key=lambda o: o.sort)
        ]  # fmt: skip
    return row
