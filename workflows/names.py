"""The names that workers, clients, tests and the compose file share: ids, queues, search attributes."""

from temporalio.common import SearchAttributeKey

DEAL_WORKFLOW = "Deal"
LINE_WORKFLOW = "OrderLine"
UPKEEP_WORKFLOW = "Upkeep"

UPKEEP_SCHEDULE = "dealwright-upkeep"

TASK_QUEUE = "dealwright"
CRM_QUEUE = "dealwright-crm"
MAIL_QUEUE = "dealwright-mail"

ASKED_TOO_EARLY = "asked too early"
"""How a query fails that is to be asked again at once: see `workflows.sandbox`."""

DEAL_NUMBER = SearchAttributeKey.for_keyword("DealNumber")
DEAL_STAGE = SearchAttributeKey.for_keyword("DealStage")
DEAL_MANAGER = SearchAttributeKey.for_keyword("DealManager")
DEAL_LINE_STATUSES = SearchAttributeKey.for_keyword_list("DealLineStatuses")
DEAL_AWAITING = SearchAttributeKey.for_keyword_list("DealAwaiting")
DEAL_DUE_AT = SearchAttributeKey.for_datetime("DealDueAt")
DEAL_OVERDUE = SearchAttributeKey.for_bool("DealOverdue")
DEAL_AMOUNT = SearchAttributeKey.for_float("DealAmount")

SEARCH_ATTRIBUTES = (
    DEAL_NUMBER,
    DEAL_STAGE,
    DEAL_MANAGER,
    DEAL_LINE_STATUSES,
    DEAL_AWAITING,
    DEAL_DUE_AT,
    DEAL_OVERDUE,
    DEAL_AMOUNT,
)
"""Ids, codes and amounts only: search attributes are never encrypted, so they hold no personal data.

SQL stores have room for 10 keywords and 3 of every other type.
"""


def deal_id(number: str) -> str:
    return f"deal-{number}"


def line_id(number: str, line: int) -> str:
    return f"deal-{number}-line-{line}"
