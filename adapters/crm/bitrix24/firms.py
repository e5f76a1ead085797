"""Requisites of a client's firm: which of several, by which template, and with which numbers."""

from collections.abc import Sequence
from typing import Any

from activities.errors import CrmRefused
from adapters.crm.bitrix24.answers import Outcomes, rows
from adapters.crm.bitrix24.client import Command
from adapters.crm.bitrix24.codes import DEAL
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.rights import missing
from domain.words import Text

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
    return next((r for r in own if r.get("RQ_INN")), {})


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
    select = ["ID", "NAME", "RQ_INN", "RQ_KPP", "RQ_OGRN", "RQ_OGRNIP", "RQ_COMPANY_NAME"]
    return ("crm.requisite.list", {"filter": filter, "select": select, "order": {"ID": "ASC"}})


def is_sole_trader(inn: str) -> bool:
    return len(inn) == 12
