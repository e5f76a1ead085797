"""When mail goes out: never at night or on a day off, and much of it once a day, together."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from activities.playbook import BadPlaybook, load_playbook
from activities.projections.notices import notices
from domain.calendar import WorkingCalendar
from domain.deal.state import DealState
from domain.effects import Asks, Notice
from domain.facts import (
    ApprovalEscalated,
    ApprovalOpened,
    ApprovalReminded,
    ContractAgreed,
    FactData,
    MilestoneReminded,
)
from domain.playbook.book import StaffedPlaybook
from domain.playbook.people import Substitute
from domain.playbook.quiet import Digest, MailHabits, QuietHours, Sending, sending
from domain.words import Role, Text
from tests.domain.conftest import TODAY
from tests.factories import NOW, a_client, a_deal, a_fact

MOSCOW = ZoneInfo("Europe/Moscow")
WritePlaybook = Callable[[Callable[[str], str]], Path]


def at(words: str) -> datetime:
    """On the company's wall."""
    return datetime.strptime(words, "%Y-%m-%d %H:%M").replace(tzinfo=MOSCOW).astimezone(UTC)


def wall(sent: Sending) -> str:
    return "at once" if sent.at is None else sent.at.astimezone(MOSCOW).strftime("%Y-%m-%d %H:%M")


QUIET = [
    ("2026-11-23 12:00", "at once"),  # a Monday
    ("2026-11-23 08:00", "at once"),
    ("2026-11-23 19:59", "at once"),
    ("2026-11-23 20:00", "2026-11-24 08:00"),
    ("2026-11-24 00:00", "2026-11-24 08:00"),
    ("2026-11-24 07:59", "2026-11-24 08:00"),
    ("2026-11-27 19:59", "at once"),  # a Friday
    ("2026-11-27 20:00", "2026-11-30 08:00"),
    ("2026-11-28 12:00", "2026-11-30 08:00"),
    ("2026-11-29 23:59", "2026-11-30 08:00"),
    ("2026-11-30 03:00", "2026-11-30 08:00"),
    ("2026-12-30 20:00", "2027-01-11 08:00"),  # over the New Year's holidays
    ("2027-01-04 12:00", "2027-01-11 08:00"),
]


@pytest.mark.parametrize(("now", "goes"), QUIET)
@pytest.mark.parametrize("to_client", [True, False])
def test_quiet_hours_end_on_the_morning_of_a_working_day(
    playbook: StaffedPlaybook, now: str, goes: str, to_client: bool
) -> None:
    sent = sending("approval_asked", at(now), playbook.mail, playbook.calendar, to_client=to_client)
    assert (wall(sent), sent.digest) == (goes, False)


def test_a_weekend_day_that_is_worked_is_no_day_off(playbook: StaffedPlaybook) -> None:
    calendar = playbook.calendar.model_copy(update={"workdays": (at("2026-11-28 12:00").date(),)})
    for now, goes in (("2026-11-28 12:00", "at once"), ("2026-11-27 21:00", "2026-11-28 08:00")):
        assert wall(sending("deal_paid", at(now), playbook.mail, calendar, to_client=True)) == goes


def test_where_days_off_are_not_quiet_only_the_nights_are(playbook: StaffedPlaybook) -> None:
    habits = MailHabits(quiet=QuietHours(begins=time(20), ends=time(8), days_off=False))
    for now, goes in (("2026-11-28 12:00", "at once"), ("2026-11-27 21:00", "2026-11-28 08:00")):
        assert wall(sending("deal_paid", at(now), habits, playbook.calendar, to_client=False)) == goes


def test_the_night_is_the_companys(playbook: StaffedPlaybook) -> None:
    calendar = playbook.calendar.model_copy(update={"zone": "Asia/Vladivostok"})
    sent = sending("deal_paid", at("2026-11-23 14:00"), playbook.mail, calendar, to_client=False)
    assert wall(sent) == "2026-11-24 01:00"  # 8 in the morning there


DIGEST = [
    ("2026-11-23 12:00", "2026-11-24 09:30"),
    ("2026-11-23 09:28", "2026-11-23 09:30"),
    ("2026-11-23 09:29", "2026-11-24 09:30"),  # it may be going out
    ("2026-11-23 09:30", "2026-11-24 09:30"),
    ("2026-11-23 23:00", "2026-11-24 09:30"),
    ("2026-11-27 12:00", "2026-11-30 09:30"),
    ("2026-11-28 07:00", "2026-11-30 09:30"),
    ("2026-12-30 12:00", "2027-01-11 09:30"),
]


