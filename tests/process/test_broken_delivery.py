"""A fault of the desk's own in a delivery ends the process in sight of all, and does not keep it busy for ever."""

from datetime import UTC, datetime

from activities.files import read_document
from activities.playbook import load_playbook
from domain.order.order import Client
from starter.rooms import ROOT
from workflows.rehearsal import Rehearsal

START = datetime(2026, 11, 27, 6, tzinfo=UTC)


def test_a_delivery_that_fails_by_a_fault_of_our_own_fails_the_process_at_once() -> None:
    asked = []

    def answer(batch: object) -> Client:
        asked.append(batch)
        assert len(asked) < 10, "asked again and again at the same moment"
        return Client(contact="no answer to a delivery")

    world = Rehearsal(load_playbook(ROOT / "playbooks" / "default.yaml", today=START.date()), START)
    world.activities["crm.deliver"] = answer
    deal = world.open(read_document(ROOT / "playbooks" / "orders" / "three-goods.yaml"))
    assert deal.process.outcome == "failed: AttributeError"
    assert len(asked) == 1
