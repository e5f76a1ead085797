"""What a playbook may not say: each thing that would hold up a deal is refused with its place."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.files import read_document
from activities.playbook import BadPlaybook, load_playbook
from domain.playbook.book import StaffedPlaybook
from domain.playbook.built_in import BUILT_IN
from domain.playbook.check import playbook_problems
from domain.playbook.check.questions import needs
from domain.playbook.forms import FieldType
from domain.playbook.questions import ANSWERS
from tests.domain.conftest import PEOPLE, ROOT, TODAY

DEFAULT = ROOT / "playbooks" / "default.yaml"

Raw = dict[str, Any]
Spoil = Callable[[Raw], Any]
WritePlaybook = Callable[[Callable[[str], str]], Path]


def problems(raw: Raw) -> dict[str, str]:
    found = list(playbook_problems(StaffedPlaybook.model_validate(raw)))
    assert all(problem.place and problem.text.en for problem in found)
    return {problem.place: problem.text.en for problem in found}


def form(raw: Raw, kind: str) -> list[Raw]:
    fields: list[Raw] = raw["assignments"][kind]["form"]
    return fields


def field(raw: Raw, kind: str, name: str) -> Raw:
    return next(field for field in form(raw, kind) if field["name"] == name)


def drop(raw: Raw, kind: str, *names: str) -> None:
    """With the conditions that hang on it, so that the form by itself is in order."""
    raw["assignments"][kind]["form"] = [f for f in form(raw, kind) if f["name"] not in names]
    for left in form(raw, kind):
        left["required_when"] = {n: v for n, v in left["required_when"].items() if n not in names}
        left["counted_by"] = "" if left["counted_by"] in names else left["counted_by"]


READ = [
    (kind, need) for kind, contract in ANSWERS.items() if kind not in BUILT_IN for need in needs(contract)
]


def alike(kind: str, name: str) -> list[Any]:
    """The needs of this name: one answer may be read by several outcomes."""
    return [need for of, need in READ if (of, need.name) == (kind, name)]


EACH_ANSWER = pytest.mark.parametrize(
    ("kind", "need"), READ, ids=[f"{kind}.{need.name}" for kind, need in READ]
)
NEEDED = [(kind, need) for kind, need in READ if not need.optional]
EACH_NEEDED = pytest.mark.parametrize(
    ("kind", "need"), NEEDED, ids=[f"{kind}.{need.name}" for kind, need in NEEDED]
)


class TestAnswersThatTheProcessReads:
    """`check` of 0.2.0 took each of these, and then the workflow task failed for ever."""

    @EACH_NEEDED
    def test_none_may_be_dropped(self, raw_playbook: Raw, kind: str, need: Any) -> None:
        drop(raw_playbook, kind, need.name)
        words = problems(raw_playbook)[f"assignments.{kind}.form.{need.name}"]
        assert words.startswith("no such field, and the process reads it")
        assert any(words.endswith(each.why.en) for each in alike(kind, need.name))

    @EACH_NEEDED
    def test_none_may_be_renamed(self, raw_playbook: Raw, kind: str, need: Any) -> None:
        renamed = field(raw_playbook, kind, need.name)
        for other in form(raw_playbook, kind):
            if need.name in other["required_when"]:
                other["required_when"] = {"other": other["required_when"][need.name]}
        renamed["name"] = "other"
        assert f"assignments.{kind}.form.{need.name}" in problems(raw_playbook)

    @EACH_ANSWER
    def test_none_may_have_another_type(self, raw_playbook: Raw, kind: str, need: Any) -> None:
        changed = field(raw_playbook, kind, need.name)
        other = "text" if FieldType.NUMBER in need.types else "number"
        changed |= {
            "type": other,
            "choices": None,
            "example": "x" if other == "text" else "",
            "days": 0,
            "earliest": None,
            "latest": None,
        }
        changed |= {"pattern": None, "date_in": None, "counted_by": "", "part": False}
        words = problems(raw_playbook)[f"assignments.{kind}.form.{need.name}"]
        assert f"its type is {other}, and the process needs type {need.types[0].value}" in words

    def test_what_may_be_missing_may_be_dropped(self, raw_playbook: Raw) -> None:
        drop(raw_playbook, "acceptance", "accepted_on")
        assert problems(raw_playbook) == {}

    @EACH_NEEDED
    def test_none_may_be_optional(self, raw_playbook: Raw, kind: str, need: Any) -> None:
        field(raw_playbook, kind, need.name).update(required=False, required_when={})
        words = problems(raw_playbook)[f"assignments.{kind}.form.{need.name}"]
        assert "must be required" in words
        assert any(each.condition in words for each in alike(kind, need.name))

    @pytest.mark.parametrize(
        ("kind", "name", "choices"),
        [
            ("qualification", "outcome", ["qualified", "unqualified"]),
            ("qualification", "outcome", ["qualified"]),
            ("arrival", "outcome", ["arrived", "delayed", "lost"]),
            ("customs-release", "outcome", ["released", "on hold"]),
            ("acceptance", "result", ["ok", "damaged"]),
        ],
    )
    def test_choices_are_those_the_process_knows(
        self, raw_playbook: Raw, kind: str, name: str, choices: list[str]
    ) -> None:
        changed = field(raw_playbook, kind, name)
        known = changed["choices"]
        changed |= {"choices": choices, "example": choices[0]}
        words = problems(raw_playbook)[f"assignments.{kind}.form.{name}"]
        said, _, rest = words.partition(", and the process knows ")
        assert said == f"its choices are {', '.join(choices)}"
        assert all(code in rest for code in known)

    @pytest.mark.parametrize(
        "condition", [{"outcome": "arrived"}, {"outcome": "delayed", "arrived_on": "2026-12-01"}, {}]
    )
    def test_a_condition_that_holds_less_often_than_the_processs_own_is_not_enough(
        self, raw_playbook: Raw, condition: Raw
    ) -> None:
        field(raw_playbook, "arrival", "eta")["required_when"] = condition
        words = problems(raw_playbook)["assignments.arrival.form.eta"]
        assert words.startswith(
            "must be required at least when outcome: delayed; "
            "write required: true, or required_when: {outcome: delayed} and nothing else in it"
        )

    def test_by_its_own_examples_a_deal_goes_on(self, raw_playbook: Raw) -> None:
        field(raw_playbook, "arrival", "outcome")["example"] = "delayed"
        field(raw_playbook, "acceptance", "result").update(
            choices=["damaged", "accepted", "partial"], example=""
        )
        found = problems(raw_playbook)
        assert "only with arrived does a deal go on" in found["assignments.arrival.form.outcome"]
        assert "say example: accepted" in found["assignments.acceptance.form.result"]

    def test_a_mail_address_is_one(self, raw_playbook: Raw) -> None:
        title = {"ru": "Почта", "en": "Mail"}
        asked = {"name": "email", "title": title, "example": "anna@clinic.example"}
        raw_playbook["assignments"]["mail-address"] = {
            **{"title": title, "role": "manager", "due": "1wd"},
            "form": [asked],
        }
        words = problems(raw_playbook)["assignments.mail-address.form.email"]
        assert words.startswith("its type is text, and the process needs type email")
        asked["type"] = "email"
        assert problems(raw_playbook) == {}


def test_a_playbook_words_orders_and_extends_its_forms(raw_playbook: Raw) -> None:
    arrival = form(raw_playbook, "arrival")
    arrival.reverse()
    arrival.append({"name": "pallets", "type": "number", "title": {"ru": "Паллеты", "en": "Pallets"}})
    field(raw_playbook, "arrival", "outcome").update(
        choices=["delayed", "arrived"], title={"ru": "Ну?", "en": "So?"}
    )
    field(raw_playbook, "arrival", "eta").update(required=True, required_when={}, latest=60)
    reasons = {"type": "choice", "choices": ["дорого", "долго"], "example": ""}
    field(raw_playbook, "qualification", "reason").update(reasons)
    assert problems(raw_playbook) == {}


def short_calendar(raw: Raw) -> None:
    raw["calendar"].update(opens="09:00", closes="09:01")


def year_off(raw: Raw) -> None:
    raw["calendar"]["holidays"] = [str(TODAY + timedelta(days=n)) for n in range(40)]


def many_documents(raw: Raw) -> None:
    raw["documents"] |= {f"paper-{n}": raw["documents"]["upd"] for n in range(30)}


def many_people(raw: Raw) -> None:
    raw["people"] |= {f"clerk-{n}": raw["people"]["orlov"] for n in range(600)}


def director_is_accountant(raw: Raw) -> None:
    raw["people"]["petrov"]["roles"] = ["accountant", "director"]
    raw["people"] = {"petrov": raw["people"].pop("petrov"), **raw["people"]}
    raw["approvals"]["contract"]["roles"] = ["client", "director", "accountant"]


WRONG: list[tuple[str, Spoil, str, str]] = [
    ("person twice in an approval", director_is_accountant, "approvals.contract.roles", "are both petrov"),
    (
        "role twice",
        lambda b: b["approvals"]["credit"].update(roles=["director", "director"]),
        *("approvals.credit.roles", "director stands twice"),
    ),
    (
        "credit without the director",
        lambda b: b["approvals"]["credit"].update(roles=["accountant"]),
        *("approvals.credit.roles", "director is missing"),
    ),
    (
        "contract without the client",
        lambda b: b["approvals"]["contract"].update(roles=["director"]),
        *("approvals.contract.roles", "client is missing"),
    ),
    (
        "a task for the client",
        lambda b: b["assignments"]["claim"].update(role="client"),
        *("assignments.claim.role", "name a role of the company"),
    ),
    (
        "the client among the people",
        lambda b: b["people"]["orlov"]["roles"].append("client"),
        *("people.orlov.roles", "nobody of the company is the client"),
    ),
    (
        "operator as id",
        lambda b: b["people"].update(operator=b["people"]["orlov"]),
        *("people.operator", "an id is letters"),
    ),
    (
        "own substitute",
        lambda b: b.update(
            substitutes=[{"absent": "orlov", "acts": "orlov", "since": "2026-12-01", "until": "2026-12-02"}]
        ),
        *("substitutes[0]", "nobody is a substitute of their own"),
    ),
    (
        "unasked",
        lambda b: b["assignments"].update(mail_address=b["assignments"]["claim"]),
        *("assignments.mail_address", "did you mean mail-address?"),
    ),
    (
        "order's form",
        lambda b: b["assignments"]["order"].update(form=form(b, "claim")),
        *("assignments.order.form", "remove it"),
    ),
    (
        "payment terms' form",
        lambda b: b["assignments"]["payment-terms"].update(form=form(b, "claim")),
        *("assignments.payment-terms.form", "under payments"),
    ),
    (
        "deal's document of lines",
        lambda b: b["documents"]["contract"].update(available="shipped"),
        *("documents.contract.available", "a deal's own document comes with contract or accepted"),
    ),
    (
        "deal's document by delivery",
        lambda b: b["documents"]["contract"].update(delivery=["pickup"]),
        *("documents.contract.delivery", "whatever its lines are"),
    ),
    (
        "money from no document",
        lambda b: b["payments"]["corporate_contract"]["milestones"][0].update(trigger="signed:udp"),
        *("payments.corporate_contract.milestones[0].trigger", "did you mean upd?"),
    ),
    (
        "money from a document that it never has",
        lambda b: b["payments"]["state_contract"]["milestones"][0].update(trigger="signed:upd"),
        *("payments.state_contract.milestones[0].trigger", "the term would never begin"),
    ),
    (
        "money before what it counts from",
        lambda b: b["payments"]["prepaid_100"]["milestones"][0].update(trigger="signed:upd"),
        *("payments.prepaid_100.milestones[0].trigger", "that comes only later"),
    ),
    (
        "a line's document with a gate",
        lambda b: b["documents"]["upd"].update(gate="ordering"),
        *("documents.upd.gate", "only a deal's own document"),
    ),
    (
        "the client signing for the company",
        lambda b: b["documents"]["upd"].update(signer="client"),
        *("documents.upd.signer", "said by signers: [client]"),
    ),
    (
        "handed over and signed",
        lambda b: b["documents"]["upd"].update(handed_over=True),
        *("documents.upd.signers", "nobody signs it"),
    ),
    (
        "a document per shipment of the deal",
        lambda b: b["documents"]["contract"].update(per_shipment=True),
        *("documents.contract.per_shipment", "is of lines"),
    ),
    (
        "adjusting nothing",
        lambda b: b["documents"]["ukd"].update(adjusts="updd"),
        *("documents.ukd.adjusts", "did you mean upd?"),
    ),
    (
        "a security that no form names",
        lambda b: b["payments"]["prepaid_100"].update(security_return="30cd"),
        *("payments.prepaid_100.security_return", "no number called security"),
    ),
    (
        "code with a colon",
        lambda b: b["documents"].update({"up:d": b["documents"]["upd"]}),
        *("documents.up:d", "a code is letters"),
    ),
    ("no payments", lambda b: b.update(payments={}), "payments", "no order can be written"),
    ("no currency", lambda b: b.update(currencies=[]), "currencies", "at least one"),
    ("small currency", lambda b: b.update(currencies=["rub"]), "currencies[0]", "write one like RUB"),
    ("too many documents", many_documents, "documents", "a deal of 200 lines would be too large"),
    ("too many people", many_people, "people", "48 KB are the most"),
    ("minute's day", short_calendar, "calendar.closes", "shorter than two hours"),
    (
        "no working day",
        year_off,
        "calendar.holidays",
        "more than 31 days without a working day from 23 Nov 2026",
    ),
    (
        "on and off",
        lambda b: b["calendar"].update(workdays=["2026-12-31"], holidays=["2026-12-31"]),
        *("calendar.workdays", "31 Dec 2026 is among the holidays too"),
    ),
    (
        "check without end",
        lambda b: b["checks"].update(customs="0wd"),
        *("checks.customs", "must be at least one unit"),
    ),
    (
        "absurd deadline",
        lambda b: b["assignments"]["claim"].update(due="3650wd"),
        *("assignments.claim.due", "3650wd is too long: at most 400wd"),
    ),
    (
        "absurd hours",
        lambda b: b["approvals"]["credit"].update(due="3601wh"),
        *("approvals.credit.due", "at most 3600wh"),
    ),
    (
        "absurd reminder",
        lambda b: b["reminders"].update(before=["93wd"]),
        *("reminders.before[0]", "at most 92wd"),
    ),
    (
        "many reminders",
        lambda b: b["reminders"].update(before=["1wd"] * 6),
        *("reminders.before", "more than 5"),
    ),
    (
        "line break",
        lambda b: b["assignments"]["claim"]["title"].update(en="A claim\nBcc: all"),
        *("assignments.claim.title.en", "line breaks are not allowed"),
    ),
    (
        "NUL",
        lambda b: form(b, "claim")[0].update(help={"ru": "\0", "en": "number"}),
        *("assignments.claim.form[0].help.ru", "control characters"),
    ),
    (
        "no words",
        lambda b: b["payments"]["leasing"]["title"].update(ru=" "),
        *("payments.leasing.title.ru", "is empty"),
    ),
    (
        "long words",
        lambda b: b["people"]["orlov"].update(name="О" * 200, email=f"{'o' * 200}@x.example"),
        *("people.orlov.email", "longer than 200"),
    ),
    (
        "two of a name",
        lambda b: form(b, "claim").append(form(b, "claim")[0]),
        "assignments.claim.form.claim",
        "two",
    ),
    (
        "slow pattern",
        lambda b: form(b, "claim")[0].update(pattern="(.+)+!", example="!!"),
        *("assignments.claim.form.claim.pattern", "for ever"),
    ),
    (
        "route",
        lambda b: b.update(routes={"import": ["release", "order", "customs", "receive", "ship", "settle"]}),
        *("routes.import", "customs without travel before it"),
    ),
]


@pytest.mark.parametrize(("spoil", "place", "words"), [c[1:] for c in WRONG], ids=[c[0] for c in WRONG])
def test_what_would_hold_up_a_deal_is_found(raw_playbook: Raw, spoil: Spoil, place: str, words: str) -> None:
    spoil(raw_playbook)
    assert words in problems(raw_playbook)[place]


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("opens: 09:00", "opens: 32400", "calendar.opens", "write a time of the day like 09:00"),
        ("opens: 09:00", "opens: 09:00Z", "calendar.opens", "write a time of the day like 09:00"),
        ("begins: 20:00", "begins: 72000", "mail.quiet.begins", "write a time of the day like 09:00"),
        ("at: [09:30]", "at: [32400]", "mail.digest.at[0]", "write a time of the day like 09:00"),
        ("zone: Europe/Moscow", "zone: tzdata.zi", "calendar", "write one like Europe/Moscow"),
        ("holidays: [2028-11-06,", "holidays: [0001-01-01,", "calendar.holidays[0]", "of the years 2000 to 2100"),
        ("holidays: [2028-11-06,", "holidays: [20281106,", "calendar.holidays[0]", "write a date like 2026-12-31"),
        ("valid_until: 2025-12-31", "valid_until: 1735603200", "vat.20.valid_until", "write a date like"),
        ("valid_until: 2025-12-31", "valid_until: 2018-12-31", "vat.20", "31 Dec 2018 is before valid_from 1 Jan 2019"),
        ("rate: 22", "rate: 22.123", "vat.22.rate", "more than 2 decimal places"),
        ("share: 50,", "share: 33.33333,", "payments.prepaid_50.milestones[0].share", "4 decimal places"),
        ("  dealer: [release,", "  plane: [release,", "routes.plane", "one of import, dealer, stock"),
        ("[release, order, travel, receive,", "[release, fly, receive,", "routes.dealer[1]", "one of release, order"),
        ("calendar:\n  country: RU", "calendar: []\nclock:\n  country: RU", "calendar", "fields with their values"),
        ("version: \"2026-11\"", "version: \"\\0\"", "site.consent.version", "control characters"),
        ("language: ru", "language: ru\nlanguage: en", "line 9", "the key “language” stands twice"),
        ("      - name: ready_on\n        type: date", "      - name: ready_on\n        type: day", "assignments.supplier-order.form[1].type", "one of text, date"),
    ],
)  # fmt: skip
def test_what_no_reading_can_make_sense_of_is_named(
    write_playbook: WritePlaybook, old: str, new: str, place: str, words: str
) -> None:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    with pytest.raises(BadPlaybook) as caught:
        load_playbook(write_playbook(change), today=TODAY)
    found = {problem.place: problem.text.en for problem in caught.value.problems}
    assert words in found[place]


@pytest.mark.parametrize("spoilt", ["\ud800", "\0", "\x1b[31m", "k" * 100_000])
@pytest.mark.parametrize("where", ["title", "key", "code"])
def test_what_is_said_of_a_file_can_be_read(tmp_path: Path, where: str, spoilt: str) -> None:
    raw = read_document(DEFAULT)
    match where:
        case "title":
            raw["assignments"]["claim"]["title"]["ru"] = spoilt
        case "key":
            raw[spoilt] = 1
        case _:
            raw["documents"][spoilt] = raw["documents"]["upd"]
    shutil.copy(PEOPLE, tmp_path)
    path = tmp_path / "playbook.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(BadPlaybook) as caught:
        load_playbook(path, today=TODAY)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 3000
    assert all(problem.place for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"director_above": "101"}, "amendments.director_above"),
        ({"director_fields": ["colour"]}, "amendments.director_fields"),
        ({"director_over": "5"}, "amendments.director_over"),
    ],
)
def test_the_rules_of_amendments_are_checked(tmp_path: Path, wrong: dict[str, Any], place: str) -> None:
    shutil.copy(PEOPLE, tmp_path)
    path = tmp_path / "playbook.json"
    path.write_text(json.dumps(read_document(DEFAULT) | {"amendments": wrong}, default=str), encoding="utf-8")
    with pytest.raises(BadPlaybook) as caught:
        load_playbook(path, today=TODAY)
    assert any(problem.place.startswith(place) for problem in caught.value.problems), caught.value.problems
