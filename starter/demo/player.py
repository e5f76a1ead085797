"""Whoever acts in the demo: sees only what `deal show` shows, and acts only through the desk."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from activities.files import read_document
from activities.mail.links import Link
from domain.deal.messages import Complete, Compose, Decide, Delay, MakeOffer, Message, Pay, Receipt, Sign
from domain.money import ZERO
from domain.playbook.forms import is_met
from domain.view.model import ApprovalView, AssignmentView, DealView, DocumentView, MilestoneView
from domain.words import Stage
from starter.answers import MessageRefused
from starter.demo.inbound import MailReader
from starter.demo.timeline import Timeline
from starter.desk import DealDesk
from starter.errors import UnreachableError

LOOK_SECONDS = 0.1

T = TypeVar("T")


class Player:
    def __init__(self, desk: DealDesk, timeline: Timeline, reader: MailReader) -> None:
        self.desk, self.timeline, self._reader = desk, timeline, reader
        self.number = ""
        self._looking = asyncio.Lock()
        self._last: tuple[float, DealView] | None = None

    async def compose(self, file: Path) -> None:
        asked = await self.assignment("order")
        content = {name: part for name, part in read_document(file).items() if name != "number"}
        await self._send(Compose(id=_key(), actor=asked.assignee, order=content))

    async def complete(self, id: str, **answers: str) -> None:
        """Answers a form with its examples, but for the `answers` given."""
        asked = await self.assignment(id)
        fields = _answers(asked, answers)
        await self._send(Complete(id=_key(), actor=asked.assignee, assignment=id, fields=fields))

    async def offer(self, comment: str, settings: dict[str, str | None]) -> None:
        """The manager offers something else, and says what of it."""
        manager = (await self.view()).manager
        await self._send(MakeOffer(id=_key(), actor=manager, settings=settings, comment=comment))

    async def delay(self, line: int, days: int, reason: str) -> None:
        """The supplier names another day."""
        view = await self.view()
        ready_on = datetime.now(UTC).date() + timedelta(days=days)
        await self._send(Delay(id=_key(), actor=view.manager, line=line, ready_on=ready_on, reason=reason))

    async def approve(self, id: str, person: str, *, version: int = 1) -> None:
        await self._vote(id, person, version, approve=True)

    async def approve_by_link(self, id: str, person: str, *, version: int = 1) -> None:
        await self._approval(id, version)
        await self._reader.approve(Link(self.number, id, version, person))

    async def reject(self, id: str, person: str, comment: str, *, version: int = 1) -> None:
        await self._vote(id, person, version, approve=False, comment=comment)

    async def try_to_approve(self, id: str, person: str) -> None:
        """A decision by someone who may not make it."""
        await self._approval(id, 1)
        try:
            await self._send(Decide(id=_key(), actor=person, approval=id, approve=True))
        except MessageRefused as refused:
            self.timeline.refused += 1
            self.timeline.aside(f"✘ {refused.words}", "bold red")

    async def pay(self, id: str, key: str, *, times: int = 1, over: Decimal = ZERO) -> None:
        """Pays what is outstanding of a milestone, and so much `over`; the same payment sent again counts once."""
        owed = await self._milestone(id)
        currency = (await self.view()).totals.currency
        payment = Pay(
            id=key,
            actor="accountant",
            amount=owed.outstanding + over,
            currency=currency,
            line=owed.line,
            purpose=owed.title,
        )
        receipts = [await self._send(payment) for _ in range(times)]
        for receipt in receipts[1:]:
            again = (
                "тот же платёж ещё раз, учтён один раз"
                if self.desk.language == "ru"
                else "sent again, counted once"
            )
            words = receipt.words_ru if self.desk.language == "ru" else receipt.words_en
            self.timeline.aside(f"= {key}: {again} ({words})")

    async def stage(self, stage: Stage) -> None:
        await self._see(lambda view: view.stage is stage or None)

    async def late(self, id: str) -> None:
        """Nobody pays: the desk reminds, and the deadline passes."""
        owed = await self._milestone(id)
        waiting = (
            "ждём, пока пройдёт срок"
            if self.desk.language == "ru"
            else "waiting until the deadline has passed"
        )
        self.timeline.aside(f"… {owed.title}: {waiting}")
        await self._see(lambda view: next((m for m in view.milestones if m.id == id and m.overdue), None))

    async def sign(self, id: str) -> None:
        def ready(view: DealView) -> DocumentView | None:
            return next((d for d in view.documents if d.id == id and d.can_sign), None)

        document = await self._see(ready)
        await self._sign(document)

    async def sign_all(self, line: int) -> None:
        """Signs the documents of the line once all of them are ready."""

        def mine(view: DealView) -> list[bool] | None:
            ready = [document for document in view.documents if document.line == line]
            return [d.signed for d in ready] if all(d.signed or d.can_sign for d in ready) else None

        await self._see(mine)
        for document in (await self.view()).documents:
            if document.line == line and document.can_sign:
                await self._sign(document)

    async def _sign(self, document: DocumentView) -> None:
        """By all who have to; the carrier's signature is entered by whoever enters the company's."""
        for signer in document.signers:
            if not signer.signed_on:
                await self._send(Sign(id=_key(), actor=signer.person, document=document.id, side=signer.side))

    async def view(self) -> DealView:
        """At most a moment old: all who act look at the deal together."""
        clock = asyncio.get_running_loop().time
        async with self._looking:
            if self._last is None or clock() - self._last[0] > LOOK_SECONDS:
                view = await self._patiently(lambda: self.desk.show(self.number))
                self._last = (clock(), view)
            return self._last[1]

    async def closed(self) -> DealView:
        return await self._see(lambda view: view if view.closed else None)

    async def _vote(self, id: str, person: str, version: int, *, approve: bool, comment: str = "") -> None:
        await self._approval(id, version)
        await self._send(
            Decide(id=_key(), actor=person, approval=id, approve=approve, version=version, comment=comment)
        )

    async def assignment(self, id: str) -> AssignmentView:
        return await self._see(lambda view: next((a for a in view.assignments if a.id == id), None))

    async def _approval(self, id: str, version: int) -> ApprovalView:
        def asked(view: DealView) -> ApprovalView | None:
            return next((a for a in view.approvals if a.id == id and a.version == version), None)

        return await self._see(asked)

    async def _milestone(self, id: str) -> MilestoneView:
        return await self._see(
            lambda view: next((m for m in view.milestones if m.id == id and m.due_at), None)
        )

    async def _see(self, look: Callable[[DealView], T | None]) -> T:
        while True:
            seen = look(await self.view())
            if seen is not None:
                return seen
            await asyncio.sleep(LOOK_SECONDS)

    async def _send(self, message: Message) -> Receipt:
        return await self._patiently(lambda: self.desk.send(self.number, message))

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """A busy machine may take its time: asking again is safe, as every message has an id."""
        while True:
            try:
                return await ask()
            except UnreachableError:
                await asyncio.sleep(LOOK_SECONDS)


def _answers(asked: AssignmentView, answers: dict[str, str]) -> dict[str, str | None]:
    """The form's examples, but for the `answers` given, without what these answers make superfluous."""
    full = {field.name: field.example for field in asked.form} | answers
    return {
        field.name: full[field.name]
        for field in asked.form
        if field.name in answers
        or (is_met(field.required_when, full) if field.required_when else field.required)
    }


def _key() -> str:
    return f"demo-{uuid4()}"
