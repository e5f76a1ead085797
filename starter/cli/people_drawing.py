"""The people of today as tables."""

from collections.abc import Iterator

from rich.console import Group, RenderableType

from domain.playbook.people import People
from domain.wording import day
from domain.words import ROLE_LABELS, Language
from starter.cli.playbook_drawing import table


def drawn(people: People, language: Language) -> RenderableType:
    return Group(*_tables(people, language))


def people_table(people: People, language: Language) -> RenderableType:
    rows = (
        (id, person.name, ", ".join(ROLE_LABELS[role].to(language) for role in person.roles), person.email)
        for id, person in people.people.items()
    )
    return table("Люди" if language == "ru" else "People", rows, held=(0, 1, 3))


def _tables(people: People, language: Language) -> Iterator[RenderableType]:
    ru = language == "ru"
    yield people_table(people, language)
    if people.substitutes:
        yield table(
            "Замещения" if ru else "Substitutes",
            (
                (
                    people.name(entry.absent),
                    f"→ {people.name(entry.acts)}",
                    f"{day(entry.since, language)} – {day(entry.until, language)}",
                )
                for entry in people.substitutes
            ),
            held=(0, 1, 2),
        )
    if people.successors:
        yield table(
            "Преемники" if ru else "Successors",
            ((left, f"→ {people.name(to)}") for left, to in people.successors.items()),
            held=(0, 1),
        )
