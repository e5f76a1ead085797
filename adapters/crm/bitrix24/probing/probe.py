"""The probe from end to end: what is tried in which order, what stops it, and that all of it is removed, whatever happens."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple

from activities.errors import CrmUnavailable, WorldError
from adapters.crm.bitrix24.probing import cards, chat, structure, talk
from adapters.crm.bitrix24.probing.kit import Kit
from adapters.crm.bitrix24.probing.left_over import left_over
from adapters.crm.bitrix24.probing.made import Made
from adapters.crm.bitrix24.probing.refusals import named
from adapters.crm.bitrix24.probing.report import THING_LABELS, Check, Left, Report, Thing
from adapters.crm.bitrix24.probing.watched import SETTLED, Watched
from domain.playbook.book import StaffedPlaybook
from domain.words import Text


class Trial(NamedTuple):
    """`needs` must have been made before. Without what is not `vital` the desk works all the same."""

    thing: Thing
    run: Callable[[Kit], Awaitable[None]]
    needs: tuple[Thing, ...] = ()
    vital: bool = True


TRIALS = (
    Trial(Thing.RIGHTS, structure.rights),
    Trial(Thing.FUNNEL, structure.funnel),
    Trial(Thing.STAGE, structure.stage, (Thing.FUNNEL,)),
    Trial(Thing.FIELDS, structure.fields),
    Trial(Thing.TYPE, structure.smart_process),
    Trial(Thing.LIST, structure.reference_list, vital=False),
    Trial(Thing.DEAL, cards.deal, (Thing.FUNNEL,)),
    Trial(Thing.CLIENT, cards.client, (Thing.DEAL,)),
    Trial(Thing.ROW, cards.row, (Thing.DEAL,)),
    Trial(Thing.LINE, cards.line, (Thing.DEAL,)),
    Trial(Thing.TASK, talk.task, (Thing.DEAL,)),
    Trial(Thing.COMMENT, talk.comment, (Thing.DEAL,)),
    Trial(Thing.FILE, talk.file, (Thing.DEAL,)),
    Trial(Thing.NOTICE, talk.notice),
    Trial(Thing.BOT, chat.bot, vital=False),
    Trial(Thing.BATCH, talk.long_batch),
)
_WHOLE = Text(ru="проба до конца", en="tried to the end")
_LEFT = Text(ru="поиск того, что осталось от пробы", en="looking for what a probe left")


class Probe:
    """`report` may be read at any time, also after `run` was cancelled."""

    def __init__(
        self,
        portal: Watched,
        book: StaffedPlaybook,
        now: datetime,
        tell: Callable[[Check], None] = lambda check: None,
    ) -> None:
        self._portal = portal
        self._kit = Kit(portal, book, now, tell)
        self._removed = 0
        self._stays: dict[str, Left] = {}

    @property
    def report(self) -> Report:
        left = tuple(self._stays.get(key, Left(made, "")) for key, made in self._portal.made.items())
        return Report(self._portal.host, tuple(self._kit.checks), self._removed, left)

    async def run(self) -> Report:
        """Raises only what cancels it."""
        try:
            if await self._sweep():
                await self._try_all()
        finally:
            await self._remove()
        self._kit.waited()
        return self.report

    async def _sweep(self) -> bool:
        """What an earlier probe left goes first. False if the portal does not answer."""
        try:
            await self._clear(await left_over(self._portal))
        except WorldError as error:
            self._kit.refused(Thing.RIGHTS, _LEFT, error)
            return False
        return True

    async def _try_all(self) -> None:
        have: set[Thing] = set()
        for trial in TRIALS:
            if lacks := [THING_LABELS[thing] for thing in trial.needs if thing not in have]:
                self._kit.skip(trial.thing, lacks)
                continue
            try:
                await trial.run(self._kit)
            except WorldError as error:
                self._kit.refused(trial.thing, _WHOLE, error, vital=trial.vital)
                if _shut_out(error):
                    return
            if self._made(trial.thing):
                have.add(trial.thing)

    def _made(self, thing: Thing) -> bool:
        """What others need may be there though not all went well with it."""
        there = {Thing.FUNNEL: self._kit.category, Thing.DEAL: self._kit.found.id}
        return bool(there.get(thing, True))

    async def _remove(self) -> None:
        """What is known to stand there; and, if an answer was lost, whatever else is found."""
        await self._clear(list(self._portal.made.values()))
        if self._portal.unsure:
            await self._portal.sleep(SETTLED)
            try:
                await self._clear(await left_over(self._portal))
            except WorldError as error:
                self._kit.refused(Thing.RIGHTS, _LEFT, error)

    async def _clear(self, made: list[Made]) -> None:
        for one in made:
            self._portal.note(one)
        left = await self._portal.remove(made)
        self._removed += len(made) - len(left)
        self._stays |= {repr(one.made.removal): one for one in left}


_SHUT = ("no-rest", "bad-webhook", "expired", "no-employee", "overloaded", "unreachable")


def _shut_out(error: WorldError) -> bool:
    """Everything else would be answered alike."""
    known = named(error)
    return known.name in _SHUT if known else isinstance(error, CrmUnavailable)
