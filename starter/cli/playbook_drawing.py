"""A playbook as tables."""

from collections.abc import Iterable
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.text import Text

from domain.playbook.book import StaffedPlaybook
from domain.playbook.routes import statuses
from domain.wording import zone_name
from domain.words import ROLE_LABELS, SOURCE_LABELS, STATUS_LABELS, Language, Source
from starter.cli.layout import Prose, Rows


def drawn(book: StaffedPlaybook, language: Language) -> RenderableType:
    ru, hours = language == "ru", book.calendar
    clock = zone_name(hours.zone, datetime.now(UTC), language)
    return Group(
        Prose(f"{book.company} · {book.version} · {hours.opens:%H:%M}-{hours.closes:%H:%M} {clock}"),
        table(
            "Люди" if ru else "People",
            (
                (id, person.name, ", ".join(ROLE_LABELS[role].to(language) for role in person.roles))
                for id, person in book.people.items()
            ),
            held=(0, 1),
        ),
        table(
            "Маршруты" if ru else "Routes",
            (
                (
                    SOURCE_LABELS[source].to(language),
                    " → ".join(STATUS_LABELS[status].to(language) for status in statuses(book.route(source))),
                )
                for source in Source
            ),
        ),
        table(
            "Типы оплаты" if ru else "Payment types",
            (
                (id, term.title.to(language), "; ".join(m.title.to(language) for m in term.milestones))
                for id, term in book.payments.items()
            ),
        ),
        table(
            "Способы доставки" if ru else "Delivery methods",
            ((id, method.title.to(language)) for id, method in book.deliveries.items()),
        ),
        table("НДС" if ru else "VAT", ((id, rate.title.to(language)) for id, rate in book.vat.items())),
        table(
            "Задания" if ru else "Assignments",
            (
                (id, kind.title.to(language), ROLE_LABELS[kind.role].to(language), kind.due.to(language))
                for id, kind in book.assignments.items()
            ),
        ),
    )


def table(title: str, rows: Iterable[tuple[str, ...]], held: Iterable[int] = (0,)) -> RenderableType:
    return Group(Text(f"\n{title}", style="bold"), Rows(rows, held=held))
