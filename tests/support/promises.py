"""The promises of a deal that its state and its trail can show (DESIGN §7), looked at after each step of a random deal.

The judge knows the playbook and the trail; it asks none of the code that decides.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from domain.deal.open_items import open_items
from domain.deal.state import LineState, ProcessState
from domain.facts import (
    DESK,
    OPERATOR,
    Actor,
    AmendmentMade,
    ApprovalApproved,
    ApprovalVoted,
    AssignmentCompleted,
    AssignmentOpened,
    CancelRequested,
    ContractAgreed,
    DealCancelled,
    DealLost,
    DealOpened,
    DealPaid,
    DealReassigned,
    DocumentHandedOver,
    DocumentRefused,
    DocumentSigned,
    Fact,
    LineAmended,
    LineKept,
    LineSplit,
    MilestonePaid,
    MilestoneUnpaid,
    MoneyMoved,
    MoneyMovedToDeal,
    MoneyRecalled,
    MoneyRefunded,
    MoneyWrittenOff,
    OfferChanged,
    PaymentCorrected,
    PaymentReceived,
    PaymentReversed,
    PaymentTypeChosen,
    SignatureWaived,
    Subject,
    digest,
)
from domain.order.offer import digest_of
from domain.playbook.book import Playbook
from domain.playbook.terms import Gate, PaymentTerm
from domain.words import Role, Side, Stage
from tests.support.memory import OpenDeal

ENDS = (DealPaid.kind, DealLost.kind, DealCancelled.kind)


class Promises:
    def __init__(self, deal: OpenDeal) -> None:
        self.deal = deal
        self._seen: list[Fact] = []
        self._paid: set[str] = set()
        self._credit: set[str] = set()
        self._signed: set[str] = set()
        self._received: dict[str, Decimal] = {}
        self._reversed: dict[str, Decimal] = {}
        self._refunded = Decimal()
        self._given: dict[str, Decimal] = {}
        self._manager = ""
        self._were = set[str]()
        """Who might split a line before: it is carried out once the line has answered, when others may work here."""
        self._agreed = self._kept = False
        self._later: list[Fact] = []
        """What followed the fact that is judged, before anybody looked."""

    def hold(self) -> None:
        self._trail_grows()
        if self.deal.state.playbook:
            self._were |= {p for role in (Role.LOGISTICS, Role.DIRECTOR) for p in self._holders(role)}
        if self.deal.state.playbook:
            self._money_adds_up()
        self._never_waits_silently()
        self._targets_hear_in_order()

    # --- the trail: complete, ordered, chained; who did what -----------------------------------------------------------

    def _trail_grows(self) -> None:
        trail, known = self.deal.trail, len(self._seen)
        assert trail[:known] == self._seen, "what is on the trail stays as it was"
        for n, fact in enumerate(trail[known:], start=known + 1):
            self._later = trail[n:]
            before = self._seen[-1] if self._seen else None
            assert fact.seq == len(self._seen) + 1, f"fact {fact.seq} follows {len(self._seen)}"
            assert fact.prev == (before.digest if before else ""), "chained"
            assert fact.digest == digest(fact), "intact"
            assert fact.at <= self.deal.world.now
            fact.read()
            self._judge(fact)
            self._seen.append(fact)
        assert self.deal.state.head == (self._seen[-1].digest if self._seen else "")

    def _judge(self, fact: Fact) -> None:
        data, on = fact.read(), self._book.calendar.today(fact.at)
        match data:
            case DealOpened():
                self._manager = data.manager
            case OfferChanged():
                self._allow(fact.actor, on, Role.MANAGER, Role.DIRECTOR)
                assert not self._agreed, "what is agreed stays"
            case AmendmentMade():
                self._allow(fact.actor, on, Role.MANAGER, Role.DIRECTOR)
                assert self._agreed, "what is not agreed is offered, not amended"
            case LineKept():
                self._kept = True
            case ContractAgreed():
                self._agreed = True
            case DealReassigned():
                self._allow(fact.actor, on, Role.MANAGER, Role.DIRECTOR)
                self._manager = data.to
            case ApprovalVoted():
                self._allow(fact.actor, on, data.role)
                if data.answer == "approve":
                    own = self._put_by(fact.subject, data.id)
                    assert not own & {fact.actor.person, fact.actor.behalf}, "nobody approves their own"
            case ApprovalApproved() if data.approval == "credit":
                self._allow(fact.actor, on, Role.DIRECTOR)
                self._credit.add(fact.subject)
            case AssignmentCompleted():
                role = self._book.assignment(data.assignment).role
                roles = (Role.DIRECTOR,) if role is Role.MANAGER else (role, Role.DIRECTOR)
                self._allow(fact.actor, on, *roles, also=(data.assignee, self._manager_of(fact)))
                if data.assignment in ("supplier-order", "reservation"):
                    self._released(fact.subject, Gate.ORDERING)
                if data.assignment == "shipment":
                    self._released(fact.subject, Gate.ORDERING, Gate.SHIPPING)
            case DocumentSigned():
                role = self._book.documents[data.id.rpartition(":")[2]].signer
                sides = {Role.CLIENT if side is Side.CLIENT else role for side in data.sides}
                self._allow(fact.actor, on, *sides, Role.MANAGER)
                if not data.missing:
                    self._signed.add(data.id)
            case DocumentHandedOver():
                role = self._book.documents[data.id.rpartition(":")[2]].signer
                self._allow(fact.actor, on, role, Role.MANAGER)
            case DocumentRefused():
                self._allow(fact.actor, on, Role.CLIENT, Role.MANAGER)
            case SignatureWaived():
                self._allow(fact.actor, on, Role.DIRECTOR)
                self._signed.add(data.id)
            case PaymentReceived():
                self._allow(fact.actor, on, Role.ACCOUNTANT)
                assert data.payment not in self._received, "a payment counts once"
                self._received[data.payment] = data.amount
            case PaymentReversed():
                self._allow(fact.actor, on, Role.ACCOUNTANT)
                assert self._received[data.payment] == data.amount
                assert data.payment not in self._reversed, "a payment is taken back once"
                self._reversed[data.payment] = data.amount
            case PaymentCorrected():
                self._allow(fact.actor, on, Role.ACCOUNTANT, Role.DIRECTOR)
                self._reversed[data.payment] = self._received[data.payment]
                assert data.entered not in self._received, "a payment counts once"
                self._received[data.entered] = data.amount
            case MoneyRefunded():
                self._allow(fact.actor, on, Role.ACCOUNTANT, Role.DIRECTOR)
                self._refunded += data.amount
            case MoneyMoved() if "refunded" in data.taken:
                self._refunded -= data.amount
            case MoneyMovedToDeal():
                self._allow(fact.actor, on, Role.ACCOUNTANT, Role.DIRECTOR)
                assert data.entered not in self._given, "it goes to another deal once"
                self._given[data.entered] = data.amount
            case MoneyRecalled():
                assert self._given[data.entered] == data.amount, "what is taken back there is what went there"
                self._given[data.entered] = Decimal()
            case MoneyWrittenOff():
                self._allow(fact.actor, on, Role.ACCOUNTANT)
            case MilestonePaid():
                self._paid.add(data.id)
            case MilestoneUnpaid():
                self._paid.discard(data.id)
            case LineSplit():
                roles = (Role.MANAGER, Role.LOGISTICS, Role.DIRECTOR)
                self._allow(fact.actor, on, *roles, also=tuple(self._were))
                self._split(data)
            case AssignmentOpened() if data.assignment in ("supplier-order", "reservation"):
                self._released(fact.subject, Gate.ORDERING)
            case AssignmentOpened() if data.assignment == "shipment":
                self._released(fact.subject, Gate.ORDERING, Gate.SHIPPING)
        if fact.kind in ENDS:
            assert not any(known.kind in ENDS for known in self._seen), "a deal ends once"

    def _split(self, data: LineSplit) -> None:
        """What was paid, and the credit that was approved, are so of both parts."""
        of, own = f"line-{data.line}:", f"line-{data.part}:"
        self._paid |= {own + id.removeprefix(of) for id in self._paid if id.startswith(of)}
        self._credit |= {f"line {data.part}"} if f"line {data.line}" in self._credit else set()

    def _put_by(self, subject: str, approval: str) -> set[str | None]:
        """By the trail: who made what the approval is about, as far as somebody did."""
        made = {"contract": ("order", "contract-revision"), "credit": ("payment-terms",)}
        kind = approval.rpartition(":")[2]
        for fact in reversed(self._seen):
            data = fact.read()
            if isinstance(data, AmendmentMade) and kind == "amendment":
                return {fact.actor.person, fact.actor.behalf} - {None}
            if isinstance(data, CancelRequested) and kind == "cancellation":
                return {fact.actor.person, fact.actor.behalf} - {None}
            if isinstance(data, PaymentTypeChosen) and kind == "contract":
                return {fact.actor.person, fact.actor.behalf} - {None}
            if isinstance(data, OfferChanged) and kind == "contract" and not self._only_reached(data):
                return {fact.actor.person, fact.actor.behalf} - {None}
            done = isinstance(data, AssignmentCompleted) and fact.subject == subject
            if done and data.assignment in made.get(kind, ()):
                return {fact.actor.person, fact.actor.behalf} - {None}
        return set()

    @staticmethod
    def _only_reached(data: OfferChanged) -> bool:
        """How the client is reached is no part of what is offered."""
        reached = {"client.contact", "client.email", "client.phone", "client.language"}
        return {edit.field for change in data.changes for edit in change.edits} <= reached

    def _manager_of(self, fact: Fact) -> str:
        """Only questions of the deal itself follow its manager at once."""
        return self._manager if fact.subject == "deal" else ""

    def _released(self, subject: str, *gates: Gate) -> None:
        """Whatever these gates wait for has been paid, and credit was approved where money comes later."""
        line = self.deal.state.lines[int(subject.removeprefix("line "))]
        term = self._term_then(line)
        wanted = {line.subject.id(part.id) for part in term.milestones if part.gate in gates}
        free = {
            id for id in wanted if id in line.milestones and line.milestones[id].amount == 0
        }  # kopecks that round to nothing
        assert wanted - free <= self._paid, f"{subject} goes on unpaid"
        gated = {code for code, kind in self._book.documents.items() if kind.gate in gates}
        assert gated <= self._signed, f"{subject} goes on before the signature"
        assert not term.credit or subject in self._credit, f"{subject} goes on without credit"

    def _allow(self, actor: Actor, on: date, *roles: Role, also: tuple[str, ...] = ()) -> None:
        if actor in (DESK, OPERATOR):
            return
        allowed = {person for role in roles for person in self._holders(role)} | set(also)
        person = actor.behalf or actor.person
        assert person in allowed, f"{actor} is none of {sorted(allowed)}"
        if actor.behalf:
            assert actor.person in _stand_ins(self._book, actor.behalf, on), f"{actor} on {on}"

    def _holders(self, role: Role) -> list[str]:
        if role is Role.CLIENT:
            return ["client"]
        if role is Role.MANAGER:
            return [self._manager]
        return [person for person, entry in self._book.people.items() if role in entry.roles]

    # --- money ---------------------------------------------------------------------------------------------------------

    def _money_adds_up(self) -> None:
        state = self.deal.state
        payments = {entry.id: entry.amount for entry in state.ledger.payments}
        assert payments == self._received, "each payment counts once"
        places: dict[str, Decimal] = {}
        for entry in state.ledger.entries:
            for sign, parts in ((1, entry.put), (-1, entry.taken)):
                for place, amount in parts.items():
                    places[place] = places.get(place, Decimal()) + sign * amount
        came = sum(self._received.values(), Decimal()) - sum(self._reversed.values(), Decimal())
        assert sum(places.values(), Decimal()) == came, "no kopeck is without an owner"
        for line in state.lines.values():
            assert sum(m.amount for m in line.milestones.values()) == line.amount, "to the kopeck"
            for milestone in line.milestones.values():
                assert 0 <= milestone.allocated <= milestone.amount
                assert milestone.allocated == places.get(milestone.id, 0), "what stands there was put there"
        totals = self.deal.view().totals
        assert totals.amount == totals.paid + totals.outstanding
        self._votes_are_on_the_offer()
        if state.stage is Stage.PAID:
            assert totals.outstanding == 0, "a deal that is paid is paid"
        if state.stage.final:
            assert totals.advance == 0, "a closed deal holds no kopeck without an owner"
        assert places.get("refunded", Decimal()) == self._refunded
        elsewhere = sum((a for place, a in places.items() if place.startswith("deal:")), Decimal())
        assert elsewhere == sum(self._given.values(), Decimal()), (
            "other deals were told of all that went there"
        )
        gone = sum((amount for place, amount in places.items() if _has_left(place)), Decimal())
        assert totals.paid + totals.advance + gone == came, "what came stands, is free, or has left"
        for line in self._told_lines():
            own = {id: m.allocated for id, m in line.milestones.items()}
            mirror = {id: m.allocated for id, m in state.lines[line.number].milestones.items()}
            assert own == mirror, f"line {line.number} knows what was paid"

    def _votes_are_on_the_offer(self) -> None:
        """Whoever is asked, or has agreed, was shown just what the lines say."""
        state = self.deal.state
        contract, amendment = state.approvals.get("contract"), state.approvals.get("amendment")
        for asked in [a for a in (contract, amendment) if a and not a.closed]:
            assert (asked.version, asked.digest) == (state.offers[-1].version, state.offers[-1].digest)
        if amendment and not amendment.closed:
            assert digest_of(state.offers[-1]) == amendment.digest
        elif contract and (contract.approved or not contract.closed):
            offer = state.offers[state.in_force - 1 if contract.closed else -1]
            gone = len(state.active_lines) < len(state.lines) or self._kept
            assert digest_of(state.draft) == offer.digest or gone
            assert set(offer.lines) <= set(state.lines)

    def _told_lines(self) -> Iterator[LineState]:
        """Lines that run, and have been told all."""
        if not self.deal.state.outbox.lines:
            for line in self.deal.own_lines():
                process = self.deal.line_process(line.number)
                if process and not process.outcome and line.number in self.deal.state.started_lines:
                    yield line

    # --- nothing waits silently ------------------------------------------------------------------------------------------

    def _never_waits_silently(self) -> None:
        state, now = self.deal.state, self.deal.world.now
        items = open_items(state, self.deal.own_lines())
        if state.stage.final:
            assert items == []
            assert state.open_assignments == [], "a closed deal asks nobody"
            assert state.open_approvals == []
            assert not any(line.open_assignments or line.open_approvals for line in state.active_lines)
            return
        assert items, "an open deal has an open item"
        for item in items:
            assert item.persons, f"{item} names nobody"
            if self._runs(item.subject.line):  # a line that was terminated hears of others once it goes on
                assert all(person == "client" or person in self._people() for person in item.persons), item
            if item.alarm and self._runs(item.subject.line):
                assert item.alarm.next_at > now, f"{item.kind} {item.id} should have rung"
        if state.playbook and not state.closing and not self._starting():
            assert [item.kind for item in items] != ["step"], f"nothing is open: {self.deal.describe()}"

    def _people(self) -> set[str]:
        return set(self._book.people) if self.deal.state.playbook else {"manager", self.deal.state.manager}

    def _runs(self, line: int | None) -> bool:
        process = self.deal.line_process(line) if line else self.deal.process
        return process is not None and process.outcome is None

    def _starting(self) -> bool:
        """Whether a line that should run has not been started: somebody else sits there, or its start is under way."""
        state = self.deal.state
        return any(n not in state.started_lines and not line.status.final for n, line in state.lines.items())

    # --- the world -------------------------------------------------------------------------------------------------------

    def _targets_hear_in_order(self) -> None:
        world, number = self.deal.world, self.deal.number
        told = [fact.seq for fact in self.deal.facts_told]
        assert told == list(range(1, len(told) + 1)), "the records hear the trail in order"
        sequence = world.crm.sequence(number)
        assert sequence == sorted(sequence), "the CRM hears in order"

    def caught_up(self) -> None:
        """Everybody is up again, and has had a while."""
        state, world, number = self.deal.state, self.deal.world, self.deal.number
        assert state.outbox.empty, f"still waiting: {state.outbox}"
        assert [fact.seq for fact in self.deal.facts_told] == list(range(1, state.seq + 1))
        tasks: dict[str, bool] = {}
        for write in world.crm.of(number):
            if write.op in ("open_task", "close_task"):
                tasks[write.task] = write.op == "open_task"
        opened = {task.partition("@")[0] for task, is_open in tasks.items() if is_open}
        asked = {id for process in (state, *state.lines.values()) for id in _open_in(process)}
        assert opened == asked, "the CRM's tasks are what is asked of people"

    # --- what it is judged by --------------------------------------------------------------------------------------------

    @property
    def _book(self) -> Playbook:
        return self.deal.state.book

    def _term_then(self, line: LineState) -> PaymentTerm:
        """Its payment type when the fact happened: it may have been amended since."""
        for fact in self._later:
            data = fact.read()
            if isinstance(data, LineAmended) and Subject.read(fact.subject).line == line.number:
                edits = [edit for change in data.changes for edit in change.edits]
                if before := next((edit.before for edit in edits if edit.field == "payment"), ""):
                    return self._book.payments[before]
        return self._term(line)

    def _term(self, line: LineState) -> PaymentTerm:
        return self._book.payments[line.good.payment]


def _has_left(place: str) -> bool:
    return place in ("refunded", "written-off", "account") or place.startswith("deal:")


def _open_in(process: ProcessState) -> Iterator[str]:
    """What people who work here are asked; a client answers by mail, and has no task."""
    yield from (assignment.id for assignment in process.open_assignments)
    staff = [a for a in process.open_approvals if any(ask.role is not Role.CLIENT for ask in a.asked)]
    yield from (approval.id for approval in staff)


def _stand_ins(book: Playbook, absent: str, on: date) -> set[str]:
    found = {absent}
    while True:
        more = {s.acts for s in book.substitutes if s.absent in found and s.since <= on <= s.until}
        if more <= found:
            return found - {absent}
        found |= more
