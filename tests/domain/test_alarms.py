"""An open question reminds before and at its deadline, escalates after it, and ever more seldom until it is answered."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.alarms import Ring, acknowledge, ring, set_alarm
from domain.calendar import Span, WorkingCalendar
from domain.playbook.terms import Reminders

MOSCOW = ZoneInfo("Europe/Moscow")
CALENDAR = WorkingCalendar()
POLICY = Reminders.model_validate(
    {"before": ["2wh", "1wd"], "escalate_after": "4wh", "repeat": ["1wd", "2wd", "4wd", "7cd"]}
)
OPENED = datetime(2026, 11, 23, 10, 0, tzinfo=MOSCOW)  # a Monday
DUE = datetime(2026, 11, 25, 10, 0, tzinfo=MOSCOW)
RINGS = [
    ("2026-11-24T10:00", Ring.REMINDER),  # a working day ahead
    ("2026-11-24T17:00", Ring.REMINDER),  # two working hours ahead
    ("2026-11-25T10:00", Ring.REMINDER),  # at the deadline
    ("2026-11-25T14:00", Ring.ESCALATION),
    ("2026-11-26T14:00", Ring.ESCALATION),
    ("2026-11-30T14:00", Ring.ESCALATION),  # two working days later, and not on the weekend
    ("2026-12-04T14:00", Ring.ESCALATION),  # four
    ("2026-12-11T14:00", Ring.ESCALATION),  # a week
    ("2026-12-18T14:00", Ring.ESCALATION),  # and every week from now on
    ("2026-12-25T14:00", Ring.ESCALATION),
    ("2027-01-01T14:00", Ring.ESCALATION),
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def test_it_rings_at_these_times_and_at_no_other() -> None:
    alarm = set_alarm(OPENED, DUE, POLICY, CALENDAR)
    for moment, kind in RINGS:
        assert alarm.next_at == at(moment)
        assert ring(alarm, at(moment) - timedelta(seconds=1), POLICY, CALENDAR) is None
        assert ring(alarm, at(moment), POLICY, CALENDAR) is kind
        assert ring(alarm, at(moment), POLICY, CALENDAR) is None


def test_it_is_overdue_only_after_its_deadline() -> None:
    alarm = set_alarm(OPENED, DUE, POLICY, CALENDAR)
    assert not alarm.overdue(DUE)
    assert alarm.overdue(DUE + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("now", "kind", "rung"),
    [("2026-11-24T18:00", Ring.REMINDER, 2), ("2026-11-26T20:00", Ring.ESCALATION, 5)],
)
def test_rings_missed_while_nobody_was_awake_coalesce_into_the_last(now: str, kind: Ring, rung: int) -> None:
    alarm = set_alarm(OPENED, DUE, POLICY, CALENDAR)
    assert ring(alarm, at(now), POLICY, CALENDAR) is kind
    assert alarm.rung == rung
    assert alarm.next_at > at(now)


def test_a_short_deadline_has_no_reminder_before_it_was_opened() -> None:
    alarm = set_alarm(OPENED, OPENED + timedelta(hours=1), POLICY, CALENDAR)
    assert alarm.next_at == alarm.due_at


def test_a_deadline_that_is_past_when_it_opens_rings_at_once() -> None:
    alarm = set_alarm(OPENED, OPENED - timedelta(days=3), POLICY, CALENDAR)
    assert ring(alarm, OPENED, POLICY, CALENDAR) is Ring.ESCALATION


def test_an_escalation_without_delay_takes_the_place_of_the_last_reminder() -> None:
    policy = POLICY.model_copy(update={"escalate_after": Span.model_validate("0wh")})
    alarm = set_alarm(OPENED, DUE, policy, CALENDAR)
    assert ring(alarm, DUE, policy, CALENDAR) is Ring.ESCALATION


@pytest.mark.parametrize("repeat", ["1wh", "1wd", "30cd"])
def test_it_goes_on_for_years(repeat: str) -> None:
    policy = POLICY.model_copy(update={"repeat": (Span.model_validate(repeat),)})
    paced = CALENDAR.model_copy(update={"pace": 2.0})
    alarm = set_alarm(OPENED, DUE, policy, paced)
    later = DUE + timedelta(hours=9)
    assert ring(alarm, later, policy, paced) is Ring.ESCALATION
    assert later < alarm.next_at <= later + timedelta(seconds=60)


@pytest.mark.parametrize("pace", [None, 0.5])
def test_a_deadline_decades_past_is_soon_worked_out(pace: float | None) -> None:
    """A paper's date may be that old, and a day of a rehearsal lasts half a second."""
    policy = POLICY.model_copy(update={"repeat": (Span.model_validate("1wh"),)})
    calendar = CALENDAR.model_copy(update={"pace": pace})
    alarm = set_alarm(OPENED, datetime(2000, 1, 3, tzinfo=MOSCOW), policy, calendar)
    assert ring(alarm, OPENED, policy, calendar) is Ring.ESCALATION
    assert alarm.rung <= 110
    assert OPENED < alarm.next_at <= OPENED + timedelta(hours=1)


