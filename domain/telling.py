"""A fact as a sentence: what the timeline, the CRM's comments and the log say happened."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial

from domain.old_facts import DESK, Fact, FactKind
from domain.wording import moment, money
from domain.words import ROLE_LABELS, STAGE_LABELS, STATUS_LABELS, Language, LineStatus, Role, Stage, Text

WORDS: dict[FactKind, Text] = {
    FactKind.DEAL_OPENED: Text(
        ru="сделка открыта[, менеджер {manager}][, из {origin}][: {wish}][ (не хватает: {missing})]",
        en="the deal is opened[, manager {manager}][, from {origin}][: {wish}][ (missing: {missing})]",
    ),
    FactKind.CLIENT_QUALIFIED: Text(
        ru="клиент квалифицирован[: {outcome}][ — {reason}]",
        en="the client is qualified[: {outcome}][ — {reason}]",
    ),
    FactKind.ORDER_COMPOSED: Text(
        ru="заказ составлен[, строк: {lines}][, на {amount}]",
        en="the order is composed[, lines: {lines}][, for {amount}]",
    ),
    FactKind.STAGE_CHANGED: Text(
        ru="стадия «{stage}»[ (было «{from}»)]", en="stage “{stage}”[ (was “{from}”)]"
    ),
    FactKind.DEAL_PAID: Text(
        ru="сделка оплачена и закрыта[: {amount}][, аванс {advance}]",
        en="the deal is paid and closed[: {amount}][, advance {advance}]",
    ),
    FactKind.DEAL_LOST: Text(ru="сделка проиграна[: {reason}]", en="the deal is lost[: {reason}]"),
    FactKind.DEAL_CANCELLED: Text(ru="сделка отменена[: {reason}]", en="the deal is cancelled[: {reason}]"),
    FactKind.CANCEL_REQUESTED: Text(
        ru="запрошена отмена сделки[: {reason}]", en="cancelling the deal is requested[: {reason}]"
    ),
    FactKind.DEAL_REASSIGNED: Text(
        ru="сделка передана[ от {from}][ — {to}]", en="the deal is handed over[ from {from}][ to {to}]"
    ),
    FactKind.CONTRACT_AGREED: Text(
        ru="договор согласован всеми[, версия {version}]",
        en="the contract is agreed by all[, version {version}]",
    ),
    FactKind.LINE_STATUS: Text(
        ru="статус «{status}»[ (было «{from}»)]", en="status “{status}”[ (was “{from}”)]"
    ),
    FactKind.LINE_SILENT: Text(
        ru="процесс строки молчит[ с {since}][: {reason}]",
        en="the line's process is silent[ since {since}][: {reason}]",
    ),
    FactKind.LINE_RESTARTED: Text(
        ru="процесс строки запущен заново[: {reason}]", en="the line's process is started again[: {reason}]"
    ),
    FactKind.ASSIGNMENT_OPENED: Text(
        ru="задание «{title}»[ — {assignee}][, срок {due}]",
        en="assignment “{title}”[ for {assignee}][, due {due}]",
    ),
    FactKind.ASSIGNMENT_COMPLETED: Text(
        ru="выполнено «{title}»[: {answers}]", en="“{title}” is done[: {answers}]"
    ),
    FactKind.ASSIGNMENT_WITHDRAWN: Text(
        ru="задание «{title}» снято[: {reason}]", en="“{title}” is withdrawn[: {reason}]"
    ),
    FactKind.ASSIGNMENT_REASSIGNED: Text(
        ru="задание «{title}» передано[ от {from}][ — {assignee}]",
        en="“{title}” is handed over[ from {from}][ to {assignee}]",
    ),
    FactKind.ASSIGNMENT_REMINDED: Text(
        ru="напоминание[ {assignee}] о задании «{title}»[, срок {due}]",
        en="[{assignee} is ]reminded of “{title}”[, due {due}]",
    ),
    FactKind.ASSIGNMENT_ESCALATED: Text(
        ru="просрочено «{title}»[ ({assignee})][, срок был {due}][ — директору ({to})]",
        en="“{title}”[ ({assignee})] is overdue[ since {due}][: told to {to}]",
    ),
    FactKind.APPROVAL_OPENED: Text(
        ru="на согласовании «{title}»[, версия {version}][ — {awaiting}][, срок {due}]",
        en="“{title}”[, version {version},] is put to approval[: {awaiting}][, due {due}]",
    ),
    FactKind.APPROVAL_VOTED: Text(
        ru="[{role}: ][{answer} ]«{title}»[, версия {version}][ — «{comment}»]",
        en="[{role}: ][{answer} ]“{title}”[, version {version}][ — “{comment}”]",
    ),
    FactKind.APPROVAL_APPROVED: Text(
        ru="«{title}» согласовано[, версия {version}]", en="“{title}” is approved[, version {version}]"
    ),
    FactKind.APPROVAL_REJECTED: Text(
        ru="«{title}» отклонено[, версия {version}][: {comment}]",
        en="“{title}” is rejected[, version {version}][: {comment}]",
    ),
    FactKind.APPROVAL_WITHDRAWN: Text(
        ru="согласование «{title}» снято[: {reason}]", en="“{title}” is no longer asked about[: {reason}]"
    ),
    FactKind.APPROVAL_REMINDED: Text(
        ru="напоминание о согласовании «{title}»[ — ждём: {awaiting}][, срок {due}]",
        en="reminder: “{title}” awaits approval[ by {awaiting}][, due {due}]",
    ),
    FactKind.APPROVAL_ESCALATED: Text(
        ru="согласование «{title}» просрочено[ — ждём: {awaiting}][, срок был {due}][ — директору ({to})]",
        en="“{title}” is not approved in time[ by {awaiting}][, due {due}][: told to {to}]",
    ),
    FactKind.PAYMENT_RECEIVED: Text(
        ru="пришла оплата[ {amount}][ (платёж {payment})][: {purpose}]",
        en="a payment came[: {amount}][ (payment {payment})][: {purpose}]",
    ),
    FactKind.PAYMENT_ADVANCE: Text(
        ru="аванс[ {amount}]: деньги сверх того, что причиталось",
        en="an advance[ of {amount}]: money beyond what was owed",
    ),
    FactKind.MILESTONE_DUE: Text(
        ru="к оплате «{title}»[: {amount}][, срок {due}]",
        en="“{title}” is to be paid[: {amount}][, due {due}]",
    ),
    FactKind.MILESTONE_PAID: Text(ru="оплачено «{title}»[: {amount}]", en="“{title}” is paid[: {amount}]"),
    FactKind.MILESTONE_REMINDED: Text(
        ru="напоминание об оплате «{title}»[: осталось {outstanding}][, срок {due}]",
        en="reminder: “{title}” is to be paid[, {outstanding} is missing][, due {due}]",
    ),
    FactKind.MILESTONE_ESCALATED: Text(
        ru="оплата «{title}» просрочена[: осталось {outstanding}][, срок был {due}][ — директору ({to})]",
        en="“{title}” is not paid in time[: {outstanding} is missing][, due {due}][: told to {to}]",
    ),
    FactKind.DOCUMENT_READY: Text(
        ru="документ «{title}» ждёт подписи[ ({signer})][, срок {due}]",
        en="“{title}” is ready to be signed[ by the {signer}][, due {due}]",
    ),
    FactKind.DOCUMENT_SIGNED: Text(ru="подписан документ «{title}»", en="“{title}” is signed"),
    FactKind.DOCUMENT_REMINDED: Text(
        ru="напоминание о подписи «{title}»[ ({signer})][, срок {due}]",
        en="reminder: “{title}” is not signed[ by the {signer}][, due {due}]",
    ),
    FactKind.DOCUMENT_ESCALATED: Text(
        ru="документ «{title}» не подписан в срок[ ({signer})][, срок был {due}][ — директору ({to})]",
        en="“{title}” is not signed in time[ by the {signer}][, due {due}][: told to {to}]",
    ),
    FactKind.CUSTOMS_CHECK: Text(
        ru="проверка статуса на таможне[ № {count}][ — {assignee}]",
        en="customs status check[ no. {count}][: {assignee}]",
    ),
    FactKind.CUSTOMS_HELD: Text(
        ru="таможня задержала груз[: {reason}]", en="customs holds the goods[: {reason}]"
    ),
    FactKind.CUSTOMS_RELEASED: Text(
        ru="таможня выпустила груз[, {on}]", en="customs has released the goods[, {on}]"
    ),
    FactKind.ETA_CHECK: Text(
        ru="ожидаемая дата прошла, проверка доставки[ № {count}][ — {assignee}]",
        en="the ETA has passed, delivery check[ no. {count}][: {assignee}]",
    ),
    FactKind.ETA_MOVED: Text(
        ru="новая ожидаемая дата[ {eta}][: {reason}]", en="the ETA moves[ to {eta}][: {reason}]"
    ),
    FactKind.GOODS_DAMAGED: Text(
        ru="груз принят с повреждениями[: {remarks}]", en="the goods came damaged[: {remarks}]"
    ),
    FactKind.DELIVERY_REFUSED: Text(
        ru="внешняя система не приняла запись[ {key}][: {reason}]",
        en="a write was not accepted outside[: {key}][: {reason}]",
    ),
    FactKind.MAIL_BOUNCED: Text(
        ru="письмо на адрес {email} не доставлено[ ({name})][: {reason}]",
        en="mail to {email} came back[ ({name})][: {reason}]",
    ),
    FactKind.ADDRESS_MENDED: Text(
        ru="адрес исправлен[ ({name})]: {email}[, писем отправлено снова: {again}]",
        en="the address is mended[ ({name})]: {email}[, mails sent again: {again}]",
    ),
    FactKind.CRM_RETURNED: Text(
        ru="сделанное в CRM[ ({did})] не принято: {what}[ — {reason}]",
        en="what was done in the CRM[ ({did})] does not count: {what}[: {reason}]",
    ),
    FactKind.MESSAGE_REFUSED: Text(
        ru="отказано в действии[ {message}][: {reason}]", en="refused[: {message}][: {reason}]"
    ),
}
"""`{name}` is a word of the fact's data; what stands in `[ ]` is left out when a word in it is missing."""


