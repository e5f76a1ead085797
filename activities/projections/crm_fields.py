"""The fields a CRM shows of a deal and of its lines, in the playbook's language."""

from collections.abc import Iterable, Sequence

from domain.deal.open_items import OpenItem, by_urgency, items_of, open_items
from domain.deal.state import DealState, LineState
from domain.view.item_words import tell_item, who
from domain.words import AVAILABILITY_LABELS, SOURCE_LABELS, STATUS_LABELS, LineStatus, Text

MOST_BLOCKERS = 20  # in one field

HELD = Text(ru="задержано", en="held")
SIGNED = Text(ru="подписано {signed} из {all}", en="{signed} of {all} signed")


def crm_fields(deal: DealState) -> dict[str, str]:
    """By name. Amounts have their currency, `due` is an ISO moment; what there is nothing to say of is empty."""
    language, client = deal.book.language, deal.client
    items = open_items(deal)
    return {
        "client": client.name or client.contact,
        "inn": client.inn or "",
        "kpp": client.kpp or "",
        "ogrn": client.ogrn or "",
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
        "blockers": _blockers(deal, items),
        "awaiting": who(deal, items),
        "due": _due(items),
        "lines": "; ".join(
            f"{n}: {STATUS_LABELS[line.status].to(language)}" for n, line in deal.lines.items()
        ),
    }


def line_fields(deal: DealState, line: LineState) -> dict[str, str]:
    language, good = deal.book.language, line.good
    items = by_urgency(items_of(line, deal))
    return {
        "payment": _payment(deal, line),
        "delivery": deal.book.deliveries[good.delivery].title.to(language),
        "source": SOURCE_LABELS[good.source].to(language),
        "availability": AVAILABILITY_LABELS[good.availability].to(language),
        "unit_price": f"{good.unit_price} {line.currency}",
        "vat": deal.book.vat[good.vat].title.to(language),
        "paid": f"{line.paid} {line.currency}",
        "customs": _customs(deal, line),
        "documents": _documents(deal, (line,)),
        "blockers": _blockers(deal, items),
        "awaiting": who(deal, items),
        "due": _due(items),
        "eta": line.eta.isoformat() if line.eta else "",
    }


def _payment(deal: DealState, line: LineState) -> str:
    return deal.book.payments[line.good.payment].title.to(deal.book.language)


def _customs(deal: DealState, line: LineState) -> str:
    number = line.declarations[-1] if line.declarations else ""
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


def _blockers(deal: DealState, items: Sequence[OpenItem]) -> str:
    """One a line: what, who, and until when."""
    told = [tell_item(deal, item) for item in items[:MOST_BLOCKERS]]
    return "\n".join([*told, "…"] if len(items) > MOST_BLOCKERS else told)


def _due(items: Sequence[OpenItem]) -> str:
    return items[0].due_at.isoformat() if items else ""
