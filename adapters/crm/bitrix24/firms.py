"""Requisites of a client's firm: which of several, by which template, and with which numbers."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from activities.errors import CrmRefused
from adapters.crm.bitrix24.answers import Outcomes, rows
from adapters.crm.bitrix24.client import Command
from adapters.crm.bitrix24.codes import DEAL, ORIGINATOR
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.rights import missing
from domain.words import Text

RUSSIA = 1
REQUISITE = 8
"""entityTypeId of what templates are for."""


class FirmNumber(NamedTuple):
    """The number that a firm goes by as a portal keeps it: the id of its `country` there, and the `field` of a requisite. `key`: by which
    the desk knows what it made."""

    country: int
    field: str
    number: str
    key: str


_FOREIGN = {
    "BY": (4, "RQ_INN"),
    "KZ": (6, "RQ_BIN"),
    "UA": (14, "RQ_EDRPOU"),
    "BR": (34, "RQ_CNPJ"),
    "DE": (46, "RQ_VAT_ID"),
    "CO": (77, "RQ_INN"),
    "PL": (110, "RQ_INN"),
    "US": (122, "RQ_VAT_ID"),
    "FR": (132, "RQ_SIRET"),
}
"""The other countries whose requisites a portal knows, and where each keeps a firm's number (`EntityRequisite` of the crm module)."""
_UNP = re.compile("[0-9]{9}")


def number_of(inn: str, buyer: str) -> FirmNumber:
    """`buyer`: of another country, `BY:190000005`. Raises CrmRefused of a country whose requisites no portal knows."""
    if not buyer:
        return FirmNumber(RUSSIA, "RQ_INN", inn, inn)
    code, _, number = buyer.partition(":")
    if code not in _FOREIGN:
        raise CrmRefused(
            f"a portal knows no requisites of the country {code}: the client's number there stands on the deal's card alone"
        )
    return FirmNumber(*_FOREIGN[code], number, buyer)


def numbers_seen(requisite: Mapping[str, Any]) -> dict[str, str]:
    """An INN, or a country and the number there: as the desk wrote it, or as what people entered can be told from an INN."""
    made = str(requisite.get("XML_ID") or "").removeprefix(f"{ORIGINATOR}:")
    code, colon, _ = made.partition(":")
    if colon and code in _FOREIGN and (number := requisite.get(_FOREIGN[code][1])):
        return {"country": code, "tax_number": str(number)}
    inn = str(requisite.get("RQ_INN") or "")
    if number := requisite.get("RQ_BIN"):
        return {"country": "KZ", "tax_number": str(number)}
    if _UNP.fullmatch(inn):
        return {"country": "BY", "tax_number": inn}
    return {"inn": inn} if inn else {}


def presets_of(firm: FirmNumber) -> Command:
    return (
        "crm.requisite.preset.list",
        {
            "filter": {"COUNTRY_ID": firm.country, "ENTITY_TYPE_ID": REQUISITE, "ACTIVE": "Y"},
            "select": ["ID", "NAME", "XML_ID", "COUNTRY_ID"],
            "order": {"ID": "ASC"},
        },
    )


_OF_COMPANY = ("_COMPANY#", "_LEGALENTITY#")
_OF_SOLE_TRADER = ("_RU_INDIVIDUAL#",)


def preset_for(firm: FirmNumber, presets: Sequence[dict[str, Any]]) -> int:
    """The template decides which kind of client a requisite is of, and in which country. Raises CrmRefused if there is none."""
    there = [preset for preset in presets if int(preset.get("COUNTRY_ID") or 0) == firm.country]
    marks = _OF_SOLE_TRADER if is_sole_trader(firm) else _OF_COMPANY
    found = next((preset for preset in there if str(preset.get("XML_ID") or "").endswith(marks)), None)
    if found is None and there:
        found = there[0]  # somebody deleted the portal's own ones
    if found is None and firm.country != RUSSIA:
        raise CrmRefused(
            f"the portal has no template of requisites of the client's country, so {firm.key} stands on the deal's card alone:"
            " make one in the CRM's settings, or choose the company by hand"
        )
    if found is None:
        raise CrmRefused(
            "the portal has no Russian template of requisites, so the client's INN can't be written"
        )
    return int(found["ID"])


