"""What a template is filled with: every word it may use, empty where the notice says nothing of it."""

import re
import textwrap
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from markupsafe import Markup

from activities.mail.address import one_line
from domain.effects import Notice
from domain.facts import DESK
from domain.view.lead_words import LABELS, WISH
from domain.wording import day, moment, money
from domain.words import Text
from domain.zones import MOSCOW

TEMPLATES = Path(__file__).with_name("templates")

OPTIONAL = (
    *("question", "answer", "yours"),
    *("awaits", "changes", "payer"),
    *("wish", "lead_contact", "phone", "email", "inn"),
    *(
        "client",
        "contact",
        "manager",
        "manager_email",
        "subject",
        "line",
        "good",
        "source",
        "status",
        "version",
    ),
    *(
        "amount",
        "outstanding",
        "currency",
        "due",
        "before",
        "was",
        "now",
        "comment",
        "reason",
        "remarks",
        "actor",
        "check",
        "how",
        "acknowledge",
        "lines",
        "workflow_id",
        "expected",
        "explanation",
        "count",
    ),
)

FACTS = {
    "number": Text(ru="Номер", en="Number"),
    "client": Text(ru="Клиент", en="Client"),
    "wish": WISH,
    "lead_contact": LABELS["contact"],
    "phone": LABELS["phone"],
    "email": LABELS["email"],
    "inn": LABELS["inn"],
    "stage": Text(ru="Стадия", en="Stage"),
    "position": Text(ru="Позиция", en="Item"),
    "status": Text(ru="Статус", en="Status"),
    "version": Text(ru="Версия", en="Version"),
    "payer": Text(ru="Плательщик", en="Payer"),
    "amount": Text(ru="Сумма", en="Amount"),
    "outstanding": Text(ru="Осталось оплатить", en="Outstanding"),
    "due": Text(ru="Срок", en="Due"),
    "comment": Text(ru="Комментарий", en="Comment"),
    "reason": Text(ru="Причина", en="Reason"),
    "remarks": Text(ru="Замечания", en="Remarks"),
    "actor": Text(ru="Кто", en="Who"),
    "manager": Text(ru="Менеджер", en="Manager"),
}
"""The table under each mail: what there is of these, in this order."""

NOT_FOR_CLIENTS = {
    "client",
    "wish",
    "lead_contact",
    "phone",
    "email",
    "inn",
    "stage",
    "comment",
    "reason",
    "remarks",
    "actor",
}
"""What is said inside the company stays inside; where a client should know a reason, its template says it."""

UNTITLED = {
    "answer": Text(ru="Задание", en="Assignment"),
    "approval": Text(ru="Согласование", en="Approval"),
    "deadline": Text(ru="Открытый вопрос", en="An open item"),
    "assignment": Text(ru="Задание", en="Assignment"),
    "document": Text(ru="Документ", en="Document"),
    "payment": Text(ru="Платёж", en="Payment"),
    "question": Text(ru="Согласование", en="Approval"),
}


SEEN = Text(ru="В курсе, до…", en="Seen, until…")
BUTTONS = {
    "approval": Text(ru="Ответить", en="Answer"),
    "assignment": Text(ru="Заполнить форму", en="Fill in the form"),
    "document": Text(ru="Отметить подпись", en="Mark as signed"),
    "payment": Text(ru="Внести платёж", en="Enter the payment"),
    "order": Text(ru="Составить заказ", en="Compose the order"),
}
"""What a mail's link leads to, by the kind of question."""
HANDED_OVER = Text(ru="Отметить передачу", en="Mark as handed over")
HOW_TO_PAY = Text(ru="Как оплатить", en="How to pay")

LONGEST_PREVIEW = 140


def content(notice: Notice, link: str = "", seen: str = "") -> dict[str, Any]:
    """Every value is one line of plain text, so that none can pass itself off as a part of the mail.

    `link` is where this reader can answer what the notice asks, `seen` where they can say that they know: whoever has it needs no
    command.
    """
    words = _Content(notice).words
    shown = {"link": link, "button": _button(notice), "order": _order(notice), "payment": ()}
    shown |= {"seen": seen, "seen_button": SEEN.to(notice.language)}
    return words | shown | ({"how": ""} if link else {}) | ({"acknowledge": ""} if seen else {})


def _order(notice: Notice) -> dict[str, Any] | None:
    """As plain lines too: names of goods are what people typed."""
    return _plain(notice.order.model_dump()) if notice.order else None


def _plain(value: Any) -> Any:
    match value:
        case str():
            return one_line(value)
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value


def _button(notice: Notice) -> str:
    if notice.asks is None:
        return ""
    if notice.data.get("awaits") == "handover":
        return HANDED_OVER.to(notice.language)
    pays = notice.asks.kind == "payment" and notice.data.get("audience") == "client"
    return (HOW_TO_PAY if pays else BUTTONS[notice.asks.kind]).to(notice.language)


def text_paragraphs(block: str) -> str:
    return "\n\n".join(_paragraphs(block))


def html_paragraphs(block: Markup) -> Markup:
    """The block is escaped already: autoescape is on."""
    return Markup("\n".join(f"<p>{part}</p>" for part in _paragraphs(block)))  # noqa: S704


