"""Random deals on the in-memory host: whatever people, the clock and the world do to them, every promise holds after each step.

`make soak DEALS=5000` runs as many as asked, each time others.
"""

import os
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.deal.batches import WatchedLines
from domain.deal.delivery import deliveries
from domain.deal.line_reports import LineChange, LineReport
from domain.deal.messages import MESSAGES
from domain.effects import Delivered
from domain.facts import heads
from domain.order.offer import digest_of
from domain.words import Trigger
from starter.errors import UnreachableError
from tests.support.memory import World, business, day
from tests.support.orders import PAYMENTS, Order, a_part, in_steps
from tests.support.promises import Promises
from tests.support.random_statements import KINDS, WRONG, RandomBank, debtor_of
from tests.support.randomly import Said, Ways, anything, companies, goods, orders, staffs
from tests.support.sinks import Sink
from tests.support.statements import DIALECTS, Dialect
from tests.support.views import assert_views_agree
from workflows.names import line_id
from workflows.rehearsal import Down, Process

DEALS = int(os.environ.get("DEALS", "0"))
PARTS = 4
COMPANIES = companies()
SPANS = [timedelta(**span) for span in ({"minutes": 1}, {"hours": 3}, {"days": 1}, {"days": 4}, {"days": 11})]
A_CHECK = timedelta(days=4)  # of silent lines comes within it

OTHERWISE: dict[str, dict[str, str]] = {
    "arrival": {"outcome": "delayed", "eta": day(90)},
    "customs-release": {"outcome": "hold", "reason": "код ТН ВЭД"},
    "acceptance": {"result": "damaged", "remarks": "разбит экран"},
    "surplus": {"outcome": "keep"},
    "surplus-elsewhere": {"outcome": "another-deal", "to_deal": "D-7"},
    "acceptance-in-part": {"result": "partial", "came": "1", "serial_numbers": "SN-1", "eta": day(60)},
}
"""Answers after which the question is asked again."""


