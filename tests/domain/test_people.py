"""The people's file: what may stand in it, and what follows from it on a day."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from activities.playbook import BadPlaybook, load_people
from domain.playbook.people import People, Person
from domain.words import Role
from tests.domain.conftest import PEOPLE, TODAY

Write = Callable[[str, str], Path]
AWAY = "{{absent: {}, acts: {}, since: 2026-11-23, until: 2026-11-24}}"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def changed(old: str, new: str) -> Path:
        text = PEOPLE.read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "people.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return changed


def away(*pairs: tuple[str, str]) -> str:
    return f"substitutes: [{', '.join(AWAY.format(*pair) for pair in pairs)}]"


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("email: orlov@dealwright.example", "email: orlov", "people.orlov.email", "an e-mail address is needed"),
        ("name: Игорь Орлов", 'name: ""', "people.orlov.name", "is empty"),
        ("name: Игорь Орлов", 'name: "Игорь\\nОрлов"', "people.orlov.name", "line breaks"),
        ("roles: [accountant]", "roles: [bookkeeper]", "people.kuznetsova.roles[0]", "accountant"),
        ("roles: [director]", "roles: [manager]", "people", "nobody is director"),
        ("roles: [director]", "role: [director]", "people.petrov.role", "did you mean roles?"),
        ("  orlov:", "  director:", "people.director", "an id is letters"),
        ("substitutes: []", away(("petrov", "smirnov")), "substitutes[0]", "no person “smirnov”"),
        ("substitutes: []", away(("petrov", "petrov")), "substitutes[0]", "a substitute of their own"),
        ("successors: {}", "successors: {ivanova: sidorov}", "successors.ivanova", "still works here"),
        ("successors: {}", "successors: {smirnov: belova}", "successors.smirnov", "no person “belova”"),
        ("successors: {}", "former: {smirnov: Олег}", "former", "no such field"),
        ("\npeople:", "\npersons:", "persons", "no such field"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(
    write: Write, old: str, new: str, place: str, words: str
) -> None:
    with pytest.raises(BadPlaybook) as caught:
        load_people(write(old, new))
    assert caught.value.path == "people.yaml"
    assert words in {problem.place: problem.text.en for problem in caught.value.problems}[place]


def test_substitutes_act_within_their_days_over_any_chain(write: Write) -> None:
    people = load_people(write("substitutes: []", away(("petrov", "sidorov"), ("sidorov", "orlov"))))
    assert people.stand_ins("petrov", TODAY) == {"sidorov", "orlov"}
    assert people.stands_in_for("orlov", TODAY + timedelta(days=1)) == ["sidorov", "petrov"]
    assert people.stand_ins("petrov", TODAY + timedelta(days=2)) == set()
    assert people.stand_ins("petrov", TODAY - timedelta(days=1)) == set()


def test_whoever_has_left_keeps_a_name() -> None:
    before = load_people(PEOPLE)
    left = before.model_copy(update={"people": {k: p for k, p in before.people.items() if k != "ivanova"}})
    after = left.after(before)
    assert after.name("ivanova") == "Ольга Иванова"
    assert after.digest == left.digest, "the past makes no other people"
    back = before.after(after)
    assert back.former == {}
    assert back.digest == before.digest


def test_the_digest_tells_other_people_apart() -> None:
    here = load_people(PEOPLE)
    moved = here.model_copy(update={"people": here.people | {"orlov": _person("Игорь Орлов")}})
    assert here.digest == load_people(PEOPLE).digest != moved.digest


def _person(name: str) -> Person:
    return Person(name=name, email="new@dealwright.example", roles=(Role.LOGISTICS,))


def test_a_substitute_of_no_day_is_refused() -> None:
    raw = {"absent": "petrov", "acts": "sidorov", "since": date(2026, 12, 2), "until": date(2026, 12, 1)}
    with pytest.raises(ValueError, match="is before since"):
        People.model_validate({"people": {}, "substitutes": [raw]})
