"""A deal whose workflow ended before the deal did: nothing of it moves until it is revived."""

from enum import StrEnum

from pydantic import AwareDatetime

from domain.base import Value
from domain.words import Text


class Ending(StrEnum):
    TERMINATED = "terminated"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELED = "canceled"
    BAD_START = "bad_start"
    MISSING = "missing"
    FOREIGN = "foreign"


class StoppedProcess(Value):
    """`by` and `reason` as far as Temporal knows them. Of a missing one, `at` is when it was first missed; of a foreign one,
    `reason` is its type.
    """

    deal: str
    run_id: str = ""
    ending: Ending
    at: AwareDatetime
    by: str = ""
    reason: str = ""

    @property
    def revivable(self) -> bool:
        return self.ending not in _NO_REVIVAL

    def words(self) -> Text:
        """What happened, by whom, and why."""
        by, why = f" ({self.by})" if self.by else "", f": {self.reason}" if self.reason else ""
        said = _SAID[self.ending]
        return Text(ru=f"{said.ru}{by}{why}", en=f"{said.en}{by}{why}")

    def remedy(self) -> Text:
        if self.revivable:
            return Text(
                ru=f"пустить его дальше: deal revive {self.deal}", en=f"let it go on: deal revive {self.deal}"
            )
        remedy = _NO_REVIVAL[self.ending]
        return Text(ru=remedy.ru.format(deal=self.deal), en=remedy.en.format(deal=self.deal))


class WatchedDeals(Value):
    """What one look at all open deals has found. `new`: stopped since the look before."""

    open: int = 0
    stopped: int = 0
    new: int = 0


class ToldDeals(Value):
    """Deals that an operator had reset, and that were told who works here today."""

    reset: int = 0


_SAID = {
    Ending.TERMINATED: Text(ru="процесс сделки остановили", en="the deal's process was terminated"),
    Ending.FAILED: Text(
        ru="процесс сделки завершился с ошибкой", en="the deal's process ended with an error"
    ),
    Ending.TIMED_OUT: Text(ru="у процесса сделки вышло время", en="the deal's process ran out of time"),
    Ending.CANCELED: Text(ru="процесс сделки отменили", en="the deal's process was cancelled"),
    Ending.BAD_START: Text(ru="процесс сделки не смог начаться", en="the deal's process could not begin"),
    Ending.MISSING: Text(
        ru="процесса сделки больше нет в Temporal", en="the deal's process is no longer in Temporal"
    ),
    Ending.FOREIGN: Text(
        ru="на месте процесса сделки работает чужой", en="a foreign process runs in place of the deal's"
    ),
}
_NO_REVIVAL = {
    Ending.BAD_START: Text(
        ru="начните её заново под другим номером", en="start it again under another number"
    ),
    Ending.MISSING: Text(
        ru="восстановите базу Temporal из резервной копии", en="restore Temporal's database from its backup"
    ),
    Ending.FOREIGN: Text(
        ru="завершите его: temporal workflow terminate --workflow-id deal-{deal}, затем deal revive {deal}",
        en="end it: temporal workflow terminate --workflow-id deal-{deal}, then deal revive {deal}",
    ),
}