Clock = Callable[[datetime], str]


def tell(fact: Fact, language: Language, clock: Clock | None = None) -> str:
    """One sentence: what it is about, what happened, and who did it. `clock` writes moments, Moscow's if none."""
    said = _Said(fact, language, clock or partial(moment, language=language))
    about = _subject(fact.subject, language)
    sentence = f"{about}: {said.fill(WORDS[fact.kind])}" if about else said.fill(WORDS[fact.kind])
    who = "" if fact.actor.person == DESK.person else f" — {_who(fact, language)}"
    return f"{sentence[:1].upper()}{sentence[1:]}{who}"


class _Said:
    def __init__(self, fact: Fact, language: Language, clock: Clock) -> None:
        self.data, self.language, self.clock = fact.data, language, clock

    def fill(self, words: Text) -> str:
        """A word that is missing outside `[ ]` becomes a dash."""
        parts = re.split(r"\[([^\[\]]*)\]", words.to(self.language))
        return "".join(self._put(part, optional=n % 2 == 1) for n, part in enumerate(parts))

    def _put(self, part: str, *, optional: bool) -> str:
        words = {name: self._word(name) for name in re.findall(r"{(\w+)}", part)}
        if optional and not all(words.values()):
            return ""
        return re.sub(r"{(\w+)}", lambda found: words[found[1]] or "—", part)

    def _word(self, name: str) -> str:
        value = self.data.get(f"{name}_{self.language}") or self.data.get(name) or ""
        return _READ[name](self, value) if value and name in _READ else value

    def _moment(self, value: str) -> str:
        with suppress(ValueError):
            day = date.fromisoformat(value)
            return day.strftime("%d.%m.%Y") if self.language == "ru" else day.isoformat()
        with suppress(ValueError):
            at = datetime.fromisoformat(value)
            return self.clock(at) if at.tzinfo else value
        return value

    def _money(self, value: str) -> str:
        with suppress(InvalidOperation, ValueError):
            return money(Decimal(value), self.data.get("currency", "RUB"), self.language)
        return value

    def _stage(self, value: str) -> str:
        return STAGE_LABELS[Stage(value)].to(self.language) if value in set(Stage) else value

    def _status(self, value: str) -> str:
        return STATUS_LABELS[LineStatus(value)].to(self.language) if value in set(LineStatus) else value

    def _from(self, value: str) -> str:
        return self._stage(value) if "stage" in self.data else self._status(value)

    def _role(self, value: str) -> str:
        return ROLE_LABELS[Role(value)].to(self.language) if value in set(Role) else value

    def _answer(self, value: str) -> str:
        return _ANSWERS[value].to(self.language) if value in _ANSWERS else value


_READ: dict[str, Callable[[_Said, str], str]] = {
    **dict.fromkeys(("due", "eta", "since", "on"), _Said._moment),
    **dict.fromkeys(("amount", "outstanding", "advance"), _Said._money),
    **dict.fromkeys(("role", "signer"), _Said._role),
    "stage": _Said._stage,
    "status": _Said._status,
    "from": _Said._from,
    "answer": _Said._answer,
}

_ANSWERS = {"approve": Text(ru="за", en="approves"), "reject": Text(ru="против", en="rejects")}


def _subject(subject: str, language: Language) -> str:
    line = re.fullmatch(r"line (\d+)", subject)
    return (f"Строка {line[1]}" if language == "ru" else f"Line {line[1]}") if line else ""


def _who(fact: Fact, language: Language) -> str:
    behalf = fact.actor.behalf
    return fact.actor.name + (
        (f" (за {behalf})" if language == "ru" else f" (for {behalf})") if behalf else ""
    )
