"""What the CRM was told of deals of the first edition: their histories replay only if this stays as it was."""

from collections.abc import Iterator

from domain.effects import PutLine
from domain.facts import DealOpened, Fact, LineStatusChanged, OrderComposed
from domain.state import DealState
from domain.words import STATUS_LABELS


def first_fields(deal: DealState) -> dict[str, str]:
    language = deal.book.language
    awaiting = [a.assignee for a in deal.open_assignments] + [
        w.person for a in deal.open_approvals for w in a.awaiting
    ]
    for line in deal.lines.values():
        awaiting += [a.assignee for a in line.open_assignments]
        awaiting += [w.person for a in line.open_approvals for w in a.awaiting]
    return {
        "client": deal.client.name or deal.client.contact,
        "manager": deal.manager,
        "amount": f"{deal.amount} {deal.currency}",
        "paid": f"{deal.received} {deal.currency}",
        "outstanding": f"{sum(m.outstanding for m in deal.milestones)} {deal.currency}",
        "awaiting": ", ".join(dict.fromkeys(awaiting)),
        "payment": ", ".join(dict.fromkeys(line.good.payment for line in deal.lines.values())),
        "lines": "; ".join(
            f"{n}: {STATUS_LABELS[line.status].to(language)}" for n, line in deal.lines.items()
        ),
    }


def first_lines(key: str, fact: Fact, deal: DealState) -> Iterator[PutLine]:
    """Each line as a fact about it was told; later editions see to the lines as they deliver."""
    number = fact.subject.removeprefix("line ")
    if number.isdigit() and int(number) in deal.lines and fact.kind == LineStatusChanged.kind:
        yield put_line(f"{key}:line", deal, int(number))
    if fact.kind in (DealOpened.kind, OrderComposed.kind):
        for line in deal.lines:
            yield put_line(f"{key}:line-{line}", deal, line)


def put_line(key: str, deal: DealState, number: int, shown: dict[str, str] | None = None) -> PutLine:
    line = deal.lines[number]
    return PutLine(
        key=key,
        deal=deal.deal,
        line=number,
        sku=line.good.sku,
        name=line.good.name,
        quantity=line.good.quantity,
        amount=str(line.amount),
        currency=deal.currency,
        status=line.status,
        shown=shown or {},
    )
