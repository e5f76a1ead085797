"""What our things are called in a portal: stable codes, the same in every portal, whatever people rename."""

import hashlib

from domain.words import LineStatus, Stage, Text

ORIGINATOR = "dealwright"
"""`originatorId` of whatever the desk makes; `originId` is then the desk's own name of it."""

FUNNEL_TITLE = Text(ru="Сделки с поставкой", en="Deals with delivery")

OURS = "DW_"
"""Codes of stages begin so that no portal has of itself: a funnel that has some is ours."""

DEAL_FIELDS = "UF_CRM_DEAL_DW_"
"""A portal takes no field for deals whose code begins otherwise than `UF_CRM_DEAL_`."""

DEAL, CONTACT, COMPANY = 2, 3, 4
"""entityTypeId of the portal's own types."""

LINES_MARK = "SKU"
"""The smart process that has a field of this name is ours."""

LONGEST = 50
"""Characters of a custom field's code, `UF_CRM_` included."""

DEAL_KINDS = (
    *("qualification", "order", "contract-revision", "mail-address", "deal-manager", "supplement"),
    "surplus",
)
"""Assignments whose forms are filled on the deal; those of all others on its lines."""

LINE_KINDS = (
    *("delivery-late", "delivery-amendment", "letter-of-credit", "customs-obligation", "security-return"),
    *("service-plan", "service-rendered"),
)
"""Of the assignments that the desk itself brings along, those whose forms are filled on a line. Those that may be open several times at once,
like a question or a refund, have no field of their own: they are answered by the link in the mail."""

DEAL_APPROVALS = ("contract", "cancellation", "amendment")

STAGES = {
    Stage.NEW: "NEW",
    Stage.CONTRACT_APPROVAL: "DW_CONTRACT",
    Stage.PREPAYMENT: "DW_PREPAY",
    Stage.ORDER_SENT: "DW_ORDERED",
    Stage.CUSTOMS: "DW_CUSTOMS",
    Stage.AT_WAREHOUSE: "DW_WAREHOUSE",
    Stage.SHIPPED: "DW_SHIPPED",
    Stage.PAID: "WON",
    Stage.LOST: "LOSE",
    Stage.CANCELLED: "DW_CANCELLED",
}

STATUSES = {
    LineStatus.AWAITING_RELEASE: "NEW",
    LineStatus.PROCESSING: "DW_PROCESSING",
    LineStatus.SENT: "DW_SENT",
    LineStatus.AT_CUSTOMS: "DW_CUSTOMS",
    LineStatus.AT_WAREHOUSE: "DW_WAREHOUSE",
    LineStatus.SHIPPED: "DW_SHIPPED",
    LineStatus.SETTLED: "SUCCESS",
    LineStatus.CANCELLED: "FAIL",
}

NONE = "dw-none"
"""XML_ID of the option that says that nothing is chosen: not every portal empties a field when it is told to."""

VOID = "void"
"""The field of a line that names those of its own which the portal did not empty."""

WAITING, APPROVE, REJECT = "waiting", "approve", "reject"
"""XML_ID of the options of an approval's field."""


def deal_field(name: str) -> str:
    return _fitted(f"{DEAL_FIELDS}{_upper(name)}")


def line_field(type_id: int, name: str) -> str:
    """`type_id`: the smart process's own id, not its entityTypeId."""
    return _fitted(f"UF_CRM_{type_id}_DW_{_upper(name)}")


def form_name(kind: str, field: str) -> str:
    """Of a form's field; to be given to `deal_field` or `line_field`."""
    return f"F_{kind}_{field}"


def answer_name(approval_kind: str) -> str:
    return f"A_{approval_kind}"


def comment_name(approval_kind: str) -> str:
    return f"N_{approval_kind}"


def stage_entity(category: int) -> str:
    """ENTITY_ID of the stages of a funnel of deals."""
    return f"DEAL_STAGE_{category}" if category else "DEAL_STAGE"


def bare(status_id: str) -> str:
    """A stage's code without its funnel's prefix."""
    return status_id.rpartition(":")[2]


def stage_id(category: int, stage: Stage) -> str:
    return f"C{category}:{STAGES[stage]}" if category else STAGES[stage]


def status_id(entity_type: int, category: int, status: LineStatus) -> str:
    return f"DT{entity_type}_{category}:{STATUSES[status]}"


def _upper(name: str) -> str:
    return name.upper().replace("-", "_").replace(".", "_")


def _fitted(code: str) -> str:
    """Too long a code ends in a digest, so that it is still the same everywhere, and still one of its kind."""
    if len(code) <= LONGEST:
        return code
    digest = hashlib.sha256(code.encode()).hexdigest()[:6].upper()
    return f"{code[: LONGEST - 7]}_{digest}"
