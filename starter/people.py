"""The people's file put in force, and told to every running deal."""

import asyncio
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from domain.deal.messages import ApplyPeople
from domain.playbook.people import People
from domain.wording import worded
from domain.wording.system import system_words
from starter.answers import MessageRefused
from starter.checkout import tracked
from starter.desk import DealDesk
from starter.errors import NotFoundError, UnreachableError, UsageError

AT_ONCE = 20  # deals told at a time
PASSES = 3  # a deal that started meanwhile is found in the next


class Told(NamedTuple):
    """Deals by number. `later`: no worker answered, and they hear of it as soon as one runs. `refused`: with the reason."""

    heard: list[str]
    later: list[str]
    refused: dict[str, str]


def put_in_force(file: Path, in_force: Path, *, overwrite: bool = False) -> bool:
    """Whether the file had to be copied to where new deals read it. Raises UsageError where that can't be written, and
    for a file that a checkout tracks, unless `overwrite` says that it is meant."""
    if file.resolve() == in_force.resolve():
        return False
    if not overwrite and in_force.exists() and tracked(in_force):
        raise UsageError(
            worded(
                ru="{file} действует, и его отслеживает git: укажите в DEALWRIGHT_PEOPLE свой файл "
                "или скажите --overwrite, чтобы записать в него других людей.",
                en="{file} is in force, and git tracks it: set DEALWRIGHT_PEOPLE to a file of your own, "
                "or say --overwrite to put the other people into it.",
                file=in_force,
            )
        )
    draft = in_force.with_name(f".{in_force.name}.new")
    try:
        draft.write_bytes(file.read_bytes())
        if in_force.exists():
            shutil.copymode(in_force, draft)
        os.replace(draft, in_force)
    except OSError as error:
        raise UsageError(
            worded(
                ru="{file} не записать ({why}), а новые сделки читают его: поместите людей туда и примените этот файл.",
                en="{file} can't be written ({why}): new deals read it. Put the people there, and apply that file.",
                file=in_force,
                why=system_words(error),
            )
        ) from None
    return True


def message_of(people: People, actor: str) -> ApplyPeople:
    """Of now: people who come back to what they were before are told again."""
    id = f"{people.digest}-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
    told = people.model_dump(exclude={"former"})
    return ApplyPeople.model_validate({"id": id, "actor": actor, **told})


async def tell_all(desk: DealDesk, message: ApplyPeople) -> Told:
    """Every running deal, each once. Raises UnreachableError where not even Temporal answers."""
    teller, known = _Teller(desk, message), set[str]()
    for _ in range(PASSES):
        new = [number for number in await desk.running() if number not in known]
        if not new:
            break
        known |= set(new)
        await asyncio.gather(*map(teller.tell, new))
    return teller.told


class _Teller:
    def __init__(self, desk: DealDesk, message: ApplyPeople) -> None:
        self.told = Told([], [], {})
        self._desk, self._message = desk, message
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._nobody_answers = False

    async def tell(self, number: str) -> None:
        async with self._slots:
            try:
                await (self._later(number) if self._nobody_answers else self._now(number))
            except NotFoundError:
                return  # it has closed meanwhile

    async def _now(self, number: str) -> None:
        try:
            await self._desk.send(number, self._message)
            self.told.heard.append(number)
        except MessageRefused as refused:
            if refused.code != "closed":
                self.told.refused[number] = refused.words
        except UnreachableError:
            self._nobody_answers = True
            await self._later(number)

    async def _later(self, number: str) -> None:
        """As a signal: the server keeps it until a worker runs. The same id has the effect of once."""
        await self._desk.signal(number, self._message)
        self.told.later.append(number)
