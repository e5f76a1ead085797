"""Events that say themselves what the desk must know: messages of other CRMs, payments, leads, mail that came back."""

from typing import Any
from uuid import uuid4

import pytest

from domain.bounced import Bounced
from domain.facts import AssignmentCompleted, DealOpened
from records.arrivals import InboxEvent, Source
from starter.intake.answers import _number_in
from tests.starter.intake.conftest import Front
from tests.support.deal import OpenDeal
from tests.support.orders import CLIENT, a_good, a_lead, an_order

ORDER = {"client": CLIENT, "lines": [a_good()]}


async def told(
    front: Front, kind: str, data: dict[str, Any], source: Source = "crm", deal: str | None = None
) -> InboxEvent:
    """What becomes of an event, with its body as the web stores it."""
    subject = f"deal:{data.get('deal') or deal}"
    return await front.box.outcome(front.box.put(subject, kind, source, deal=deal, type=kind, data=data))


async def a_running(front: Front) -> OpenDeal:
    return await front.office.open(an_order())


async def test_a_message_by_webhook_reaches_its_deal_once(front: Front) -> None:
    deal = await a_running(front)
    await deal.until_asked("qualification")
    fields = {"outcome": "disqualified", "reason": "нет бюджета"}
    data = {"deal": deal.number, "actor": "ivanova", "assignment": "qualification", "fields": fields}
    done = await told(front, "deal.complete", data | {"id": "c-1"})
    assert (done.status, done.deal) == ("done", deal.number)
    await deal.stage("LOST")
    again = await told(front, "deal.complete", data | {"id": "c-1"})
    assert again.status in ("done", "refused")
    assert len(await deal.facts(AssignmentCompleted.kind)) == 1


async def test_an_order_by_webhook_is_completed_from_the_register_of_goods(front: Front) -> None:
    deal = await front.office.open(a_lead())
    await deal.qualify()
    await deal.until_asked("order")
    bed = {name: said for name, said in a_good(sku="BED-3").items() if name not in ("name", "vat")}
    data = {"deal": deal.number, "actor": "ivanova"}
    otherwise = await told(front, "deal.order", data | {"order": {"lines": [bed | {"vat": "20"}]}})
    assert "register of goods" in otherwise.outcome.en
    assert (await told(front, "deal.order", data | {"order": {"lines": [bed]}})).status == "done"
    good = (await deal.state()).lines[1].good
    assert (good.name, good.vat) == ("Кровать функциональная", "22")


async def test_a_message_without_an_id_has_its_webhooks(front: Front) -> None:
    deal = await a_running(front)
    seq = front.box.put(
        f"deal:{deal.number}",
        "deal.cancel",
        key="msg_1" + deal.number,
        data={"deal": deal.number, "actor": "ivanova", "reason": "передумали"},
    )
    assert (await front.box.outcome(seq)).status == "done"
    await deal.stage("CANCELLED")
    assert f"cancel:crm:msg_1{deal.number}" in (await deal.state()).receipts


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("deal.sign", {"actor": "client", "document": "upd"}, "no document “upd”"),
        ("deal.decide", {"actor": "petrov"}, "the approval: is missing"),
        ("deal.cancel", {"actor": "orlov", "reason": "x"}, "may not cancel the deal"),
    ],
)
async def test_a_message_that_is_not_allowed_is_refused_with_words(
    front: Front, kind: str, data: dict[str, Any], words: str
) -> None:
    deal = await a_running(front)
    event = await told(front, kind, data | {"deal": deal.number})
    assert event.status == "refused"
    assert words in event.outcome.en


async def test_a_kind_nobody_knows_is_ignored(front: Front) -> None:
    event = await told(front, "deal.explode", {"deal": "1"})
    assert (event.status, event.outcome.ru) == ("ignored", "Такой вид события неизвестен: deal.explode")


async def test_money_counts_once_by_the_payments_own_id(front: Front) -> None:
    deal = await a_running(front)
    await deal.agree()
    paid = {"id": "pp-118", "deal": deal.number, "amount": "500.00", "currency": "RUB", "date": None}
    for _ in range(2):  # the bank tells it again, in another webhook
        event = await told(front, "payment.received", paid | {"purpose": "счёт 1", "line": 1}, "payments")
        assert event.status == "done", event.outcome.ru
    [payment] = (await deal.state()).ledger.payments
    assert (str(payment.amount), payment.actor.person) == ("500.00", "kuznetsova")
    other = await told(front, "payment.received", paid | {"amount": "7.00"}, "payments")
    assert other.status == "refused"


async def test_a_payment_for_a_stopped_deal_waits_and_counts_once_the_deal_is_revived(front: Front) -> None:
    deal = await a_running(front)
    await deal.caught_up()
    await deal.handle.terminate(reason="wrong button")
    data = {"deal": deal.number, "id": f"PP-{deal.number}", "amount": "100.00", "currency": "RUB"}
    seq = front.box.put(
        f"deal:{deal.number}",
        "payment.received",
        "payments",
        deal=deal.number,
        type="payment.received",
        data=data,
    )
    waiting = await front.box.tried(seq, 2)
    assert (waiting.status, f"deal revive {deal.number}" in waiting.outcome.ru) == ("retry", True)
    await front.office.desk.revive(deal.number)
    assert (await front.box.outcome(seq)).status == "done"
    assert str((await deal.state()).received) == "100.00"


