"""Whether a portal is as the desk needs it: one finding for each part of it."""

from typing import NamedTuple

from adapters.crm.bitrix24.blueprint import blueprint
from adapters.crm.bitrix24.building.plan import plan
from adapters.crm.bitrix24.building.rights import advice
from adapters.crm.bitrix24.building.seen import Survey
from adapters.crm.bitrix24.building.steps import Part, Plan
from adapters.crm.bitrix24.building.survey import look
from adapters.crm.bitrix24.building.task_keys import KEPT, NOT_KEPT, keeps_task_keys
from adapters.crm.bitrix24.building.version import TOO_OLD, UPDATE, is_too_old
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.faults import PortalRefused
from domain.playbook.book import StaffedPlaybook
from domain.words import Text, join

MOST_TOLD = 5

RUN_SETUP = Text(ru="Запустите deal crm setup.", en="Run deal crm setup.")
IN_ORDER = Text(ru="в порядке", en="in order")
NO_LINES = Text(
    ru="нет: позиции — товары сделки, их ход — комментарии и поле «Позиции»",
    en="none: lines are product rows, told of in comments and in the field “Lines”",
)
IF_THE_PLAN_ALLOWS = Text(
    ru="Если тариф портала даёт смарт-процессы, его создаст deal crm setup.",
    en="If the portal's plan allows smart processes, deal crm setup makes it.",
)
_OF_LINES = (Part.STATUSES, Part.LINE_FIELDS)


class Finding(NamedTuple):
    """Not `ok`: the desk can't work so. `advice` may stand with what is ok too."""

    part: Part
    ok: bool
    words: Text
    advice: Text | None = None


async def check(portal: Portal, playbook: StaffedPlaybook, *, probe: bool = False) -> list[Finding]:
    """Changes nothing; but with `probe` it makes a task and removes it. Raises what `Portal.call` does."""
    survey = await look(portal, playbook)
    found = findings(survey, plan(blueprint(playbook), playbook, survey, bot_token=portal.bot_token))
    if survey.shut:
        return found
    if await is_too_old(portal, survey):
        found.append(Finding(Part.DEAL_FIELDS, False, TOO_OLD, UPDATE))
    return [*found, await _probed(portal, survey.admin)] if probe else found


async def _probed(portal: Portal, admin: bool) -> Finding:
    try:
        return Finding(Part.TASKS, True, KEPT if await keeps_task_keys(portal) else NOT_KEPT)
    except PortalRefused as refused:
        return Finding(Part.TASKS, False, Text(ru=str(refused), en=str(refused)), advice(str(refused), admin))


def findings(survey: Survey, left: Plan) -> list[Finding]:
    if survey.shut:
        return [_finding(Part.RIGHTS, left)]
    lineless = survey.lines is None and "lines" not in survey.hidden
    parts = [part for part in Part if part is not Part.TASKS and not (lineless and part in _OF_LINES)]
    return [
        Finding(part, True, NO_LINES, IF_THE_PLAN_ALLOWS)
        if lineless and part is Part.LINES
        else _finding(part, left)
        for part in parts
    ]


def _finding(part: Part, left: Plan) -> Finding:
    steps = [step for step in left.steps if step.part is part]
    troubles = [trouble for trouble in left.troubles if trouble.part is part]
    notes = [note.words for note in left.notes if note.part is part]
    ok = all(not step.vital for step in steps) and all(not trouble.vital for trouble in troubles)
    words = [trouble.words for trouble in troubles] + [step.words for step in steps]
    advice = [trouble.advice for trouble in troubles] + ([RUN_SETUP] if steps else [])
    return Finding(part, ok, _joined(words + notes) if words or notes else IN_ORDER, _said(advice))


def _said(advice: list[Text]) -> Text | None:
    different = list({text.en: text for text in advice}.values())
    return join(different, " ") if different else None


def _joined(words: list[Text]) -> Text:
    told, more = words[:MOST_TOLD], len(words) - MOST_TOLD
    if more > 0:
        told.append(Text(ru=f"и ещё {more}", en=f"and {more} more"))
    return join(told, "; ")
