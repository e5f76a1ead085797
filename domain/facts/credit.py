"""What a client owes over all deals, looked up where a line asks the director for credit."""

from decimal import Decimal

from domain.facts.declare import FactData
from domain.words import Text


class CreditLookedUp(FactData):
    """In the line's currency, over so many `deals` in which something is owed. No `limit`: none is set in it. `debtor`: where that is not the
    client."""

    kind = "credit.looked_up"
    sentence = Text(
        ru="[{debtor}: ]долг по всем сделкам {owed}[, просрочено {overdue}] (сделок с долгом: {deals})[; лимит {limit}]",
        en="[{debtor}: ]{owed} is owed over all deals[, overdue {overdue}] (deals with something owed: {deals})[; the limit is {limit}]",
    )
    line_reports = True

    debtor: str = ""
    deals: int
    owed: Decimal
    overdue: Decimal | None = None
    limit: Decimal | None = None
    currency: str


class CreditUnknown(FactData):
    """The records did not answer in time: the director is asked all the same."""

    kind = "credit.unknown"
    sentence = Text(
        ru="сколько клиент должен, узнать не удалось: записи не ответили",
        en="what the client owes could not be looked up: the records did not answer",
    )
    line_reports = True
