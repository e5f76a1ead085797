"""Money nobody knows: does somebody say whose it is, and does what is decided reach its deal."""

import asyncio
from datetime import UTC, datetime, timedelta

from domain.wording import counted, worded
from domain.words import Text
from starter.doctor.finding import Finding, Looks
from starter.settings import Settings

PATIENCE = timedelta(days=3)
ON_ITS_WAY = timedelta(minutes=5)

_WHAT = "unmatched money"
_ALL_KNOWN = Text(ru="всех денег хозяева известны", en="of all money it is known whose it is")
_SAY = Text(
    ru="Бухгалтер: deal money unmatched, затем deal money assign или deal money dismiss.",
    en="The accountant: deal money unmatched; then deal money assign, or deal money dismiss.",
)
_AGAIN = Text(
    ru="Работают ли обработчик и расписание dealwright-upkeep? Они передают деньги каждую минуту.",
    en="Does a worker run, and does the schedule dealwright-upkeep? They give money to deals every minute.",
)


async def waiting(settings: Settings) -> Looks:
    yield await asyncio.to_thread(finding, settings, datetime.now(UTC))


def finding(settings: Settings, now: datetime) -> Finding:
    from records.bank_payments import BankPayments

    kept = BankPayments(settings.database_url)
    try:
        found = kept.open()
    finally:
        kept.close()
    stuck = [one for one in found if one.status == "posting" and one.received_at < now - ON_ITS_WAY]
    if stuck:
        words = worded(
            ru="в пути к сделкам застряло платежей: {n}",
            en="so many payments are stuck on their way to deals: {n}",
            n=len(stuck),
        )
        return Finding(_WHAT, False, words, _AGAIN)
    if not found:
        return Finding(_WHAT, True, _ALL_KNOWN)
    age = (now - found[0].received_at).days
    words = worded(
        ru="ждёт платежей: {n}, самый старый — {age}",
        en="so many payments wait: {n}, the oldest for {age}",
        n=len(found),
        age=Text(ru=counted(age, "day", "ru"), en=counted(age, "day", "en")),
    )
    late = found[0].received_at < now - PATIENCE
    return Finding(_WHAT, not late, words, _SAY if late else None)
