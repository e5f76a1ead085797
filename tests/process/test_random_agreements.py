"""Random schedules of offers, amendments, votes, money and refusals: the deal agrees just when the model does, and every promise holds.

`make soak` plays as many as asked, each time others.
"""

import os
import random
from contextlib import suppress
from typing import Any

import pytest

from domain.deal.tasks import Approval
from domain.order.changes import Draft
from domain.refusals import Refusal
from domain.words import LineStatus
from tests.support.agreement_model import VOTERS, Agreement, Good, Goods
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
COUNTED = {"unit_price", "quantity", "payment", "registration_certificate"}


def goods_of(draft: Draft) -> Goods:
    return {
        number: Good(line.unit_price, line.quantity, line.payment, line.model_dump_json(exclude=COUNTED))
        for number, line in draft.lines.items()
    }


class Schedule:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.world = World(self.dice.choice((10**9, 40, 12)))
        self.deal: OpenDeal = self.world.open(an_order(*self.goods()))
        self.deal.qualify()
        self.promises = Promises(self.deal)
        self.model = Agreement(goods_of(self.deal.state.draft))

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
        acts = [self.offer, self.set, *[self.vote] * 4, self.revise, self.withdraw, self.pay]
        self.dice.choice(acts)()
        self.promises.hold()
        self.compare()

    def compare(self) -> None:
        contract = self.deal.state.approvals["contract"]
        assert contract.approved == self.model.contract.agreed
        assert {ask.person for ask in contract.awaiting} == self.model.contract.awaited
        assert contract.version == self.model.contract.version
        assert self.deal.state.contract_version == self.model.last
        amendment = self.deal.state.approvals.get("amendment")
        awaited = {ask.person for ask in amendment.awaiting} if amendment and not amendment.closed else set()
        assert awaited == self.model.amendment.awaited
        if contract.approved:
            assert goods_of(self.deal.state.draft) == self.model.in_force
            running = {
                n: li for n, li in self.deal.state.lines.items() if li.status is not LineStatus.CANCELLED
            }
            assert {n: line.good.quantity for n, line in running.items()} == {
                n: good.quantity for n, good in self.model.in_force.items()
            }

    def offer(self) -> None:
        kept = [good.model_dump(mode="json") for good in self.deal.state.draft.lines.values()]
        goods = [good for good in kept if self.dice.random() < 0.6]
        self._offered(
            order={"lines": [*goods, *(self.goods() if not goods or self.dice.random() < 0.5 else [])]}
        )

    def set(self) -> None:
        number = self.dice.choice(sorted(self.deal.state.draft.lines))
        field = self.dice.choice(("unit_price", "quantity", "payment", "source"))
        self._offered(settings={f"line-{number}.{field}": str(self.good()[field])})

    def _offered(self, **content: Any) -> None:
        """Or amended, once it is agreed."""
        agreed = self.model.contract.agreed
        how = {"reason": "клиент попросил"} if agreed else {}
        taken = self._said("amend" if agreed else "offer", actor="ivanova", **content, **how)
        put = self.deal.state.offers[-1] if agreed else self.deal.state.draft
        told = taken and self.model.offer(goods_of(put))
        assert taken == told, "an offer counts just where something is other than before"

    def vote(self) -> None:
        who, approve = self.dice.choice(sorted(VOTERS)), self.dice.random() < 0.7
        version = max(self.model.asked.version - (self.dice.random() < 0.2), 1)
        asked = "amendment" if self.model.amendment.awaited else "contract"
        about = {"approval": asked, "version": version, "approve": approve, "comment": "нет"}
        counts = self.model.vote(who, version, approve=approve)
        assert self._said("decide", actor=who, **about) == counts

    def revise(self) -> None:
        asked = [a.id for a in self.deal.state.open_assignments if a.kind == "contract-revision"]
        assert bool(asked) == self.model.revise()
        for id in asked:
            self.deal.complete(id, changes="срок 30 дней")

    def withdraw(self) -> None:
        taken = self._said("amend", actor="ivanova", withdraw=True, reason="не нужно")
        assert taken == self.model.withdraw()

    def pay(self) -> None:
        line = self.dice.choice((None, *self.deal.state.draft.lines))
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
            for asked in [a for a in self.deal.state.open_approvals if a.kind in ("contract", "amendment")]:
                self._answer(asked)
            for revision in [a for a in self.deal.view().assignments if a.kind == "contract-revision"]:
                self.deal.complete(revision.id)
            with suppress(Stuck):  # it waits for what is decided here
                self.deal.robot(leave=self._is_decided_here)
            self.promises.hold()
        raise AssertionError(self.deal.describe())

    def _answer(self, asked: Approval) -> None:
        for ask in asked.awaiting:
            if not asked.closed:
                approve = self.dice.random() < 0.8
                self._said("decide", actor=ask.person, approval=asked.id, approve=approve, comment="нет")
                self.promises.hold()

    def _is_decided_here(self, id: str) -> bool:
        """The document has the approval's name."""
        open_now = not self.deal.state.approvals["contract"].closed
        return (
            "credit" in id
            or id == "amendment"
            or "payment-terms" in id
            or (id == "contract" and open_now)
            or "contract-" in id
        )


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
