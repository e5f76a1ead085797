"""What deals can be found by in the Temporal Web UI."""

from temporalio.common import SearchAttributeKey

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