@pytest.mark.parametrize(("now", "goes"), DIGEST)
def test_a_digest_comes_on_the_next_working_morning(playbook: StaffedPlaybook, now: str, goes: str) -> None:
    sent = sending("status_check", at(now), playbook.mail, playbook.calendar, to_client=False)
    assert (wall(sent), sent.digest) == (goes, True)


def test_of_several_times_a_day_the_next_one_counts(playbook: StaffedPlaybook) -> None:
    habits = MailHabits(digest=Digest(at=(time(15), time(9)), kinds=("status_check",)))
    for now, goes in (("08:00", "09:00"), ("09:30", "15:00")):
        sent = sending("status_check", at(f"2026-11-23 {now}"), habits, playbook.calendar, to_client=False)
        assert wall(sent) == f"2026-11-23 {goes}"


@pytest.mark.parametrize(
    ("due", "digest"),
    [
        ("2026-11-24 09:29", False),
        ("2026-11-24 09:30", True),
        ("2026-11-24 15:00", True),
        ("2026-11-23 11:00", True),
    ],
)
def test_what_is_due_before_the_digest_goes_by_itself(
    playbook: StaffedPlaybook, due: str, digest: bool
) -> None:
    """What is overdue already loses nothing by waiting."""
    sent = sending(
        "assignment_reminded",
        at("2026-11-23 12:00"),
        playbook.mail,
        playbook.calendar,
        to_client=False,
        due=at(due),
    )
    assert (sent.digest, sent.at is None) == (digest, not digest)


def test_clients_get_their_reminders_of_a_day_in_one_digest(playbook: StaffedPlaybook) -> None:
    sent = sending(
        "payment_reminded", at("2026-11-23 12:00"), playbook.mail, playbook.calendar, to_client=True
    )
    assert (wall(sent), sent.digest) == ("2026-11-24 09:30", True)


def test_what_is_urgent_wakes_the_company_and_never_a_client(playbook: StaffedPlaybook) -> None:
    night = at("2026-11-28 03:00")
    for to_client, goes in ((False, "at once"), (True, "2026-11-30 08:00")):
        assert (
            wall(sending("customs_held", night, playbook.mail, playbook.calendar, to_client=to_client))
            == goes
        )


def test_where_a_day_lasts_seconds_and_in_older_playbooks_all_goes_at_once(playbook: StaffedPlaybook) -> None:
    paced = playbook.calendar.model_copy(update={"pace": 2.0})
    night = at("2026-11-28 03:00")
    for habits, calendar in ((playbook.mail, paced), (MailHabits(), playbook.calendar)):
        for kind in ("status_check", "deal_paid"):
            assert sending(kind, night, habits, calendar, to_client=False) == Sending()


# --- what a fact makes -----------------------------------------------------------------------------------------------


def the_deal(playbook: StaffedPlaybook, **changes: Any) -> DealState:
    return a_deal(playbook=playbook, **changes)


def told(deal: DealState, data: FactData) -> dict[str, Notice]:
    fact = a_fact(1, data, at=at("2026-11-27 21:00"))
    return {notice.person: notice for notice in notices(fact, deal, fact.at)}


ASKED: dict[str, Any] = {
    "id": "contract",
    "approval": "contract",
    "title": Text(ru="Договор", en="Contract"),
    "due": NOW,
}
CONTRACT = Asks(kind="approval", question="contract")
OWED = MilestoneReminded(
    id="m",
    title=Text(ru="Аванс", en="Advance"),
    amount=Decimal("10.00"),
    outstanding=Decimal("10.00"),
    currency="RUB",
    due=NOW,
)


def test_a_notice_says_whose_it_is_and_when_it_goes(playbook: StaffedPlaybook) -> None:
    sent = told(the_deal(playbook), OWED)
    assert {person: (n.digest, n.send_at) for person, n in sent.items()} == {
        "client": (True, at("2026-11-30 09:30")),
        "ivanova": (True, at("2026-11-30 09:30")),
        "kuznetsova": (True, at("2026-11-30 09:30")),
    }


def test_who_only_expects_money_waits_for_the_digest_even_past_the_deadline(
    playbook: StaffedPlaybook,
) -> None:
    soon = OWED.model_copy(update={"due": at("2026-11-30 09:15")})
    sent = told(the_deal(playbook), soon)
    assert {person: n.digest for person, n in sent.items()} == {
        "client": False,
        "ivanova": False,
        "kuznetsova": True,
    }


