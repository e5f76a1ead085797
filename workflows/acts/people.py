"""Other people from today on: the deal and its lines work by them, and nothing waits for somebody who has left."""

from itertools import islice

from domain.deal.line_orders import LineOrder
from domain.deal.messages import ApplyPeople
from domain.deal.open_items import is_over
from domain.deal.staffing import changes, concerned, successor
from domain.deal.state import DealState
from domain.facts import OPERATOR, Actor
from domain.playbook.check import people_problems
from domain.playbook.kinds import DEAL_MANAGER
from domain.playbook.people import People
from domain.playbook.sharing import shared
from domain.refusals import Refusal
from domain.words import Role, Text
from workflows.acts.reassign import give_deal_to
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.returned_mail import address_changed
from workflows.staffing import follow_people

MOST_PROBLEMS = 5  # named in a refusal
SAME = Text(ru="Люди те же", en="The people are the same")
TAKEN = Text(ru="Люди обновлены", en="The people are those of today")


def apply_people(deal: DealCase, message: ApplyPeople) -> Effect:
    actor = _who_says(deal, message)
    if is_over(deal.state):
        raise Refusal("closed", en="the deal is closed", ru="сделка закрыта")
    staff = message.staff
    if problems := list(islice(people_problems(staff), MOST_PROBLEMS)):
        words = "; ".join(map(str, problems))
        raise Refusal("bad_people", en=words, ru=words)

    def effect() -> Text:
        before = deal.state.book.staff()
        if staff.digest == before.digest:
            return SAME
        _take(deal, staff.after(before), actor)
        return TAKEN

    return effect


def _who_says(deal: DealCase, message: ApplyPeople) -> Actor:
    """A director of the people until now, or whoever runs the desk."""
    if message.actor == OPERATOR.person:
        return OPERATOR
    return deal.desk.authorize(ApplyPeople, deal.desk.identify(message.actor))


def _take(deal: DealCase, today: People, by: Actor) -> None:
    state = deal.state
    before, about = state.book.staff(), concerned(state, today)
    state.people = shared(today)
    state.playbook_recorded = False  # the records have the people with the playbook
    for fact in changes(before, today, about):
        deal.record(fact, by=by)
    for person, entry in before.people.items():
        now = today.people.get(person)
        if now is None or now.email != entry.email:
            address_changed(deal, person)
    _manager(deal, by)
    follow_people(deal, by)
    deal.lines.tell_all(lambda line: LineOrder(line=line, name="people", actor=by))


def _manager(deal: DealCase, by: Actor) -> None:
    """Goes on with a manager. Where it is open who, the director is asked, and is the manager until then."""
    state, book = deal.state, deal.state.book
    if state.manager in book.holders(Role.MANAGER):
        return
    if to := successor(book, state.manager, Role.MANAGER, deal.today):
        give_deal_to(deal, to, by)
        return
    if _is_asked(state) and state.manager in book.holders(Role.DIRECTOR):
        return
    left = deal.desk.name(state.manager)
    give_deal_to(deal, book.holders(Role.DIRECTOR)[0], by)
    if not _is_asked(state):
        rounds = sum(assignment.kind == DEAL_MANAGER for assignment in state.assignments.values())
        deal.open(DEAL_MANAGER, round=rounds + 1, comment=left)


def _is_asked(state: DealState) -> bool:
    return any(assignment.kind == DEAL_MANAGER for assignment in state.open_assignments)
