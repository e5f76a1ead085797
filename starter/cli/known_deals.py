"""Before money is sent to another deal: what the records know of that deal. For certain it says itself, once the money comes."""

from typing import TYPE_CHECKING, Any

from domain.words import Text
from starter.cli.output import note

if TYPE_CHECKING:
    from domain.deal.state import DealState
    from starter.cli.at_deal import AtDeal

_NOT_NOW = Text(
    ru="Записи сейчас недоступны: возьмёт ли деньги другая сделка, станет ясно, когда они придут.",
    en="The records can't be reached now: whether the other deal takes the money is seen once it comes.",
)
_UNKNOWN = Text(
    ru="Сделки {deal} нет: проверьте номер, deal list.", en="There is no deal {deal}: see deal list."
)
_CLOSED = Text(
    ru="Сделка {deal} закрыта: её деньги больше не меняются.",
    en="Deal {deal} is closed: its money does not change any more.",
)
_CURRENCY = Text(
    ru="Сделку {deal} оплачивают в {theirs}, а эти деньги в {ours}: верните их клиенту, deal money refund.",
    en="Deal {deal} is paid in {theirs}, and this money is in {ours}: return it to the client, deal money refund.",
)
_LINE = Text(
    ru="В сделке {deal} нет позиции {line}, за которую можно платить.",
    en="Deal {deal} has no line {line} that could be paid for.",
)


def takes_money(at: "AtDeal", content: dict[str, Any]) -> dict[str, Any]:
    """The content of a `move`, as it is. Raises RefusedError where the other deal would not take it."""
    if number := content.get("to_deal"):
        _check(at, str(number), content.get("line"))
    return content


def takes_surplus(at: "AtDeal", content: dict[str, Any]) -> dict[str, Any]:
    """The same for answers, those to `surplus` among them."""
    from domain.playbook.form_answers import kept
    from domain.playbook.kinds import SURPLUS

    asked = str(content["assignment"])
    process = next((p for p in at.snapshot.processes if asked in p.assignments), None)
    if process is not None and process.assignments[asked].kind == SURPLUS:
        answers = kept(at.form(asked), content["fields"])
        if answers.get("outcome") == "another-deal" and (number := answers.get("to_deal")):
            _check(at, number, None)
    return content


def _check(at: "AtDeal", number: str, line: int | None) -> None:
    from domain.wording import currency, typed, worded
    from records.errors import RecordsUnavailable
    from starter.cli.opening import open_records, settings_here
    from starter.errors import RefusedError

    ours = at.snapshot.deal
    if number == ours.deal:
        return  # the deal itself has words for that
    try:
        with open_records(settings_here().database_url) as records:
            found = records.snapshot(number)
    except RecordsUnavailable:
        return note(_NOT_NOW.to(at.language))
    about: dict[str, Any] = {"deal": typed(number), "line": line}
    if found is None:
        raise RefusedError(worded(ru=_UNKNOWN.ru, en=_UNKNOWN.en, **about))
    theirs = found[0]
    if theirs.stage.final:
        raise RefusedError(worded(ru=_CLOSED.ru, en=_CLOSED.en, **about))
    if theirs.pays_in != ours.pays_in:
        about |= {"theirs": currency(theirs.pays_in), "ours": currency(ours.pays_in)}
        raise RefusedError(worded(ru=_CURRENCY.ru, en=_CURRENCY.en, **about))
    if line is not None and line not in _payable(theirs):
        raise RefusedError(worded(ru=_LINE.ru, en=_LINE.en, **about))


def _payable(deal: "DealState") -> set[int]:
    return {line.number for line in deal.active_lines}
