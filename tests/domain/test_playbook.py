"""The playbook: what the default one says, what a check finds, and what loading adds to the file."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from temporalio.exceptions import ApplicationError

from activities.playbook import BadPlaybook, load_playbook, people_beside, read_pace
from activities.playbook_shelf import PlaybookShelf
from domain.calendar import Span
from domain.playbook.book import StaffedPlaybook
from domain.playbook.check import playbook_problems
from domain.playbook.kinds import APPROVAL_KINDS, ASSIGNMENT_KINDS
from domain.playbook.people import Substitute
from domain.playbook.terms import Gate
from domain.words import Availability, Role, Text, Trigger

TODAY = date(2026, 11, 23)
WritePlaybook = Callable[[Callable[[str], str]], Path]


def texts(value: Any) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)


class TestDefault:
    def test_every_text_is_in_both_languages(self, playbook: StaffedPlaybook) -> None:
        found = list(texts(playbook))
        assert len(found) > 100
        for text in found:
            assert text.ru.strip()
            assert text.en.strip()
            assert text.en.isascii()
            assert text.ru != text.en

    def test_every_role_of_the_company_has_its_people(self, playbook: StaffedPlaybook) -> None:
        holders = {role: playbook.holders(role) for role in Role}
        assert holders == {
            Role.MANAGER: ["ivanova", "sidorov"],
            Role.DIRECTOR: ["petrov"],
            Role.LOGISTICS: ["orlov"],
            Role.ACCOUNTANT: ["kuznetsova"],
            Role.CLIENT: [],
        }
        assert all(person.email.endswith("@dealwright.example") for person in playbook.people.values())

    def test_it_has_every_kind_and_nothing_that_no_process_asks_for(self, playbook: StaffedPlaybook) -> None:
        assert set(playbook.assignments) == set(ASSIGNMENT_KINDS)
        assert set(playbook.approvals) == set(APPROVAL_KINDS)
        assert playbook.approvals["contract"].roles == (Role.CLIENT, Role.DIRECTOR)

    def test_logistics_work_the_warehouse_and_managers_the_rest(self, playbook: StaffedPlaybook) -> None:
        theirs = {kind for kind, entry in playbook.assignments.items() if entry.role is Role.LOGISTICS}
        assert theirs == {"reservation", "acceptance", "shipment"}
        rest = {entry.role for kind, entry in playbook.assignments.items() if kind not in theirs}
        assert rest == {Role.MANAGER}

    @pytest.mark.parametrize(
        ("code", "credit", "milestones"),
        [
            ("prepaid_100", False, ["prepayment 100 contract 5wd ordering"]),
            (
                "prepaid_50",
                False,
                ["prepayment 50 contract 5wd ordering", "balance 100 ready_to_ship 5wd shipping"],
            ),
            ("deferred_30", True, ["payment 100 shipped 30cd -"]),
            ("letter_of_credit", True, ["payment 100 shipped 7wd -"]),
            ("leasing", True, ["advance 20 contract 10wd ordering", "balance 100 accepted 10wd -"]),
            (
                "instalments",
                True,
                ["first 30 contract 5wd ordering", "second 30 shipped 30cd -", "last 100 shipped 60cd -"],
            ),
            ("state_contract", True, ["payment 100 signed:eis-acceptance 7wd -"]),
            ("corporate_contract", True, ["payment 100 signed:upd 7wd -"]),
        ],
    )
    def test_a_payment_type_is_its_milestones(
        self, playbook: StaffedPlaybook, code: str, credit: bool, milestones: list[str]
    ) -> None:
        term = playbook.payments[code]
        found = [f"{m.id} {m.share or 100} {m.trigger} {m.offset} {m.gate or '-'}" for m in term.milestones]
        assert found == milestones
        assert term.credit is credit

    def test_it_has_eight_payment_types_and_three_deliveries(self, playbook: StaffedPlaybook) -> None:
        assert len(playbook.payments) == 8
        assert list(playbook.deliveries) == ["pickup", "carrier", "installation"]

    def test_goods_that_are_available_have_shorter_deadlines(self, playbook: StaffedPlaybook) -> None:
        kind = playbook.assignments["supplier-order"]
        assert kind.due_for(Availability.ON_ORDER) == Span.model_validate("3wd")
        assert kind.due_for(Availability.AVAILABLE) == Span.model_validate("1wd")
        assert kind.due_for(None) == kind.due

    def test_rates_are_exact_numbers(self, playbook: StaffedPlaybook) -> None:
        assert {code: str(vat.rate) for code, vat in playbook.vat.items()} == {
            **{"22": "22", "20": "20", "10": "10", "exempt": "None"}
        }

    def test_it_survives_the_way_through_a_deal(self, playbook: StaffedPlaybook) -> None:
        assert StaffedPlaybook.model_validate_json(playbook.model_dump_json()) == playbook

    @pytest.mark.parametrize("payment", ["prepaid_100", "instalments"])
    def test_a_line_lives_by_a_part_of_it(self, playbook: StaffedPlaybook, payment: str) -> None:
        part = playbook.for_line(payment, "10")
        again = StaffedPlaybook.model_validate_json(part.model_dump_json())
        assert again == part
        credit = playbook.payments[payment].credit  # refused, it may come to another payment type
        assert list(again.payments) == (list(playbook.payments) if credit else [payment])
        assert list(again.vat) == ["10"]
        assert "qualification" not in again.assignments
        assert len(part.model_dump_json()) < len(playbook.model_dump_json())


Spoil = Callable[[dict[str, Any]], Any]

BROKEN: list[tuple[str, Spoil, str]] = [
    ("no director", lambda b: b["people"].pop("petrov"), "people: nobody is director"),
    (
        "bad id",
        lambda b: b["people"].update({"О Ли!": b["people"]["orlov"]}),
        "people.О Ли!: an id is letters",
    ),
    ("role as id", lambda b: b["people"].update(director=b["people"]["orlov"]), "people.director: an id is"),
    ("client as id", lambda b: b["people"].update(client=b["people"]["orlov"]), "people.client: an id is"),
    (
        "substitute",
        lambda b: b.update(
            substitutes=[
                {"absent": "petrov", "acts": "smirnov", "since": "2026-12-01", "until": "2026-12-31"}
            ]
        ),
        "substitutes[0]: no person “smirnov”",
    ),
    (
        "delivery",
        lambda b: b["documents"]["upd"].update(delivery=["drone"]),
        "documents.upd.delivery: no delivery",
    ),
    (
        "payment",
        lambda b: b["documents"]["upd"].update(payment=["barter"]),
        "documents.upd.payment: no payment",
    ),
    ("VAT", lambda b: b["documents"]["upd"].update(vat=["18"]), "documents.upd.vat: no vat “18”"),
    ("assignment", lambda b: b["assignments"].pop("claim"), "assignments.claim: is missing"),
    ("approval", lambda b: b["approvals"].pop("credit"), "approvals.credit: is missing"),
]


@pytest.mark.parametrize(("spoil", "words"), [c[1:] for c in BROKEN], ids=[c[0] for c in BROKEN])
def test_a_broken_reference_is_found(raw_playbook: dict[str, Any], spoil: Spoil, words: str) -> None:
    spoil(raw_playbook)
    found = playbook_problems(StaffedPlaybook.model_validate(raw_playbook))
    assert words in "; ".join(map(str, found))


def test_a_company_with_one_payment_type_is_checked_as_well(raw_playbook: dict[str, Any]) -> None:
    raw_playbook["payments"] = {"prepaid_100": raw_playbook["payments"]["prepaid_100"]}
    found = playbook_problems(StaffedPlaybook.model_validate(raw_playbook))
    assert "documents.leasing-act.payment: no payment “leasing”" in map(str, found)


def test_a_substitute_acts_from_one_day_to_a_later_one() -> None:
    with pytest.raises(ValueError, match="until 1 Dec 2026 is before since 31 Dec 2026"):
        Substitute(absent="petrov", acts="sidorov", since=date(2026, 12, 31), until=date(2026, 12, 1))


class TestLoading:
    def load(self, path: Path, pace: str | None = None, today: date = TODAY) -> StaffedPlaybook:
        return load_playbook(path, today=today, pace=pace)

    def places(self, path: Path, pace: str | None = None) -> dict[str, str]:
        with pytest.raises(BadPlaybook) as caught:
            self.load(path, pace)
        return {problem.place: problem.text.en for problem in caught.value.problems}

    def test_the_version_tells_the_content_and_the_pace(
        self, playbook: StaffedPlaybook, write_playbook: WritePlaybook
    ) -> None:
        same = self.load(write_playbook(lambda text: text + "\n# a comment changes nothing\n"))
        assert same.version == playbook.version
        assert playbook.version.startswith("2026.11+")
        changed = self.load(write_playbook(lambda text: text.replace("offset: 30cd", "offset: 45cd")))
        paced = self.load(write_playbook(str), "1d=2s")
        assert len({playbook.version, changed.version, paced.version}) == 3

    @pytest.mark.parametrize(
        ("pace", "seconds"),
        [("1d=2s", 2.0), ("1d=500ms", 0.5), (" 1d = 1.5 s ", 1.5), ("1d=1m", 60), ("1d=24h", 86400)],
    )
    def test_a_pace_is_how_long_a_day_lasts(self, pace: str, seconds: float) -> None:
        assert read_pace(pace) == seconds

    @pytest.mark.parametrize("pace", ["2s", "1d=0s", "1d=fast", "1h=2s", "", "1d=25h", "1d=-2s", "1d=1e9s"])
    def test_what_is_no_pace_is_refused_with_one_that_is(
        self, write_playbook: WritePlaybook, pace: str
    ) -> None:
        assert "like 1d=2s" in self.places(write_playbook(str), pace)["pace"]

    def test_the_holidays_are_those_of_this_year_and_the_next_three(self, playbook: StaffedPlaybook) -> None:
        assert {day.year for day in playbook.calendar.holidays} == {2026, 2027, 2028, 2029}
        assert list(playbook.calendar.holidays) == sorted(playbook.calendar.holidays)
        assert all(day.weekday() < 5 for day in playbook.calendar.holidays)
        assert playbook.calendar.workdays == (date(2027, 2, 20),)

    def test_own_days_stand_beside_the_public_ones(self, write_playbook: WritePlaybook) -> None:
        own = {
            "holidays: [2028-11-06, 2029-11-05]": "holidays: [2026-12-30]",
            "workdays: []": "workdays: [2026-11-28, 2026-12-31]",
            "short_days: []": "short_days: [2026-12-29]",
        }

        def change(text: str) -> str:
            for old, new in own.items():
                assert old in text
                text = text.replace(old, new)
            return text

        calendar = self.load(write_playbook(change)).calendar
        assert not calendar.is_working(date(2026, 12, 30))
        assert calendar.is_working(date(2026, 11, 28))  # a Saturday
        assert calendar.is_working(date(2026, 12, 31))  # a public day off, worked here
        assert date(2026, 12, 29) in calendar.short_days
        assert date(2027, 11, 3) in calendar.short_days

    def test_without_a_country_only_own_days_are_off(self, write_playbook: WritePlaybook) -> None:
        calendar = self.load(
            write_playbook(lambda text: text.replace("country: RU", "country: null"))
        ).calendar
        assert calendar.holidays == (date(2028, 11, 6), date(2029, 11, 5))
        assert calendar.is_working(date(2027, 1, 1))

    @pytest.mark.parametrize(
        ("old", "new", "place", "words"),
        [
            (
                "country: RU",
                "country: Narnia",
                "calendar.country",
                "no public holidays are known of “Narnia”",
            ),
            ("zone: Europe/Moscow", "zone: Moscow", "calendar", "write one like Europe/Moscow"),
            ("opens: 09:00", "opens: 19:00", "calendar", "opening must be first"),
            ("company:", "compani:", "compani", "did you mean company?"),
            (
                "    latest: 0",
                "    lastest: 0",
                "payments.prepaid_100.form[1].lastest",
                "did you mean latest?",
            ),
            ("due_available: 4wh", "due_avail: 4wh", "assignments.reservation.due_avail", "due_available"),
            ("rate: 22", "rate: many", "vat.22.rate", "it says “many”"),
            ("offset: 30cd}", "offset: a month}", "payments.deferred_30.milestones[0].offset", "write 2wd"),
            ("share: 50, ", "share: 100, ", "payments.prepaid_50.milestones[0].share", "less than 100"),
            ("share: 20, ", "", "payments.leasing", "exactly one milestone is the balance"),
            ("payment: [leasing]", "payment: [lease]", "documents.leasing-act.payment", "no payment “lease”"),
            ("checks:", "people: {}\nchecks:", "people", "move this to people.yaml"),
            ("checks:", "substitutes: []\nchecks:", "substitutes", "move this to people.yaml"),
            ("repeat: [1wd, 2wd,", "repeat: [0wd, 2wd,", "reminders", "at least one unit"),
            ("repeat: [1wd, 2wd,", "repeat: [2wd, 1wd,", "reminders.repeat[1]", "1wd is shorter than 2wd"),
            (
                'example: "03214643000000017300"',
                'example: "0321"',
                "payments.state_contract.form",
                "the examples are not accepted: “Treasury account”",
            ),
        ],
    )
    def test_what_is_wrong_is_said_with_its_place_and_what_would_be_right(
        self, write_playbook: WritePlaybook, old: str, new: str, place: str, words: str
    ) -> None:
        def change(text: str) -> str:
            assert old in text
            return text.replace(old, new, 1)

        found = self.places(write_playbook(change))
        assert words in found[place]

    def test_everything_wrong_is_said_at_once(self, write_playbook: WritePlaybook) -> None:
        found = self.places(
            write_playbook(
                lambda text: (
                    text.replace("rate: 22", "rate: x")
                    .replace("country: RU", "country: XX")
                    .replace("repeat: [1wd,", "repeated: [1wd,")
                )
            ),
            "2s",
        )
        assert set(found) == {
            *("calendar.country", "pace", "reminders.repeated", "reminders.repeat", "vat.22.rate")
        }

    @pytest.mark.parametrize("text", ["", "just words", "- a\n- list", "[1, 2"])
    def test_a_file_that_is_no_playbook_is_refused(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "playbook.yaml"
        path.write_text(text, encoding="utf-8")
        assert self.places(path)

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        assert "there is no file" in self.places(tmp_path / "gone.yaml")[""]

    def test_a_file_can_not_set_what_loading_sets(self, write_playbook: WritePlaybook) -> None:
        path = write_playbook(
            lambda text: text.replace("country: RU", "country: RU\n  pace: 2") + "\npart: true\n"
        )
        assert set(self.places(path)) == {"calendar.pace", "part"}


class TestShelf:
    async def test_a_changed_file_is_noticed(self, write_playbook: WritePlaybook) -> None:
        shelf = PlaybookShelf(write_playbook(str), "1d=2s")
        first = await shelf.load()
        assert first.calendar.pace == 2.0
        assert await shelf.load() is first
        write_playbook(lambda text: text.replace('version: "2026.11"', 'version: "2026.12-next"'))
        assert (await shelf.load()).version.startswith("2026.12-next+")

    async def test_other_people_are_noticed_and_make_no_new_version(
        self, write_playbook: WritePlaybook
    ) -> None:
        path = write_playbook(str)
        shelf = PlaybookShelf(path)
        first = await shelf.load()
        file = people_beside(path)
        file.write_text(file.read_text().replace("orlov@", "igor.orlov@"))
        second = await shelf.load()
        assert second.people["orlov"].email == "igor.orlov@dealwright.example"
        assert (second.version, second.alone()) == (first.version, first.alone())

    async def test_a_bad_file_is_told_in_words_and_tried_again(self, write_playbook: WritePlaybook) -> None:
        shelf = PlaybookShelf(write_playbook(lambda text: text.replace("rate: 22", "rate: x")))
        with pytest.raises(ApplicationError) as caught:
            await shelf.load()
        assert not caught.value.non_retryable
        assert "put right" in str(caught.value)
        assert "vat.22.rate" in str(caught.value)
        write_playbook(str)
        assert (await shelf.load()).company

    async def test_loading_does_not_hold_up_the_worker(self, write_playbook: WritePlaybook) -> None:
        shelf = PlaybookShelf(write_playbook(str))
        books = await asyncio.gather(*(shelf.load() for _ in range(5)))
        assert len({book.version for book in books}) == 1


def test_every_gate_can_open(playbook: StaffedPlaybook) -> None:
    """What a gate waits for falls due before the gate."""
    for term in playbook.payments.values():
        for milestone in term.milestones:
            if milestone.gate is Gate.ORDERING:
                assert milestone.trigger is Trigger.CONTRACT
            if milestone.gate is Gate.SHIPPING:
                assert milestone.trigger in (Trigger.CONTRACT, Trigger.READY_TO_SHIP)
