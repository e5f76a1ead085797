"""The fields a CRM shows of a deal and of its lines, in the playbook's language."""

from collections.abc import Iterable, Sequence
from itertools import islice

from domain.deal.attachments import names
from domain.deal.delivery import deliveries
from domain.deal.documents import Document
from domain.deal.open_items import OpenItem, by_urgency, items_of, open_items
from domain.deal.state import DealState, LineState
from domain.view.declaration_words import declaration_words
from domain.view.delivery_words import delivery_words
from domain.view.document_words import how_it_stands
from domain.view.item_words import tell_item, who
from domain.view.party_words import firm_words, party_words
from domain.wording import about
from domain.words import (
    AVAILABILITY_LABELS,
    DELIVER_FROM,
    ROLE_LABELS,
    SOURCE_LABELS,
    Stage,
    Text,
    status_label,
)

MOST_ROWS = 20  # in one field

OFFER = Text(ru="версия {version}: {how}", en="version {version}: {how}")
PUT_TO_APPROVAL = Text(ru="на согласовании", en="put to approval")
AMENDS = Text(ru="изменение на согласовании", en="an amendment, put to approval")
AGREED, DRAFTED = Text(ru="согласована", en="agreed"), Text(ru="готовится", en="being prepared")


def crm_fields(deal: DealState, page: str = "") -> dict[str, str]:
    """By name. Amounts have their currency, `due` is an ISO moment; what there is nothing to say of is empty.

    `page` is the address of the deal's own page.
    """
    language, client = deal.book.language, deal.client
    items = open_items(deal)
    return {
        "client": client.name or client.contact,
        "inn": client.inn or "",
        "kpp": client.kpp or "",
        "ogrn": client.ogrn or "",
        "buyer": firm_words(client, language) if client.is_foreign else "",
        "payer": party_words(client.payer, language) if client.payer else "",
        "consignee": party_words(client.consignee, language) if client.consignee else "",
        "contact": client.contact,
        "email": deal.addresses.get("client") or client.email or "",
        "phone": client.phone or "",
        "manager": deal.manager,
        "wish": deal.wish,
        "amount": f"{deal.amount} {deal.currency}",
        "paid": f"{deal.received} {deal.currency}",
        "outstanding": f"{sum(m.outstanding for m in deal.milestones)} {deal.currency}",
        "payable": f"{sum(m.outstanding for m in deal.milestones if m.due_at)} {deal.currency}",
        "offer": _offer(deal),
        "payment": ", ".join(dict.fromkeys(_payment(deal, line) for line in deal.lines.values())),
        "customs": "; ".join(
            f"{n}: {said}" for n, line in deal.lines.items() if (said := _customs(deal, line))
        ),
        "documents": _documents(deal, (deal, *deal.active_lines)),
        "blockers": _blockers(deal, items),
        "awaiting": who(deal, items),
        "due": _due(items),
        "lines": "; ".join(
            f"{n}: {status_label(line.status, line.good.source).to(language)}"
            for n, line in deal.lines.items()
        ),
        "page": page,
    }


def line_fields(deal: DealState, line: LineState) -> dict[str, str]:
    language, good = deal.book.language, line.good
    items = _items(deal, line)
    return {
        "payment": _payment(deal, line),
        "delivery": deal.book.deliveries[good.delivery].title.to(language),
        "source": SOURCE_LABELS[good.source].to(language),
        "availability": AVAILABILITY_LABELS[good.availability].to(language),
        "unit_price": f"{good.unit_price} {line.currency}",
        "vat": deal.book.vat[line.invoiced.vat].title.to(language),
        "paid": f"{line.paid} {line.currency}",
        "customs": _customs(deal, line),
        "documents": _documents(deal, (line,)),
        "blockers": _blockers(deal, items),
        "awaiting": who(deal, items),
        "due": _due(items),
        "eta": line.eta.isoformat() if line.eta else "",
        "deliver_by": good.deliver_by.isoformat() if good.deliver_by else "",
        "deliver_within": str(good.deliver_within or ""),
        "deliver_from": DELIVER_FROM[good.deliver_from].to(language) if good.deliver_from else "",
        "delivery_forecast": _forecast(deal, line),
    }


def _items(deal: DealState, line: LineState) -> list[OpenItem]:
    """Only a service that follows another line hangs on more than itself."""
    if line.good.after:
        return [item for item in open_items(deal) if item.subject == line.subject]
    return by_urgency(items_of(line, deal))


def _forecast(deal: DealState, line: LineState) -> str:
    """Of what is promised: whether it comes in time, as of the deal's last change."""
    found = deliveries(deal, [line] if line.good.is_promised else [], deal.updated_at)
    return "".join(
        delivery_words(line, forecast, deal.book, deal.updated_at, deal.book.language)
        for forecast in found.values()
    )


def _payment(deal: DealState, line: LineState) -> str:
    return deal.book.payments[line.good.payment].title.to(deal.book.language)


def _customs(deal: DealState, line: LineState) -> str:
    alone = len(line.declarations) == 1
    return ", ".join(
        declaration_words(each, line.good.unit, deal.book.language, alone=alone) for each in line.declarations
    )


def _offer(deal: DealState) -> str:
    """The version of what is sold, and how far it has come."""
    if not deal.offers:
        return ""
    if any(approval.kind == "contract" for approval in deal.open_approvals):
        how = PUT_TO_APPROVAL
    elif deal.in_force:
        return _agreed(deal)
    else:
        how = DRAFTED if deal.stage in (Stage.NEW, Stage.CONTRACT_APPROVAL) else AGREED
    language = deal.book.language
    return OFFER.to(language).format(version=deal.contract_version, how=how.to(language))


def _agreed(deal: DealState) -> str:
    """What is in force, and the amendment that is put to approval, if there is one."""
    language = deal.book.language
    told = [OFFER.to(language).format(version=deal.in_force, how=AGREED.to(language))]
    if asked := deal.amendment:
        told.append(OFFER.to(language).format(version=asked.version, how=AMENDS.to(language)))
    return "; ".join(told)


def _documents(deal: DealState, processes: Sequence[DealState | LineState]) -> str:
    """One a line: which, of which line where there are several, and how it stands."""
    return _some(
        _document(deal, process, document, of_line=len(processes) > 1)
        for process in processes
        for document in process.documents.values()
        if not document.shared_with
    )


def _document(deal: DealState, process: DealState | LineState, document: Document, *, of_line: bool) -> str:
    language, line = deal.book.language, process.subject.line
    of = f"{about(line).to(language)}: " if of_line and line else ""
    stands = how_it_stands(
        ready=document.ready,
        signed=document.signed,
        signers=[ROLE_LABELS[role] for role in document.signers],
        handed_over=document.handed_over,
        refused=bool(document.refused),
        returned=document.returned,
    )
    files = f" ({names(document.files)})" if document.files else ""
    return f"{of}{document.title.to(language)} — {stands.to(language)}{files}"


def _blockers(deal: DealState, items: Sequence[OpenItem]) -> str:
    """One a line: what, who, and until when."""
    return _some(tell_item(deal, item) for item in items)


def _some(told: Iterable[str]) -> str:
    """The first of them: what is not shown is not worded."""
    rows = list(islice(told, MOST_ROWS + 1))
    return "\n".join([*rows[:MOST_ROWS], "…"] if len(rows) > MOST_ROWS else rows)


def _due(items: Sequence[OpenItem]) -> str:
    return items[0].due_at.isoformat() if items else ""