def test_whoever_has_two_parts_in_it_gets_one_mail(playbook: StaffedPlaybook) -> None:
    both = playbook.people["ivanova"].model_copy(update={"roles": (Role.MANAGER, Role.ACCOUNTANT)})
    people = {id: person for id, person in playbook.people.items() if id != "kuznetsova"} | {"ivanova": both}
    fact = a_fact(1, OWED, at=at("2026-11-27 21:00"))
    sent = list(notices(fact, the_deal(playbook.model_copy(update={"people": people})), fact.at))
    assert [(n.person, n.kind) for n in sent] == [
        ("client", "payment_reminded"),
        ("ivanova", "payment_reminded"),
    ]


def test_mail_of_one_night_goes_out_in_the_order_of_its_facts(playbook: StaffedPlaybook) -> None:
    deal = the_deal(playbook)
    facts = [a_fact(seq, ContractAgreed(version=1), at=at("2026-11-27 21:00")) for seq in (9, 10, 11)]
    times = [
        notice.send_at
        for fact in facts
        for notice in notices(fact, deal, fact.at)
        if notice.person == "client"
    ]
    assert times == sorted(set(times), key=str)
    assert len(times) == 3


def test_only_who_is_asked_may_answer_from_the_mail(playbook: StaffedPlaybook) -> None:
    deal = the_deal(playbook)
    sent = told(deal, ApprovalEscalated(**ASKED, awaiting=("client",), to="petrov"))
    assert {person: n.asks for person, n in sent.items()} == {"petrov": None, "ivanova": None}
    sent = told(
        deal,
        ApprovalOpened(
            **ASKED,
            awaiting=(
                "client",
                "petrov",
            ),
        ),
    )
    assert {person: n.asks for person, n in sent.items()} == {"client": CONTRACT, "petrov": CONTRACT}


def test_who_stands_in_may_answer_too(playbook: StaffedPlaybook) -> None:
    away = Substitute(absent="petrov", acts="sidorov", since=TODAY, until=NOW.date())
    deal = the_deal(playbook.model_copy(update={"substitutes": (away,)}))
    sent = told(deal, ApprovalReminded(**ASKED, awaiting=("petrov",)))
    assert {person: n.asks for person, n in sent.items()} == {"petrov": CONTRACT, "sidorov": CONTRACT}


def test_a_mail_to_be_passed_on_has_no_answer_of_its_reader(playbook: StaffedPlaybook) -> None:
    deal = the_deal(playbook, client=a_client(email=None))
    [notice] = told(deal, ApprovalOpened(**ASKED, awaiting=("client",))).values()
    assert (notice.person, notice.data["audience"], notice.asks) == ("ivanova", "client", None)
    assert (notice.digest, notice.send_at) == (False, at("2026-11-30 08:00") + timedelta(microseconds=1))


# --- the playbook's section ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "begins: 20:00",
            "begins: 07:00",
            "mail.quiet: quiet hours go over midnight: from 07:00 to 08:00 they do not",
        ),
        ("begins: 20:00", "begins: 25:00", "mail.quiet.begins"),
        ("at: [09:30]", "at: [21:00]", "mail: the digest's time 21:00 is in the quiet hours"),
        ("at: [09:30]", "at: []", "mail.digest.at"),
        ("[customs_held,", "[status_check,", "mail: status_check can't be urgent and wait for the digest"),
        ("[customs_held,", "[customs_hold,", "mail.urgent[0]: one of"),
        ("days_off: true", "day_off: true", "mail.quiet.day_off: no such field: did you mean days_off?"),
    ],
)
def test_what_is_wrong_with_the_mails_hours_is_said(
    write_playbook: WritePlaybook, old: str, new: str, problem: str
) -> None:
    with pytest.raises(BadPlaybook) as caught:
        load_playbook(write_playbook(lambda text: text.replace(old, new)), today=TODAY)
    assert problem in str(caught.value)


def test_a_playbook_from_before_has_no_hours(raw_playbook: dict[str, Any]) -> None:
    del raw_playbook["mail"]
    assert StaffedPlaybook.model_validate(raw_playbook).mail == MailHabits()


def test_a_calendar_of_holidays_alone_still_ends(playbook: StaffedPlaybook) -> None:
    never = WorkingCalendar(weekdays=(0,), holidays=tuple(playbook.calendar.holidays))
    assert sending("deal_paid", at("2026-11-27 21:00"), playbook.mail, never, to_client=True).at


def test_quiet_hours_are_times_of_a_day() -> None:
    with pytest.raises(ValidationError):
        QuietHours.model_validate({"begins": "evening", "ends": "08:00"})
