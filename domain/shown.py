"""The fields a CRM shows of a deal and of its lines, in the playbook's language."""

from collections.abc import Iterable
from datetime import datetime

from domain.authority import Desk
from domain.forms import Form
from domain.standing import Waiting, waiting, waiting_of
from domain.state import DealState, LineState
from domain.wording import moment
from domain.words import ROLE_LABELS, SOURCE_LABELS, STATUS_LABELS, LineStatus, Role, Text

MOST_BLOCKERS = 20  # in one field

HELD = Text(ru="задержано", en="held")
SIGNED = Text(ru="подписано {signed} из {all}", en="{signed} of {all} signed")


def crm_fields(deal: DealState) -> dict[str, str]:
    """By name. Amounts have their currency, `due` is an ISO moment; what there is nothing to say of is empty."""
    language, client = deal.book.language, deal.client
    open_items = waiting(deal)
    return {
        "client": client.name or client.contact,
        "inn": client.inn or "",
        "contact": client.contact,
        "email": deal.addresses.get("client") or client.email or "",
        "phone": client.phone or "",
        "manager": deal.manager,
        "wish": deal.wish,
        "amount": f"{deal.amount} {deal.currency}",
        "paid": f"{deal.received} {deal.currency}",
        "outstanding": f"{sum(m.outstanding for m in deal.milestones)} {deal.currency}",
        "payment": ", ".join(dict.fromkeys(_payment(deal, line) for line in deal.lines.values())),
        "customs": "; ".join(
            f"{n}: {said}" for n, line in deal.lines.items() if (said := _customs(deal, line))
        ),
        "documents": _documents(deal, (deal, *deal.active_lines)),
        "blockers": _blockers(deal, open_items),
        "awaiting": _who(deal, open_items),
        "due": _due(open_items),
        "lines": "; ".join(
            f"{n}: {STATUS_LABELS[line.status].to(language)}" for n, line in deal.lines.items()
        ),
    }


def line_fields(deal: DealState, line: LineState) -> dict[str, str]:
    language, good = deal.book.language, line.good
    open_items = sorted(waiting_of(line, deal), key=lambda item: item.due_at)
    return {
        "payment": _payment(deal, line),
        "delivery": deal.book.deliveries[good.delivery].title.to(language),
        "source": SOURCE_LABELS[good.source].to(language),
        "availability": good.availability.value,
        "unit_price": f"{good.unit_price} {line.currency}",
        "vat": deal.book.vat[good.vat].title.to(language),
        "paid": f"{line.paid} {line.currency}",
        "customs": _customs(deal, line),
        "documents": _documents(deal, (line,)),
        "blockers": _blockers(deal, open_items),
        "awaiting": _who(deal, open_items),
        "due": _due(open_items),
        "eta": line.eta.isoformat() if line.eta else "",
    }


def form_of(deal: DealState, line: int, kind: str) -> Form:
    """The form of an assignment of this kind; a line's payment terms ask what its payment type does."""
    if not kind:
        return ()
    if kind == "payment-terms" and line in deal.lines:
        return deal.book.payments[deal.lines[line].good.payment].form
    return deal.book.assignment(kind).form


def _payment(deal: DealState, line: LineState) -> str:
    return deal.book.payments[line.good.payment].title.to(deal.book.language)


def _customs(deal: DealState, line: LineState) -> str:
    declared = line.assignments.get(line.subject.id("customs-declaration"))
    number = declared.answers.get("declaration", "") if declared else ""
    if line.held:
        return f"{number} ({HELD.to(deal.book.language)})".strip()
    if line.status is LineStatus.AT_CUSTOMS:
        return f"{number} ({STATUS_LABELS[line.status].to(deal.book.language)})".strip()
    return number


def _documents(deal: DealState, processes: Iterable[DealState | LineState]) -> str:
    documents = [document for process in processes for document in process.documents.values()]
    if not documents:
        return ""
    signed = sum(document.signed for document in documents)
    return SIGNED.to(deal.book.language).format(signed=signed, all=len(documents))


def _blockers(deal: DealState, items: list[Waiting]) -> str:
    """One a line: what, who, and until when."""
    told = [tell_waiting(deal, item) for item in items[:MOST_BLOCKERS]]
    return "\n".join([*told, "…"] if len(items) > MOST_BLOCKERS else told)


def tell_waiting(deal: DealState, item: Waiting) -> str:
    """`1: УПД — клиент, 05.12.2026 18:00`: what, of which line, who, and until when."""
    about = f"{item.subject.line}: " if item.subject.line else ""
    return f"{about}{item.what} — {_names(deal, item.who)}, {_moment(deal, item.due_at)}"


def _who(deal: DealState, items: list[Waiting]) -> str:
    return ", ".join(dict.fromkeys(_names(deal, item.who) for item in items))


def _names(deal: DealState, who: tuple[str, ...]) -> str:
    return ", ".join(_name(deal, person) for person in who)


def _name(deal: DealState, person: str) -> str:
    if person in set(Role):
        return ROLE_LABELS[Role(person)].to(deal.book.language)
    return Desk(deal.book, deal.client, deal.manager, deal.opened_at.date()).name(person)


def _due(items: list[Waiting]) -> str:
    return items[0].due_at.isoformat() if items else ""


def _moment(deal: DealState, at: datetime) -> str:
    return moment(at, deal.book.language, deal.book.calendar.zone)
