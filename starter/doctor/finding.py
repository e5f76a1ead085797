"""What the doctor finds, in both languages, and how a look that fails becomes a finding too."""

from collections.abc import AsyncIterator, Iterable
from typing import NamedTuple

from temporalio.service import RPCError

from domain.wording import worded
from domain.words import Language, Text, join, same
from records.errors import RecordsUnavailable
from starter.errors import DealwrightError


class Finding(NamedTuple):
    """`what` was looked at, by the name that programs go by; `advice` is there unless all is well."""

    what: str
    ok: bool
    words: Text
    advice: Text | None = None

    def told(self, language: Language) -> "Told":
        from starter.doctor.subjects import subject

        advice = self.advice.to(language) if self.advice else ""
        return Told(subject(self.what).to(language), self.ok, self.words.to(language), advice)


class Told(NamedTuple):
    """A finding in one language."""

    what: str
    ok: bool
    words: str
    advice: str


Looks = AsyncIterator[Finding]

_SEE_ABOVE = Text(ru="Смотрите выше, «записи».", en="See the finding records above.")
_IN_A_MOMENT = Text(ru="Спросите ещё раз чуть позже.", en="Ask again in a moment.")
CORRECT = Text(ru="Исправьте и спросите ещё раз.", en="Correct it, then ask again.")
_OUR_FAULT = Text(
    ru="Это ошибка Dealwright: сообщите о ней этими словами.",
    en="This is a fault of Dealwright's: report it with these words.",
)


async def guarded(what: str, looks: Looks) -> Looks:
    """Whatever a look runs into, the others have their turn: the doctor never ends midway."""
    try:
        async for finding in looks:
            yield finding
    except RecordsUnavailable as error:
        yield Finding(what, False, error.text, _SEE_ABOVE)
    except RPCError as error:
        words = worded(
            ru="Temporal не смог сказать («{why}»)", en="Temporal could not say ({why})", why=error.message
        )
        yield Finding(what, False, words, _IN_A_MOMENT)
    except DealwrightError as error:
        yield Finding(what, False, error.text, CORRECT)
    except Exception as error:
        words = worded(
            ru="посмотреть не удалось: «{error}»",
            en="could not be looked at: {error}",
            error=f"{type(error).__name__}: {str(error)[:300]}",
        )
        yield Finding(what, False, words, _OUR_FAULT)


def some(names: Iterable[Text | str], most: int = 5) -> Text:
    """The first of them, and how many more there are."""
    all_names = [same(name) if isinstance(name, str) else name for name in names]
    first = join(all_names[:most], ", ")
    if (more := len(all_names) - most) > 0:
        return Text(ru=f"{first.ru} и ещё {more}", en=f"{first.en} and {more} more")
    return first


def deal(number: str) -> Text:
    return worded(ru="сделка {number}", en="deal {number}", number=number)
