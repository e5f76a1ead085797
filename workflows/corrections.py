"""What comes back from outside: mail that did not arrive, and things done in the CRM that do not count."""

from typing import NamedTuple

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.authority import CLIENT
    from domain.crm_fields import tell_item
    from domain.effects import Notice
    from domain.facts import FactKind, titled
    from domain.messages import Bounce, Complete, TurnBack
    from domain.open_items import open_items
    from domain.playbook import MAIL_ADDRESS
    from domain.refusals import Refusal
    from domain.state import DealState
    from domain.tasks import Assignment
    from domain.words import STAGE_LABELS, Stage, Text
    from workflows.answering import APPROVAL, ASSIGNMENT, Answering, Effect

MOST_RETURNED = 50  # mails that wait for a better address
MOST_MISSING = 5  # things named in one comment


class _Done(NamedTuple):
    """What somebody did in the CRM, and what of the desk it was about."""

    id: str
    what: Text


class Corrections(Answering[DealState]):
    def plan_turn_back(self, message: TurnBack) -> Effect:
        match message.what:
            case "stage":
                done = self._stage_moved(message)
            case "manager":
                done = self._handed_over(message)
            case _:
                done = self._question_closed(message)

        def turn_back() -> Text:
            reason = self._why_not(message)
            self.record(
                FactKind.CRM_RETURNED,
                done=message.what,
                id=done.id,
                did=message.by,
                what_ru=done.what.ru,
                what_en=done.what.en,
                reason_ru=reason.ru,
                reason_en=reason.en,
            )
            return Text(ru="В CRM возвращено как было", en="The CRM is put right")

        return turn_back

    def _stage_moved(self, message: TurnBack) -> _Done:
        here = self.state.stage
        if message.subject == here:
            raise Refusal(
                "already", en=f"the deal is in {here} itself", ru=f"сделка и так в стадии {here.value}"
            )
        known = message.subject in set(Stage)
        moved = (
            STAGE_LABELS[Stage(message.subject)] if known else Text(ru=message.subject, en=message.subject)
        )
        back = STAGE_LABELS[here]
        return _Done(
            id=message.subject,
            what=Text(
                ru=f"стадия «{moved.ru}», сделка остаётся в «{back.ru}»",
                en=f"stage “{moved.en}”, the deal stays in “{back.en}”",
            ),
        )

    def _handed_over(self, message: TurnBack) -> _Done:
        to, stays = self.desk.name(message.subject), self.desk.name(self.state.manager)
        return _Done(
            message.subject,
            Text(
                ru=f"ответственный {to}, сделку ведёт {stays}",
                en=f"{to} as responsible, {stays} has the deal",
            ),
        )

    def _question_closed(self, message: TurnBack) -> _Done:
        id = message.subject.partition("@")[0]
        for process in (self.state, *self.state.lines.values()):
            question = process.assignments.get(id) or process.approvals.get(id)
            if question:
                return _Done(id, Text(ru=f"«{question.title.ru}»", en=f"“{question.title.en}”"))
        what = ASSIGNMENT if message.what == "task" else APPROVAL
        raise Refusal(
            "not_found", en=f"the deal has no {what.en} {id!r}", ru=f"в сделке нет: {what.ru} {id!r}"
        )

    def _why_not(self, message: TurnBack) -> Text:
        """As the message says; of a stage the deal knows best what is missing."""
        ru, en = message.reason_ru, message.reason_en
        if message.what == "stage" and not (ru or en):
            items = open_items(self.state)[:MOST_MISSING]
            missing = "; ".join(tell_item(self.state, item) for item in items)
            ru, en = f"не хватает: {missing}" if missing else "", f"missing: {missing}" if missing else ""
        return Text(ru=ru or en, en=en or ru)

    # --- mail ----------------------------------------------------------------------------------------------------------

    def plan_bounce(self, message: Bounce) -> Effect:
        persons = [person for person in (CLIENT, *self.state.book.people) if self._has(person, message.email)]
        if not persons:
            raise Refusal(
                "unknown_address",
                en="nobody in this deal has this address",
                ru="в этой сделке такого адреса ни у кого нет",
            )

        def bounce() -> Text:
            for person in persons:
                self.mail_failed(person, message.email, message.reason)
            return Text(ru="Адрес нужно исправить", en="The address must be mended")

        return bounce

    def mail_failed(self, person: str, email: str, reason: str, notice: Notice | None = None) -> None:
        """Puts it on record, and asks the manager once for a better address; `notice` is sent again to it."""
        if notice:
            self.state.returned = [*self.state.returned, notice][-MOST_RETURNED:]
        name = self.desk.name(person)
        about = {"person": person, "name": name, "email": email}
        self.record(FactKind.MAIL_BOUNCED, about, reason=reason[:500])
        if any(self._mends(a, person) for a in self.state.open_assignments):
            return
        round = len(self.state.mending) + 1
        asked = self.open(MAIL_ADDRESS, round=round, comment=f"{name}: {email}")
        self.state.mending[asked.id] = person
        self.nudge()

    def plan_complete(self, message: Complete) -> Effect:
        complete = super().plan_complete(message)

        def then() -> Text:
            words = complete()
            if person := self.state.mending.get(message.assignment):
                self._mend(person, self.state.assignments[message.assignment])
            return words

        return then

    def _mend(self, person: str, assignment: Assignment) -> None:
        email = self.state.addresses[person] = assignment.answers["email"]
        again = [notice for notice in self.state.returned if notice.person == person]
        self.state.returned = [notice for notice in self.state.returned if notice.person != person]
        for notice in again:
            key = f"{notice.key}:{assignment.id}"
            self.state.outbox.mail.append(notice.model_copy(update={"key": key, "to_email": email}))
        about = {**titled(assignment.title), "name": self.desk.name(person), "email": email}
        self.record(
            FactKind.ADDRESS_MENDED,
            about,
            by=assignment.closed_by or self.desk.identify(self.state.manager),
            again=len(again),
        )

    def _has(self, person: str, email: str) -> bool:
        return self.address(person).casefold() == email.strip().casefold()

    def address(self, person: str) -> str:
        if person in self.state.addresses:
            return self.state.addresses[person]
        if person == CLIENT:
            return self.state.client.email or ""
        return self.state.book.people[person].email

    def _mends(self, assignment: Assignment, person: str) -> bool:
        return self.state.mending.get(assignment.id) == person
