"""The checklist of closing documents, for every combination of delivery, payment, VAT and source."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product

import pytest

from domain.alarms import set_alarm
from domain.deal.documents import documents_of_deal, documents_of_line
from domain.facts import DESK
from domain.order.order import OrderLine
from domain.playbook.book import Playbook
from domain.words import Role, Side, Source, Trigger

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def line(
    source: str = "stock", payment: str = "prepaid_100", delivery: str = "pickup", vat: str = "22"
) -> OrderLine:
    return OrderLine(
        sku="US-900",
        name="УЗИ-сканер",
        quantity=1,
        unit_price=Decimal("1.00"),
        vat=vat,
        source=Source(source),
        payment=payment,
        delivery=delivery,
        registration_certificate="РЗН 2023/12345" if vat in ("10", "exempt") else None,
    )


@pytest.mark.parametrize(
    ("good", "needed"),
    [
        (line(), {"upd", "warranty"}),
        (line(delivery="carrier"), {"upd", "warranty", "waybill"}),
        (line(delivery="installation"), {"upd", "warranty", "commissioning-act"}),
        (line(vat="10"), {"upd", "warranty", "certificate-copy"}),
        (line(vat="exempt"), {"upd", "warranty", "certificate-copy"}),
        (line().model_copy(update={"medical_device": True}), {"upd", "warranty", "certificate-copy"}),
        (line(source="dealer"), {"upd", "warranty"}),
        (line(payment="leasing"), {"upd", "warranty", "leasing-act"}),
        (line(payment="state_contract"), {"eis-acceptance", "warranty"}),  # it is the UPD
        (
            line("import", "leasing", "installation", "exempt"),
            {"upd", "commissioning-act", "certificate-copy", "warranty", "leasing-act"},
        ),
    ],
)
def test_a_line_needs_these_documents(playbook: Playbook, good: OrderLine, needed: set[str]) -> None:
    assert set(documents_of_line(3, good, playbook)) == {f"line-3:{code}" for code in needed}


def test_every_combination_needs_what_its_parts_need_and_no_more(playbook: Playbook) -> None:
    by_part = {
        "carrier": {"waybill"},
        "installation": {"commissioning-act"},
        "leasing": {"leasing-act"},
        "state_contract": {"eis-acceptance"},
        "10": {"certificate-copy"},
        "exempt": {"certificate-copy"},
    }
    sources = [source.value for source in Source]
    combinations = list(product(sources, playbook.payments, playbook.deliveries, playbook.vat))
    assert len(combinations) == 3 * 8 * 3 * 4
    for parts in combinations:
        always = {"warranty"} if "state_contract" in parts else {"upd", "warranty"}
        needed = always.union(*(by_part.get(part, set()) for part in parts))
        assert set(documents_of_line(1, line(*parts), playbook)) == {f"line-1:{code}" for code in needed}


def test_a_line_finds_its_documents_in_its_part_of_the_playbook(playbook: Playbook) -> None:
    good = line("import", "leasing", "installation", "exempt")
    assert documents_of_line(1, good, playbook.for_line("leasing", "exempt")) == documents_of_line(
        1, good, playbook
    )


def test_the_deal_has_a_contract_and_a_reconciliation_act_of_its_own(playbook: Playbook) -> None:
    own = documents_of_deal(playbook)
    assert {id: (d.available, d.signers, d.line) for id, d in own.items()} == {
        "contract": (Trigger.CONTRACT, (Role.DIRECTOR, Role.CLIENT), None),
        "reconciliation-act": (Trigger.ACCEPTED, (Role.ACCOUNTANT, Role.CLIENT), None),
    }


def test_a_document_can_be_signed_once_its_event_has_happened(playbook: Playbook) -> None:
    document = documents_of_deal(playbook)["contract"]
    assert (document.ready, document.signed) == (False, False)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    due = playbook.calendar.after(now, playbook.documents["contract"].due)
    document.alarm = set_alarm(now, due, playbook.reminders, playbook.calendar)
    assert (document.ready, document.signed) == (True, False)
    document.signed_at = now
    assert (document.ready, document.signed) == (True, True)


def test_whoever_signs_for_the_company_is_one_person(playbook: Playbook) -> None:
    for document in playbook.documents.values():
        assert document.signer is Role.MANAGER or len(playbook.holders(document.signer)) == 1


def test_it_is_signed_once_all_have_on_the_latest_of_their_days(playbook: Playbook) -> None:
    document = documents_of_line(1, line(delivery="carrier"), playbook)["line-1:waybill"]
    assert document.signers == (Role.LOGISTICS, Role.CLIENT)
    document.sign((Side.OURS, Side.CARRIER), date(2026, 11, 24), NOW, DESK)
    assert (document.missing, document.signed) == ((Side.CLIENT,), False)
    document.sign((Side.CLIENT,), date(2026, 11, 23), NOW, DESK)
    assert (document.missing, document.signed, document.signed_on) == ((), True, date(2026, 11, 24))
    document.renew()
    assert (document.version, document.signed, len(document.missing)) == (2, False, 3)
