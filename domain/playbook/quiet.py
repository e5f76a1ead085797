"""When a mail goes out: at once, after the quiet hours, or in one digest with others. As the playbook says."""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from pydantic import Field, model_validator

from domain.base import Value
from domain.calendar import WallTime, WorkingCalendar
from domain.wording.invalid import Invalid
from domain.words import NoticeKind
from domain.zones import zone

LAST_MINUTE = timedelta(minutes=1)


class QuietHours(Value):
    """No mail goes out from `begins` in the evening until it `ends` in the morning; with `days_off`, nor on days off."""

    begins: WallTime
    ends: WallTime
    days_off: bool = True

    @model_validator(mode="after")
    def _over_night(self) -> "QuietHours":
        if self.begins <= self.ends:
            raise Invalid(
                ru="тихие часы идут через полночь, а с {begins} до {ends} её нет",
                en="quiet hours go over midnight: from {begins} to {ends} they do not",
                begins=f"{self.begins:%H:%M}",
                ends=f"{self.ends:%H:%M}",
            )
        return self

    def hold(self, at: time) -> bool:
        return at >= self.begins or at < self.ends


class Digest(Value):
    """Mails of these `kinds` wait until the next of the times `at`, on a working day, and go to each reader as one: the company's
    people and clients."""

    at: tuple[WallTime, ...] = Field(min_length=1, max_length=24)
    kinds: tuple[NoticeKind, ...] = Field(min_length=1)


class MailHabits(Value):
    """`urgent` kinds reach the company's people even in the quiet hours. Clients get nothing at night."""

    quiet: QuietHours | None = None
    digest: Digest | None = None
    urgent: tuple[NoticeKind, ...] = ()

    @model_validator(mode="after")
    def _agree(self) -> "MailHabits":
        if self.digest and self.quiet and (silent := list(filter(self.quiet.hold, self.digest.at))):
            raise Invalid(
                ru="время сводки {at} попадает в тихие часы",
                en="the digest's time {at} is in the quiet hours",
                at=f"{silent[0]:%H:%M}",
            )
        if self.digest and (both := [kind for kind in self.urgent if kind in self.digest.kinds]):
            raise Invalid(
                ru="{kind} не может быть срочным и ждать сводки",
                en="{kind} can't be urgent and wait for the digest",
                kind=both[0],
            )
        return self


class Sending(NamedTuple):
    """`at` none: at once. With `digest`, together with what else waits for that time."""

    at: datetime | None = None
    digest: bool = False


def sending(
    kind: str,
    now: datetime,
    habits: MailHabits,
    calendar: WorkingCalendar,
    *,
    to_client: bool,
    due: datetime | None = None,
) -> Sending:
    """When the mail of a notice goes out. One that is `due` before the next digest does not wait for it."""
    if calendar.pace is not None or (kind in habits.urgent and not to_client):
        return Sending()
    if habits.digest and kind in habits.digest.kinds:
        at = _next_digest(now, habits.digest, calendar)
        if due is None or not now < due < at:
            return Sending(at, digest=True)
    return Sending(_after_quiet(now, habits.quiet, calendar) if habits.quiet else None)


def _after_quiet(now: datetime, quiet: QuietHours, calendar: WorkingCalendar) -> datetime | None:
    local = now.astimezone(zone(calendar.zone))
    day = local.date()
    if not quiet.hold(local.time()) and (calendar.is_working(day) or not quiet.days_off):
        return None
    if local.time() >= quiet.ends:
        day += timedelta(days=1)
    if quiet.days_off:
        day = calendar.next_working(day)
    return datetime.combine(day, quiet.ends, local.tzinfo).astimezone(UTC)


def _next_digest(now: datetime, digest: Digest, calendar: WorkingCalendar) -> datetime:
    """What comes in its last minute is too late for it: it may be going out."""
    local = (now + LAST_MINUTE).astimezone(zone(calendar.zone))
    day = calendar.next_working(local.date())
    times = [at for at in digest.at if day > local.date() or at > local.time()]
    if not times:
        day, times = calendar.next_working(day + timedelta(days=1)), list(digest.at)
    return datetime.combine(day, min(times), local.tzinfo).astimezone(UTC)
