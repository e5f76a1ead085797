"""An open question, asked of a person at a terminal: what they answer, as the message that says it."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import uuid4

from domain.deal.messages import Complete, Compose, Decide, Message, Pay, Sign
from domain.deal.open_items import OpenItem
from domain.deal.state import LineState
from domain.goods.quantity import Number
from domain.order.order import Client
from domain.playbook.form_answers import count_of, in_plain, needed_with, problem_beside, problem_of
from domain.playbook.forms import FieldType, Form, FormField
from domain.spelling import amount, day_as_iso
from domain.view.change_words import offer_in_words
from domain.view.order_words import asked_offer
from domain.wording import choice, day, moment, money
from domain.words import Language, Role, Text
from starter.cli.at_deal import AtDeal
from starter.cli.escalations import acknowledgements
from starter.cli.terminal import Check, Terminal, Wrong
from starter.errors import UsageError

NEEDED = Text(ru="нужен ответ", en="an answer is needed")
OPTIONAL = Text(ru="можно пропустить", en="may be left out")
ON_PAPER = Text(ru="Дата на документе", en="The date on the paper")
FILE = Text(ru="Файл заказа (YAML или JSON)", en="The order file (YAML or JSON)")
DECISION = Text(ru="Ваше решение", en="Your decision")
APPROVE, REJECT = Text(ru="согласовать", en="approve"), Text(ru="отклонить", en="reject")
COMMENT = Text(ru="Комментарий", en="Comment")
SUM, PAID_ON = Text(ru="Сумма", en="Amount"), Text(ru="Дата платежа", en="Value date")
IN_ROUBLES = Text(ru="Сумма в рублях", en="Amount in roubles")
NUMBER = Text(ru="Номер платёжного поручения", en="Payment order number")
PURPOSE = Text(ru="Назначение платежа", en="Purpose")


_TO_DO = {
    "assignment": Text(ru="{title}", en="{title}"),
    "approval": Text(ru="{title}", en="{title}"),
    "document": Text(ru="Подписать: {title}", en="To be signed: {title}"),
    "payment": Text(ru="К оплате: {title}", en="To be paid: {title}"),
}


class Question(NamedTuple):
    """`person` answers it, and `at` is the deal as it was when it was asked. `overdue`: it is only whether they know of all this;
    `item` is the most urgent of it."""

    at: AtDeal
    item: OpenItem
    person: str
    overdue: tuple[OpenItem, ...] = ()

    @property
    def number(self) -> str:
        return self.at.snapshot.deal.deal

    @property
    def key(self) -> tuple[str, str, str, int, str]:
        item = self.item
        if self.overdue:
            return self.number, "escalation", "", 1, self.person
        return self.number, item.kind, item.id or "", item.version, self.person

    def asked_at(self, terminal: Terminal) -> tuple[Message, ...]:
        """What answers it. Raises Later, EOFError."""
        if self.overdue:
            return acknowledgements(self.at, self.overdue, self.person, terminal)
        terminal.head(*_head(self))
        return (_ASKED[self.item.kind](self, terminal),)


def questions_in(at: AtDeal, person: str | None) -> Iterator[Question]:
    """What this person, or whoever they stand in for, is asked; with None whoever is. The most urgent first, and at last whether
    they know of what others are late with."""
    for item in at.items:
        asked = _asked_of(at, item)
        if person is None:
            yield from (Question(at, item, one) for one in (asked if item.kind == "approval" else asked[:1]))
        elif {person, *at.snapshot.deal.book.stands_in_for(person, at.today)} & set(asked):
            yield Question(at, item, person)
    if person is not None and (overdue := _of_others(at, person)):
        yield Question(at, overdue[0], person, overdue)


def _of_others(at: AtDeal, person: str) -> tuple[OpenItem, ...]:
    mine = {person, *at.snapshot.deal.book.stands_in_for(person, at.today)}
    return tuple(item for item in at.overdue_for(person) if not mine & set(_asked_of(at, item)))


def _asked_of(at: AtDeal, item: OpenItem) -> tuple[str, ...]:
    """Money that came is entered by the accountant, whoever it is due from."""
    match item.kind:
        case "assignment" | "approval" | "document":
            return item.persons
        case "payment":
            return tuple(at.desk.persons(Role.ACCOUNTANT))
    return ()


def _head(question: Question) -> Iterator[str]:
    at, item = question.at, question.item
    deal, language = at.snapshot.deal, at.language
    about = (
        f"{_say(language, ru='Сделка', en='Deal')} {deal.deal} · {deal.client.name or deal.client.contact}"
    )
    if item.subject.line:
        good = at.snapshot.lines[item.subject.line].good
        line = _say(language, ru="позиция", en="line")
        about += f" · {line} {item.subject.line}: {good.name} × {good.measured.times(language)}"
    due = moment(item.due_at, language, deal.book.calendar.zone, seconds=deal.book.calendar.pace is not None)
    until = _say(language, ru=f"срок {due}", en=f"due {due}")
    if item.overdue(at.now):
        until += _say(language, ru=", просрочено", en=", overdue")
    yield _TO_DO[item.kind].to(language).format(title=item.title.to(language))
    yield about
    yield f"{at.desk.name(question.person)} · {until}"
    if item.kind == "approval":
        yield from _offer(at, item)
    elif not deal.lines:
        yield from filter(None, (" · ".join(filter(None, _reach(deal.client))), deal.wish))


def _reach(client: Client) -> Iterator[str | None]:
    yield from (client.contact, client.phone, client.email)


def _offer(at: AtDeal, item: OpenItem) -> Iterator[str]:
    deal, language = at.snapshot.deal, at.language
    lines = [at.snapshot.lines[item.subject.line]] if item.subject.line else at.snapshot.active
    for line in lines:
        terms = deal.book.payments[line.good.payment].title.to(language)
        total = money(line.amount, deal.currency, language)
        yield f"  {line.number}. {line.good.name} × {line.good.measured.times(language)} — {total}, {terms}"
    if len(lines) > 1:
        total = money(sum((line.amount for line in lines), Decimal()), deal.currency, language)
        yield _say(language, ru=f"  Всего {total}", en=f"  {total} in all")
    if offer := asked_offer(deal, item.id or "", item.version):
        told = filter(None, (offer.comment, *offer_in_words(offer, language, deal.book)))
        yield from (_say(language, ru=f"  Изменилось: {said}", en=f"  Changed: {said}") for said in told)


# --- assignments ------------------------------------------------------------------------------------------------------


def _assignment(question: Question, terminal: Terminal) -> Message:
    at, id = question.at, question.item.id or ""
    if id == "order":
        return _order(question, terminal)
    process = at.snapshot.process(question.item.subject)
    quantity = process.good.quantity if isinstance(process, LineState) else 1
    answers: dict[str, str] = {}
    form = at.form(id)
    for field in form:
        needed = field.name in needed_with(form, answers)
        if needed or not field.required_when:
            answers[field.name] = _field(field, form, answers, at, quantity, terminal)
    fields: dict[str, Any] = {name: answer for name, answer in answers.items() if answer}
    return Complete(id=_key(), actor=question.person, assignment=id, fields=fields)


def _field(
    field: FormField, form: Form, answers: dict[str, str], at: AtDeal, quantity: Number, terminal: Terminal
) -> str:
    language, needed = at.language, field.name in needed_with(form, answers)
    title = field.title.to(language)
    notes = [field.help.to(language)] if field.help else []
    notes += [] if needed else [OPTIONAL.to(language)]
    if notes:
        title += f" ({'; '.join(notes)})"
    if field.type is FieldType.CHOICE:
        names = {code: choice(code, field.choice_titles).to(language) for code in field.choices or ()}
        return terminal.choose(title, names, optional=not needed)
    default = ""
    if (
        field.type is FieldType.DATE
        and needed
        and not field.days
        and not problem_of(field, at.today.isoformat(), at.today, 1)
    ):
        default = day(at.today, language)

    def check(answer: str) -> str:
        plain = in_plain(field, answer)
        given = answers | {field.name: plain}
        problem = problem_beside(field, form, given, at.today, quantity) if plain else None
        if problem := problem or (NEEDED if needed and not plain else None):
            example = _example(field, at, count_of(field, form, given, quantity))
            raise Wrong(f"{problem.to(language)}; {_like(example, language)}")
        return plain

    return terminal.ask(title, check, default)


def _example(field: FormField, at: AtDeal, quantity: Number) -> str:
    if field.type is not FieldType.DATE:
        return field.example_for(at.today, quantity)
    from datetime import date

    return day(date.fromisoformat(field.example_for(at.today, quantity)), at.language)


def _like(example: str, language: Language) -> str:
    return _say(language, ru=f"например, {example}", en=f"for example, {example}")


def _order(question: Question, terminal: Terminal) -> Message:
    from activities.files import BadFile
    from domain.order.order import read_order
    from domain.order.problems import BadOrder
    from starter.cli.opening import open_goods, settings_here
    from starter.cli.order_file import read_order_document

    at, read = question.at, {}
    deal = at.snapshot.deal

    def check(path: str) -> str:
        try:
            document = read_order_document(path)
            goods = open_goods(settings_here())
            order = read_order(document, deal.book, at.today, known_client=deal.client, goods=goods)
        except BadOrder as bad:
            raise Wrong(bad.to(at.language)) from None
        except BadFile as bad:
            raise Wrong(bad.to(at.language)) from None
        except UsageError as wrong:
            raise Wrong(wrong.to(at.language)) from None
        read.update(order.model_dump(mode="json", exclude_none=True))
        return path

    terminal.ask(FILE.to(at.language), check)
    return Compose(id=_key(), actor=question.person, order=read)


# --- approvals, documents, payments -----------------------------------------------------------------------------------


def _approval(question: Question, terminal: Terminal) -> Message:
    language, item = question.at.language, question.item
    choices = {"approve": APPROVE.to(language), "reject": REJECT.to(language)}
    approve = terminal.choose(DECISION.to(language), choices) == "approve"
    note = f"{COMMENT.to(language)} ({OPTIONAL.to(language)})" if approve else COMMENT.to(language)
    comment = terminal.ask(note, _anything if approve else _something(language))
    return Decide(
        id=_key(),
        actor=question.person,
        approval=item.id or "",
        approve=approve,
        version=item.version,
        comment=comment,
    )


def _document(question: Question, terminal: Terminal) -> Message:
    on = terminal.ask(ON_PAPER.to(question.at.language), _past_day(question.at), _today(question.at))
    return Sign.model_validate(
        {"id": _key(), "actor": question.person, "document": question.item.id, "signed_on": on}
    )


def _payment(question: Question, terminal: Terminal) -> Message:
    at, item = question.at, question.item
    language, deal = at.language, at.snapshot.deal
    due = money(item.amount or Decimal(), deal.currency, language)
    if deal.rate:
        amount = terminal.ask(f"{IN_ROUBLES.to(language)} ({due})", _amount(at))
    else:
        amount = terminal.ask(SUM.to(language), _amount(at), due)
    content = {
        "amount": amount,
        "date": terminal.ask(PAID_ON.to(language), _past_day(at), _today(at)),
        "id": terminal.ask(NUMBER.to(language), _something(language)),
        "purpose": terminal.ask(f"{PURPOSE.to(language)} ({OPTIONAL.to(language)})", _anything),
    }
    about = {"actor": question.person, "currency": deal.pays_in, "line": item.subject.line}
    return Pay.model_validate(content | about)


def _anything(answer: str) -> str:
    return answer


def _something(language: Language) -> Check:
    def check(answer: str) -> str:
        if not answer:
            raise Wrong(NEEDED.to(language))
        return answer

    return check


def _past_day(at: AtDeal) -> Check:
    field = FormField(name="day", type=FieldType.DATE, title=ON_PAPER, latest=0)

    def check(answer: str) -> str:
        plain = day_as_iso(answer)
        if problem := problem_of(field, plain, at.today, 1):
            raise Wrong(problem.to(at.language))
        return plain

    return check


def _amount(at: AtDeal) -> Check:
    def check(answer: str) -> str:
        from decimal import InvalidOperation

        plain = amount(answer)
        try:
            good = Decimal(plain) > 0 and Decimal(plain).is_finite()
        except InvalidOperation:
            good = False
        if not good:
            example = money(Decimal("12400"), at.snapshot.deal.currency, at.language)
            raise Wrong(
                _say(at.language, ru=f"нужна сумма, например {example}", en=f"an amount like {example}")
            )
        return plain

    return check


def _today(at: AtDeal) -> str:
    return day(at.today, at.language)


def _key() -> str:
    return str(uuid4())


def _say(language: Language, *, ru: str, en: str) -> str:
    return ru if language == "ru" else en


_ASKED: dict[str, Callable[[Question, Terminal], Message]] = {
    "assignment": _assignment,
    "approval": _approval,
    "document": _document,
    "payment": _payment,
}
