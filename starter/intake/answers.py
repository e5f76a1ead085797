"""Events that say themselves what the desk must know: messages, payments, leads, mail that came back."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from pydantic import ValidationError

from domain.bank.payment import BankPayment, Kind
from domain.crm.mirror import SeenDeal
from domain.crm.order import order_of
from domain.deal.field_labels import FIELD_LABELS
from domain.deal.messages import MESSAGES, Bounce, Message, PaymentOrder
from domain.order.from_register import against_goods, with_goods
from domain.order.order import NUMBER, read_order
from domain.order.problems import BadOrder
from domain.wording import worded
from domain.wording.invalid import summary
from domain.words import Language, Text
from records.arrivals import InboxEvent
from starter.answers import MessageRefused
from starter.cashier import Cashier
from starter.errors import NotFoundError, RefusedError
from starter.intake.crm import Books, DeskFactory, Goods, no_goods
from starter.intake.outcome import TOO_EARLY, Outcome, TryAgain, started

MAIL = "mail"
"""Who tells of mail that came back."""

_WHICH_DEAL = Text(ru="Не сказано, какая сделка", en="It does not say which deal")
_PASSING = Text(
    ru="Временный сбой почты: письмо придёт позже", en="A passing fault: the mail goes out again by itself"
)
_COMPLAINT = Text(ru="адресат назвал письмо спамом", en="its reader called the mail spam")


class Told:
    """Handlers raise what makes sense to try again: UnreachableError, TryAgain, RecordsUnavailable."""

    def __init__(
        self,
        desk: DeskFactory,
        books: Books,
        cashier: Cashier,
        language: Language,
        goods: Goods = no_goods,
    ) -> None:
        self._desk, self._books, self._goods = desk, books, goods
        self._cashier, self._language = cashier, language

    async def message(self, event: InboxEvent) -> Outcome:
        """`deal.complete` and the like: the message's own fields, beside the deal's number."""
        data = dict(event.body["data"])
        number = str(data.pop("deal"))
        kind = MESSAGES[event.kind.removeprefix("deal.")]
        if isinstance(order := data.get("order"), Mapping):
            goods = await self._goods()
            if problems := list(against_goods(order, goods)):
                return Outcome("refused", BadOrder(problems).text, number)
            data["order"] = with_goods(order, goods)
        return await self._send(number, kind, {**data, "id": data.get("id") or f"crm:{event.key}"[:100]})

    async def payment(self, event: InboxEvent) -> Outcome:
        """Whatever comes of it, it counts once: by the bank's id, or by its payment order."""
        data = dict(event.body["data"])
        order = PaymentOrder.of(data)
        said = {
            "key": data.get("id") or (order.key if order else ""),
            "order_key": order.key if order else "",
            "day": data.get("date"),
        }
        names = ("amount", "currency", "purpose", "line", "deal", "payer", "payer_inn", "account", "document")
        told = {
            name: data[name] for name in (*names, "document_date", "debited") if data.get(name) is not None
        }
        return await self._money(event, {**told, **said})

    async def reversal(self, event: InboxEvent) -> Outcome:
        """The bank's own id of it is the message's."""
        data = dict(event.body["data"])
        said = {
            "kind": Kind.REVERSED,
            "key": data["id"],
            "reverses": data["payment"],
            "purpose": data["reason"],
            "deal": data.get("deal") or "",
            "day": data.get("date"),
            "amount": 0,
            "currency": "",
        }
        return await self._money(event, said)

    async def _money(self, event: InboxEvent, said: Mapping[str, Any]) -> Outcome:
        try:
            payment = BankPayment.model_validate(said)
        except ValidationError as error:
            wrong = summary(error, most=5, names=FIELD_LABELS)
            words = worded(ru="Не подходит: {wrong}", en="Does not fit: {wrong}", wrong=wrong)
            return Outcome("refused", words, event.deal)
        try:
            taken = await self._cashier.take(payment)
        except MessageRefused as error:  # too early
            raise TryAgain(TOO_EARLY) from error
        named = bool(payment.deal)
        return Outcome("refused" if named and not taken.ok else "done", taken.words, taken.deal or event.deal)

    async def bounce(self, event: InboxEvent) -> Outcome:
        """As a mail service tells it; the desk tells of its own mail in the same way."""
        data = event.body["data"]
        bounce = data.get("bounce") if isinstance(data.get("bounce"), Mapping) else {}
        if bounce.get("type") == "Transient":
            return Outcome("ignored", _PASSING, event.deal)
        number = event.deal or _number_in(data)
        if number is None:
            return Outcome("refused", _WHICH_DEAL)
        reason = (
            _COMPLAINT.to(self._language) if "complained" in event.kind else str(bounce.get("message", ""))
        )
        outcome = Outcome("refused", _WHICH_DEAL, number)
        for n, email in enumerate(data.get("to", ())):
            content = {
                "id": f"mail:{event.key}:{n}"[:100],
                "actor": MAIL,
                "email": email,
                "reason": reason[:500],
            }
            outcome = await self._send(number, Bounce, content)
        return outcome

    async def lead(self, event: InboxEvent) -> Outcome:
        """From the site's form. Its number is the one its sender was shown: a form told twice starts one deal."""
        number = event.key if re.fullmatch(NUMBER, event.key) else f"W{event.seq}"
        raw = {**event.body["order"], "number": number, "origin": {"source": "site", "ref": event.key[:200]}}
        book = await self._books()
        try:
            order = read_order(raw, book, book.calendar.today(datetime.now(UTC)), goods=await self._goods())
        except BadOrder:
            return await self._start(number, event.key, raw, "site")
        desk = await self._desk()
        await desk.start(order.model_dump(mode="json", exclude_none=True))
        return Outcome("done", started(number, ()), number)

    async def created(self, event: InboxEvent) -> Outcome:
        """A deal of a CRM that the desk can't read. Its number must not be one that the desk gives itself."""
        data = event.body["data"]
        given = str(data["order"].get("number") or "")
        ref = str(data["id"])
        number = given if re.fullmatch(NUMBER, given) else "CRM-" + re.sub("[^A-Za-z0-9_.-]", "-", ref)[:40]
        return await self._start(number, ref, data["order"], "crm")

    async def _start(self, number: str, ref: str, raw: Mapping[str, Any], source: str) -> Outcome:
        book, now = await self._books(), datetime.now(UTC)
        manager = raw.get("manager")
        seen = SeenDeal(
            ref=ref[:200],
            number=number,
            manager=str(manager) if manager else None,
            changed_at=now,
            order={name: value for name, value in raw.items() if name not in ("number", "manager", "origin")},
        )
        order, missing = order_of(seen, book, book.calendar.today(now), source, await self._goods())
        desk = await self._desk()
        await desk.start(order)
        return Outcome("done", started(number, missing), number)

    async def _send(self, number: str, kind: type[Message], content: Mapping[str, Any]) -> Outcome:
        try:
            message = kind.model_validate(content)
        except ValidationError as error:
            wrong = summary(error, most=5, names=FIELD_LABELS)
            words = worded(ru="Не подходит: {wrong}", en="Does not fit: {wrong}", wrong=wrong)
            return Outcome("refused", words, number)
        desk = await self._desk()
        try:
            receipt = await desk.send(number, message)
        except MessageRefused as error:
            if error.code == "too_early":
                raise TryAgain(TOO_EARLY) from error
            return Outcome("refused", error.text, number)
        except (NotFoundError, RefusedError) as error:
            return Outcome("refused", error.text, number)
        return Outcome("done", Text(ru=receipt.words_ru, en=receipt.words_en), number)


def _number_in(data: Mapping[str, Any]) -> str | None:
    """From our own Message-ID, `<deal-1042+17+anna@domain>`."""
    headers = data.get("headers")
    told = (
        {str(h.get("name", "")).lower(): str(h.get("value", "")) for h in headers}
        if isinstance(headers, list)
        else {}
    )
    found = re.match(r"<?deal-([^+@>]+)\+", str(data.get("message_id") or told.get("message-id") or ""))
    return unquote(found[1]) if found else None
