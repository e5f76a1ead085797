"""What somebody typed into the lead form, and the lead it makes: checked by the order's own rules, told in the reader's words."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from domain.deal.messages import Comment
from domain.order.order import read_order
from domain.order.problems import BadOrder, OrderProblem
from domain.playbook.book import StaffedPlaybook
from domain.playbook.site import Consent
from domain.words import Language, Text

TYPED = ("wish", "contact", "phone", "email", "company", "inn")
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_LONGEST_UTM = 200
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none reads like another
_COMMENT: TypeAdapter[str] = TypeAdapter(Comment)

NO_WAY = Text(ru="Укажите телефон или электронную почту.", en="Give a phone number or an e-mail address.")
MISSING = {
    "contact": Text(ru="Напишите, как к вам обращаться.", en="Tell us your name."),
    "wish": Text(ru="Напишите, что вам нужно.", en="Tell us what you need."),
    "consent": Text(
        ru="Без согласия мы не вправе принять заявку: поставьте отметку.",
        en="Without your consent we may not take the request: tick the box.",
    ),
}
WRONG = {
    "contact": Text(ru="Имя: одна строка, до 255 знаков.", en="Your name: one line, at most 255 characters."),
    "company": Text(ru="Название: одна строка, до 255 знаков.", en="One line, at most 255 characters."),
    "inn": Text(
        ru="Это не ИНН: в нём 10 цифр у организации или 12 у предпринимателя. Проверьте, нет ли опечатки.",
        en="This is not an INN: it has 10 digits for a company or 12 for a person. Look for a typing error.",
    ),
    "phone": Text(
        ru="Это не телефон: напишите с кодом города или оператора, например +7 495 123-45-67.",
        en="This is not a phone number: write it with its code, for example +7 495 123-45-67.",
    ),
    "email": Text(
        ru="Это не адрес почты: он выглядит как anna@clinic.ru.",
        en="This is not an e-mail address: it looks like anna@clinic.com.",
    ),
    "wish": Text(ru="Не больше 4000 знаков обычного текста.", en="At most 4000 characters of plain text."),
}


class BadLead(Exception):
    """What is wrong, by field; nothing of what was typed."""

    def __init__(self, wrong: Mapping[str, Text]) -> None:
        super().__init__(f"wrong: {', '.join(wrong)}")
        self.wrong = {name: wrong[name] for name in (*TYPED, "consent") if name in wrong}


def read_lead(
    typed: Mapping[str, str], language: Language, book: StaffedPlaybook, today: date
) -> dict[str, Any]:
    """The lead as an order file holds it: client and wish. Raises BadLead."""
    given = {name: typed.get(name, "").strip() for name in TYPED}
    wrong = {name: MISSING[name] for name in ("wish", "contact") if not given[name]}
    if not typed.get("consent"):
        wrong["consent"] = MISSING["consent"]
    try:
        wish = _COMMENT.validate_python(given["wish"])
    except ValidationError:
        wish, wrong["wish"] = "", WRONG["wish"]
    client = {"name" if name == "company" else name: given[name] for name in TYPED if name != "wish"}
    known = {name: value for name, value in client.items() if value} | {"language": language}
    try:
        order = read_order({"client": known, "wish": wish}, book, today)
    except BadOrder as bad:
        raise BadLead(dict(map(_wrong, bad.problems)) | wrong) from None
    if wrong:
        raise BadLead(wrong)
    return order.model_dump(mode="json", include={"client", "wish"}, exclude_none=True)


def _wrong(problem: OrderProblem) -> tuple[str, Text]:
    """The field, and what to tell its writer, of a problem that the order's rules found."""
    if problem.code == "no_reach":
        return "phone", NO_WAY
    field = problem.place.removeprefix("client.")
    field = "company" if field == "name" else field
    return field, WRONG[field]


def reference(nonce: str, lead: Mapping[str, Any]) -> str:
    """The number people quote, and the inbox's key: `4F7K2-Q9M7T`. The same form sent twice has one; once changed, another."""
    content = nonce + json.dumps(lead, sort_keys=True)
    bits = int.from_bytes(hashlib.sha256(content.encode()).digest()[:8], "big")
    letters = "".join(_LETTERS[bits >> 5 * n & 31] for n in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def event(
    lead: Mapping[str, Any],
    number: str,
    consent: Consent,
    language: Language,
    via: str,
    utm: Mapping[str, str],
) -> dict[str, Any]:
    """What the inbox keeps: the lead and the consent it came with, nothing of the sender's browser or network.

    `via`: the `page`, a `frame` on another site, or the `site`'s own form. The digest is of the words that were shown. When is
    when it came: the event has it, and repeating a form must not change its content.
    """
    shown = consent.box.to(language) + consent.document.to(language)
    return {
        "reference": number,
        "order": dict(lead),
        "consent": {
            "version": consent.version,
            "language": language,
            "digest": hashlib.sha256(shown.encode()).hexdigest()[:16],
        },
        "via": via,
        "utm": {name: utm[name][:_LONGEST_UTM] for name in UTM if utm.get(name)},
    }
