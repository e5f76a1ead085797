"""The system fields of each kind of CRM item, and which are the portal's own to write."""

from tests.doubles.bitrix24.state import COMPANY, CONTACT, DEAL, LEAD

READ_ONLY = {
    "id", "createdTime", "updatedTime", "createdBy", "updatedBy", "movedBy", "movedTime", "stageSemanticId", "closed",
    "isNew", "lastActivityBy", "lastActivityTime", "previousStageId", "entityTypeId", "hasPhone", "hasEmail",
}  # fmt: skip

_ALL = {
    "id": "int",
    "createdTime": "datetime",
    "updatedTime": "datetime",
    "createdBy": "int",
    "updatedBy": "int",
    "assignedById": "int",
    "opened": "bool",
    "title": "str",
    "lastActivityBy": "int",
    "lastActivityTime": "datetime",
    "utmSource": "str",
    "utmMedium": "str",
    "utmCampaign": "str",
    "utmContent": "str",
    "utmTerm": "str",
    "observers": "ints",
    "sourceId": "str",
    "sourceDescription": "str",
    "webformId": "int",
}
_STAGED = {
    "stageId": "stage",
    "movedBy": "int",
    "movedTime": "datetime",
    "companyId": "int",
    "contactId": "int",
    "contactIds": "ints",
    "opportunity": "double",
    "isManualOpportunity": "bool",
    "currencyId": "str",
}
_FUNNEL = {"categoryId": "int", "begindate": "date", "closedate": "date", "taxValue": "double"}
_ORIGIN = {"originatorId": "str", "originId": "str"}
_PERSON = {"name": "str", "secondName": "str", "lastName": "str", "post": "str", "honorific": "str"}

FIELDS: dict[int, dict[str, str]] = {
    LEAD: _ALL | _STAGED | _ORIGIN | _PERSON
    | {"stageSemanticId": "str", "comments": "str", "companyTitle": "str", "fm": "fm", "hasPhone": "bool", "hasEmail": "bool"},
    DEAL: _ALL | _STAGED | _FUNNEL | _ORIGIN
    | {
        "stageSemanticId": "str", "isNew": "bool", "closed": "bool", "typeId": "str", "probability": "int",
        "comments": "str", "leadId": "int", "quoteId": "int", "locationId": "str", "additionalInfo": "str",
    },
    CONTACT: _ALL | _ORIGIN | _PERSON
    | {"typeId": "str", "comments": "str", "companyId": "int", "companyIds": "ints", "fm": "fm", "hasPhone": "bool", "hasEmail": "bool"},
    COMPANY: _ALL | _ORIGIN
    | {"typeId": "str", "comments": "str", "industry": "str", "contactIds": "ints", "fm": "fm", "hasPhone": "bool", "hasEmail": "bool"},
}  # fmt: skip

SMART = _ALL | _STAGED | _FUNNEL | {"xmlId": "str", "previousStageId": "str", "mycompanyId": "int"}
"""Smart processes have `xmlId`, and neither `originId` nor `stageSemanticId`."""

DEAL_STAGES = [
    ("NEW", "Новая", 10, "", True),
    ("PREPARATION", "Подготовка документов", 20, "", False),
    ("PREPAYMENT_INVOICE", "Счёт на предоплату", 30, "", False),
    ("EXECUTING", "В работе", 40, "", False),
    ("FINAL_INVOICE", "Финальный счёт", 50, "", False),
    ("WON", "Сделка успешна", 60, "S", True),
    ("LOSE", "Сделка провалена", 70, "F", True),
    ("APOLOGY", "Анализ причины провала", 80, "F", False),
]
SMART_STAGES = [
    ("NEW", "Начало", 10, "", True),
    ("PREPARATION", "Подготовка", 20, "", False),
    ("CLIENT", "Согласование", 30, "", False),
    ("SUCCESS", "Успех", 40, "S", True),
    ("FAIL", "Провал", 50, "F", True),
]
LEAD_STAGES = [
    ("NEW", "Не обработан", 10, "", True),
    ("IN_PROCESS", "В работе", 20, "", False),
    ("CONVERTED", "Качественный лид", 30, "S", True),
    ("JUNK", "Некачественный лид", 40, "F", True),
]
PRESETS = {"COMPANY": "Организация", "INDIVIDUAL": "ИП", "PERSON": "Физ. лицо"}
"""Templates of requisites of a Russian portal."""
USER_TYPES = {
    "string", "integer", "double", "boolean", "enumeration", "date", "datetime", "money", "url", "address", "employee",
    "crm", "crm_status", "file",
}  # fmt: skip
SWITCHES = (
    "Categories", "Stages", "BeginCloseDates", "Client", "UseInUserfield", "LinkWithProducts", "Mycompany", "Documents",
    "Source", "Observers", "Recyclebin", "Automation", "BizProc", "SetOpenPermissions", "Payments", "Counters",
)  # fmt: skip


def read_only(entity_type: int) -> set[str]:
    """Which form a deal came by is the portal's to say; of a lead one may write it."""
    return READ_ONLY if entity_type == LEAD else {*READ_ONLY, "webformId"}


def system_fields(entity_type: int) -> dict[str, str]:
    return FIELDS.get(entity_type) or SMART