def numbers(said: dict[str, str], firm: FirmNumber) -> dict[str, str]:
    """A sole trader has no KPP, and an OGRN of another name; neither has a firm of another country."""
    own = {firm.field: firm.number}
    if is_sole_trader(firm):
        own["RQ_OGRNIP"] = said.get("ogrn", "")
    else:
        own["RQ_COMPANY_NAME"] = said["client"]
        if firm.country == RUSSIA:
            own |= {"RQ_KPP": said.get("kpp", ""), "RQ_OGRN": said.get("ogrn", "")}
    return {name: value for name, value in own.items() if value}


def the_one(requisites: Sequence[dict[str, Any]], kpp: str) -> dict[str, Any] | None:
    """Branches of a firm share its INN and differ in KPP."""
    same = [requisite for requisite in requisites if kpp and requisite.get("RQ_KPP") == kpp]
    return next(iter([*same, *requisites]), None)


def link_of(deal: int) -> Command:
    """Which requisite is chosen in a deal."""
    return ("crm.requisite.link.get", {"entityTypeId": DEAL, "entityId": deal})


def linked(answers: Outcomes) -> dict[str, Any]:
    """Of the answer to it; nothing if none is chosen, which a portal calls not found. Raises all else, a right that is missing too:
    else another firm's numbers would be taken for the client's."""
    error = answers.errors.get("link")
    if isinstance(error, PortalRefused) and not missing(error):
        return {}
    found = answers.result("link")
    return dict(found) if isinstance(found, dict) else {}


def requisite_of(item: dict[str, Any], answers: Outcomes) -> dict[str, Any]:
    """Of a deal's card: that to which it is bound, for a company may have several; else the company's, or a sole trader's own. The
    answers are `link`, `bound`, `requisites` and `of_contact`."""

    if _hidden(["link", "bound"], answers):
        return {}

    def seen(name: str) -> list[dict[str, Any]]:
        return [] if isinstance(answers.errors.get(name), PortalRefused) else rows(answers.result(name))

    bound = str(linked(answers).get("REQUISITE_ID") or "0")
    if bound != "0" and (found := [r for r in seen("bound") if str(r["ID"]) == bound]):
        return found[0]
    owner = "requisites" if item.get("companyId") else "of_contact" if item.get("contactId") else ""
    own = seen(owner) if owner else []
    return next((r for r in own if numbers_seen(r)), {})


def hidden_of_client(item: dict[str, Any], answers: Outcomes) -> list[Text]:
    """The rights, each once, for want of which something of a deal's client is not seen."""
    asked = ["link", "bound"]
    if item.get("companyId"):
        asked += ["company", "requisites"]
    if item.get("contactId"):
        asked += ["contact"] if item.get("companyId") else ["contact", "of_contact"]
    return _hidden(asked, answers)


def _hidden(asked: Sequence[str], answers: Outcomes) -> list[Text]:
    errors = [answers.errors[name] for name in asked if name in answers.errors]
    return list({right.en: right for error in errors if (right := missing(error))}.values())


def requisites_where(filter: dict[str, Any]) -> Command:
    by_country = {field for _, field in _FOREIGN.values()} - {"RQ_INN"}
    numbers = ["RQ_INN", "RQ_KPP", "RQ_OGRN", "RQ_OGRNIP", *sorted(by_country)]
    select = ["ID", "NAME", "XML_ID", *numbers, "RQ_COMPANY_NAME"]
    return ("crm.requisite.list", {"filter": filter, "select": select, "order": {"ID": "ASC"}})


def is_sole_trader(firm: FirmNumber) -> bool:
    return firm.country == RUSSIA and len(firm.number) == 12
