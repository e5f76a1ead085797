"""`deal people`: a file is checked, put in force, and told to every running deal."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from activities.playbook import load_people, people_beside
from domain.deal.messages import ApplyPeople, Message
from domain.words import same
from starter.answers import MessageRefused, Text
from starter.errors import NotFoundError, UnreachableError, UsageError
from starter.people import message_of, put_in_force, tell_all
from starter.rooms import ROOT
from tests.starter.conftest import Cli, Opened
from workflows.names import deal_id

PEOPLE = people_beside(ROOT / "playbooks" / "default.yaml")
HIRED = "  belov: {name: Олег Белов, email: belov@dealwright.example, roles: [logistics]}\n"


@pytest.fixture
def in_force(tmp_path: Path) -> Path:
    folder = tmp_path / "in-force"
    folder.mkdir()
    shutil.copy(PEOPLE, folder)
    return folder / "people.yaml"


@pytest.fixture
async def people(deal: Cli, in_force: Path) -> AsyncIterator[Cli]:
    """The command, with a people's file of its own in force. Afterwards all deals have the usual people again."""
    cli = Cli(deal.env | {"DEALWRIGHT_PEOPLE": str(in_force)})
    yield cli
    await cli.done("people", "apply", PEOPLE)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    before = text(PEOPLE)
    assert old in before
    file = tmp_path / "people.yaml"
    file.write_text(before.replace(old, new), encoding="utf-8")
    return file


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


async def test_a_hire_reaches_the_deals_that_run_and_those_that_start(
    people: Cli, opened: Opened, tmp_path: Path, in_force: Path
) -> None:
    number = await opened()
    file = changed(tmp_path, "  kuznetsova:", f"{HIRED}  kuznetsova:")
    told = await people.json("people", "apply", file)
    assert number in told["heard"]
    assert (told["later"], told["refused"]) == ([], {})
    assert text(in_force) == text(file)
    assert (await people.json("show", number))["people"]["belov"]["name"] == "Олег Белов"
    said = await people.until(lambda facts: _joined(facts), "log", number)
    assert [fact["data"]["person"] for fact in _joined(said)] == ["belov"]
    again = await people.done("people", "apply")
    assert "Сделок узнали о людях" in again.out
    assert len(_joined(await people.json("log", number))) == 1


async def test_a_deal_that_stood_meanwhile_hears_of_it_once_revived(
    people: Cli, opened: Opened, tmp_path: Path, client: Client
) -> None:
    number = await opened()
    await client.get_workflow_handle(deal_id(number)).terminate(reason="wrong button")
    await people.done("people", "apply", changed(tmp_path, "  kuznetsova:", f"{HIRED}  kuznetsova:"))
    assert "belov" not in (await people.json("show", number))["people"]
    await people.done("revive", number)
    await people.until(lambda view: "belov" in view["people"], "show", number)


async def test_a_file_that_would_hold_up_deals_is_refused_with_its_place_and_told_nobody(
    people: Cli, tmp_path: Path, in_force: Path
) -> None:
    before = text(in_force)
    bad = changed(tmp_path, "roles: [director]", "roles: [manager]")
    for command in ("check", "apply"):
        for language, words in (
            ("ru", "ни у кого нет роли director (директор)"),
            ("en", "nobody is director"),
        ):
            outcome = await people("people", command, bad, "--lang", language)
            assert (outcome.code, outcome.err.strip()) == (2, f"people: {words}")
    outcome = await people("people", "check", bad, "-o", "json")
    assert (outcome.code, [problem["place"] for problem in outcome.data["problems"]]) == (2, ["people"])
    assert text(in_force) == before
    assert (await people("people", "apply", tmp_path / "nobody.yaml")).code == 2


async def test_people_who_could_not_answer_by_the_playbook_in_force_are_refused(
    people: Cli, tmp_path: Path
) -> None:
    playbook = tmp_path / "playbook.yaml"
    default = text(ROOT / "playbooks" / "default.yaml")
    playbook.write_text(default.replace("roles: [client, director]", "roles: [client, director, accountant]"))
    both = changed(tmp_path, "roles: [director]", "roles: [director, accountant]")
    outcome = await people("people", "check", both, DEALWRIGHT_PLAYBOOK=str(playbook), DEALWRIGHT_LANG="en")
    assert outcome.code == 2
    assert "approvals.contract.roles: director and accountant are both petrov" in outcome.err


async def test_a_manager_may_not_say_who_works_here(people: Cli, opened: Opened, tmp_path: Path) -> None:
    number = await opened()
    file = changed(tmp_path, "  kuznetsova:", f"{HIRED}  kuznetsova:")
    outcome = await people("people", "apply", file, "--as", "ivanova")
    assert outcome.code == 1
    assert f"{number}: Ольга Иванова: нет права" in outcome.err


