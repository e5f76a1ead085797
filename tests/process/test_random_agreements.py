"""Random schedules of offers, votes, money and refusals: the deal agrees just when the model does, and every promise holds.

`make soak` plays as many as asked, each time others.
"""

import os
import random
from contextlib import suppress
from typing import Any

import pytest

from domain.order.offer import digest_of
from domain.refusals import Refusal
from tests.support.agreement_model import VOTERS, Agreement
from tests.support.memory import OpenDeal, World
from tests.support.orders import PAYMENTS, SOURCES, a_good, an_order
from tests.support.promises import Promises
from tests.support.robot import Stuck

SOAK = int(os.environ.get("DEALS", "0"))
SEEDS = [random.randrange(10**9) for _ in range(SOAK)] or list(range(120))
STEPS = 12
EVERY = 1 if SOAK else 4
"""So many of them are brought to their end, which takes four times as long as to agree."""
SKUS = ("MON-1", "BED-3", "LAMP")


class Schedule:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.world = World(self.dice.choice((10**9, 40, 12)))
        self.deal: OpenDeal = self.world.open(an_order(*self.goods()))
        self.deal.qualify()
        self.promises = Promises(self.deal)
        self.model = Agreement(digest_of(self.deal.state.draft))

    def goods(self) -> list[dict[str, Any]]:
        return [self.good() for _ in range(self.dice.randint(1, 3))]

    def good(self) -> dict[str, Any]:
        return a_good(
            sku=self.dice.choice(SKUS),
            quantity=self.dice.randint(1, 3),
            unit_price=f"{self.dice.randint(1, 999)}.{self.dice.randint(0, 99):02d}",
            source=self.dice.choice(SOURCES),
            payment=self.dice.choice(PAYMENTS),
        )

    def step(self) -> None:
        acts = [self.offer, self.set, self.vote, self.vote, self.vote, self.revise, self.pay]
        self.dice.choice(acts)()
        self.promises.hold()
        self.compare()

    def compare(self) -> None:
        contract = self.deal.state.approvals["contract"]
        assert contract.approved == self.model.agreed
        assert {ask.person for ask in contract.awaiting} == self.model.awaited
        assert contract.version == self.model.version == self.deal.state.contract_version

    def offer(self) -> None:
        kept = [line.good.model_dump(mode="json") for line in self.deal.state.lines.values()]
        goods = [good for good in kept if self.dice.random() < 0.6]
        self._offered(
            order={"lines": [*goods, *(self.goods() if not goods or self.dice.random() < 0.5 else [])]}
        )

    def set(self) -> None:
        number = self.dice.choice(sorted(self.deal.state.lines))
        field = self.dice.choice(("unit_price", "quantity", "payment", "source"))
        self._offered(settings={f"line-{number}.{field}": str(self.good()[field])})

    def _offered(self, **content: Any) -> None:
        taken = self._said("offer", actor="ivanova", **content)
        told = self.model.offer(digest_of(self.deal.state.draft)) if taken else False
        assert taken == told, "an offer counts just where something is other than before"

    def vote(self) -> None:
        who, approve = self.dice.choice(sorted(VOTERS)), self.dice.random() < 0.7
        version = max(self.model.version - (self.dice.random() < 0.2), 1)
        about = {"approval": "contract", "version": version, "approve": approve, "comment": "нет"}
        counts = self.model.vote(who, version, approve=approve)
        assert self._said("decide", actor=who, **about) == counts

    def revise(self) -> None:
        asked = [a.id for a in self.deal.state.open_assignments if a.kind == "contract-revision"]
        assert bool(asked) == self.model.revise()
        for id in asked:
            self.deal.complete(id, changes="срок 30 дней")

    def pay(self) -> None:
        line = self.dice.choice((None, *self.deal.state.lines))
        self.deal.pay(f"{self.dice.randint(1, 3000)}.{self.dice.randint(0, 99):02d}", line=line)

    def _said(self, name: str, **content: Any) -> bool:
        try:
            self.deal.say(name, **content)
        except Refusal:
            return False
        return True

    def settle(self) -> None:
        """From here on all agree; credit is refused now and then, and the line gets another payment type or the same."""
        for _ in range(60):
            view = self.deal.view()
            if view.stage == "PAID":
                return
            for credit in [a for a in view.approvals if a.kind == "credit" and self.dice.random() < 0.6]:
                self.deal.reject(credit.id, "petrov", "только предоплата")
                self.promises.hold()
            for terms in [a for a in self.deal.view().assignments if a.kind == "payment-terms"]:
                chooses = any(field.name == "payment" for field in terms.form)
                other = {"payment": self.dice.choice(PAYMENTS)} if chooses else {}
                self.deal.complete(terms.id, **other)
                self.promises.hold()
            contract = self.deal.state.approvals["contract"]
            for ask in contract.awaiting:
                if not contract.closed:
                    self._said(
                        "decide",
                        actor=ask.person,
                        approval="contract",
                        approve=self.dice.random() < 0.8,
                        comment="нет",
                    )
                    self.promises.hold()
            for revision in [a for a in self.deal.view().assignments if a.kind == "contract-revision"]:
                self.deal.complete(revision.id)
            with suppress(Stuck):  # it waits for what is decided here
                self.deal.robot(leave=self._is_decided_here)
            self.promises.hold()
        raise AssertionError(self.deal.describe())

    def _is_decided_here(self, id: str) -> bool:
        """The document has the approval's name."""
        open_now = not self.deal.state.approvals["contract"].closed
        return "credit" in id or "payment-terms" in id or (id == "contract" and open_now) or "contract-" in id


@pytest.mark.parametrize(
    "seed", [pytest.param(n, marks=pytest.mark.long if n % EVERY else ()) for n in SEEDS]
)
def test_a_deal_agrees_just_when_both_have_said_yes_to_what_is_offered(seed: int) -> None:
    schedule = Schedule(seed)
    schedule.compare()
    for _ in range(STEPS):
        schedule.step()
    if seed % EVERY == 0:
        schedule.settle()
    schedule.world.check()
