"""How the portal spells a field: UPPER_CASE in the database and in the old families, camelCase in crm.item.*."""

import re

_OLD = {
    "createdTime": "DATE_CREATE",
    "updatedTime": "DATE_MODIFY",
    "createdBy": "CREATED_BY_ID",
    "updatedBy": "MODIFY_BY_ID",
    "movedBy": "MOVED_BY_ID",
}
_OLD_LEAD = {"stageId": "STATUS_ID", "stageSemanticId": "STATUS_SEMANTIC_ID"}


def upper(name: str) -> str:
    """`assignedById` -> `ASSIGNED_BY_ID`, `parentId1220` -> `PARENT_ID_1220`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z0-9])", "_", name).upper()


def old(name: str, lead: bool = False) -> str:
    """The name that crm.deal.*, crm.lead.* and the like use."""
    if name.startswith("UF_"):
        return name
    return (_OLD_LEAD if lead else {}).get(name) or _OLD.get(name) or upper(name)


def camel_uf(name: str) -> str:
    """`UF_CRM_DW_PAID` -> `ufCrmDwPaid`, `UF_CRM_7_DW_PAID` -> `ufCrm7DwPaid`, `UF_CRM_7_1747` -> `ufCrm7_1747`.

    A name that mixes letters and digits could not be turned back, so it stays: `UF_CRM_3_DIGIT10` -> `ufCrm_3_DIGIT10`
    (official documentation, "universal methods: field names").
    """
    rest = name.removeprefix("UF_CRM_")
    number, words = re.fullmatch(r"(?:(\d+)_(?=.))?(.*)", rest).groups()  # type: ignore[union-attr]
    if words.isdigit():
        return f"ufCrm{number or ''}_{words}"
    if re.search(r"\d", words):
        return f"ufCrm_{rest}"
    return f"ufCrm{number or ''}" + "".join(word.capitalize() for word in words.split("_"))


def owner_code(entity_type: int) -> str:
    """`D` for deals; smart processes are T and their number in hex."""
    return {1: "L", 2: "D", 3: "C", 4: "CO", 7: "Q", 31: "SI"}.get(entity_type) or f"T{entity_type:x}"


def owner_type(code: str) -> int | None:
    known = {"L": 1, "D": 2, "C": 3, "CO": 4, "Q": 7, "SI": 31}
    if code.upper() in known:
        return known[code.upper()]
    match = re.fullmatch(r"[Tt]([0-9a-fA-F]+)", code)
    return int(match[1], 16) if match else None


def timeline_owner(entity_type: int) -> str:
    return {1: "lead", 2: "deal", 3: "contact", 4: "company"}.get(entity_type) or f"dynamic_{entity_type}"


def timeline_type(name: str) -> int | None:
    known = {"lead": 1, "deal": 2, "contact": 3, "company": 4}
    if name in known:
        return known[name]
    _, _, number = name.partition("dynamic_")
    return int(number) if number.isdigit() else None
