"""What the trials share: the portal, what was found of it so far, and how a difference becomes a row of the report."""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from activities.errors import WorldError
from adapters.crm.bitrix24 import codes, values
from adapters.crm.bitrix24.calls import CALLS
from adapters.crm.bitrix24.client import Command
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.lookup import Found
from adapters.crm.bitrix24.plan import Planner
from adapters.crm.bitrix24.portal_map import Fields, Lines, PortalMap
from adapters.crm.bitrix24.probing.refusals import REFUSALS, named
from adapters.crm.bitrix24.probing.report import Check, Result, Thing
from adapters.crm.bitrix24.probing.watched import Watched
from domain.effects import CrmWrite
from domain.playbook.book import StaffedPlaybook
from domain.words import Language, Text, join, same

TITLE = "Dealwright probe"
"""Of whatever the probe makes, in each language: what an earlier one left is found by it."""
NUMBER = "dealwright-probe"
PERSON = "probe"

REFUSED = Text(ru="отказ", en="a refusal")
DONE = Text(ru="выполнено", en="it is done")
NOTHING = Text(ru="ничего", en="nothing")
_TAKEN = Text(ru="принято", en="it is taken")


class Kit:
    """`now`: of what is written into dates. `tell` hears of each row."""

    def __init__(
        self, portal: Watched, book: StaffedPlaybook, now: datetime, tell: Callable[[Check], None]
    ) -> None:
        self.portal, self.book, self.now, self._tell = portal, book, now, tell
        self.checks: list[Check] = []
        self.me = 0
        self.category = 0
        self.stage = 0
        self.fields: Fields = {}
        self.lines: Lines | None = None
        self.found = Found(0, NUMBER)

    @property
    def language(self) -> Language:
        return self.book.language

    @property
    def known(self) -> PortalMap:
        """As the adapter would know the portal, if what the probe made in it were the desk's."""
        return PortalMap(self.me, self.category, self.fields, self.lines)

    async def write(self, write: CrmWrite) -> None:
        """As the adapter does it. Raises what the first refused command of it does."""
        found = deepcopy(self.found)
        planner = Planner(self.known, found, {PERSON: self.me}, self.book)
        outcomes = await self.portal.batch(planner.commands(write, "w"), halt=True)
        for error in outcomes.errors.values():
            raise error
        found.settle({name: answer.result for name, answer in outcomes.answers.items()})
        self.found = found

    async def deal(self) -> dict[str, Any]:
        return await self.item(codes.DEAL, self.found.id)

    async def item(self, entity_type: int, id: Any) -> dict[str, Any]:
        asked = {"entityTypeId": entity_type, "id": id, "useOriginalUfNames": "Y"}
        return dict((await self.portal.call("crm.item.get", asked)).result["item"])

    # --- rows of the report

    def add(
        self,
        thing: Thing,
        what: Text,
        call: str,
        result: Result,
        expected: Text,
        got: Text,
        refusal: str = "",
    ) -> None:
        check = Check(thing, what, call, result, expected, got, refusal)
        self.checks.append(check)
        self._tell(check)

    def compare(
        self, thing: Thing, what: Text, call: str, expected: Mapping[str, Any], got: Mapping[str, Any]
    ) -> None:
        """Field by field. Where they differ only those that do are shown."""
        wrong = [name for name, value in expected.items() if not _alike(value, got.get(name))]
        shown: Sequence[str] = wrong or list(expected)
        result = Result.OTHERWISE if wrong else Result.AS_EXPECTED
        sides = same(_shown(expected, shown)), same(_shown(got, shown))
        self.add(thing, what, call, result, *sides, "not-kept" if wrong else "")

    def behaves(self, thing: Thing, name: str, call: str, holds: bool, expected: Text, got: Text) -> None:
        """Of a trap that says nothing: whether the portal does what the documentation says of it."""
        result = Result.AS_EXPECTED if holds else Result.OTHERWISE_BUT_FINE
        self.add(thing, REFUSALS[name].words, call, result, expected, got, name if holds else "")

    async def refuses(self, thing: Thing, name: str, command: Command) -> None:
        """A wrong call, written so on purpose. One that is taken does no harm to the desk. Raises what is no refusal."""
        trap, method = REFUSALS[name], command[0]
        try:
            await self.portal.call(*command)
        except PortalRefused as refused:
            self.trapped(thing, name, method, refused)
            return
        self.add(thing, trap.words, method, Result.OTHERWISE_BUT_FINE, REFUSED, _TAKEN)

    def trapped(self, thing: Thing, name: str, method: str, refused: PortalRefused) -> None:
        found = named(refused)
        if found and found.name == name:
            self.add(thing, REFUSALS[name].words, method, Result.AS_EXPECTED, REFUSED, said(refused), name)
        else:
            self.refused(thing, REFUSALS[name].words, refused)

    def refused(self, thing: Thing, what: Text, error: WorldError, *, vital: bool = True) -> None:
        known = named(error)
        fine = not vital or (known is not None and not known.fatal)
        result = Result.OTHERWISE_BUT_FINE if fine else Result.OTHERWISE
        self.add(thing, what, call_in(error), result, DONE, said(error), known.name if known else "")

    def skip(self, thing: Thing, lacks: Sequence[Text]) -> None:
        why = join(lacks, ", ")
        words = Text(
            ru=f"не пробовали: нет того, на чём это держится ({why.ru})", en=f"not tried without: {why.en}"
        )
        self.add(thing, words, "", Result.NOT_TRIED, DONE, NOTHING)

    def waited(self) -> None:
        """What the portal asked to wait for meanwhile, each kind once."""
        told = {check.refusal for check in self.checks}
        for error in self.portal.waited_for:
            known = named(error)
            if known and known.name not in told:
                told.add(known.name)
                what = Text(ru="портал просит подождать", en="the portal asks to wait")
                self.add(
                    *(Thing.RIGHTS, what, call_in(error), Result.OTHERWISE_BUT_FINE),
                    *(DONE, said(error), known.name),
                )
        self.portal.waited_for.clear()


_CALL = re.compile(r"^(?:\S+: )?(?:no answer to )?([a-z][\w.]*)(?=:| \()")


def call_in(error: WorldError) -> str:
    """Which call was answered so, by the adapter's words: `call: words`, `host: call: words`, `host: no answer to call (why)`."""
    found = _CALL.match(str(error))
    return found[1] if found and found[1] in CALLS else ""


def said(error: WorldError) -> Text:
    """In the portal's own words, without its address and the call."""
    words, call = str(error), call_in(error)
    return same(words.partition(f"{call}: ")[2] or words.partition(": ")[2] if call else words)


def row_of(listed: Sequence[Any], id: int, key: str = "id") -> dict[str, Any]:
    """Of what was listed; empty if it is not there."""
    return next((dict(row) for row in listed if int(row[key]) == id), {})


def _alike(one: Any, other: Any) -> bool:
    """A portal writes the same number as 15, "15" and 15.00, and nothing as null or ""."""
    return (
        values.number(one or "") == values.number(other or "")
        if _plain(one) and _plain(other)
        else one == other
    )


def _plain(value: Any) -> bool:
    return value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))


def _shown(side: Mapping[str, Any], names: Sequence[str]) -> str:
    return "; ".join(f"{name} {_plainly(side.get(name))}" for name in names)


def _plainly(value: Any) -> str:
    """As portals write it: Y and N, and lists without brackets."""
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, list | tuple):
        return ", ".join(map(_plainly, value)) or "–"
    return "–" if value in (None, "") else str(value)
