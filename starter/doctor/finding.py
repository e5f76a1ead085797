"""What the doctor finds, and how a look that fails becomes a finding too."""

from collections.abc import AsyncIterator, Iterable
from typing import NamedTuple

from temporalio.service import RPCError

from records.errors import RecordsUnavailable
from starter.errors import DealwrightError


class Finding(NamedTuple):
    """`advice` is empty when all is well."""

    what: str
    ok: bool
    words: str
    advice: str = ""


Looks = AsyncIterator[Finding]


async def guarded(what: str, looks: Looks) -> Looks:
    """Whatever a look runs into, the others have their turn: the doctor never ends midway."""
    try:
        async for finding in looks:
            yield finding
    except RecordsUnavailable as error:
        yield Finding(what, False, str(error), "See the finding records above.")
    except RPCError as error:
        yield Finding(what, False, f"Temporal could not say ({error.message})", "Ask again in a moment.")
    except DealwrightError as error:
        yield Finding(what, False, error.words, "Correct it, then ask again.")
    except Exception as error:
        words = f"could not be looked at: {type(error).__name__}: {str(error)[:300]}"
        yield Finding(what, False, words, "This is a fault of Dealwright's: report it with these words.")


def some(names: Iterable[str], most: int = 5) -> str:
    names = list(names)
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
