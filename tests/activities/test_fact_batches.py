"""What an activity makes of facts: whole facts are counted, what is shown already is not shown again, a playbook comes once."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.crm.delivery import CrmDelivery
from activities.errors import CrmUnavailable
from activities.mail.delivery import MailDelivery, MailSending
from activities.mail.links import Link
from activities.playbooks import KnownPlaybooks
from domain.deal.batches import FactBatch
from domain.deal.declarations import Declaration
from domain.deal.outbox import Resend
from domain.deal.state import DealState
from domain.effects import CrmWrite, OpenTask
from domain.facts import ApprovalOpened, AssignmentReassigned, ContractAgreed, CustomsHeld, Fact, StageChanged
from domain.playbook.book import Playbook
from domain.words import Stage, Text
from tests.activities.test_crm_delivery import PortDouble
from tests.activities.test_mail_delivery import MailerDouble
from tests.factories import a_deal, a_fact, a_line
from tests.support.deferred import KeptAside
from tests.support.memory import NOW, default_playbook

MOVED = a_fact(1, StageChanged(stage=Stage.CONTRACT_APPROVAL, before=Stage.NEW))
HELD = a_fact(2, CustomsHeld(reason="no certificate"))


@dataclass
class Portal(PortDouble):
    """Fails at the nth write."""

    writes: list[CrmWrite] = field(default_factory=list)
    fails_at: int = -1

    async def _write(self, write: CrmWrite) -> None:
        if len(self.writes) == self.fails_at:
            raise CrmUnavailable("down")
        self.writes.append(write)
        self.received.append(write.key)

    set_stage = set_fields = put_line = add_comment = attach_file = open_task = close_task = notify = _write


def the_deal() -> DealState:
    return a_deal("7", playbook=default_playbook(), lines=[a_line(), a_line(number=2)])


def a_telling(*facts: Fact, deal: DealState | None = None, **more: Any) -> FactBatch:
    deal = deal or the_deal()
    excerpt = deal.excerpt(deal.lines)
    return FactBatch(deal=excerpt, version=default_playbook().version, facts=facts, **more)


async def today() -> Playbook:
    return default_playbook()


def crm(portal: Portal, playbooks: KnownPlaybooks | None = None) -> CrmDelivery:
    return CrmDelivery(portal, playbooks or KnownPlaybooks(today), KeptAside(), settle_seconds=0)


async def test_a_fact_counts_once_all_it_makes_is_written(env: ActivityEnvironment) -> None:
    """The CRM fails after the first write of two: the retry finds that one, and the fact is whole."""
    portal = Portal(fails_at=1)
    with pytest.raises(ApplicationError, match="down"):
        await env.run(crm(portal).deliver, a_telling(MOVED))
    assert [write.op for write in portal.writes] == ["stage"]
    portal.fails_at = -1
    delivered = await env.run(crm(portal).deliver, a_telling(MOVED))
    assert delivered.count == 1
    assert [write.op for write in portal.writes] == ["stage", "comment", "fields", "line", "line"]


async def test_facts_written_before_the_crm_fails_stay_written(env: ActivityEnvironment) -> None:
    portal = Portal(fails_at=3)  # the second fact's second write
    delivered = await env.run(crm(portal).deliver, a_telling(MOVED, HELD))
    assert (delivered.count, delivered.shown) == (1, {})


async def test_the_crm_is_shown_only_what_differs_from_what_it_shows(env: ActivityEnvironment) -> None:
    portal, deal = Portal(), the_deal()
    first = await env.run(crm(portal).deliver, a_telling(MOVED, deal=deal))
    deal.revision += 1
    deal.lines[2].held, deal.wish = True, "sooner"
    deal.lines[2].declarations = [Declaration(number="10702070/231126/1", outcome="hold")]
    portal.writes.clear()
    again = await env.run(crm(portal).deliver, a_telling(HELD, deal=deal, shown=first.shown))
    fields, line = [write for write in portal.writes if write.op in ("fields", "line")]
    assert fields.fields.keys() == {"wish", "customs"}  # type: ignore[union-attr]
    assert line.line == 2  # type: ignore[union-attr]
    assert again.shown.keys() == {"wish", "customs", "line-2"}


async def test_what_was_shown_before_a_failure_is_progress(env: ActivityEnvironment) -> None:
    """Two hundred lines take longer than one attempt: each goes on where the last one stopped."""
    portal = Portal(fails_at=4)
    delivered = await env.run(crm(portal).deliver, a_telling(MOVED))
    assert delivered.count == 0
    assert "line-1" in delivered.shown
    portal.fails_at = -1
    portal.writes.clear()
    rest = await env.run(crm(portal).deliver, a_telling(MOVED, shown=delivered.shown))
    assert rest.count == 1
    assert [write.op for write in portal.writes] == ["line"]


async def test_a_worker_that_has_not_met_the_playbook_asks_for_it_once(env: ActivityEnvironment) -> None:
    delivery = crm(Portal(), KnownPlaybooks())
    batch = a_telling(MOVED)
    with pytest.raises(ApplicationError) as caught:
        await env.run(delivery.deliver, batch)
    assert (caught.value.type, caught.value.non_retryable) == ("PlaybookUnknown", True)
    for known in (batch.bringing(default_playbook()), batch):
        assert (await env.run(delivery.deliver, known)).count == 1


async def test_a_mail_goes_to_the_address_of_the_moment_it_is_sent(env: ActivityEnvironment) -> None:
    mailer, deal = MailerDouble(), the_deal()
    deal.addresses["client"] = "new@clinic.example"
    agreed = a_fact(3, ContractAgreed(version=1))
    sent = await env.run(mail(mailer).deliver, a_telling(agreed, deal=deal))
    assert sent.count == 1
    assert "new@clinic.example" in {letter.to.addr_spec for letter in mailer.sent}


async def test_mail_is_sent_again_only_to_whom_it_did_not_reach(env: ActivityEnvironment) -> None:
    mailer = MailerDouble()
    agreed = a_fact(3, ContractAgreed(version=1))
    await env.run(mail(mailer).deliver, a_telling(agreed))
    first = [letter.message_id for letter in mailer.sent if letter.to.addr_spec == the_deal().client.email]
    mailer.sent.clear()
    again = Resend(fact=agreed, person="client", corrected="mail-address")
    told = await env.run(mail(mailer).deliver, a_telling(again=(again,)))
    assert told.count == 1
    [letter] = mailer.sent
    assert letter.to.addr_spec == the_deal().client.email
    assert letter.message_id not in first


async def test_the_same_said_at_another_moment_is_the_same_mail(env: ActivityEnvironment) -> None:
    mailer = MailerDouble()
    for seq in (3, 5):
        fact = a_fact(seq, ContractAgreed(version=1), at=NOW + timedelta(days=seq))
        await env.run(mail(mailer).deliver, a_telling(fact))
    ids = [letter.message_id for letter in mailer.sent]
    assert len(ids) == 2 * len(set(ids))


async def test_a_person_who_has_left_the_playbook_stops_no_mail(env: ActivityEnvironment) -> None:
    gone = AssignmentReassigned(
        id="order",
        assignment="order",
        title=Text(ru="Заказ", en="Order"),
        assignee="nobody",
        due=NOW,
        before="ivanova",
    )
    assert (await env.run(mail(MailerDouble()).deliver, a_telling(a_fact(1, gone)))).count == 1


def mail(mailer: MailerDouble) -> MailDelivery:
    sending = MailSending(mailer, sender="desk@dealwright.example", domain="dealwright.example")
    return MailDelivery(sending, KnownPlaybooks(today))


async def test_a_question_in_the_chat_leads_to_the_page_of_whom_it_asks(env: ActivityEnvironment) -> None:
    title = Text(ru="Договор", en="Contract")
    asked = ApprovalOpened(
        id="contract", approval="contract", title=title, version=2, awaiting=("client", "petrov"), due=NOW
    )
    portal, links = Portal(), list[Link]()

    def sign(link: Link) -> str:
        links.append(link)
        return "https://desk.example/a/signed"

    delivery = CrmDelivery(portal, KnownPlaybooks(today), KeptAside(), sign=sign, settle_seconds=0)
    await env.run(delivery.deliver, a_telling(a_fact(1, asked)))
    assert links == [Link("7", "contract", 2, "petrov", "approval")]
    [task] = [write for write in portal.writes if isinstance(write, OpenTask)]
    assert task.in_chat
    assert task.in_chat.page == "https://desk.example/a/signed"
