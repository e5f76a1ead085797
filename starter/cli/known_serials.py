"""A hint before serial numbers are sent: those that other lines have, and where. For certain the deal asks later."""

from typing import TYPE_CHECKING, Any

from domain.words import Text
from starter.cli.output import note

if TYPE_CHECKING:
    from starter.cli.at_deal import AtDeal


_NOT_NOW = Text(
    ru="Записи сейчас недоступны: серийные номера сверят, когда они вернутся.",
    en="The records can't be reached now: the serial numbers are compared once they are back.",
)


def warned_of_serials(at: "AtDeal", content: dict[str, Any]) -> dict[str, Any]:
    """The content as it is; what is typed twice, or known elsewhere, is said on the way."""
    from domain.deal.pieces import serials_said
    from domain.deal.state import LineState
    from domain.view.serial_words import there_already
    from records.errors import RecordsUnavailable
    from records.queries import RecordQueries
    from starter.cli.opening import settings_here

    asked = str(content["assignment"])
    process = next((p for p in at.snapshot.processes if asked in p.assignments), None)
    if not isinstance(process, LineState):
        return content
    kind = process.assignments[asked].kind
    if not (serials := serials_said(process, kind, at.form(asked), content["fields"])):
        return content
    queries = RecordQueries(settings_here().database_url)
    try:
        found = queries.serials_known(process.good.sku, serials, process.deal, process.number)
    except RecordsUnavailable:
        note(_NOT_NOW.to(at.language))
        return content
    finally:
        queries.close()
    for one in found:
        if one.deal == process.deal:
            continue  # the line itself knows these, and refuses them
        note(there_already(one).to(at.language))
    return content