async def test_show_and_check_draw_the_file_in_force(people: Cli, tmp_path: Path) -> None:
    away = "substitutes: [{absent: petrov, acts: sidorov, since: 2026-12-28, until: 2027-01-15}]"
    file = changed(tmp_path, "substitutes: []", away)
    assert "в порядке" in (await people.done("people", "check", file)).out
    shown = (await people("people", "show", "--lang", "en", DEALWRIGHT_PEOPLE=str(file))).out
    assert "→ Павел Сидоров" in shown
    assert "28 Dec 2026 – 15 Jan 2027" in shown
    assert (await people.json("people", "show"))["people"]["orlov"]["roles"] == ["logistics"]


class Desk:
    """Deals that run: some answer, some refuse, some close; more start while the others are told."""

    def __init__(self, *running: str, **answers: Exception) -> None:
        self.runs, self.answers = [list(running[:-1]), list(running)], answers
        self.sent: list[str] = []
        self.signalled: list[str] = []

    async def running(self) -> list[str]:
        return self.runs.pop(0) if len(self.runs) > 1 else self.runs[0]

    async def send(self, number: str, message: Message) -> None:
        self.sent.append(number)
        if error := self.answers.get(f"deal_{number}"):
            raise error

    async def signal(self, number: str, message: Message) -> None:
        self.signalled.append(number)


def told(desk: Desk) -> Any:
    return tell_all(desk, message_of(load_people(PEOPLE), "operator"))  # type: ignore[arg-type]


async def test_a_deal_that_starts_meanwhile_is_told_too_and_each_once() -> None:
    desk = Desk("1", "2", "3")
    assert sorted((await told(desk)).heard) == ["1", "2", "3"]
    assert sorted(desk.sent) == ["1", "2", "3"]


async def test_one_that_closes_or_refuses_does_not_keep_the_others_from_hearing() -> None:
    no = MessageRefused(Text(ru="нет", en="no"), "en", "not_allowed")
    closed = MessageRefused(Text(ru="закрыта", en="closed"), "en", "closed")
    result = await told(
        Desk("1", "2", "3", "4", deal_1=no, deal_2=closed, deal_3=NotFoundError(same("gone")))
    )
    assert (result.heard, result.later, result.refused) == (["4"], [], {"1": "no"})


async def test_where_no_worker_answers_the_server_keeps_it_for_later() -> None:
    desk = Desk("1", "2", "3", deal_1=UnreachableError(same("no worker")))
    result = await told(desk)
    assert "1" in result.later
    assert sorted(result.heard + result.later) == ["1", "2", "3"]
    assert desk.signalled == result.later


def test_the_same_people_later_are_another_message() -> None:
    people = load_people(PEOPLE)
    one, other = (message_of(people, "operator") for _ in range(2))
    assert one.id != other.id
    assert one.digest() == other.digest()
    assert isinstance(one, ApplyPeople)


def test_the_file_in_force_is_not_copied_onto_itself(in_force: Path, tmp_path: Path) -> None:
    assert not put_in_force(in_force, in_force)
    assert put_in_force(changed(tmp_path, "orlov@", "igor@"), in_force)
    assert "igor@" in in_force.read_text()
    assert [path.name for path in in_force.parent.iterdir()] == ["people.yaml"]


def _joined(facts: Any) -> list[Any]:
    return [fact for fact in facts if fact["kind"] == "person.joined"]


def a_checkout(folder: Path, *, tracked: bool) -> Path:
    """With a people's file in force, which git tracks or does not."""
    folder.mkdir()
    in_force = folder / "people.yaml"
    shutil.copy(PEOPLE, in_force)
    git = ("git", "-C", str(folder))
    subprocess.run([*git, "init", "--quiet"], check=True)
    if tracked:
        subprocess.run([*git, "add", "people.yaml"], check=True)
    return in_force


def test_a_file_that_a_checkout_tracks_is_overwritten_only_by_who_means_it(tmp_path: Path) -> None:
    other = changed(tmp_path, "  kuznetsova:", f"{HIRED}  kuznetsova:")
    in_force = a_checkout(tmp_path / "clone", tracked=True)
    with pytest.raises(UsageError, match=r"git tracks it: set DEALWRIGHT_PEOPLE .*--overwrite"):
        put_in_force(other, in_force)
    assert text(in_force) == text(PEOPLE)
    in_force.chmod(0o640)
    assert put_in_force(other, in_force, overwrite=True)
    assert text(in_force) == text(other)
    assert in_force.stat().st_mode & 0o777 == 0o640


def test_a_file_of_ones_own_in_a_checkout_is_no_matter_of_gits(tmp_path: Path) -> None:
    other = changed(tmp_path, "  kuznetsova:", f"{HIRED}  kuznetsova:")
    assert put_in_force(other, a_checkout(tmp_path / "clone", tracked=False))
