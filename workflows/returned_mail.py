"""Mail that came back: on record, and the manager is asked for a better address."""

from domain.deal.authority import CLIENT, PAYER
from domain.deal.open_items import is_over
from domain.deal.outbox import Resend
from domain.deal.state import DealState
from domain.deal.tasks import Assignment
from domain.facts import AddressCorrected, AssignmentWithdrawn, MailBounced
from domain.order.order import Client
from domain.playbook.kinds import MAIL_ADDRESS
from domain.playbook.questions import MailAddress
from domain.words import said
from workflows.case import Case

MOST_RETURNED = 50  # mails that wait for a better address


def mail_failed(
    deal: Case[DealState], person: str, email: str, reason: str, mail: Resend | None = None
) -> None:
    """Puts it on record, and asks the manager once for a better address; `mail` is sent again to it.

    A closed deal asks nobody any more.
    """
    state = deal.state
    if mail and not is_over(state):
        state.returned = [*state.returned, mail][-MOST_RETURNED:]
    name = deal.desk.name(person)
    deal.record(MailBounced(person=person, name=name, email=email, reason=reason[:500]))
    if is_over(state) or any(state.corrections.get(asked.id) == person for asked in state.open_assignments):
        return
    asked = deal.open(MAIL_ADDRESS, round=len(state.corrections) + 1, comment=f"{name}: {email}")
    state.corrections[asked.id] = person


def take_address(deal: Case[DealState], assignment: Assignment) -> None:
    """From here on the person is written to at the address that was given; what came back is sent again."""
    state = deal.state
    person = state.corrections.get(assignment.id)
    if person is None:
        return
    email = state.addresses[person] = MailAddress.read(assignment.answers).email
    again = _send_again(deal, person, assignment.id)
    name = deal.desk.name(person)
    deal.record(AddressCorrected(person=person, name=name, email=email, again=again), by=assignment.by)


def address_changed(deal: Case[DealState], person: str) -> None:
    """The people's file, or the offer, has another address of this person, or the person no more: nobody need ask for one."""
    state = deal.state
    state.addresses.pop(person, None)
    is_there = person in (CLIENT, PAYER) or person in state.book.people
    email = address_of(deal, person) if is_there else ""
    for asked in [a for a in state.open_assignments if state.corrections.get(a.id) == person]:
        asked.closed_at, asked.withdrawn = deal.now, True
        deal.record(AssignmentWithdrawn(**asked.about(), reason=said(email)))
    _send_again(deal, person, f"people-{state.seq}" if is_there else "")


def addresses_changed(deal: Case[DealState], before: Client) -> None:
    """The client's data are other ones: whoever is written to at another address by them."""
    now = deal.state.client
    if now.email != before.email:
        address_changed(deal, CLIENT)
    if (now.payer and now.payer.email) != (before.payer and before.payer.email):
        address_changed(deal, PAYER)


def _send_again(deal: Case[DealState], person: str, why: str) -> int:
    """What came back from this person, to the address of now; to nobody where nothing says `why`. How many mails that were."""
    state = deal.state
    again = [mail for mail in state.returned if mail.person == person]
    state.returned = [mail for mail in state.returned if mail.person != person]
    if why:
        state.outbox.again += [mail.model_copy(update={"corrected": why}) for mail in again]
    return len(again)


def persons_at(deal: Case[DealState], email: str) -> list[str]:
    """Who in this deal is written to at this address."""
    wanted = email.strip().casefold()
    people = (CLIENT, PAYER, *deal.state.book.people)
    return [person for person in people if address_of(deal, person).casefold() == wanted]


def address_of(deal: Case[DealState], person: str) -> str:
    state = deal.state
    if person in state.addresses:
        return state.addresses[person]
    if person == PAYER:
        return (state.client.payer.email or "") if state.client.payer else ""
    return (state.client.email or "") if person == CLIENT else state.book.people[person].email
