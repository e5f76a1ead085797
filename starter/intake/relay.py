"""The relay: takes what waits in the inbox, deal by deal, and never gives up on any of it."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Protocol

from activities.errors import RetryLater, WorldError
from domain.wording import worded
from domain.words import Text, same
from records.arrivals import Finished, InboxEvent
from records.errors import RecordsUnavailable
from starter.errors import DealwrightError
from starter.intake.finishing import Finishing
from starter.intake.outcome import Outcome, TryAgain

log = logging.getLogger("dealwright.intake")

AT_ONCE = 64  # subjects in work at the same time: the CRM is asked about many together
LEASE = timedelta(seconds=20)  # after it another relay takes over what one that died has left
RENEW_SECONDS = 5.0  # how often a relay that lives says so
LOOK_SECONDS = 0.5  # between looks while nobody nudges
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
TOGETHER = Text(ru="Прочитано вместе с событием {seq}", en="Read together with event {seq}")
OUTSIDE = Text(
    ru="CRM не отвечает или отказывает: «{said}»", en="The CRM does not answer, or refuses: “{said}”"
)
FAULT = Text(ru="Ошибка {kind}: смотрите журнал", en="Fault {kind}: see the log")

Handle = Callable[[InboxEvent], Awaitable[Outcome]]
Hint = Callable[[InboxEvent], bool]


class Inbox(Protocol):
    """`records.inbox_events.EventInbox`, as far as the relay needs it."""

    def claim(self, now: datetime, limit: int, lease: timedelta) -> list[InboxEvent]: ...
    def finish_all(self, finished: Sequence[Finished]) -> None: ...
    def retry(self, seqs: Sequence[int], words: Text, next_try_at: datetime) -> None: ...
    def release(self, seqs: Sequence[int]) -> None: ...
    def renew(self, seqs: Sequence[int], until: datetime) -> None: ...


class Relay:
    """`is_hint`: such events only say "look"; those that follow each other are answered by one look."""

    def __init__(
        self,
        inbox: Inbox,
        handle: Handle,
        is_hint: Hint,
        *,
        at_once: int = AT_ONCE,
        longest_pause: float = LONGEST_PAUSE,
    ) -> None:
        self._inbox, self._handle, self._is_hint = inbox, handle, is_hint
        self._at_once, self._longest = at_once, longest_pause
        self._finishing = Finishing(inbox)
        self._woken = asyncio.Event()
        self._working = set[asyncio.Task[None]]()
        self._held = set[int]()
        self._stopping = False

    def wake(self) -> None:
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; what is under way then is finished, and the rest given back."""
        self._stopping, failures = False, 0
        renewing = asyncio.create_task(self._renew())
        try:
            while not stop.is_set():
                self._woken.clear()
                try:
                    pause = LOOK_SECONDS if await self._take() else 0.0
                    failures = 0
                except RecordsUnavailable as error:
                    failures += 1
                    pause = self._pause(failures)
                    if failures == 1:
                        log.warning("the inbox can't be read, trying on: %s", error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), pause or None)
        finally:
            self._stopping = True
            if self._working:
                await asyncio.wait(self._working)
            renewing.cancel()

    async def _renew(self) -> None:
        """However long something takes: what is in work here is taken over by nobody."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(RecordsUnavailable):
                await asyncio.to_thread(self._inbox.renew, list(self._held), datetime.now(UTC) + LEASE)

    async def _take(self) -> bool:
        """Whether there is room for more: else the end of something under way is waited for."""
        room = self._at_once - len(self._working)
        if room > 0:
            events = await asyncio.to_thread(self._inbox.claim, datetime.now(UTC), room, LEASE)
            by_subject = sorted(events, key=lambda event: (event.subject, event.seq))
            for _, subject in groupby(by_subject, key=lambda event: event.subject):
                self._begin(list(subject))
        return len(self._working) < self._at_once

    def _begin(self, events: list[InboxEvent]) -> None:
        task = asyncio.create_task(self._work(events))
        self._working.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[None]") -> None:
        self._working.discard(task)
        self._woken.set()

    async def _work(self, events: list[InboxEvent]) -> None:
        """One subject's events in their order, until one must wait: then all after it wait, too."""
        left, seqs = events, {event.seq for event in events}
        self._held |= seqs
        try:
            while left and not self._stopping:
                step = self._next(left)
                try:
                    outcome = await self._handle(step[-1])
                except Exception as error:
                    await self._later(step, error)
                    left = left[len(step) :]
                    break
                await self._finish(step, outcome)
                left = left[len(step) :]
            if left:
                await asyncio.to_thread(self._inbox.release, [event.seq for event in left])
        except RecordsUnavailable as error:
            log.warning("event %s stays claimed until its lease ends: %s", events[0].seq, error)
        finally:
            self._held -= seqs

    def _next(self, left: list[InboxEvent]) -> list[InboxEvent]:
        count = next((n for n, event in enumerate(left) if not self._is_hint(event)), len(left))
        return left[: count or 1]

    async def _finish(self, step: list[InboxEvent], outcome: Outcome) -> None:
        *others, last = step
        now = datetime.now(UTC)
        done = [Finished([last.seq], outcome.status, outcome.words, now, outcome.deal)]
        if others:
            words = worded(ru=TOGETHER.ru, en=TOGETHER.en, seq=same(str(last.seq)))
            done.append(Finished([event.seq for event in others], "ignored", words, now, outcome.deal))
        await self._finishing.finish(*done)
        log.info("event %s %s: %s, deal %s", last.seq, last.source, outcome.status, outcome.deal)

    async def _later(self, step: list[InboxEvent], error: Exception) -> None:
        attempts = step[0].attempts + 1
        pause = self._pause(attempts)
        if isinstance(error, RetryLater) and error.retry_after is not None:
            pause = max(pause, error.retry_after.total_seconds())
        words = self._words(error)
        if not isinstance(error, DealwrightError | WorldError | RecordsUnavailable | TryAgain):
            where = "".join(traceback.format_tb(error.__traceback__)[-6:])
            log.error("event %s: a fault of ours, %s\n%s", step[0].seq, type(error).__name__, where)
        elif attempts in (1, 10):
            log.warning("event %s waits, attempt %s: %s", step[0].seq, attempts, type(error).__name__)
        at = datetime.now(UTC) + timedelta(seconds=pause)
        await asyncio.to_thread(self._inbox.retry, [event.seq for event in step], words, at)

    def _words(self, error: Exception) -> Text:
        """Of errors that are made for people. Others may hold what nobody should read."""
        if isinstance(error, TryAgain | DealwrightError | RecordsUnavailable):
            return error.text
        if isinstance(error, WorldError):
            return worded(ru=OUTSIDE.ru, en=OUTSIDE.en, said=same(str(error)))
        return worded(ru=FAULT.ru, en=FAULT.en, kind=same(type(error).__name__))

    def _pause(self, attempts: int) -> float:
        return min(FIRST_PAUSE * 2.0 ** min(attempts - 1, 20), self._longest)
