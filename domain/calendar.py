"""Working time: the playbook's calendar, frozen in a deal when it starts."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import takewhile
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_serializer, model_validator

from domain.base import Value
from domain.wording.counts import counted
from domain.wording.invalid import Invalid
from domain.wording.values import typed
from domain.words import Language
from domain.zones import MOSCOW, zone

_HORIZON = 3660  # days a search for a working day may go on
FIRST_YEAR, LAST_YEAR = (
    2000,
    2100,
)  # of every date that people enter: calendar arithmetic stays far from its ends


def in_range(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _written_day(raw: Any) -> Any:
    """Numbers would be taken for seconds since 1970."""
    if isinstance(raw, date) or (isinstance(raw, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", raw)):
        return raw
    raise Invalid(ru="напишите дату как 2026-12-31", en="write a date like 2026-12-31")


def _sane_day(day: date) -> date:
    if not in_range(day):
        raise Invalid(
            ru="{day} — дата не {first}–{last} годов",
            en="{day} is no date of the years {first} to {last}",
            day=day,
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    return day


def _written_time(raw: Any) -> Any:
    """A time with a zone, as pydantic makes of numbers, can't be compared with one without."""
    if isinstance(raw, time) and raw.tzinfo is None:
        return raw
    if isinstance(raw, str) and re.fullmatch(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?", raw):
        return raw
    raise Invalid(ru="напишите время суток как 09:00", en="write a time of the day like 09:00")


Day = Annotated[date, BeforeValidator(_written_day), AfterValidator(_sane_day)]
WallTime = Annotated[time, BeforeValidator(_written_time)]
"""What the clock on the company's wall shows."""


class Unit(StrEnum):
    WORKING_DAYS = "wd"
    WORKING_HOURS = "wh"
    CALENDAR_DAYS = "cd"


_COUNTED = {Unit.WORKING_DAYS: "working_day", Unit.WORKING_HOURS: "working_hour", Unit.CALENDAR_DAYS: "day"}


class Span(Value):
    """A length of time as people say it: `2wd` working days, `4wh` working hours, `30cd` calendar days."""

    n: int = Field(ge=0, le=3650)
    unit: Unit

    @model_validator(mode="before")
    @classmethod
    def _parse(cls, raw: Any) -> Any:
        if isinstance(raw, str):
            found = re.fullmatch(r"\s*([0-9]{1,4})\s*(wd|wh|cd)\s*", raw)
            if not found:
                raise Invalid(
                    ru="{raw} — не срок: напишите 2wd (рабочих дня), 4wh (рабочих часа) или 30cd (дней подряд)",
                    en="{raw} is not a span: write 2wd (working days), 4wh (working hours) or 30cd",
                    raw=typed(raw),
                )
            return {"n": int(found[1]), "unit": found[2]}
        return raw

    def to(self, language: Language) -> str:
        """`2 рабочих дня`."""
        return counted(self.n, _COUNTED[self.unit], language)

    @model_serializer
    def _write(self) -> str:
        return f"{self.n}{self.unit}"

    def __str__(self) -> str:
        return f"{self.n}{self.unit}"


@lru_cache(maxsize=4096)
def _moment(day: date, at: time, of_zone: str) -> datetime:
    """What the wall's clock shows, in UTC: the same few days are asked for again and again."""
    return datetime.combine(day, at, zone(of_zone)).astimezone(UTC)


class WorkingCalendar(Value):
    """When the company works.

    `holidays` are weekdays off, `workdays` weekend days worked (transfers), `short_days` end an hour earlier. All three are
    frozen when the playbook is loaded, so a deal's deadlines never change under it. With a `pace`, a day lasts that many
    seconds and all time is working time: a rehearsal of the same process.
    """

    zone: str = MOSCOW
    opens: WallTime = time(9)
    closes: WallTime = time(18)
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays: tuple[Day, ...] = ()
    workdays: tuple[Day, ...] = ()
    short_days: tuple[Day, ...] = ()
    pace: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "WorkingCalendar":
        if self.opens >= self.closes:
            raise Invalid(
                ru="рабочий день начинается в {opens}, а кончается в {closes}: начало должно быть раньше",
                en="the working day opens at {opens} and closes at {closes}: opening must be first",
                opens=self.opens,
                closes=self.closes,
            )
        if not self.weekdays or not all(0 <= day <= 6 for day in self.weekdays):
            raise Invalid(
                ru="дни недели — числа от 0 (понедельник) до 6 (воскресенье), хотя бы одно",
                en="weekdays are numbers from 0 (Monday) to 6 (Sunday), at least one",
            )
        try:
            zone(self.zone)
        except (LookupError, OSError, ValueError):  # no such file, no file at all, or no file of a zone
            raise Invalid(
                ru="нет часового пояса {zone}: напишите, например, Europe/Moscow",
                en="no time zone {zone}: write one like Europe/Moscow",
                zone=typed(self.zone),
            ) from None
        return self

    @property
    def day_length(self) -> timedelta:
        return datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)

    def is_working(self, day: date) -> bool:
        return day in self.workdays or (day.weekday() in self.weekdays and day not in self.holidays)

    def today(self, now: datetime) -> date:
        """The date on the company's wall at `now`."""
        return now.astimezone(zone(self.zone)).date()

    def after(self, start: datetime, span: Span) -> datetime:
        """The moment when `span` of time has passed since `start`, in UTC. Working spans count working time only."""
        if self.pace is not None:
            return start + self._paced(span)
        if span.unit is Unit.CALENDAR_DAYS:
            return self._days_on(start, span.n)
        return self.after_work(start, self._worked(span))

    def after_work(self, start: datetime, left: timedelta) -> datetime:
        """The moment when this much working time has passed since `start`, in UTC."""
        if self.pace is not None:
            return start + left
        end = start
        for opens, closes in self._hours_from(start):
            begin = max(start, opens)
            if begin + left <= closes:
                return begin + left
            left -= max(closes - begin, timedelta())
            end = closes
        return end + left

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two moments; none if `end` comes first."""
        if self.pace is not None:
            return max(end - start, timedelta())
        hours = takewhile(lambda worked: worked[0] < end, self._hours_from(start))
        return sum((min(end, closes) - max(start, opens) for opens, closes in hours), timedelta())

    def before(self, moment: datetime, span: Span) -> datetime:
        """The moment from which `span` of time remains until `moment`, in UTC."""
        if self.pace is not None:
            return moment - self._paced(span)
        if span.unit is Unit.CALENDAR_DAYS:
            return self._days_on(moment, -span.n)
        left = self._worked(span)
        start = moment
        for opens, closes in self._hours_back(moment):
            end = min(moment, closes)
            if end - left >= opens:
                return end - left
            left -= max(end - opens, timedelta())
            start = opens
        return start - left

    def pay_day(self, since: datetime, span: Span) -> datetime:
        """The end of the last day to pay on: `span` full days after the day of `since`.

        A term in calendar days that ends on a day off moves to the next working day (Civil Code of Russia, art. 193).
        """
        if self.pace is not None:
            return since + self._paced(span)
        day = self.today(since)
        if span.unit is Unit.WORKING_DAYS:
            for _ in range(span.n):
                day = self.next_working(day + timedelta(days=1))
        elif span.unit is Unit.CALENDAR_DAYS:
            day = day + timedelta(days=span.n)
        else:
            return self.after(since, span)
        day = self.next_working(day)
        if self._closing(day) <= since:  # a term of no days that starts after hours
            day = self.next_working(day + timedelta(days=1))
        return self._closing(day)

    def moment_of(self, day: date | None, now: datetime) -> datetime:
        """The moment that a paper's date stands for: what is dated today, or not at all, happens now."""
        today = self.today(now)
        if day is None or day == today:
            return now
        if self.pace is not None:
            return now + timedelta(seconds=self.pace) * (day - today).days
        return self._opening(day)

    def start_of(self, day: date) -> datetime:
        """When the company opens on this day, or would."""
        return self._opening(day)

    def end_of(self, day: date, now: datetime) -> datetime:
        """When `day` is over for the company: the moment after which a date somebody named has passed."""
        if self.pace is not None:
            return now + timedelta(seconds=self.pace) * max((day - self.today(now)).days, 0)
        return self._closing(day)

    def _days_on(self, moment: datetime, days: int) -> datetime:
        """The same time on the wall, `days` later."""
        local = moment.astimezone(zone(self.zone))
        day = local.date() + timedelta(days=days)
        return datetime.combine(day, local.time(), local.tzinfo).astimezone(UTC)

    def _paced(self, span: Span) -> timedelta:
        day = timedelta(seconds=self.pace or 0)
        return (
            day * span.n * (timedelta(hours=1) / self.day_length)
            if span.unit is Unit.WORKING_HOURS
            else day * span.n
        )

    def _worked(self, span: Span) -> timedelta:
        return self.day_length * span.n if span.unit is Unit.WORKING_DAYS else timedelta(hours=span.n)

    def _opening(self, day: date) -> datetime:
        return _moment(day, self.opens, self.zone)

    def _closing(self, day: date) -> datetime:
        closes = _moment(day, self.closes, self.zone)
        return closes - timedelta(hours=1) if day in self.short_days else closes

    def next_working(self, day: date) -> date:
        """The day itself, or the next that is worked."""
        for _ in range(_HORIZON):
            if self.is_working(day):
                return day
            day += timedelta(days=1)
        return day

    def _hours_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = self.today(start)
        for n in range(_HORIZON):
            if self.is_working(day + timedelta(days=n)):
                opens, closes = self._opening(day + timedelta(days=n)), self._closing(day + timedelta(days=n))
                if closes > start:
                    yield opens, closes

    def _hours_back(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = self.today(moment)
        for n in range(_HORIZON):
            if self.is_working(day - timedelta(days=n)):
                opens, closes = self._opening(day - timedelta(days=n)), self._closing(day - timedelta(days=n))
                if opens < moment:
                    yield opens, closes
