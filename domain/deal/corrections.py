"""What was answered wrong, and how it is put right: who may, what can be changed, and what stands in the way."""

from collections.abc import Iterator, Mapping
from datetime import date

from domain.deal.answers import closed
from domain.deal.assignment_form import PAYMENT, checked
from domain.deal.authority import Desk
from domain.deal.declarations import FREE
from domain.deal.documents import Document
from domain.deal.lots import lots_set
from domain.deal.messages import Correct
from domain.deal.open_items import is_over
from domain.deal.paper_dates import check_signature
from domain.deal.state import LineState, ProcessState
from domain.deal.tasks import Assignment
from domain.facts import Actor
from domain.playbook.form_answers import kept
from domain.playbook.forms import Form, FormField
from domain.playbook.kinds import DEAL_MANAGER, MAIL_ADDRESS, QUESTION, RATE, SURPLUS
from domain.playbook.questions import ANSWERS
from domain.playbook.routes import Step
from domain.refusals import Refusal
from domain.spelling import read_day
from domain.wording import typed, worded
from domain.words import LineStatus, Text

_SIGNED_ON = "signed_on"
_ELSEWHERE = {
    "order": Text(ru="новое предложение, deal offer", en="make a new offer, deal offer"),
    RATE: Text(
        ru="исправьте платёж, deal correct N ПЛАТЁЖ --field rate=91.5043",
        en="correct the payment, deal correct N PAYMENT --field rate=91.5043",
    ),
    DEAL_MANAGER: Text(ru="передайте сделку, deal reassign", en="hand the deal over, deal reassign"),
}
"""What is put right in another way."""
_EACH_BY_ITSELF = (QUESTION, MAIL_ADDRESS)
"""Of other questions a later round takes the place of the one before."""
_SEVERAL = ("customs-declaration", "customs-release", "customs-obligation")
"""Each of their rounds may be about other declarations."""
TURNED_BACK = {"arrival": Step.TRAVEL, "customs-release": Step.CUSTOMS}
"""Steps that a line may come back to: goods that have not arrived, or are not released, after all."""
_WENT_ON = ("arrived", *FREE)


def who_corrects(message: Correct, desk: Desk, entered_by: Actor | None) -> Actor:
    """Whoever entered it, the deal's manager, or the director."""
    own = [person for person in (entered_by.person, entered_by.behalf) if person] if entered_by else []
    return desk.authorize(Correct, desk.identify(message.actor), own)


def check_goes_on(process: ProcessState, title: Text) -> None:
    """Of what has ended, nothing is recomputed any more: its trail is final."""
    if is_over(process) or (isinstance(process, LineState) and process.status.final):
        raise closed(title)


def corrected(
    process: ProcessState, asked: Assignment, form: Form, given: Mapping[str, str | None], today: date
) -> dict[str, str]:
    """The answers as they should have been; they must pass all that they would have had to pass then."""
    known = {field.name for field in form}
    beyond = {name: answer for name, answer in asked.answers.items() if name not in known}
    said = lots_set(process, asked, {name: "" if said is None else said for name, said in given.items()})
    answers = {name: answer for name, answer in asked.answers.items() if name in known} | kept(form, said)
    answered_on = process.book.calendar.today(asked.closed_at) if asked.closed_at else today
    form = tuple(_as_of(form, answered_on, today))
    right = beyond | checked(process, process.book, asked.kind, form, answers, today, id=asked.id)
    if right == asked.answers:
        raise Refusal(
            "already",
            en="“{title}” was answered just so",
            ru="«{title}»: так и отвечено",
            title=asked.title,
        )
    _check_way(process, asked, right)
    return right


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The answers that are others now: as they were, and as they are."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    was, now = ({n: answers[n] for n in names if n in answers} for answers in (before, after))
    return was, now