async def test_a_payment_for_a_deal_nobody_knows_is_refused_and_can_be_replayed(front: Front) -> None:
    number = f"later-{uuid4().hex[:8]}"
    seq = front.box.put(
        f"deal:{number}",
        "payment.received",
        "payments",
        data={"id": "pp-1", "deal": number, "amount": "500.00", "currency": "RUB"},
    )
    refused = await front.box.outcome(seq)
    assert (refused.status, number in refused.outcome.ru) == ("refused", True)
    deal = await front.office.open(an_order(), number)
    await deal.agree()
    event = front.box.event(seq)
    assert front.box.real.replay(seq, event.received_at)
    assert (await front.box.outcome(seq)).status == "done"
    assert len((await deal.state()).ledger.payments) == 1


async def test_a_payment_that_the_bank_took_back_is_reversed_once(front: Front) -> None:
    deal = await a_running(front)
    await deal.agree()
    paid = {"id": "pp-1", "deal": deal.number, "amount": "500.00", "currency": "RUB"}
    await told(front, "payment.received", paid, "payments")
    gone = {"id": "st-1", "deal": deal.number, "payment": "pp-1", "reason": "ошибка банка"}
    for _ in range(2):
        event = await told(front, "payment.reversed", gone, "payments")
        assert (event.status, event.deal) == ("done", deal.number), event.outcome.ru
    unknown = await told(front, "payment.reversed", gone | {"id": "st-2", "payment": "pp-9"}, "payments")
    assert (unknown.status, "pp-9" in unknown.outcome.ru) == ("refused", True)
    assert (await deal.state()).received == 0


async def test_a_lead_of_the_site_is_a_deal_under_the_number_its_sender_was_shown(front: Front) -> None:
    reference = f"{uuid4().hex[:5]}-{uuid4().hex[:5]}".upper()
    lead = {"client": CLIENT, "wish": "УЗИ-сканер"}
    for _ in range(2):
        seq = front.box.put(f"form:{reference}", "lead.submitted", "form", reference, order=lead)
        assert (await front.box.outcome(seq)).deal == reference
        front.box.real.replay(seq, front.box.event(seq).received_at)
        assert (await front.box.outcome(seq)).status == "done"
    deal = await front.opened(reference)
    state = await deal.state()
    assert (state.wish, state.origin and state.origin.source) == ("УЗИ-сканер", "site")
    assert len(await deal.facts(DealOpened.kind)) == 1


async def test_a_deal_of_a_crm_that_can_not_be_read_starts_with_its_order(front: Front) -> None:
    ref = f"amo:{uuid4().hex[:8]}"
    seq = front.box.put(
        f"crm:{ref}", "deal.created", data={"id": ref, "order": ORDER | {"manager": "sidorov"}}
    )
    event = await front.box.outcome(seq)
    assert event.deal == f"CRM-{ref.replace(':', '-')}"
    deal = await front.opened(event.deal)
    assert ((await deal.state()).manager, len((await deal.state()).lines)) == ("sidorov", 1)


async def test_its_bad_order_is_a_lead_that_says_what_is_missing(front: Front) -> None:
    order = {"number": f"N-{uuid4().hex[:8]}", "client": {"name": "ООО"}, "lines": [{"sku": 1}]}
    seq = front.box.put("crm:1", "deal.created", data={"id": "1", "order": order})
    event = await front.box.outcome(seq)
    assert event.deal == order["number"]
    assert "товар 1, тип оплаты: не заполнено" in event.outcome.ru
    state = await (await front.opened(event.deal)).state()
    assert state.origin is not None
    assert "товар 1, тип оплаты: не заполнено" in state.origin.missing


async def test_mail_that_came_back_asks_for_a_better_address(front: Front) -> None:
    deal = await a_running(front)
    back = Bounced(email=CLIENT["email"], reason="550 no such user", deal=deal.number, notice="n-1")
    event = await told(front, "email.bounced", back.body["data"], "mail", deal.number)
    assert event.status == "done"
    await deal.until_asked("mail-address")


@pytest.mark.parametrize(
    ("kind", "data", "status"),
    [
        ("email.bounced", {"to": ["anna@clinic.example"], "bounce": {"type": "Transient"}}, "ignored"),
        ("email.complained", {"to": ["anna@clinic.example"]}, "done"),
        ("email.bounced", {"to": ["nobody@clinic.example"]}, "refused"),
        ("email.bounced", {"to": []}, "refused"),
    ],
)
async def test_other_ways_in_which_mail_fails(
    front: Front, kind: str, data: dict[str, Any], status: str
) -> None:
    deal = await a_running(front)
    assert (await told(front, kind, data, "mail", deal.number)).status == status


async def test_mail_of_no_deal_is_refused(front: Front) -> None:
    assert (await told(front, "email.bounced", {"to": ["a@b.example"]}, "mail")).status == "refused"


@pytest.mark.parametrize(
    ("data", "number"),
    [
        ({"message_id": "<deal-1042+17+anna@desk.example>"}, "1042"),
        ({"headers": [{"name": "Message-ID", "value": "<deal-B24-7+1+x@desk.example>"}]}, "B24-7"),
        ({"message_id": "<other@desk.example>"}, None),
        ({}, None),
    ],
)
def test_our_own_message_id_tells_the_deal(data: dict[str, Any], number: str | None) -> None:
    assert _number_in(data) == number
