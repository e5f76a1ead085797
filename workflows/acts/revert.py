"""What somebody did in the CRM does not count: the CRM is put right, with a comment that says what is missing."""

from typing import NamedTuple

from domain.deal.messages import Revert
from domain.deal.open_items import open_items
from domain.facts import CrmReturned
from domain.refusals import Refusal
from domain.view.item_words import tell_item
from domain.wording import typed, worded
from domain.words import Language, Stage, Text
from workflows.acts.ask import APPROVAL
from workflows.acts.complete import ASSIGNMENT
from workflows.deal_case import DealCase
from workflows.inbox import Effect

_MISSING: tuple[tuple[str, Language], ...] = (("не хватает", "ru"), ("missing", "en"))
MOST_MISSING = 5  # things named in one comment


class Done(NamedTuple):
    """What somebody did in the CRM, and what of the desk it was about."""

    id: str
    what: Text


def revert(deal: DealCase, message: Revert) -> Effect:
    done = _DONE.get(message.what, _question_closed)(deal, message)

    def effect() -> Text:
        reason = _why_not(deal, message)
        deal.record(CrmReturned(done=message.what, id=done.id, did=message.by, what=done.what, reason=reason))
        return Text(ru="В CRM возвращено как было", en="The CRM is put right")

    return effect


def _stage_moved(deal: DealCase, message: Revert) -> Done:
    here = deal.state.stage
    if message.subject == here:
        raise Refusal(
            "already", en="the deal is in “{stage}” itself", ru="сделка и так в стадии «{stage}»", stage=here
        )
    what = worded(
        ru="стадия «{moved}», сделка остаётся в «{here}»",
        en="stage “{moved}”, the deal stays in “{here}”",
        moved=Stage(message.subject) if message.subject in set(Stage) else message.subject,
        here=here,
    )
    return Done(message.subject, what)


def _taken_away(deal: DealCase, message: Revert) -> Done:
    what = Text(
        ru=f"карточка переведена в другую воронку («{message.subject}») и возвращена: сделку ведёт стол",
        en=f"the card was moved to another funnel (“{message.subject}”) and is back: the desk has the deal",
    )
    return Done(message.subject, what)


def _handed_over(deal: DealCase, message: Revert) -> Done:
    to, stays = deal.desk.name(message.subject), deal.desk.name(deal.state.manager)
    what = Text(
        ru=f"ответственный {to}, сделку ведёт {stays}", en=f"{to} as responsible, {stays} has the deal"
    )
    return Done(message.subject, what)


def _line_touched(deal: DealCase, message: Revert) -> Done:
    line = next((line for line in deal.state.lines.values() if str(line.number) == message.subject), None)
    if line is None:
        raise Refusal(
            "not_found",
            en="the deal has no line {id}",
            ru="в сделке нет позиции {id}",
            id=typed(message.subject),
        )
    name = line.good.name
    return Done(
        message.subject, Text(ru=f"позиция {line.number}, «{name}»", en=f"line {line.number}, “{name}”")
    )


def _question_closed(deal: DealCase, message: Revert) -> Done:
    id = message.subject.partition("@")[0]
    for process in (deal.state, *deal.state.lines.values()):
        if question := process.assignments.get(id) or process.approvals.get(id):
            return Done(id, Text(ru=f"«{question.title.ru}»", en=f"“{question.title.en}”"))
    what = ASSIGNMENT if message.what == "task" else APPROVAL
    raise Refusal(
        "not_found",
        en="the deal has no {what} {id}",
        ru="в сделке нет {what} {id}",
        what=what,
        id=typed(id),
    )


_DONE = {"stage": _stage_moved, "funnel": _taken_away, "manager": _handed_over, "line": _line_touched}


def _why_not(deal: DealCase, message: Revert) -> Text | None:
    """As the message says; of a stage the deal knows best what is missing."""
    ru, en = message.reason_ru or message.reason_en, message.reason_en or message.reason_ru
    if message.what == "stage" and not ru:
        items = open_items(deal.state)[:MOST_MISSING]
        ru, en = (
            f"{missing}: {'; '.join(tell_item(deal.state, item, language) for item in items)}"
            for missing, language in _MISSING
        )
    return Text(ru=ru, en=en) if ru else None