def preview(block: Markup) -> str:
    """The beginning of the first paragraph, as plain text: what a list of mails shows beside the subject."""
    parts = _paragraphs(block)
    return textwrap.shorten(Markup(parts[0]).striptags(), LONGEST_PREVIEW, placeholder="…") if parts else ""  # noqa: S704


def _paragraphs(block: str) -> list[str]:
    parts = (re.sub(r"[ \n]+", " ", part).strip() for part in re.split(r"\n\s*\n", block))
    return [part for part in parts if part]


class _Content:
    def __init__(self, notice: Notice) -> None:
        self.language = notice.language
        self.given = {name: one_line(value) for name, value in notice.data.items()}
        self.to_client = self.given.get("audience") == "client"
        self.words: dict[str, Any] = dict.fromkeys(OPTIONAL, "") | self.given | self._addressed(notice)
        self.words |= (
            self._titles(notice)
            | self._amounts()
            | {
                "due": self._moment("due"),
                "due_at": self.given.get("due", ""),
                "before": self._moment("before"),
            }
        )
        self.words |= {"line": self._line(), "say": self.say, "expected": self._expected()}
        self.words |= {"ref": self._ref(), "where": self._where()}
        self.words["facts"] = self._facts()

    def say(self, ru: str, en: str) -> str:
        return ru if self.language == "ru" else en

    def _addressed(self, notice: Notice) -> dict[str, Any]:
        """A client's mail that goes to the manager's address is there to be passed on."""
        pass_on = self.to_client and notice.to_email == self.given.get("manager_email")
        return {
            "language": self.language,
            "to_client": self.to_client,
            "pass_on": pass_on,
            "name": one_line(notice.to_name) if not pass_on else self.given.get("contact", ""),
            "number": self.given.get("number") or one_line(notice.deal),
            "company": self.given.get("company") or DESK.name,
        }

    def _titles(self, notice: Notice) -> dict[str, str]:
        untitled = UNTITLED.get(notice.kind.partition("_")[0], Text(ru="", en="")).to(self.language)
        return {
            "title": self._translated("title") or untitled,
            "object": self._translated("object") or self._quoted(self._translated("title") or untitled),
            "stage": self._translated("stage"),
            "by_rate": self._translated("by_rate"),
            "clause": self._translated("clause"),
            "reason": self.given.get("reason") or self._translated("reason"),
        }

    def _quoted(self, title: str) -> str:
        return self.say(f"«{title}»", f"“{title}”")

    def _translated(self, name: str) -> str:
        """In the reader's language, or else in the other."""
        keys = (f"{name}_{self.language}", f"{name}_ru", f"{name}_en")
        return next((self.given[key] for key in keys if self.given.get(key)), "")

    def _amounts(self) -> dict[str, str]:
        """A bare number gets its grouping and currency; words that have them already stay as they are."""
        amounts = {name: self.given.get(name, "") for name in ("amount", "outstanding")}
        for name, amount in amounts.items():
            with suppress(InvalidOperation):
                amounts[name] = money(Decimal(amount), self.given.get("currency", ""), self.language).strip()
        return amounts

    def _moment(self, name: str) -> str:
        """A moment with its zone is told by the company's clock; words stay as they are."""
        said = self.given.get(name, "")
        with suppress(ValueError):
            at = datetime.fromisoformat(said)
            if at.tzinfo:
                return moment(at, self.language, self.given.get("zone") or MOSCOW, zoned=True)
        return said

    def _expected(self) -> str:
        """A day as people read it."""
        expected = self.given.get("expected", "")
        with suppress(ValueError):
            return day(date.fromisoformat(expected), self.language)
        return expected

    def _line(self) -> str:
        return self.given.get("line") or self.words["subject"].removeprefix("line ").removeprefix("deal")

    def _ref(self) -> str:
        """What the company calls a deal is an order to its client."""
        number = self.words["number"]
        if not number:
            return self.say("Деньги без сделки", "Money of no deal")
        return self._for_client(
            self.say(f"Заказ {number}", f"Order {number}"), self.say(f"Сделка {number}", f"Deal {number}")
        )

    def _where(self) -> str:
        """What the mail is about; in Russian as it reads after «по»."""
        number, line = self.words["number"], self.words["line"]
        line += f" ({self.words['good']})" if self.words["good"] else ""
        if not line:
            ru = self._for_client(f"заказу № {number}", f"сделке № {number}")
            return self.say(ru, self._for_client(f"order {number}", f"deal {number}"))
        ru = self._for_client(f"позиции {line} заказа № {number}", f"позиции {line} сделки № {number}")
        return self.say(ru, f"line {line} of {self._for_client('order', 'deal')} {number}")

    def _for_client(self, client: str, staff: str) -> str:
        return client if self.to_client else staff

    def _facts(self) -> list[tuple[str, str]]:
        said = self.words | {"position": ". ".join(filter(None, (self.words["line"], self.words["good"])))}
        if said["actor"] == DESK.name:
            said["actor"] = ""
        if said["due"] and said.get("overdue"):
            said["due"] += self.say(" (просрочено)", " (overdue)")
        return [
            (label.to(self.language), said[name])
            for name, label in FACTS.items()
            if said[name] and not (self.to_client and name in NOT_FOR_CLIENTS)
        ]
