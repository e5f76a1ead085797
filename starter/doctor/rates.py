"""Whether the Bank of Russia's rates can be had, where running deals are paid by rate; by these settings, the worker's may be others."""

import asyncio
from datetime import UTC, datetime

from activities.errors import RatesUnavailable
from domain.deal.rates import Rate
from domain.wording import typed, worded
from domain.words import Text, join
from starter.doctor.deals import Deals
from starter.doctor.finding import Finding, Looks
from starter.settings import Settings

RATES = "rates"
SECONDS = 30.0
_WAIT = Text(
    ru="Платежи ждут; курс может внести бухгалтер (задание «Внести курс»). Проверьте DEALWRIGHT_RATES_URL или DEALWRIGHT_RATES_FILE.",
    en="Payments wait; the accountant may enter the rate (the assignment rate). Look at DEALWRIGHT_RATES_URL, or DEALWRIGHT_RATES_FILE.",
)
_NONE = Text(ru="нет", en="none")


async def source(settings: Settings, deals: Deals) -> Looks:
    """Nothing where no deal asks for rates."""
    from starter.rates import rates_of

    by_rate = [state for state in deals.states.values() if state.rate and state.playbook]
    if not by_rate:
        return
    now, found, rates = datetime.now(UTC), dict[str, Rate | None](), rates_of(settings)
    try:
        async with asyncio.timeout(SECONDS):
            for state in by_rate:
                if state.currency not in found:
                    day = state.book.calendar.today(now)
                    found[state.currency] = await rates.on(state.currency, day)
    except (RatesUnavailable, TimeoutError) as error:
        words = typed(str(error)) if str(error) else Text(ru="нет ответа вовремя", en="no answer in time")
        yield Finding(RATES, False, words, _WAIT)
        return
    words = join((_told(currency, rate) for currency, rate in sorted(found.items())), "; ")
    ok = all(found.values())
    yield Finding(RATES, ok, words, None if ok else _WAIT)


def _told(currency: str, rate: Rate | None) -> Text:
    if rate is None:
        return worded(ru="{code}: {none}", en="{code}: {none}", code=currency, none=_NONE)
    return worded(
        ru="{code}: {rate} ₽ на {day}",
        en="{code}: ₽{rate}, {day}",
        code=currency,
        rate=rate.value.normalize(),
        day=rate.set_on,
    )
