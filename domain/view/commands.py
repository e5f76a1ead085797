"""The commands by which a deal's questions are answered. What is not known stands in them as a placeholder, in the reader's words."""

from collections.abc import Iterable
from decimal import Decimal
from shlex import quote

from domain.deal.open_items import OpenItem, persons
from domain.placeholders import one_of, placeholder
from domain.view.model import FieldView
from domain.view.viewer import Viewer
from domain.words import Role

FILE = {"ru": placeholder("Файл заказа"), "en": placeholder("Order file")}
PAYMENT = {"ru": placeholder("Номер платёжного поручения"), "en": placeholder("Payment order number")}
ROUBLES = {"ru": placeholder("Сумма в рублях"), "en": placeholder("Amount in roubles")}
APPROVE, REJECT = "approve", "reject"


def answers(viewer: Viewer, item: OpenItem, form: Iterable[FieldView] = ()) -> tuple[str, ...]:
    """One for each who may answer it; `form` is an assignment's."""
    id = item.id or ""
    match item.kind:
        case "assignment":
            return (complete(viewer, id, item.persons[0], form),)
        case "approval":
            return tuple(decide(viewer, id, person, item.version) for person in item.persons)
        case "document":
            return tuple(sign(viewer, id, person) for person in item.persons)
        case "payment":
            return (pay(viewer, item.amount or Decimal(), item.subject.line or 0),)
    return ()


def complete(viewer: Viewer, id: str, actor: str, form: Iterable[FieldView]) -> str:
    if id == "order":
        return _command("order", viewer, FILE[viewer.language], "--as", actor)
    fields = [
        word for field in form if field.required for word in ("--field", f"{field.name}={_blank(field)}")
    ]
    return _command("complete", viewer, id, "--as", actor, *fields)


def decide(viewer: Viewer, id: str, actor: str, version: int) -> str:
    """On the version that is shown."""
    which = ("--version", str(version)) if version > 1 else ()
    return _command("decide", viewer, id, one_of((APPROVE, REJECT)), *which, "--as", actor)


def sign(viewer: Viewer, id: str, actor: str) -> str:
    return _command("sign", viewer, id, "--as", actor)


def pay(viewer: Viewer, amount: Decimal, line: int) -> str:
    said = ROUBLES[viewer.language] if viewer.deal.rate else f"{amount:.2f}"
    about = ("--amount", said, "--line", str(line), "--id", PAYMENT[viewer.language])
    return _command("pay", viewer, *about, "--as", persons(Role.ACCOUNTANT, viewer.deal)[0])


def _command(name: str, viewer: Viewer, *words: str) -> str:
    return " ".join(["deal", name, viewer.deal.deal, *map(quote, words)])


def _blank(field: FieldView) -> str:
    return one_of(field.choices) if field.choices else placeholder(field.title)