def check_can_be(process: ProcessState, asked: Assignment) -> None:
    """Refuses what has no answer, what is corrected in another way, and what a later answer has replaced."""
    if not asked.closed or asked.withdrawn:
        raise Refusal(
            "not_answered",
            en="“{title}” has no answer that could be corrected",
            ru="«{title}»: ответа, который можно исправить, нет",
            title=asked.title,
        )
    if instead := _ELSEWHERE.get(asked.kind):
        raise Refusal(
            "elsewhere",
            en="“{title}” is put right in another way: {instead}",
            ru="«{title}» исправляют иначе: {instead}",
            title=asked.title,
            instead=instead,
        )
    rounds = [
        a for a in process.assignments.values() if a.kind == asked.kind and a.closed and not a.withdrawn
    ]
    if rounds[-1].id != asked.id and asked.kind not in (*_EACH_BY_ITSELF, *_SEVERAL):
        raise Refusal(
            "answered_again",
            en="“{title}” has been answered again since: correct the latest answer, {latest}",
            ru="«{title}»: с тех пор отвечено снова, исправляйте последний ответ, {latest}",
            title=asked.title,
            latest=typed(rounds[-1].id),
        )


def _check_way(process: ProcessState, asked: Assignment, right: Mapping[str, str]) -> None:
    """An answer that chose the way the process has gone since."""
    if not is_another_way(asked, right) or turns_back(process, asked, right) or _still_at(process, asked):
        return
    since = [later.title for later in _after(process, asked)]
    raise Refusal(
        "way_chosen",
        en="“{title}” chose the way that was gone since{since}: it can't be taken back, all else can be corrected",
        ru="«{title}»: по этому ответу процесс уже пошёл дальше{since}; вернуть его нельзя, остальное можно исправить",
        title=asked.title,
        since=worded(ru=" ({since})", en=" ({since})", since=since) if since else "",
    )


def is_another_way(asked: Assignment, right: Mapping[str, str]) -> bool:
    contract = ANSWERS.get(asked.kind)
    ways = set(contract.outcomes()[0].chosen_by()) if contract else set()
    if asked.kind == "payment-terms":
        ways.add(PAYMENT)
    if asked.kind == SURPLUS:
        ways.add("to_deal")
    return any(asked.answers.get(name) != right.get(name) for name in ways)


def turns_back(process: ProcessState, asked: Assignment, right: Mapping[str, str]) -> bool:
    """Whether the line comes back to the step of this question: it went on by the answer, and nothing has been answered since."""
    step = TURNED_BACK.get(asked.kind)
    if not isinstance(process, LineState) or step is None or not is_another_way(asked, right):
        return False
    chosen = asked.answers.get("outcome")
    is_next = process.passed == process.route.index(step) + 1
    return chosen in _WENT_ON and is_next and all(not later.closed for later in _after(process, asked))


def _still_at(process: ProcessState, asked: Assignment) -> bool:
    """At the customs, all that was answered there is read anew."""
    here = isinstance(process, LineState) and process.status is LineStatus.AT_CUSTOMS
    return here and asked.kind == "customs-release"


def _after(process: ProcessState, asked: Assignment) -> Iterator[Assignment]:
    """What was asked since: assignments are kept in the order in which they were opened."""
    there = list(process.assignments.values())
    for other in there[there.index(asked) + 1 :]:
        if other.kind not in _EACH_BY_ITSELF and not other.withdrawn:
            yield other


def _as_of(form: Form, answered_on: date, today: date) -> Iterator[FormField]:
    """Days that were early enough then are so now."""
    for field in form:
        if field.earliest is None:
            yield field
        else:
            yield field.model_copy(update={"earliest": field.earliest - (today - answered_on).days})


def right_signature(process: ProcessState, document: Document, message: Correct, today: date) -> date:
    """The day on the paper. Raises Refusal."""
    title = document.title
    if not document.signed:
        raise Refusal(
            "not_answered",
            en="“{title}” is not signed: there is nothing to correct",
            ru="«{title}»: не подписано, исправлять нечего",
            title=title,
        )
    try:
        [(name, said)] = message.fields.items()
        on = read_day(said or "")
        if name != _SIGNED_ON:
            raise ValueError(name)
    except (ValueError, TypeError):
        raise Refusal(
            "bad_form",
            en="of a document the day of its signature can be corrected: signed_on, like 2026-12-01",
            ru="у документа исправляют дату подписи: signed_on, например 01.12.2026",
        ) from None
    if on > today:
        raise Refusal(
            "future",
            en="{on} is in the future: give the date on the paper",
            ru="{on} ещё не наступило: укажите дату на документе",
            on=on,
        )
    check_signature(process, document, on)
    if on == document.signed_on:
        raise Refusal(
            "already", en="“{title}” is of {on} already", ru="«{title}»: и так от {on}", title=title, on=on
        )
    return on
