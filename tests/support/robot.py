"""The robot: it reads only what `deal show N -o json` says, and answers what that asks, until the deal is closed.

It knows nothing of stages, routes, payment types or people. A test gives it a desk to talk to: `DealDesk` in the same
process (`tests.support.desks.InProcess`), or the `deal` command.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, Protocol

View = dict[str, Any]


class Refused(Exception):
    """The desk said no; the robot looks again."""


class Unreachable(Exception):
    """Nobody answered: the message may or may not have been taken. The robot looks again, and repeats it with its key."""


class Desk(Protocol):
    """Each call raises Refused or Unreachable. `key` is the message's own id: repeating one has the effect of once."""

    async def show(self, number: str) -> View: ...
    async def complete(
        self, number: str, id: str, *, actor: str, fields: dict[str, str], key: str
    ) -> None: ...
    async def decide(
        self, number: str, id: str, *, actor: str, approve: bool, version: int, key: str
    ) -> None: ...
    async def pay(
        self, number: str, *, amount: str, currency: str, line: int, actor: str, key: str
    ) -> None: ...
    async def sign(self, number: str, id: str, *, actor: str, side: str, key: str) -> None: ...


class Stuck(AssertionError):
    """Nothing was asked, or nothing helped, for too long."""


@dataclass
class Robot:
    """Drives one deal until it is closed, or until `until` holds; leaves unanswered what `leave` names.

    `seconds`: how long nothing may change before the deal counts as stuck; `pause`: between two looks.
    """

    desk: Desk
    number: str
    leave: Callable[[str], bool] = lambda id: False
    until: Callable[[View], bool] = lambda view: False
    seconds: float = 30.0
    pause: float = 0.05
    looks: int = 0
    acts: int = 0
    unreachable: int = 0
    refusals: list[str] = field(default_factory=list)

    async def run(self) -> View:
        """The last view."""
        view: View = {}
        moved, seen = time.monotonic(), ""
        while True:
            if time.monotonic() - moved > self.seconds:
                raise Stuck(_words(self.number, view, self.refusals))
            try:
                view = await self.look()
                if view["closed"] or self.until(view):
                    return view
                for answer in self.answers(view):
                    await answer()
                    self.acts += 1
            except Refused as error:
                self.refusals.append(str(error))
            except Unreachable:
                self.unreachable += 1
            if (now := _fingerprint(view)) != seen:
                moved, seen = time.monotonic(), now
            await asyncio.sleep(self.pause)

    async def look(self) -> View:
        self.looks += 1
        return await self.desk.show(self.number)

    def answers(self, view: View) -> Iterator[Callable[[], Awaitable[None]]]:
        """One for each thing that the view asks for."""
        for assignment in view["assignments"]:
            if not self.leave(assignment["id"]):
                yield partial(self.complete, assignment)
        for approval in view["approvals"]:
            if not self.leave(approval["id"]):
                for ask in approval["awaiting"]:
                    yield partial(self.decide, approval, ask["person"])
        for document in view["documents"]:
            if document["can_sign"] and not self.leave(document["id"]):
                for signer in document["signers"]:
                    if not signer["signed_on"]:
                        yield partial(self.sign, document["id"], document["version"], signer)
        accountants = [person for person, told in view["people"].items() if "accountant" in told["roles"]]
        for milestone, paid in _next_payments(view):
            if not self.leave(milestone["id"]):
                yield partial(self.pay, milestone, view["totals"]["currency"], accountants[0], paid)

    async def complete(self, assignment: View) -> None:
        fields = {f["name"]: f["example"] for f in assignment["form"] if f["required"]}
        key = f"{self.number}/{assignment['id']}"
        await self.desk.complete(
            self.number, assignment["id"], actor=assignment["assignee"], fields=fields, key=key
        )

    async def decide(self, approval: View, person: str) -> None:
        id, version = approval["id"], approval["version"]
        key = f"{self.number}/{id}/{version}/{person}"
        await self.desk.decide(self.number, id, actor=person, approve=True, version=version, key=key)

    async def sign(self, id: str, version: int, signer: View) -> None:
        side, person = signer["side"], signer["person"]
        key = f"{self.number}/{id}/{version}/{side}"
        await self.desk.sign(self.number, id, actor=person, side=side, key=key)

    async def pay(self, milestone: View, currency: str, actor: str, paid: str) -> None:
        """The key holds what was paid before: a payment whose answer was lost is repeated, never made twice."""
        await self.desk.pay(
            self.number,
            amount=milestone["outstanding"],
            currency=currency,
            line=milestone["line"],
            actor=actor,
            key=f"{self.number}/{milestone['id']}/{paid}",
        )


def _next_payments(view: View) -> list[tuple[View, str]]:
    """Of each line, what is due first, and what the line had been paid before."""
    paid = {line["number"]: line["paid"] for line in view["lines"]}
    due = [m for m in view["milestones"] if m["due_at"] and Decimal(m["outstanding"]) > 0]
    first: dict[int, View] = {}
    for milestone in sorted(due, key=lambda m: str(m["due_at"])):
        first.setdefault(milestone["line"], milestone)
    return [(milestone, paid[line]) for line, milestone in sorted(first.items())]


def _fingerprint(view: View) -> str:
    """Changes whenever the deal has moved."""
    told = {name: value for name, value in view.items() if name not in ("as_of", "blockers", "next_due")}
    return repr(told)


def _words(number: str, view: View, refusals: list[str]) -> str:
    waits = "; ".join(f"{b['subject']}: {b['what']}" for b in view.get("blockers", []))
    return f"deal {number} stands in {view.get('stage')}: {waits}. Refused: {refusals[-3:]}"
