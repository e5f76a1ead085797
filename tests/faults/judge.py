"""What must hold of every deal whatever went wrong meanwhile. The ledgers of what the world really received decide."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from temporalio.client import WorkflowHistory

from activities.mail.address import message_id
from activities.projections.crm import crm_writes
from activities.projections.crm_fields import crm_fields
from activities.projections.notices import notices
from adapters.crm.embedded.store import CrmStore
from adapters.mail.eml import MailFolder
from domain.deal.messages import Complete, Decide, Message, Move, Pay, Sign
from domain.deal.state import DealState, ProcessState
from domain.facts import (
    ApprovalVoted,
    AssignmentCompleted,
    DealOpened,
    DealPaid,
    DocumentHandedOver,
    DocumentSigned,
    Fact,
    MoneyMovedToDeal,
    PaymentReceived,
    audience,
)
from domain.facts.content import repeats
from domain.words import LineStatus, Side, Stage
from starter.mailing import page_of
from tests.faults.real_desk import RealDesk, Taken
from tests.support.histories import REPLAYER, TrailOfRuns, failed_tasks

NOT_IN_RECORDS = {
    "playbook",
    "lines",
    "outbox",
    "receipts",
    "unreported",
    "dirty_lines",
    "noted",
    "offers",
    "funds",
    "returned",
}
"""What only the workflow itself needs to know."""


async def check_deal(real: RealDesk, number: str) -> None:
    """The deal has closed. `AssertionError` says which promise was broken."""
    state = (await real.desk.state(number)).deal
    facts = real.records.log(number)
    taken = [entry for entry in real.taken if entry.number == number]
    assert state.stage is Stage.PAID
    assert {line.status for line in state.lines.values()} == {LineStatus.SETTLED}
    check_trail(facts, state)
    _check_messages(facts, taken)
    check_money(facts, state)
    _check_board(real, state)
    _check_crm(real, facts, state)
    _check_mail(real, facts, state)
    for history in await histories(real, number):
        assert failed_tasks(history, may_be_late=True) == []
        await REPLAYER.replay_workflow(history)


def check_world(real: RealDesk) -> None:
    """Over all deals: nothing was written to the CRM twice, and mail went out again only where a worker had died."""
    plan = real.plan
    assert plan.journal("repeated") == []
    ledger = [entry.key for entry in CrmStore(real.settings.crm_db).ledger()]
    assert len(ledger) == len(set(ledger))
    assert set(ledger) >= {entry.key for entry in plan.journal("done", target="crm")}

    senders = defaultdict(list)
    for entry in plan.journal("asked", target="mail"):
        senders[entry.key].append(entry.pid)
    for id, pids in senders.items():
        assert len(pids) == len(set(pids)), f"{id} was sent again by a worker that lived"
    sent = [mail.message_id for mail in MailFolder(real.settings.mail_folder).sent()]
    assert len(sent) == len(set(sent))
    assert len(list(real.settings.mail_folder.glob("*.eml"))) == len(sent)


def check_trail(facts: Sequence[Fact], state: DealState) -> None:
    assert [fact.seq for fact in facts] == list(range(1, state.seq + 1))
    for subject in {fact.subject for fact in facts}:
        told = [fact.at for fact in facts if fact.subject == subject]
        assert all(before <= after for before, after in pairwise(told)), (
            f"the facts of {subject} are out of order"
        )
    kinds = [fact.kind for fact in facts]
    assert kinds[0] == DealOpened.kind
    assert kinds.count(DealPaid.kind) == (state.stage is Stage.PAID)


def _check_messages(facts: Sequence[Fact], taken: Sequence[Taken]) -> None:
    """Each receipt stands for exactly one fact, and each such fact for one message."""
    assert taken, "nobody sent this deal anything"
    told = [name for fact in facts if (name := _what_it_tells(fact))]
    assert len(told) == len(set(told)), "a message had its effect twice"
    assert {_what_it_does(entry.message) for entry in taken} <= set(told)


def _what_it_tells(fact: Fact) -> tuple[str, ...] | None:
    data = fact.data
    match fact.kind:
        case AssignmentCompleted.kind:
            return ("complete", data["id"])
        case ApprovalVoted.kind:
            return ("decide", data["id"], str(data["version"]), fact.actor.person)
        case PaymentReceived.kind:
            return ("pay", data["payment"])
        case MoneyMovedToDeal.kind:
            return ("move", data["payment"], data["to"])
        case DocumentSigned.kind:
            return ("sign", data["id"], *data["sides"])
        case DocumentHandedOver.kind:
            return ("sign", data["id"], Side.OURS.value)
    return None


def _what_it_does(message: Message) -> tuple[str, ...]:
    match message:
        case Complete():
            return ("complete", message.assignment)
        case Decide():
            return ("decide", message.approval, str(message.version), message.actor)
        case Pay():
            return ("pay", message.id)
        case Move():
            return ("move", message.payment, message.to_deal)
        case Sign():
            return ("sign", message.document, str(message.side))
    raise AssertionError(f"the robot does not send {message!r}")


def check_money(facts: Sequence[Fact], state: DealState) -> None:
    told = [fact.data for fact in facts if fact.kind == PaymentReceived.kind]
    assert sorted(data["payment"] for data in told) == sorted(payment.id for payment in state.ledger.payments)
    assert state.received == state.amount
    assert state.advance == 0


def _check_board(real: RealDesk, state: DealState) -> None:
    row = next(deal for deal in real.records.deals(limit=500) if deal.number == state.deal)
    assert (row.stage, row.amount, row.paid, row.received) == (
        state.stage,
        state.amount,
        state.amount,
        state.received,
    )
    assert (row.closed_at, row.awaiting, row.overdue) == (state.closed_at, (), False)
    assert [(line.number, line.status) for line in row.lines] == [
        (n, li.status) for n, li in state.lines.items()
    ]

    archived = real.records.snapshot(state.deal)
    assert archived
    kept, lines = archived
    assert differences(kept, state) == {}
    for line in lines:
        assert differences(line, state.lines[line.number]) == {}
    assert real.records.progress([state.deal])[state.deal].revision == state.revision


def differences(row: ProcessState, state: ProcessState) -> dict[str, tuple[object, object]]:
    kept, now = row.model_dump(), state.model_dump()
    return {name: (kept[name], now[name]) for name in now.keys() - NOT_IN_RECORDS if kept[name] != now[name]}


def repetitions(facts: Sequence[Fact], state: DealState) -> dict[int, int]:
    """Of the facts that the CRM or people hear of: which time each says what it says, by its place."""
    return repeats(fact for fact in facts if len(audience(fact, state.manager)) > 1)


def _check_crm(real: RealDesk, facts: Sequence[Fact], state: DealState) -> None:
    """Every write that the trail makes, once, in the trail's order."""
    crm = CrmStore(real.settings.crm_db)
    nth = repetitions(facts, state)
    expected = [write.identity for fact in facts for write in crm_writes(fact, state, nth.get(fact.seq, 1))]
    written = [entry.key for entry in crm.ledger(state.deal) if entry.op not in ("fields", "line")]
    assert written == expected

    card = crm.card(state.deal)
    assert card
    assert card.stage is state.stage
    assert len(card.comments) == sum(key.endswith(":comment") for key in expected)
    assert {line.line: line.status for line in card.lines} == {n: li.status for n, li in state.lines.items()}
    assert [task.task for task in card.tasks if task.closed_at is None] == []
    assert card.fields == crm_fields(state, page_of(real.settings)(state.deal))


def _check_mail(real: RealDesk, facts: Sequence[Fact], state: DealState) -> None:
    """Every notice that the trail makes, once, in the trail's order."""
    domain = real.settings.mail_from.partition("@")[2]
    nth = repetitions(facts, state)
    mails = (notice for fact in facts for notice in notices(fact, state, fact.at, nth.get(fact.seq, 1)))
    expected = [message_id(notice.key, domain) for notice in mails]
    sent = [
        mail.message_id for mail in MailFolder(real.settings.mail_folder).sent() if mail.deal == state.deal
    ]
    assert sent == expected


# --- what Temporal holds ---------------------------------------------------------------------------------------------


async def histories(real: RealDesk, number: str) -> list[WorkflowHistory]:
    """Of the deal and of each of its lines."""
    found = await TrailOfRuns(real.stack.client, number).all()
    state = (await real.desk.state(number)).deal
    assert len(found) >= 1 + len(state.lines), "visibility has not seen all workflows yet"
    return found
