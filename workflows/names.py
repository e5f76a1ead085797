"""The names that workers, clients, tests and the compose file share: workflow types, ids and queues."""

DEAL_WORKFLOW = "Deal"
LINE_WORKFLOW = "OrderLine"
UPKEEP_WORKFLOW = "Upkeep"

UPKEEP_SCHEDULE = "dealwright-upkeep"

TASK_QUEUE = "dealwright"
CRM_QUEUE = "dealwright-crm"
MAIL_QUEUE = "dealwright-mail"

ASKED_TOO_EARLY = "asked too early"
"""How a query fails that is to be asked again at once: see `workflows.temporal.sandbox`."""


def deal_id(number: str) -> str:
    return f"deal-{number}"


def line_id(number: str, line: int) -> str:
    return f"deal-{number}-line-{line}"
