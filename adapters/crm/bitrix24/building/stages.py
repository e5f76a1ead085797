"""Funnels and their stages: the portal fills a new one with stages of its own, which make way for ours."""

from collections.abc import Iterator, Mapping, Sequence

from adapters.crm.bitrix24 import codes
from adapters.crm.bitrix24.blueprint import StagePlan
from adapters.crm.bitrix24.building.seen import SeenStage
from adapters.crm.bitrix24.building.steps import Item, Note, Part, Step
from domain.words import Language, Text

READY_MADE = {"PREPARATION", "PREPAYMENT_INVOICE", "EXECUTING", "FINAL_INVOICE", "APOLOGY", "CLIENT"}
"""Codes of stages that the portal puts into a new funnel and that are not ours. Those that people add begin with UC_."""


def plan_stages(
    part: Part,
    wanted: Sequence[StagePlan],
    seen: Mapping[str, SeenStage] | None,
    entity: str,
    prefix: str,
    language: Language,
) -> Iterator[Item]:
    """`seen` None: there is no funnel yet. The last stages come first: the portal adds none behind its success."""
    if seen is None:
        for stage in wanted:
            yield Step(part, _add(stage, language), "crm.status.add", None)
        return
    absent = [stage for stage in wanted if stage.code not in seen]
    new = not any(stage.code.startswith(codes.OURS) for stage in wanted if stage not in absent)
    for stage in reversed(wanted):
        if stage.code in seen:
            found = seen[stage.code]
            yield from _kept(part, stage, found, found.own_name or new, bool(absent), language)
    if absent:
        yield from _cleared(part, seen)
    for stage in absent:
        fields = {
            "ENTITY_ID": entity,
            "STATUS_ID": f"{prefix}{stage.code}",
            "NAME": stage.label.to(language),
            "SORT": stage.sort,
            "COLOR": stage.colour,
            "SEMANTICS": stage.semantics,
        }
        yield Step(part, _add(stage, language), "crm.status.add", {"fields": fields})


def _kept(
    part: Part, stage: StagePlan, seen: SeenStage, unnamed: bool, building: bool, language: Language
) -> Iterator[Item]:
    """`unnamed`: by nobody yet. While stages are missing, those that are there move, so that ours fit in between."""
    named = seen.name in (stage.label.ru, stage.label.en)
    fresh = unnamed and not named
    changes: dict[str, str | int] = {}
    if fresh:
        changes = {"NAME": stage.label.to(language), "COLOR": stage.colour}
    if seen.sort != stage.sort and (building or fresh):
        changes["SORT"] = stage.sort
    if changes:
        said = f"«{seen.name}» → «{changes['NAME']}»" if fresh else f"«{seen.name}»"
        words = Text(ru=f"подготовить стадию {said}", en=f"prepare the stage {said}")
        yield Step(part, words, "crm.status.update", {"id": seen.id, "fields": changes})
    if not named and not fresh:
        words = Text(
            ru=f"стадию «{stage.label.ru}» переименовали в «{seen.name}»: так и останется",
            en=f"the stage “{stage.label.en}” was renamed to “{seen.name}”: it stays so",
        )
        yield Note(part, words)


def _cleared(part: Part, seen: Mapping[str, SeenStage]) -> Iterator[Step]:
    """The portal itself refuses to remove a stage in which something stands."""
    for code, stage in seen.items():
        if code in READY_MADE:
            words = Text(
                ru=f"убрать стадию «{stage.name}», с которой портал создаёт воронки",
                en=f"remove the stage “{stage.name}” with which the portal makes funnels",
            )
            yield Step(part, words, "crm.status.delete", {"id": stage.id}, vital=False)


def _add(stage: StagePlan, language: Language) -> Text:
    return Text(ru=f"добавить стадию «{stage.label.ru}»", en=f"add the stage “{stage.label.en}”")
