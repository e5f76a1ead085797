"""Requisites of a client's firm: which of several, by which template, and with which numbers."""

from collections.abc import Sequence
from typing import Any

from activities.errors import CrmRefused
from adapters.crm.bitrix24.client import Command

RUSSIA = 1
REQUISITE = 8
"""entityTypeId of what templates are for."""

PRESETS: Command = (
    "crm.requisite.preset.list",
    {
        "filter": {"COUNTRY_ID": RUSSIA, "ENTITY_TYPE_ID": REQUISITE, "ACTIVE": "Y"},
        "select": ["ID", "NAME", "XML_ID", "COUNTRY_ID"],
        "order": {"ID": "ASC"},
    },
)
_OF_COMPANY = "#CRM_REQUISITE_PRESET_DEF_RU_COMPANY#"
_OF_SOLE_TRADER = "#CRM_REQUISITE_PRESET_DEF_RU_INDIVIDUAL#"


def preset_for(inn: str, presets: Sequence[dict[str, Any]]) -> int:
    """The template decides which kind of client a requisite is of, and in which country. Raises CrmRefused if there is none."""
    russian = [preset for preset in presets if int(preset.get("COUNTRY_ID") or 0) == RUSSIA]
    mark = _OF_SOLE_TRADER if is_sole_trader(inn) else _OF_COMPANY
    found = next((preset for preset in russian if preset.get("XML_ID") == mark), None)
    if found is None and russian:
        found = russian[0]  # somebody deleted the portal's own ones
    if found is None:
        raise CrmRefused(
            "the portal has no Russian template of requisites, so the client's INN can't be written"
        )
    return int(found["ID"])


def numbers(said: dict[str, str]) -> dict[str, str]:
    """A sole trader has no KPP, and an OGRN of another name."""
    own = {"RQ_INN": said["inn"]}
    if is_sole_trader(said["inn"]):
        own["RQ_OGRNIP"] = said.get("ogrn", "")
    else:
        own |= {
            "RQ_KPP": said.get("kpp", ""),
            "RQ_OGRN": said.get("ogrn", ""),
            "RQ_COMPANY_NAME": said["client"],
        }
    return {name: value for name, value in own.items() if value}


def the_one(requisites: Sequence[dict[str, Any]], kpp: str) -> dict[str, Any] | None:
    """Branches of a firm share its INN and differ in KPP."""
    same = [requisite for requisite in requisites if kpp and requisite.get("RQ_KPP") == kpp]
    return next(iter([*same, *requisites]), None)


def is_sole_trader(inn: str) -> bool:
    return len(inn) == 12
