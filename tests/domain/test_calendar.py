"""Working time: Moscow hours, the New Year holidays, transfers, short days, payment days, and a pace."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.calendar import Span, Unit, WorkingCalendar

MOSCOW = ZoneInfo("Europe/Moscow")
PLAIN = WorkingCalendar(
    holidays=(date(2026, 12, 31), *(date(2027, 1, n) for n in (1, 4, 5, 6, 7, 8))),
    workdays=(date(2027, 2, 20),),
    short_days=(date(2027, 2, 20), date(2026, 12, 30)),
)


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def span(text: str) -> Span:
    return Span.model_validate(text)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-11-23", True),  # a Monday
        ("2026-11-22", False),  # a Sunday
        ("2026-12-30", True),
        ("2026-12-31", False),  # moved from 4 January
        ("2027-01-01", False),
        ("2027-01-08", False),
        ("2027-01-11", True),  # the first working day of 2027
        ("2027-02-20", True),  # a working Saturday
        ("2027-02-22", False),  # its day off
        ("2027-02-23", False),
        ("2027-11-05", False),  # moved from 2 January
        ("2028-11-06", False),  # not decreed yet: the playbook's own day
    ],
)
def test_a_day_is_working_or_off_as_the_government_decreed(
    calendar: WorkingCalendar, day: str, working: bool
) -> None:
    assert calendar.is_working(date.fromisoformat(day)) is working


def test_the_year_2026_has_247_working_days(calendar: WorkingCalendar) -> None:
    days = (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
    assert sum(map(calendar.is_working, days)) == 247


def test_short_days_are_the_eves_of_public_holidays(calendar: WorkingCalendar) -> None:
    short = [day.isoformat() for day in calendar.short_days if day.year in (2026, 2027)]
    assert short == [
        *("2026-04-30", "2026-05-08", "2026-06-11", "2026-11-03"),
        *("2027-02-20", "2027-04-30", "2027-06-11", "2027-11-03"),
    ]


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-11-23T10:00", "1wh", "2026-11-23T11:00"),
        ("2026-11-23T10:00", "1wd", "2026-11-24T10:00"),
        ("2026-11-23T17:30", "1wh", "2026-11-24T09:30"),
        ("2026-11-23T09:00", "9wh", "2026-11-23T18:00"),
        ("2026-11-23T18:00", "1wh", "2026-11-24T10:00"),
        ("2026-11-23T05:00", "1wh", "2026-11-23T10:00"),
        ("2026-11-21T12:00", "1wh", "2026-11-23T10:00"),  # a Saturday
        ("2026-12-30T10:00", "1wd", "2027-01-11T10:00"),  # over the New Year holidays
        ("2026-12-30T17:00", "2wh", "2027-01-11T10:00"),
        ("2027-02-19T17:00", "2wh", "2027-02-20T10:00"),  # on to the working Saturday
        ("2027-02-20T16:00", "2wh", "2027-02-24T10:00"),  # which ends at 17:00
        ("2026-11-03T16:00", "2wh", "2026-11-05T10:00"),  # a short day before Unity Day
        ("2026-11-23T10:00", "30cd", "2026-12-23T10:00"),
        ("2026-11-23T10:00", "0wh", "2026-11-23T10:00"),
    ],
)
def test_working_time_passes_only_when_the_company_works(
    calendar: WorkingCalendar, start: str, length: str, end: str
) -> None:
    assert calendar.after(moscow(start), span(length)) == moscow(end)


def test_deadlines_are_told_in_utc_and_count_on_the_wall_of_moscow(calendar: WorkingCalendar) -> None:
    end = calendar.after(datetime(2026, 11, 23, 14, 30, tzinfo=UTC), span("1wh"))  # 17:30 in Moscow
    assert end == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    assert end.tzinfo is UTC


def test_midnight_in_moscow_is_the_evening_before_in_utc(calendar: WorkingCalendar) -> None:
    assert calendar.today(datetime(2026, 11, 23, 22, 0, tzinfo=UTC)) == date(2026, 11, 24)


@pytest.mark.parametrize("length", ["1cd", "1wd", "4wh"])
def test_a_span_survives_a_change_to_summer_time(length: str) -> None:
    berlin = WorkingCalendar(zone="Europe/Berlin")
    start = datetime(2027, 3, 27, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    if length != "1cd":
        start -= timedelta(days=1)  # the clocks change on Sunday, 28 March
    end = berlin.after(start, span(length))
    assert berlin.before(end, span(length)) == start
    if length == "1cd":
        assert end.astimezone(ZoneInfo("Europe/Berlin")).hour == 12


moments = st.datetimes(
    min_value=datetime(2026, 6, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2028, 6, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
spans = st.builds(Span, n=st.integers(1, 60), unit=st.sampled_from(Unit))


@given(moments, spans)
def test_before_undoes_after(start: datetime, length: Span) -> None:
    working = PLAIN.before(PLAIN.after(start, Span(n=1, unit=Unit.WORKING_HOURS)), span("1wh"))
    assert PLAIN.before(PLAIN.after(working, length), length) == working


@given(moments, spans, spans)
def test_more_time_never_ends_earlier(start: datetime, one: Span, other: Span) -> None:
    first = PLAIN.after(start, one)
    assert first > start
    assert PLAIN.after(first, other) > first


@given(moments, st.integers(1, 40), st.integers(1, 40))
def test_working_time_adds_up(start: datetime, one: int, other: int) -> None:
    step = PLAIN.after(start, Span(n=one, unit=Unit.WORKING_HOURS))
    both = PLAIN.after(start, Span(n=one + other, unit=Unit.WORKING_HOURS))
    assert PLAIN.after(step, Span(n=other, unit=Unit.WORKING_HOURS)) == both


@given(moments, spans)
def test_a_deadline_in_working_time_falls_into_working_hours(start: datetime, length: Span) -> None:
    if length.unit is Unit.CALENDAR_DAYS:
        return
    end = PLAIN.after(start, length).astimezone(MOSCOW)
    assert PLAIN.is_working(end.date())
    assert PLAIN.opens <= end.time() <= PLAIN.closes


@pytest.mark.parametrize(
    ("since", "length", "day"),
    [
        ("2026-11-23T10:00", "7wd", "2026-12-02T18:00"),
        ("2026-12-24T10:00", "7wd", "2027-01-13T18:00"),  # 44-FZ over the New Year holidays
        ("2026-11-23T10:00", "30cd", "2026-12-23T18:00"),
        ("2026-12-03T10:00", "30cd", "2027-01-11T18:00"),  # 2 January is a day off: moved
        ("2026-11-23T23:30", "0wd", "2026-11-24T18:00"),  # never in the past
        ("2026-10-29T10:00", "3wd", "2026-11-03T17:00"),  # a short day
    ],
)
def test_a_payment_is_due_at_the_end_of_a_working_day(
    calendar: WorkingCalendar, since: str, length: str, day: str
) -> None:
    assert calendar.pay_day(moscow(since), span(length)) == moscow(day)


@given(moments, st.builds(Span, n=st.integers(0, 90), unit=st.sampled_from(Unit)))
def test_a_pay_day_is_a_working_day_and_never_past(since: datetime, length: Span) -> None:
    due = PLAIN.pay_day(since, length)
    assert due >= since
    if length.n or length.unit is not Unit.WORKING_HOURS:
        assert PLAIN.is_working(due.astimezone(MOSCOW).date())


def test_a_day_is_over_when_the_office_closes(calendar: WorkingCalendar) -> None:
    now = moscow("2026-11-23T10:00")
    assert calendar.end_of(date(2026, 12, 1), now) == moscow("2026-12-01T18:00")


class TestPace:
    """A rehearsal: a day lasts two seconds, and all time is working time."""

    paced = PLAIN.model_copy(update={"pace": 2.0})
    now = moscow("2027-01-02T03:00")  # a holiday, at night

    @pytest.mark.parametrize(
        ("length", "seconds"), [("1wd", 2), ("30cd", 60), ("9wh", 2), ("4wh", 8 / 9), ("0wd", 0)]
    )
    def test_spans_last_their_part_of_the_paced_day(self, length: str, seconds: float) -> None:
        passed = timedelta(seconds=seconds)
        for end in (self.paced.after(self.now, span(length)), self.paced.pay_day(self.now, span(length))):
            assert abs(end - self.now - passed) < timedelta(milliseconds=1)
        assert abs(self.paced.before(self.now, span(length)) - self.now + passed) < timedelta(milliseconds=1)

    def test_a_named_day_comes_after_as_many_paced_days(self) -> None:
        assert self.paced.end_of(date(2027, 1, 12), self.now) == self.now + timedelta(seconds=20)
        assert self.paced.end_of(date(2026, 12, 1), self.now) == self.now


@pytest.mark.parametrize("text", ["2 days", "wd", "-1wd", "1.5wd", "99999cd", "", "4000cd"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        span(text)


def test_a_span_reads_back_as_it_is_written() -> None:
    assert Span.model_validate_json(span("4wh").model_dump_json()) == span("4wh")
    assert str(span(" 30 cd ")) == "30cd"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"zone": "Europe/Moskva"}, "no time zone “Europe/Moskva”"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"zone": "Europe"}, "zone"),
        ({"opens": "18:00", "closes": "09:00"}, "opening must be first"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [7]}, "weekdays"),
        ({"pace": 0}, "greater than 0"),
    ],
)
def test_a_calendar_that_can_not_work_is_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        WorkingCalendar.model_validate(wrong)


def test_a_friday_evening_to_a_monday_morning_holds_no_more_than_is_worked() -> None:
    assert PLAIN.worked(moscow("2026-11-27 17:00"), moscow("2026-11-30 10:30")) == timedelta(hours=2.5)
    assert PLAIN.worked(moscow("2026-12-30 15:00"), moscow("2027-01-11 10:00")) == timedelta(hours=3)
    assert PLAIN.worked(moscow("2026-11-28 10:00"), moscow("2026-11-29 10:00")) == timedelta()
    assert PLAIN.worked(moscow("2026-11-30 10:00"), moscow("2026-11-27 10:00")) == timedelta()


@given(
    st.timedeltas(timedelta(), timedelta(days=120)).map(lambda after: moscow("2026-11-01 00:00") + after),
    st.timedeltas(timedelta(), timedelta(hours=300)),
)
def test_as_much_time_is_worked_until_a_moment_as_leads_to_it(start: datetime, left: timedelta) -> None:
    assert PLAIN.worked(start, PLAIN.after_work(start, left)) == left


def test_with_a_pace_all_time_is_worked() -> None:
    paced = WorkingCalendar(pace=2)
    sunday, monday = moscow("2026-11-29 03:00"), moscow("2026-11-30 03:00")
    assert paced.worked(sunday, monday) == timedelta(days=1)
    assert paced.after_work(sunday, timedelta(days=1)) == monday
