"""What can go wrong outside, split by whether trying again can help.

WorldError
├── RetryLater            the item stays first in the outbox until it gets through
│   ├── CrmUnavailable      no answer, a fault on their side, credentials they no longer accept
│   ├── CrmBusy             they ask us to wait
│   ├── CrmAmbiguous        the answer was lost: the write may stand, and its key tells
│   ├── RatesUnavailable    no answer, or one that can't be read
│   └── MailUnavailable     no answer, a full disk, "try again later", credentials they no longer accept
│       └── AddressBusy       this one mailbox takes nothing now; others do
└── Refused               never tried again: skipped, so that it blocks nothing, and put on the deal's record
    ├── CrmRefused
    │   └── CrmForbidden      for want of a right: kept aside, and written once it may be, see `crm.deferring`
    └── MailRefused
        └── AddressRefused    no mail can reach this address: somebody must mend it
"""

from datetime import timedelta

from temporalio.exceptions import ApplicationError

from domain.words import Text


class WorldError(Exception):
    """The words are for a person."""


class RetryLater(WorldError):
    """`retry_after` replaces the pause that the retry policy would make."""

    def __init__(self, words: str, retry_after: timedelta | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class CrmUnavailable(RetryLater):
    pass


class CrmBusy(RetryLater):
    def __init__(self, words: str, retry_after: timedelta) -> None:
        super().__init__(words, retry_after)


class CrmAmbiguous(RetryLater):
    pass


class RatesUnavailable(RetryLater):
    pass


class MailUnavailable(RetryLater):
    pass


class AddressBusy(MailUnavailable):
    pass


class Refused(WorldError):
    pass


class CrmRefused(Refused):
    pass


class CrmForbidden(CrmRefused):
    """`missing` names the right, for whoever can give it."""

    def __init__(self, words: str, missing: Text) -> None:
        super().__init__(words)
        self.missing = missing


class MailRefused(Refused):
    pass


class AddressRefused(MailRefused):
    pass


def as_failure(error: Exception) -> ApplicationError:
    """As Temporal sees it: always retryable, since a delivery that fails for good stops all that follows."""
    pause = error.retry_after if isinstance(error, RetryLater) else None
    return ApplicationError(str(error) or repr(error), type=type(error).__name__, next_retry_delay=pause)
