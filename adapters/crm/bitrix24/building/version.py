"""Whether a portal's version is new enough: one in a company's own house may be years old."""

from adapters.crm.bitrix24 import codes
from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.building.seen import Survey
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.faults import PortalRefused
from domain.words import Text

TOO_OLD = Text(
    ru="версия портала не умеет называть поля по их кодам (параметр «useOriginalUfNames»), а без этого стол не читает и не пишет полей",
    en="this version of the portal can't name fields by their codes (useOriginalUfNames): without that the desk reads and writes none",
)
UPDATE = Text(
    ru="Обновите модуль CRM портала до версии, где методы «crm.item.*» знают этот параметр.",
    en="Update the portal's crm module to a version whose crm.item.* methods know this parameter.",
)


async def is_too_old(portal: Portal, survey: Survey) -> bool:
    """Seen by how it names the desk's own fields on a deal, whichever; a portal without any is not judged yet."""
    if not survey.deal_fields:
        return False
    some = {"entityTypeId": codes.DEAL, "select": ["id"], "order": {"id": "DESC"}, "start": -1}
    try:
        deals = rows((await portal.call("crm.item.list", some)).result, "items")
        if not deals:
            return False
        asked = {"entityTypeId": codes.DEAL, "id": deals[0]["id"], "useOriginalUfNames": "Y"}
        item = (await portal.call("crm.item.get", asked)).result["item"]
    except PortalRefused:  # no right to it, which is told elsewhere
        return False
    return not set(survey.deal_fields) & set(item)
