"""Serial numbers that another line has too: the warehouse is asked about each once, until it is corrected or explained. The
deal does not wait for it: whose number is wrong may be found in the other deal."""

from collections.abc import Collection

from domain.deal.open_items import is_over
from domain.deal.state import DealState
from domain.facts import SerialRepeated
from domain.playbook.kinds import SERIAL_NUMBER
from domain.serials import SerialElsewhere, folded
from domain.wording import typed, worded
from domain.words import Text
from workflows.case import Case

NOT_THERE = Text(ru="номер исправлен", en="the number is corrected")


def serials_found(deal: Case[DealState], lines: Collection[int], found: Collection[SerialElsewhere]) -> None:
    """What the records know of the serial numbers of these lines, which they have just been told."""
    state = deal.state
    if is_over(state):
        return
    there = {_key(one) for one in found}
    for id, known in state.serials.items():
        asked = state.assignments[id]
        if known.line in lines and not asked.closed and _key(known) not in there:
            deal.withdraw(asked, NOT_THERE)
    asked_about = {_key(one) for id, one in state.serials.items() if not state.assignments[id].withdrawn}
    for one in found:
        if _key(one) not in asked_about:
            _ask(deal, one)
            asked_about.add(_key(one))


def _key(one: SerialElsewhere) -> tuple[int, str, str, int]:
    return one.line, folded(one.serial), one.deal, one.at_line


def _ask(deal: Case[DealState], one: SerialElsewhere) -> None:
    deal.record(SerialRepeated(**one.model_dump(include={"line", "serial", "deal", "at_line", "status"})))
    title = worded(
        ru="Серийный номер {serial} позиции {line} уже есть: сделка {deal}, позиция {at_line}, {status}",
        en="Serial number {serial} of line {line} is there already: deal {deal}, line {at_line}, {status}",
        serial=typed(one.serial),
        line=one.line,
        deal=one.deal,
        at_line=one.at_line,
        status=one.status,
    )
    asked = deal.open(SERIAL_NUMBER, round=len(deal.state.serials) + 1, title=title)
    deal.state.serials[asked.id] = one