class RandomDeal(Ways, RuleBasedStateMachine):
    @initialize(
        order=orders,
        company=st.sampled_from(tuple(COMPANIES)),
        longest_run=st.sampled_from((10**9, 10**9, 40, 12, 3)),
        late=st.booleans(),
        ahead=st.integers(0, 14),
        until=st.sampled_from(("nothing", "contract", "credit", "arrival", "customs", "acceptance")),
        with_stranger=st.sampled_from((False, False, False, True)),
    )
    def open(
        self,
        order: Order,
        company: str,
        longest_run: int,
        late: bool,
        ahead: int,
        until: str,
        with_stranger: bool,
    ) -> None:
        """A deal that has come so far without trouble. The playbook may be late; a stranger may sit under a line's id."""
        self.world = World(longest_run)
        self.world.book, self.company = COMPANIES[company], company
        self.stranger: Process | None = None
        self.meanwhile: list[Said] = []
        self.signalled: set[str] = set()
        for name, sink in self.world.sinks.items():
            self.world.activities[f"{name}.deliver"] = self._held(sink)
        self.watch = self.world.activities["lines.watch"] = self._watch_that_knows_strangers()
        load = self.world.activities["playbook.load"]
        if late:
            self.world.activities["playbook.load"] = _down
        self.deal = self.world.open(order)
        if with_stranger:
            id = line_id(self.deal.number, 1)
            self.stranger = self.world.process(id, self.deal.number, lambda host: None)
        self.promises = Promises(self.deal)
        self.bank, self.papers = RandomBank(self.deal), 0
        if late:
            self.deal.signal("pay", early := self.payment("12.34"))
            self.taken.append(("pay", None, early))
            self.world.skip(timedelta(seconds=5))
            self.world.activities["playbook.load"] = load
            self.world.skip(timedelta(minutes=2))
        self.answer_all(ahead, leave=lambda id: until in id)

    # --- people who do what they should ----------------------------------------------------------------------------------

    @rule(
        rounds=st.integers(1, 4),
        leave=st.sampled_from(("nothing", "contract", "payment", "upd", "customs", "acceptance")),
    )
    def all_that_is_asked_is_answered(self, rounds: int, leave: str) -> None:
        self.answer_all(rounds, leave=lambda id: id == "cancellation" or leave in id)

    @rule(data=st.data(), as_planned=st.booleans())
    def one_completes(self, data: st.DataObject, as_planned: bool) -> None:
        if asked := _pick(data, self.deal.view().assignments):
            fields = {f.name: f.example for f in asked.form if f.required}
            if asked.kind == "order":
                self.say("order", actor=asked.assignee, order={"lines": [data.draw(goods)]})
            else:
                also = {"acceptance": "-in-part", "surplus": "-elsewhere"}.get(asked.kind)
                kind = f"{asked.kind}{data.draw(st.sampled_from(('', also)))}" if also else asked.kind
                otherwise = {} if as_planned else OTHERWISE.get(kind, {})
                if not as_planned and any(f.name == "payment" for f in asked.form):
                    otherwise = {"payment": data.draw(st.sampled_from(PAYMENTS))}
                self.say("complete", actor=asked.assignee, assignment=asked.id, fields=fields | otherwise)

    @rule(data=st.data(), approve=st.booleans())
    def one_decides(self, data: st.DataObject, approve: bool) -> None:
        if approval := _pick(data, self.deal.view().approvals):
            about = {"approval": approval.id, "approve": approve, "comment": "нет"}
            version = data.draw(st.sampled_from((None, approval.version)))
            self.say("decide", actor=_pick(data, approval.awaiting).person, version=version, **about)

    @rule(data=st.data())
    def one_asks_before_deciding(self, data: st.DataObject) -> None:
        if approval := _pick(data, self.deal.view().approvals):
            asker = _pick(data, approval.awaiting).person
            self.say("ask", actor=asker, approval=approval.id, question="Монтаж входит?")

    @rule(data=st.data())
    def one_signs(self, data: st.DataObject) -> None:
        if document := _pick(data, [d for d in self.deal.view().documents if d.can_sign]):
            self.say("sign", actor=document.signer, document=document.id)

    @rule(data=st.data(), partly=st.booleans())
    def the_client_refuses_a_paper(self, data: st.DataObject, partly: bool) -> None:
        if document := _pick(data, [d for d in self.deal.view().documents if d.can_sign]):
            about = {"document": document.id, "reason": "не то количество", "partly": partly}
            self.say("refuse", actor="client", **about)

    @rule()
    def the_director_lets_lines_go_on(self) -> None:
        self.say("waive", actor="petrov", document="contract", reason="постоянный клиент")

    @rule(
        data=st.data(), how=st.sampled_from(("exactly", "part", "less", "more", "any")), by_line=st.booleans()
    )
    def money_comes(self, data: st.DataObject, how: str, by_line: bool) -> None:
        """In parts, too much, too little; in anybody's name."""
        milestone = _pick(data, self.deal.view().milestones)
        outstanding = milestone.outstanding if milestone else Decimal("100.00")
        amount = {
            "exactly": outstanding,
            "part": max((outstanding / 3).quantize(Decimal("0.01")), Decimal("0.01")),
            "less": max(outstanding - Decimal("0.37"), Decimal("0.01")),
            "more": outstanding + Decimal("0.01"),
            "any": Decimal(data.draw(st.integers(1, 10**7))) / 100,
        }[how]
        payer = data.draw(st.sampled_from(({}, {"payer": "АО «Лизинг Образец»", "payer_inn": "9900000024"})))
        payment = self.payment(amount, line=milestone.line if milestone and by_line else None) | payer
        refused = self.say("pay", **payment)
        if amount and not self.deal.state.stage.final:
            assert refused == "", "money that came is taken"

    @rule(
        data=st.data(),
        told=st.lists(
            st.tuples(st.sampled_from(KINDS), st.sampled_from(("exactly", "part", "any"))), max_size=3
        ),
        dialect=st.sampled_from(DIALECTS),
    )
    def a_statement_is_imported(
        self, data: st.DataObject, told: list[tuple[str, str]], dialect: Dialect
    ) -> None:
        """Papers of this deal and of others: none is lost, none is put wrong, and the same file again changes nothing."""
        if not told or not self.deal.state.playbook:
            return
        today = self.deal.state.book.calendar.today(self.world.now)
        papers = []
        for kind, how in told:
            dues = [due.outstanding for due in debtor_of(self.deal).dues] or [Decimal("100.00")]
            due, self.papers = data.draw(st.sampled_from(dues)), self.papers + 1
            any_sum = Decimal(data.draw(st.integers(1, 10**7))) / 100
            amount = {"exactly": due, "part": max(due / 2, Decimal("0.01")), "any": any_sum}[how]
            on = today - timedelta(days=data.draw(st.integers(1, 4)))
            papers.append(self.bank.paper(kind, amount.quantize(Decimal("0.01")), on, self.papers))
        try:
            found = self.bank.tell(papers, dialect)
        except UnreachableError:
            assert not self.is_there(None), "a deal that is there takes its money"
            return
        for (kind, _), paper, one in zip(told, papers, found, strict=True):
            key, counted = one.listed.payment.key, {p.id for p in self.deal.state.ledger.payments}
            if paper.way == "in":
                assert key in counted | self.bank.waiting(), "no money of a statement is lost"
            if kind in WRONG:
                assert one.match.deal is None, f"{paper} is not this deal's: {one.match}"
        before = business(self.deal.state)
        again = self.bank.tell(papers, dialect)
        assert business(self.deal.state) == before, "the same statement twice has the effect of once"
        assert {one.fate for one in again} <= {"known", "sent"}

    @rule(data=st.data(), how=st.sampled_from(("update", "signal")), seldom=st.integers(0, 2))
    def the_bank_takes_money_back(self, data: st.DataObject, how: str, seldom: int) -> None:
        payment = _pick(data, self.deal.state.ledger.payments)
        if payment and not seldom:
            gone = self.new(actor="kuznetsova", payment=payment.id, reason="отозван банком")
            if not (refused := self.tell(how, ("reverse", None, gone))):
                self.taken.append(("reverse", None, gone))
            assert self.deal.state.ledger.reversal(payment.id) or refused, "it is taken back, or refused"

    @rule(data=st.data(), part=st.booleans(), to=st.sampled_from(("D-7", "D-8")))
    def money_goes_to_another_deal(self, data: st.DataObject, part: bool, to: str) -> None:
        if payment := _pick(data, self.deal.state.ledger.payments):
            amount = data.draw(st.integers(1, 300_000)) / Decimal(100)
            about = {"actor": "kuznetsova", "payment": payment.id, "to_deal": to}
            self.say("move", amount=str(amount) if part else None, **about)

    @rule(data=st.data(), line=st.sampled_from((None, 1, 2, 3)), part=st.booleans())
    def money_is_moved_or_goes_back(self, data: st.DataObject, line: int | None, part: bool) -> None:
        if payment := _pick(data, self.deal.state.ledger.payments):
            amount = data.draw(st.integers(1, 300_000)) / Decimal(100)
            about = {"actor": "kuznetsova", "payment": payment.id}
            self.say("move", line=line, amount=str(amount) if part else None, **about)
            if line is None:
                self.say("refund", amount=str(amount), reason="лишнее", **about)

    @rule(data=st.data())
    def what_is_missing_is_written_off(self, data: st.DataObject) -> None:
        """Only a rest that is small enough, of a line's last milestone."""
        if line := _pick(data, self.deal.state.active_lines):
            last, rest = list(line.milestones.values())[-1], line.outstanding
            small = 0 < rest == last.outstanding <= self.deal.state.book.money.write_off
            refused = self.say("write-off", actor="kuznetsova", line=line.number, reason="комиссия банка")
            assert small or refused, "more than the playbook lets is not forgiven"

    @rule(data=st.data(), days=st.integers(1, 20), by=st.sampled_from(("petrov", "ivanova")))
    def the_director_has_seen_it(self, data: st.DataObject, days: int, by: str) -> None:
        if item := _pick(data, [b for b in self.deal.view().blockers if b.id]):
            until = self.deal.state.book.calendar.today(self.world.now) + timedelta(days=days)
            self.say("acknowledge", actor=by, item=item.id, until=str(until))

    @rule(data=st.data(), days=st.integers(-4, 2), by=st.sampled_from(("ivanova", "orlov", "petrov")))
    def something_was_answered_wrong(self, data: st.DataObject, days: int, by: str) -> None:
        """Any answer that was given: a day is another one, anything else has one more sign."""
        processes = (self.deal.state, *self.deal.own_lines())
        answered = [asked for process in processes for asked in process.assignments.values() if asked.answers]
        if asked := _pick(data, answered):
            name = data.draw(st.sampled_from(sorted(asked.answers)))
            try:
                right = str(date.fromisoformat(asked.answers[name]) + timedelta(days=days))
            except ValueError:
                right = f"{asked.answers[name]}1"
            fields = {name: right}
            if asked.kind in OTHERWISE and data.draw(st.booleans()):
                fields = OTHERWISE[asked.kind]
            self.say("correct", actor=by, entry=asked.id, fields=fields, reason="опечатка")

    @rule(
        data=st.data(),
        what=st.sampled_from(("amount", "date", "line", "purpose")),
        by=st.sampled_from(("kuznetsova", "petrov", "ivanova")),
    )
    def a_payment_was_entered_wrong(self, data: st.DataObject, what: str, by: str) -> None:
        if payment := _pick(data, self.deal.state.ledger.payments):
            day = self.deal.state.book.calendar.today(self.world.now) - timedelta(
                days=data.draw(st.integers(0, 3))
            )
            right = {
                "amount": str(Decimal(data.draw(st.integers(1, 300_000))) / 100),
                "date": str(day),
                "line": data.draw(st.sampled_from(("", "1", "2"))),
                "purpose": "счёт 12",
            }
            said = {"entry": payment.id, "fields": {what: right[what]}, "reason": "опечатка"}
            self.say("correct", actor=by, **said)

    @rule(data=st.data(), days=st.integers(0, 20), by=st.sampled_from(("petrov", "ivanova", "orlov")))
    def a_deadline_moves(self, data: st.DataObject, days: int, by: str) -> None:
        if item := _pick(data, [b for b in self.deal.view().blockers if b.id]):
            until = self.deal.state.book.calendar.today(self.world.now) + timedelta(days=days)
            self.say("reschedule", actor=by, item=item.id, until=str(until), reason="ждём")

    @rule(data=st.data(), by=st.sampled_from(("ivanova", "sidorov", "petrov")), whole=st.booleans())
    def another_offer_is_made(self, data: st.DataObject, by: str, whole: bool) -> None:
        """Some of the goods go, some are others, some are new; or one has another price or another payment type."""
        state = self.deal.state
        if whole or not state.lines:
            kept = [
                line.good.model_dump(mode="json", exclude={"rounding"})
                for line in state.lines.values()
                if data.draw(st.booleans())
            ]
            lines = [*kept, *data.draw(st.lists(goods, min_size=not kept, max_size=2))]
            content: dict[str, Any] = {"order": {"lines": lines}}
        else:
            place = f"line-{data.draw(st.sampled_from(sorted(state.lines)))}"
            good = data.draw(goods)
            field = data.draw(st.sampled_from(("unit_price", "payment", "quantity", "source")))
            content = {"settings": {f"{place}.{field}": str(good[field])}}
        agreed = Trigger.CONTRACT in state.moments
        refused = self.say("offer", actor=by, comment="так лучше", **content)
        assert refused or not agreed, "what is agreed stays"

    @rule(data=st.data(), by=st.sampled_from(("orlov", "petrov")), how=st.sampled_from(("update", "signal")))
    def a_line_is_split(self, data: st.DataObject, by: str, how: str) -> None:
        state = self.deal.state
        if line := _pick(data, [line for line in state.active_lines if in_steps(line.good) > 1]):
            amount, digest = state.amount, digest_of(state.draft)
            quantity = a_part(line.good, lambda least, most: data.draw(st.integers(least, most)))
            asked = self.new(actor=by, line=line.number, quantity=str(quantity), reason="едет раньше")
            if not self.tell(how, ("split", None, asked)):
                self.taken.append(("split", None, asked))
            assert (state.amount, digest_of(state.draft)) == (amount, digest), "what is agreed stays"

    @rule(
        data=st.data(),
        by=st.sampled_from(("ivanova", "sidorov", "petrov")),
        how=st.sampled_from(("set", "set", "remove", "whole")),
    )
    def what_is_agreed_is_amended(self, data: st.DataObject, by: str, how: str) -> None:
        """One line has another price, quantity, payment type or source, or goes; or goods come."""
        lines = {line.number: line.good for line in self.deal.state.active_lines}
        if not lines or len(lines) > 4:
            return
        number, good = data.draw(st.sampled_from(sorted(lines))), data.draw(goods)
        field = data.draw(st.sampled_from(("unit_price", "payment", "quantity", "source", "delivery")))
        whole = [line.model_dump(mode="json", exclude={"rounding"}) for line in lines.values()]
        content: dict[str, Any] = {
            "set": {"settings": {f"line-{number}.{field}": str(good[field])}},
            "remove": {"remove": [number]},
            "whole": {"order": {"lines": [*whole, good]}},
        }[how]
        agreed = Trigger.CONTRACT in self.deal.state.moments
        refused = self.say("amend", actor=by, reason="так лучше", **content)
        assert agreed or refused, "what is not agreed is offered"

    # --- people who do not ------------------------------------------------------------------------------------------------

    @rule(data=st.data(), how=st.sampled_from(("update", "signal")))
    def anybody_says_anything(self, data: st.DataObject, how: str) -> None:
        """Taken or refused, it breaks no promise; refused, it changes nothing."""
        name, content = data.draw(anything(self.deal))
        line = data.draw(st.sampled_from([n for n in (None, 1, 2, 3) if self.is_there(n)] or [None]))
        before, facts = business(self.deal.state), self.deal.state.seq
        if self.tell(how, (name, line, self.new(**content))):
            assert business(self.deal.state) == before
            assert how == "signal" or self.deal.state.seq == facts

    @rule(data=st.data(), how=st.sampled_from(("update", "signal")))
    def the_same_is_said_again(self, data: st.DataObject, how: str) -> None:
        if said := _pick(data, self.taken):
            before = business(self.deal.state)
            self.tell(how, said)
            assert business(self.deal.state) == before, "the same message twice has the effect of once"
            name, line, content = said
            if name == "pay":
                other = content | {"amount": str(Decimal(content["amount"]) + 1)}
                assert self.tell(how, (name, line, other)), "a payment's id is its own for ever"
                assert business(self.deal.state) == before

    @rule(data=st.data())
    def much_comes_at_once(self, data: st.DataObject) -> None:
        """Answers to what is open, doubled and in any order."""
        answers = self.answers()
        self._signal(data.draw(st.lists(st.sampled_from(answers), max_size=6)) if answers else [])

    @rule(data=st.data(), to=st.sampled_from(("ivanova", "sidorov")))
    def much_comes_while_a_delivery_is_held(self, data: st.DataObject, to: str) -> None:
        """As soon as a worker has one: a handover makes some."""
        answers = self.answers()
        self.meanwhile = data.draw(st.lists(st.sampled_from(answers), max_size=4)) if answers else []
        self.say("reassign", actor="petrov", to=to)
        self.meanwhile = []

    @rule(
        what=st.sampled_from((None, 5, "text", [], {}, {"id": 7}, {"id": "1", "actor": "ivanova"})),
        name=st.sampled_from((*MESSAGES, "report", "from_deal", "complite")),
        line=st.sampled_from((None, 1, 2)),
    )
    def junk_comes(self, what: Any, name: str, line: int | None) -> None:
        if self.is_there(line):
            before = business(self.deal.state)
            self.deal.signal(name, what, line)
            assert business(self.deal.state) == before

    @rule(data=st.data())
    def a_report_comes_again(self, data: st.DataObject) -> None:
        """Late and doubled: all that a line ever told, or the last part of it."""
        line = _pick(data, self.deal.own_lines())
        if line and self.is_there(None):
            told = [fact for fact in self.deal.trail if fact.subject == str(line.subject)][: line.reported]
            first = data.draw(st.integers(0, len(told)))
            change = LineChange(**{name: getattr(line, name) for name in LineChange.model_fields})
            after = heads("", told)[first]
            report = LineReport(line=line.number, after=after, change=change, facts=tuple(told[first:]))
            before = self.deal.state.seq
            self.deal.signal("report", report.model_dump(mode="json"))
            assert self.deal.trail[before:] == [], "what was told counts once"

    # --- people come and go ------------------------------------------------------------------------------------------------

    @rule(data=st.data(), how=st.sampled_from(("update", "signal")))
    def the_people_are_others_today(self, data: st.DataObject, how: str) -> None:
        told = data.draw(st.sampled_from(tuple(staffs(COMPANIES[self.company]).values())))
        said: Said = ("people", None, self.new(actor="operator", **told))
        if self.is_there(None) and not self.tell(how, said):
            self.taken.append(said)

    # --- the deal changes hands, or ends -----------------------------------------------------------------------------------

    @rule(to=st.sampled_from(("ivanova", "sidorov")), by=st.sampled_from(("petrov", "ivanova")))
    def the_deal_changes_hands(self, to: str, by: str) -> None:
        self.say("reassign", actor=by, to=to)

    @rule(by=st.sampled_from(("ivanova", "sidorov", "petrov")), seldom=st.integers(0, 5))
    def somebody_cancels(self, by: str, seldom: int) -> None:
        if not seldom:
            self.say("cancel", actor=by, reason="передумали")

    @rule(seldom=st.integers(0, 9))
    def the_client_does_not_fit(self, seldom: int) -> None:
        if not seldom:
            fields = {"outcome": "disqualified", "reason": "нет денег"}
            self.say("complete", actor=self.deal.state.manager, assignment="qualification", fields=fields)

    @precondition(lambda self: self.deal.state.playbook and not self.deal.state.closing)
    @rule(line=st.sampled_from((None, 1, 2)), seldom=st.integers(0, 7))
    def an_operator_cancels(self, line: int | None, seldom: int) -> None:
        if not seldom and self.is_there(line) and (process := self._process(line)):
            process.cancel()
            self.world.settle()

    @rule(line=st.integers(1, 3), then=st.sampled_from(("nothing", "money", "handover", "end")))
    def an_operator_terminates_a_line(self, line: int, then: str) -> None:
        """What the deal then tells the line it hears once it goes on."""
        if self.is_there(line) and (process := self._process(line)):
            process.terminate()
            match then:
                case "money":
                    self.say("pay", **self.payment("77.77", line=line))
                case "handover":
                    self.say("reassign", actor="petrov", to="sidorov")
                case "end":
                    self.say("cancel", actor="petrov", reason="передумали")

    # --- time and the world --------------------------------------------------------------------------------------------------

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        self.world.skip(span)

    @rule(span=st.sampled_from(SPANS))
    def nobody_is_awake(self, span: timedelta) -> None:
        self.world.oversleep(span)
        self.world.settle()

    @rule(who=st.sampled_from(("crm", "mail", "records")), down=st.booleans(), lost=st.integers(0, 2))
    def one_of_the_world_falters(self, who: str, down: bool, lost: int) -> None:
        self.world.sinks[who].down = down
        self.world.sinks[who].lose_answers = lost

    @rule(up=st.booleans())
    def the_watch_falters(self, up: bool) -> None:
        self.world.activities["lines.watch"] = self.watch if up else _down

    @rule(address=st.sampled_from(("anna@clinic.example", "petrov@dealwright.example")), bad=st.booleans())
    def an_address_is_bad(self, address: str, bad: bool) -> None:
        (self.world.mail.bad.add if bad else self.world.mail.bad.discard)(address)

    @rule(
        what=st.sampled_from(("stage", "manager", "answer", "task", "line")),
        subject=st.sampled_from(("SHIPPED", "orlov", "contract", "qualification@1:ivanova", "1")),
    )
    def somebody_meddles_in_the_crm(self, what: str, subject: str) -> None:
        self.say("revert", actor="crm", what=what, subject=subject, by="Игорь Орлов")

    @rule(
        what=st.sampled_from(("deleted", "restored", "goods", "client", "lacks")),
        missing=st.sampled_from(("", "телефон")),
    )
    def somebody_does_without_the_card(self, what: str, missing: str) -> None:
        self.say("card", actor="crm", what=what, missing=missing)

    @rule()
    def the_world_is_whole_again(self) -> None:
        self._mend_the_world()
        self.world.skip_a_while()
        if self.is_there(None):
            self.promises.caught_up()

    @precondition(lambda self: self.stranger)
    @rule(seldom=st.integers(0, 2))
    def the_stranger_leaves(self, seldom: int) -> None:
        if not seldom:
            self._send_the_stranger_away()
            self.world.skip(A_CHECK)

    # --- what holds ----------------------------------------------------------------------------------------------------------

    @rule(look=st.sampled_from((True, False, False, False)))
    def all_views_are_compared(self, look: bool) -> None:
        """Whatever state it is in: a look costs as much as many steps, so that not every state has one."""
        if look:
            assert_views_agree(self.deal.state, self.deal.own_lines(), self.world.now)

    @invariant()
    def every_promise_holds(self) -> None:
        for id, error in self.world.failures:
            raise AssertionError(f"{id} failed: {error!r}") from error
        self.promises.hold()
        self.no_forecast_is_of_the_past()
        counted = {payment.id for payment in self.deal.state.ledger.payments}
        refused = " ".join(fact.data.get("tried", "") for fact in self.deal.refused_facts())
        lost = [id for id in self.signalled - counted if f'"{id}"' not in refused]
        assert not lost, f"every payment is counted, or on record as refused: not {lost}"

    def teardown(self) -> None:
        """Once all is well again, the deal gets to its end, whatever it has been through."""
        if not hasattr(self, "promises"):
            return
        self.bank.close()
        assert_views_agree(self.deal.state, self.deal.own_lines(), self.world.now)
        self._mend_the_world()
        self._send_the_stranger_away()
        self.world.skip(2 * A_CHECK)
        self.every_promise_holds()
        if self.is_there(None):
            self.promises.caught_up()
        for _ in range(30):
            if not self.answer_all(2):
                self.world.skip(timedelta(days=1))
        self.every_promise_holds()
        assert self.deal.process.outcome == "completed", self.deal.describe()
        self.promises.caught_up()
        self.world.check()
        assert_views_agree(self.deal.state, self.deal.own_lines(), self.world.now)

    def no_forecast_is_of_the_past(self) -> None:
        state, now = self.deal.state, self.world.now
        lines = [line for line in state.active_lines if Trigger.ACCEPTED not in line.moments]
        for forecast in deliveries(state, lines, now).values():
            assert forecast.delivered_on >= state.book.calendar.today(now)

    # --- help ----------------------------------------------------------------------------------------------------------------

    def is_there(self, line: int | None) -> bool:
        return super().is_there(line) and not (self.stranger and self._process(line) is self.stranger)

    def _process(self, line: int | None) -> Process | None:
        return self.deal.line_process(line) if line else self.deal.process

    def _watch_that_knows_strangers(self) -> Callable[[WatchedLines], WatchedLines]:
        watch = self.world.activities["lines.watch"]

        def with_strangers(asked: WatchedLines) -> WatchedLines:
            sits = self.stranger and not self.stranger.outcome and 1 in asked.lines
            foreign = (1,) if sits and self._process(1) is self.stranger else ()
            found: WatchedLines = watch(asked).model_copy(update={"foreign": foreign})
            return found

        return with_strangers

    def _held(self, sink: Sink) -> Callable[[Any], Delivered]:
        def hold(batch: Any) -> Delivered:
            said, self.meanwhile = self.meanwhile, []
            self._signal(said)
            return sink(batch)

        return hold

    def _signal(self, said: list[Said]) -> None:
        """To each process at once what is for it."""
        for to in {line for _, line, _ in said if self.is_there(line)}:
            mine = [(name, content) for name, line, content in said if line == to]
            self.signalled |= {content["id"] for name, content in mine if name == "pay"}
            self.deal.signals(*mine, line=to)

    def _send_the_stranger_away(self) -> None:
        if self.stranger:
            self.stranger.terminate()

    def _mend_the_world(self) -> None:
        self.world.mail.bad.clear()
        self.world.activities["lines.watch"] = self.watch
        for sink in self.world.sinks.values():
            sink.down, sink.lose_answers = False, 0


def _pick(data: st.DataObject, among: Any) -> Any:
    return data.draw(st.sampled_from(list(among))) if among else None


def _down(_: object) -> WatchedLines:
    raise Down("switched off")


@pytest.mark.parametrize("part", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, PARTS))])
def test_every_promise_holds_whatever_happens(part: int) -> None:
    """In parts, so that all cores have some. The suite plays the same deals each time, `make soak` others."""
    deals = RandomDeal if DEALS else seed(part)(type(f"{RandomDeal.__name__}{part}", (RandomDeal,), {}))
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        deals,
        settings=settings(
            max_examples=(DEALS or 200) // PARTS,
            stateful_step_count=30,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
