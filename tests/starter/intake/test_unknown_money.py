"""Payments by webhook that name no deal: the one whose they are takes them, the rest is kept for a person."""

from typing import Any
from uuid import uuid4

from tests.starter.intake.conftest import Front
from tests.starter.intake.test_answers import told
from tests.support.orders import an_order


async def test_case_12_money_nobody_knows_is_kept_whatever_is_wrong_with_it(front: Front) -> None:
    closed, ours = await front.office.open(an_order()), await front.office.open(an_order())
    fields = {"outcome": "disqualified", "reason": "нет бюджета"}
    await closed.until_asked("qualification")
    await closed.complete("qualification", "ivanova", **fields)
    await closed.stage("LOST")
    known: dict[str, Any] = {"amount": "1000.00", "currency": "RUB", "date": None}
    id = uuid4().hex
    for key, said in {
        "unknown": {"deal": "777"},
        "unnamed": {"purpose": "оплата по счёту СЧ-9"},
        "closed": {"deal": closed.number},
        "euros": {"deal": ours.number, "currency": "EUR"},
    }.items():
        event = await told(front, "payment.received", {"id": f"{key}-{id}", **known, **said}, "payments")
        assert "deal money unmatched" in event.outcome.ru
        assert event.status == ("done" if key == "unnamed" else "refused")
    gone = {"id": f"st-{id}", "payment": f"never-{id}", "reason": "ошибка банка"}
    assert (await told(front, "payment.reversed", gone, "payments")).status == "done"