def test_a_repeat_of_no_length_is_refused() -> None:
    with pytest.raises(ValueError, match="repeat must be at least one unit"):
        Reminders.model_validate({"escalate_after": "1wd", "repeat": ["1wd", "0wd"]})


def test_a_week_that_ends_on_a_day_off_ends_when_the_company_works_again() -> None:
    calendar = CALENDAR.model_copy(update={"holidays": (at("2026-12-11T00:00").date(),)})
    alarm = set_alarm(OPENED, DUE, POLICY, calendar)
    ring(alarm, at("2026-12-04T14:00"), POLICY, calendar)
    assert alarm.next_at == at("2026-12-14T09:00")


def test_it_counts_what_it_said_and_knows_since_when_the_director_does() -> None:
    alarm = set_alarm(OPENED, DUE, POLICY, CALENDAR)
    for moment, _ in RINGS[:5]:
        ring(alarm, at(moment), POLICY, CALENDAR)
    assert (alarm.reminded, alarm.escalated, alarm.escalated_at) == (3, 2, at("2026-11-25T14:00"))


def test_of_money_the_deadline_is_missed_only_after_its_grace() -> None:
    grace = Span.model_validate("1wd")
    due = at("2026-11-27T18:00")  # a Friday
    alarm = set_alarm(OPENED, due, POLICY, CALENDAR, grace=grace)
    rings = []
    while len(rings) < 4:
        moment = alarm.next_at
        rings.append((moment, ring(alarm, moment, POLICY, CALENDAR)))
    assert rings == [
        (at("2026-11-27T09:00"), Ring.REMINDER),
        (at("2026-11-27T16:00"), Ring.REMINDER),
        (at("2026-11-30T18:00"), Ring.REMINDER),
        (at("2026-12-01T13:00"), Ring.ESCALATION),
    ]
    assert alarm.overdue(due + timedelta(seconds=1)), "it is late all the same"


def test_what_the_director_has_seen_rings_on_the_day_named_and_goes_on_from_there() -> None:
    alarm = set_alarm(OPENED, DUE, POLICY, CALENDAR)
    ring(alarm, at("2026-11-26T14:00"), POLICY, CALENDAR)
    acknowledge(alarm, at("2026-12-09T09:00"), POLICY, CALENDAR)
    assert ring(alarm, at("2026-12-09T08:59"), POLICY, CALENDAR) is None
    assert alarm.seen_until == at("2026-12-09T09:00")
    assert ring(alarm, at("2026-12-09T09:00"), POLICY, CALENDAR) is Ring.ESCALATION
    assert alarm.seen_until is None
    assert alarm.next_at == at("2026-12-15T09:00")


def test_who_must_act_is_reminded_of_what_the_director_has_seen_early() -> None:
    alarm = set_alarm(OPENED, DUE, POLICY, CALENDAR)
    acknowledge(alarm, at("2026-12-12T09:00"), POLICY, CALENDAR)  # a Saturday
    heard = []
    for moment, _ in RINGS[:3]:
        heard.append(ring(alarm, at(moment), POLICY, CALENDAR))
    assert heard == [Ring.REMINDER] * 3
    assert alarm.next_at == at("2026-12-14T09:00")


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=20))
def test_whenever_it_wakes_it_rings_in_order_and_never_twice(minutes: list[int]) -> None:
    alarm = set_alarm(OPENED, DUE, POLICY, CALENDAR)
    heard: list[Ring] = []
    for minute in sorted(minutes):
        now = OPENED + timedelta(minutes=minute)
        before = alarm.next_at
        kind = ring(alarm, now, POLICY, CALENDAR)
        assert (kind is not None) == (before <= now)
        assert alarm.next_at > now
        heard += [kind] if kind else []
    assert heard == sorted(heard, key=[Ring.REMINDER, Ring.ESCALATION].index)
    assert alarm.rung >= len(heard)
