"""Which of a portal's funnels is the desk's. A funnel keeps no key, so it is known by its stages: their codes nobody can rename."""

from typing import Any, NamedTuple

from adapters.crm.bitrix24 import codes
from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.client import Portal


class Funnel(NamedTuple):
    """`stages` as `crm.status.list` has them."""

    id: int
    name: str
    stages: list[dict[str, Any]]

    @property
    def own_stages(self) -> int:
        return sum(codes.bare(str(stage["STATUS_ID"])).startswith(codes.OURS) for stage in self.stages)


async def deal_funnels(portal: Portal) -> list[Funnel]:
    listed = rows((await portal.call("crm.category.list", {"entityTypeId": codes.DEAL})).result, "categories")
    asked = {
        f"f{category['id']}": (
            "crm.status.list",
            {"filter": {"ENTITY_ID": codes.stage_entity(int(category["id"]))}, "order": {"SORT": "ASC"}},
        )
        for category in listed
    }
    found = await portal.many(asked)
    return [Funnel(int(c["id"]), str(c["name"]), rows(found.result(f"f{c['id']}"))) for c in listed]


def with_our_stages(funnels: list[Funnel]) -> Funnel | None:
    """Of several, the one that has most of them; then the oldest."""
    ours = [funnel for funnel in funnels if funnel.own_stages]
    return min(ours, key=lambda funnel: (-funnel.own_stages, funnel.id), default=None)


def begun(funnels: list[Funnel]) -> Funnel | None:
    """Ours by its name: it has been made, and its stages not yet."""
    named = [f for f in funnels if f.name in (codes.FUNNEL_TITLE.ru, codes.FUNNEL_TITLE.en)]
    return min(named, key=lambda funnel: funnel.id, default=None)
