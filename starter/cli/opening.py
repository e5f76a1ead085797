"""What a command opens first: settings as the running stack has them, a desk, records, the playbook."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.deal.state import DealState, LineState
    from domain.deferred import Deferred
    from domain.goods.register import GoodsRegister
    from domain.playbook.book import StaffedPlaybook
    from records.queries import RecordQueries
    from starter.cli.options import Lang
    from starter.desk import DealDesk
    from starter.settings import Settings

SHARED = ("database_url", "playbook", "people", "pace")


def settings_here() -> "Settings":
    """The settings; what was not set is as the stack that runs on this home was started with."""
    from starter.settings import Settings, load_settings
    from starter.stack.home import read_stack

    settings = load_settings()
    stack = read_stack(settings.home)
    if stack is None:
        return settings
    unset = Settings.model_construct(_fields_set=set(), home=settings.home)
    theirs = {
        name: getattr(stack, name) for name in SHARED if getattr(settings, name) == _default(unset, name)
    }
    return settings.model_copy(update=theirs)


def _default(unset: "Settings", name: str) -> object:
    return f"sqlite:///{unset.home / 'records.db'}" if name == "database_url" else getattr(unset, name)


async def open_desk(settings: "Settings", lang: "Lang") -> "DealDesk":
    """Raises UnreachableError when no server answers."""
    from starter.connection import connect
    from starter.desk import DealDesk

    return DealDesk(await connect(settings), archive=_LazyRecords(settings), language=lang.language)


class _LazyRecords:
    """The desk's archive. Few commands ask it, so few pay for importing it."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings

    def highest_number(self) -> int:
        with open_records(self._settings.database_url) as records:
            return records.highest_number()

    def snapshot(self, deal: str) -> "tuple[DealState, list[LineState]] | None":
        with open_records(self._settings.database_url) as records:
            return records.snapshot(deal)

    def deferred(self, deal: str) -> "dict[str, list[Deferred]]":
        with open_records(self._settings.database_url) as records:
            return records.deferred(deal)


@contextmanager
def open_records(database_url: str) -> Iterator["RecordQueries"]:
    from records.queries import RecordQueries

    records = RecordQueries(database_url)
    try:
        yield records
    finally:
        records.close()


def open_playbook(settings: "Settings") -> "StaffedPlaybook":
    """Raises BadPlaybook with every problem in it."""
    from datetime import UTC, datetime

    from activities.playbook import load_playbook

    today = datetime.now(UTC).date()
    return load_playbook(settings.playbook, today=today, pace=settings.pace, people=settings.people)


def open_goods(settings: "Settings") -> "GoodsRegister":
    """The register of goods of today. Raises BadFile with every problem in it."""
    from activities.goods import load_goods

    return load_goods(settings.playbook)
