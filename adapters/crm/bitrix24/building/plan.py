"""What is still to be done in a portal, from what it must have and what it has. Pure; a plan without steps is a portal ready.

People may rename whatever they like, for all goes by codes: what they renamed is noted, and stays.
"""

from collections.abc import Iterator

from adapters.crm.bitrix24 import codes
from adapters.crm.bitrix24.blueprint import LINES_CODE, LINES_TITLE, Blueprint
from adapters.crm.bitrix24.building.bots import plan_bot
from adapters.crm.bitrix24.building.custom_fields import added, plan_fields
from adapters.crm.bitrix24.building.lists import plan_books
from adapters.crm.bitrix24.building.rights import TICK, advice
from adapters.crm.bitrix24.building.seen import SeenLines, Survey
from adapters.crm.bitrix24.building.stages import plan_stages
from adapters.crm.bitrix24.building.steps import Item, Note, Part, Plan, Step, Trouble
from adapters.crm.bitrix24.building.survey import CRM_DEAL, status_entity
from adapters.crm.bitrix24.client import Command
from domain.playbook.book import StaffedPlaybook
from domain.words import Text

_AREAS = {
    "funnel": Part.FUNNEL,
    "deal_fields": Part.DEAL_FIELDS,
    "lines": Part.LINES,
    "books": Part.BOOKS,
    "emails": Part.PEOPLE,
    "chat": Part.BOT,
}
_OPTIONAL = {"books", "emails", "chat"}


def plan(
    want: Blueprint, playbook: StaffedPlaybook, survey: Survey, *, smart: bool = True, bot_token: str = ""
) -> Plan:
    """Without `smart` processes in the portal's plan, lines stay product rows and comments."""
    items: list[Item] = list(_rights(survey))
    if survey.shut:
        return Plan.of(items)
    if "funnel" not in survey.hidden:
        items += _funnel(want, survey)
    if "deal_fields" not in survey.hidden:
        items += plan_fields(
            Part.DEAL_FIELDS, want.deal_fields, survey.deal_fields, CRM_DEAL, None, want.language
        )
    if smart and "lines" not in survey.hidden:
        items += _lines(want, survey.lines)
    if survey.books is not None:
        items += plan_books(want.books, survey.books, want.language)
    if "emails" not in survey.hidden:
        items += _people(playbook, survey)
    if "chat" not in survey.hidden:
        items += plan_bot(survey.chat, bot_token, want.language)
    return Plan.of(items)


def _rights(survey: Survey) -> Iterator[Item]:
    for scope in survey.lacks:
        words = Text(
            ru=f"у вебхука нет права {scope.name}: {scope.why.ru}",
            en=f"the webhook lacks the permission {scope.name}: {scope.why.en}",
        )
        yield Trouble(Part.RIGHTS, words, TICK, scope.vital)
    for area, said in survey.hidden.items():
        words = Text(ru=f"портал не показывает этого: {said}", en=f"the portal does not show it: {said}")
        yield Trouble(_AREAS[area], words, advice(said, survey.admin), vital=area not in _OPTIONAL)


def _funnel(want: Blueprint, survey: Survey) -> Iterator[Item]:
    funnel, language = survey.funnel, want.language
    if funnel is None:
        title = codes.FUNNEL_TITLE
        words = Text(ru=f"создать воронку «{title.ru}»", en=f"make the funnel “{title.en}”")
        yield Step(Part.FUNNEL, words, *new_funnel(title.to(language)))
    elif funnel.name not in (codes.FUNNEL_TITLE.ru, codes.FUNNEL_TITLE.en):
        words = Text(
            ru=f"воронку переименовали в «{funnel.name}»: так и останется",
            en=f"the funnel was renamed to “{funnel.name}”: it stays so",
        )
        yield Note(Part.FUNNEL, words)
    entity = codes.stage_entity(funnel.id) if funnel else ""
    yield from plan_stages(Part.STAGES, want.stages, funnel and funnel.stages, entity, "", language)


def _lines(want: Blueprint, lines: SeenLines | None) -> Iterator[Item]:
    if lines is None:
        words = Text(
            ru=f"создать смарт-процесс «{LINES_TITLE.ru}»", en=f"make the smart process “{LINES_TITLE.en}”"
        )
        yield Step(Part.LINES, words, *new_smart_process(LINES_TITLE.to(want.language), LINES_CODE))
        for field in want.line_fields:
            yield Step(Part.LINE_FIELDS, added(field), "userfieldconfig.add", None)
        yield from plan_stages(Part.STATUSES, want.statuses, None, "", "", want.language)
        return
    entity = f"CRM_{lines.type_id}"
    yield from plan_fields(
        Part.LINE_FIELDS, want.line_fields, lines.fields, entity, lines.type_id, want.language
    )
    if lines.name not in (LINES_TITLE.ru, LINES_TITLE.en):
        words = Text(
            ru=f"смарт-процесс переименовали в «{lines.name}»: так и останется",
            en=f"the smart process was renamed to “{lines.name}”: it stays so",
        )
        yield Note(Part.LINES, words)
    funnel = lines.funnel
    if funnel is None:
        words = Text(ru="включить стадии у смарт-процесса", en="switch on the stages of the smart process")
        params = {"id": lines.type_id, "fields": {"isStagesEnabled": "Y"}}
        yield Step(Part.LINES, words, "crm.type.update", params)
    prefix = f"DT{lines.entity_type}_{funnel.id}:" if funnel else ""
    stages = status_entity(lines.entity_type, funnel.id) if funnel else ""
    yield from plan_stages(
        Part.STATUSES, want.statuses, funnel and funnel.stages, stages, prefix, want.language
    )


def new_funnel(title: str) -> Command:
    return "crm.category.add", {"entityTypeId": codes.DEAL, "fields": {"name": title, "sort": 100}}


def new_smart_process(title: str, code: str) -> Command:
    """`relations` and `linkedUserFields` take "true", not "Y" (crm.type.add). With products on, items have an amount."""
    fields = {
        "title": title,
        "code": code,
        "isStagesEnabled": "Y",
        "isAutomationEnabled": "Y",
        "isLinkWithProductsEnabled": "Y",
        "isRecyclebinEnabled": "Y",
        "isSetOpenPermissions": "Y",
        "isUseInUserfieldEnabled": "Y",
        "linkedUserFields": {"TASKS_TASK|UF_CRM_TASK": "true"},
        "relations": {"parent": [{"entityTypeId": codes.DEAL, "isChildrenListEnabled": "true"}]},
    }
    return "crm.type.add", {"fields": fields}


def _people(playbook: StaffedPlaybook, survey: Survey) -> Iterator[Item]:
    strangers = [id for id, person in playbook.people.items() if person.email.lower() not in survey.emails]
    if strangers:
        named = ", ".join(strangers)
        yield Trouble(
            Part.PEOPLE,
            Text(
                ru=f"нет сотрудников портала с почтой из регламента: {named}",
                en=f"no users of the portal have the e-mail that the playbook has of {named}",
            ),
            Text(
                ru="Пригласите сотрудников с этой почтой или исправьте её в регламенте: иначе задачи и уведомления им не придут.",
                en="Invite users of these e-mails, or correct them in the playbook: else tasks and notices do not reach them.",
            ),
            vital=False,
        )
