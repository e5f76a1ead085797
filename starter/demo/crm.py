"""The CRM of the demo, whichever it is: what people do there, waited for and told as they do it."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeVar

from activities.crm.card import DealCard
from domain.words import STAGE_LABELS, Stage, Text
from starter.demo.player import Player
from starter.demo.timeline import Timeline
from starter.settings import Settings
from starter.stack.embedded import Stack

LOOK_SECONDS = 0.2
T = TypeVar("T")

_ENTERED = Text(
    ru="⌂ {person} заводит сделку {ref} в CRM; её вебхук идёт на {url}",
    en="⌂ {person} enters deal {ref} in the CRM; its webhook goes to {url}",
)
_ANSWERED = Text(ru="⌂ {person} отвечает в CRM: «Согласовать»", en="⌂ {person} answers in the CRM: “Approve”")
_COMPLETED = Text(
    ru="⌂ {person} заполняет поля и завершает задачу в CRM: {task}",
    en="⌂ {person} fills the fields and completes the task in the CRM: {task}",
)
_DRAGGED = Text(
    ru="⌂ {person} перетаскивает сделку в CRM на стадию «{stage}»",
    en="⌂ {person} drags the deal to stage “{stage}” in the CRM",
)
_TURNED = Text(
    ru="⌂ CRM: сделка снова на стадии «{stage}»; комментарий: {comment}",
    en="⌂ CRM: the deal is at stage “{stage}” again; comment: {comment}",
)
_SHOWS = Text(
    ru="  CRM ({name}): «{stage}», позиций: {lines}, задач {tasks}, из них открыто {open}, комментариев {comments}",
    en="  CRM ({name}): “{stage}”, {lines} lines, {tasks} tasks, {open} of them open, {comments} comments",
)


class DemoCrm(Protocol):
    """`settings` are those of a desk that works with it."""

    name: str
    hook: str
    settings: Settings

    async def begin(self, stack: Stack) -> None: ...

    async def enter_lead(self) -> tuple[str, str]:
        """Who entered it, and the CRM's id of the new deal."""

    async def ring(self) -> None:
        """Sends what the CRM's webhook has to tell; a portal does so by itself."""

    async def card(self, deal: str) -> DealCard | None: ...

    async def approve(self, deal: str, approval: str, person: str, task: str) -> None: ...

    async def complete(self, deal: str, line: int, task: str, fields: Mapping[str, str]) -> None:
        """Fills the fields, named `reservation.place`, and completes the task."""

    async def drag(self, deal: str, person: str, stage: Stage) -> None: ...


class Floor:
    """The people who work in the CRM."""

    def __init__(self, crm: DemoCrm, player: Player, timeline: Timeline, web: str) -> None:
        self._crm, self._player, self._timeline, self._web = crm, player, timeline, web

    async def enter_lead(self) -> str:
        """The CRM's id of the new deal."""
        person, ref = await self._crm.enter_lead()
        self._say(_ENTERED, person=person, ref=ref, url=self._web + self._crm.hook)
        await self._crm.ring()
        return ref

    async def approve(self, id: str, person: str, *, version: int) -> None:
        task = f"{id}@{version}:{person}"
        await self._see(lambda card: _is_open(card, task))
        self._say(_ANSWERED, person=person)
        await self._crm.approve(self._player.number, id, person, task)
        await self._crm.ring()

    async def complete(self, id: str) -> None:
        asked = await self._player.assignment(id)
        task = f"{id}@1:{asked.assignee}"
        await self._see(lambda card: _is_open(card, task))
        self._say(_COMPLETED, person=asked.assignee, task=asked.title)
        fields = {f"{asked.kind}.{field.name}": field.example for field in asked.form if field.required}
        await self._crm.complete(self._player.number, _line(asked.subject), task, fields)
        await self._crm.ring()

    async def drag_too_far(self, person: str, stage: Stage) -> None:
        """And sees the deal go back."""
        told = len((await self._see(lambda card: card)).comments)
        self._say(_DRAGGED, person=person, stage=self._label(stage))
        await self._crm.drag(self._player.number, person, stage)
        await self._crm.ring()
        card = await self._see(
            lambda card: card if card.stage is not stage and len(card.comments) > told else None
        )
        self._say(_TURNED, stage=self._label(card.stage), comment=card.comments[-1].text)

    async def shown(self) -> str:
        """What the CRM shows of the deal, once it has been told everything."""
        card = await self._see(
            lambda card: card if card.stage is Stage.PAID and not any(_open(card)) else None
        )
        return _SHOWS.to(self._timeline.language).format(
            name=self._crm.name,
            stage=self._label(card.stage),
            lines=len(card.lines),
            tasks=len(card.tasks),
            open=len(list(_open(card))),
            comments=len(card.comments),
        )

    async def _see(self, look: Callable[[DealCard], T | None]) -> T:
        while True:
            card = await self._crm.card(self._player.number)
            if card and (seen := look(card)) is not None:
                return seen
            await asyncio.sleep(LOOK_SECONDS)

    def _say(self, words: Text, **about: str) -> None:
        self._timeline.aside(words.to(self._timeline.language).format(**about))

    def _label(self, stage: Stage | None) -> str:
        return STAGE_LABELS[stage].to(self._timeline.language) if stage else "?"


def _open(card: DealCard) -> Iterator[str]:
    return (task.task for task in card.tasks if task.closed_at is None)


def _is_open(card: DealCard, task: str) -> bool | None:
    return task in _open(card) or None


def _line(subject: str) -> int:
    """0 is the deal itself."""
    return int(subject.removeprefix("line ")) if subject.startswith("line ") else 0
