"""What a line tells its deal."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from domain.deal.line_reports import KEPT_BY_ID, LineChange, LineReport
from domain.deal.state import LineState
from domain.facts import heads
from workflows.host import Host, Unreachable

LONGEST_PAUSE = timedelta(minutes=10)


class Reports:
    """Tells the deal, in order, all that is new at once; one that can't be reached is tried again for as long as it takes."""

    def __init__(self, state: LineState, host: Host, quiet: Callable[[], bool]) -> None:
        """`quiet`: whether the line has done all that it can do at this moment."""
        self._state, self._host, self._quiet = state, host, quiet
        self._reported: Mapping[str, str] = {}
        self._draining = self._sending = self._whole = False

    def begin(self) -> None:
        self._loop = self._host.background(self._report())

    def report_all(self) -> None:
        """The next report is whole, and goes out at once: the deal has heard something else than this line has told."""
        self._whole = self._state.untold = True

    async def drain(self) -> None:
        """A report under way is finished; what could not be delivered goes along into the next run."""
        self._draining = True
        await self._host.wait(lambda: not self._sending)
        self._loop.cancel()

    async def _report(self) -> None:
        pause = timedelta(seconds=1)
        while True:
            await self._host.wait(lambda: self._something_new and not self._draining and self._quiet())
            if await self._send():
                pause = timedelta(seconds=1)
            elif self._state.status.final:
                self._state.unreported.clear()
                self._state.untold = False  # both have ended: nobody is left to tell
            else:
                await self._host.wait(lambda: False, self._host.now + pause, "the deal can't be reached")
                pause = min(pause * 2, LONGEST_PAUSE)

    @property
    def _something_new(self) -> bool:
        return bool(self._state.unreported) or self._state.untold

    async def _send(self) -> bool:
        facts = tuple(self._state.unreported)
        whole = self._whole or not self._reported
        change, reported = self._change({} if whole else self._reported)
        number, after = self._state.number, self._state.reported_digest
        parts = tuple(self._state.parts) if whole else ()
        report = LineReport(line=number, after=after, whole=whole, change=change, facts=facts, parts=parts)
        self._sending, self._whole, self._state.untold = True, False, False
        try:
            await self._host.send(None, "report", report)
        except Unreachable:
            self._whole, self._state.untold = self._whole or whole, True
            return False
        finally:
            self._sending = False
        self._state.reported += len(facts)
        self._state.reported_digest = heads(after, facts)[-1]
        del self._state.unreported[: len(facts)]
        self._reported = reported
        return True

    def _change(self, heard: Mapping[str, str]) -> tuple[LineChange, dict[str, str]]:
        """What the deal has not heard yet; and, for the next time, what it will have heard then. Of the good only a whole report tells."""
        reported: dict[str, str] = {}
        change: dict[str, Any] = {name: getattr(self._state, name) for name in LineChange.model_fields}
        change["good"] = None if heard else self._state.good
        for name in KEPT_BY_ID:
            items: dict[str, BaseModel] = getattr(self._state, name)
            written = {id: item.model_dump_json() for id, item in items.items()}
            change[name] = {id: items[id] for id in items if heard.get(f"{name}/{id}") != written[id]}
            reported |= {f"{name}/{id}": words for id, words in written.items()}
        return LineChange.model_construct(**change), reported
