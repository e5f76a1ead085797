"""The writes of one deal, carried out in order: one request that looks, one for each fifty commands that write,
and one for each file."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from activities.crm.port import Files
from activities.errors import CrmRefused, CrmUnavailable, Refused, WorldError
from adapters.crm.bitrix24.answers import Outcomes
from adapters.crm.bitrix24.attaching import attach
from adapters.crm.bitrix24.client import MOST_IN_BATCH, Command, Portal
from adapters.crm.bitrix24.clients import bind_client
from adapters.crm.bitrix24.codes import DEAL
from adapters.crm.bitrix24.emptying import Kept, emptying, kept
from adapters.crm.bitrix24.faults import NotGranted, PortalRefused
from adapters.crm.bitrix24.lookup import CLIENT_FIELDS, Found, done_already, look
from adapters.crm.bitrix24.people import People
from adapters.crm.bitrix24.plan import MOST_COMMANDS, Planner, Users
from adapters.crm.bitrix24.portal_map import PortalMap
from adapters.crm.bitrix24.rights import missing
from domain.effects import AttachFile, CrmWrite, Notify, OpenTask, PutLine, SetFields
from domain.playbook.book import StaffedPlaybook
from domain.words import Text

Planned = tuple[CrmWrite, list[str]]
"""And the names of its commands."""


class DealGone(Exception):
    """Somebody deleted it in the portal."""


class Writing:
    """`done` counts those dealt with, also when `run` raises; of these `refused` says why some will never be taken, and
    `forbidden` which right others need, by key. What is refused for a right once is not asked again in the same run."""

    def __init__(
        self,
        portal: Portal,
        known: PortalMap,
        users: Users,
        book: StaffedPlaybook,
        id: int,
        writes: Sequence[CrmWrite],
        gone: Callable[[], Awaitable[bool]],
        files: Files,
    ) -> None:
        self._portal = portal
        self._map = known
        self._users = users
        self._book = book
        self._id = id
        self._writes = writes
        self._gone = gone
        self._files = files
        self._rights = dict[tuple[str, object], Text]()
        self.done = 0
        self.refused: dict[str, str] = {}
        self.forbidden: dict[str, Text] = {}

    @property
    def total(self) -> int:
        return len(self._writes)

    def dealt(self) -> tuple[dict[str, str], dict[str, Text]]:
        """Refused and forbidden, of those dealt with."""
        keys = [write.key for write in self._writes[: self.done]]
        refused = {key: self.refused[key] for key in keys if key in self.refused}
        return refused, {key: self.forbidden[key] for key in keys if key in self.forbidden}

    def withhold(self, right: Text) -> dict[str, Text]:
        """Forbidden where nothing that is left can be done without this right."""
        left = {write.key: right for write in self._writes[self.done :]}
        return self.dealt()[1] | left

    async def run(self) -> None:
        while self.done < len(self._writes):
            found = await self._look()
            planner = Planner(self._map, found, self._users, self._book)
            while self.done < len(self._writes) and await self._some(planner, found):
                pass  # until all is done, or a refusal leaves unclear what was: then it looks again

    async def _look(self) -> Found:
        rest = self._writes[self.done :]
        try:
            found = await look(self._portal, self._map, self._id, rest[0].deal, rest)
        except PortalRefused as refusal:
            await self._raise_if_gone(refusal)
            raise CrmUnavailable(str(refusal)) from None  # nothing is written while keys can't be looked up
        for write in rest:
            if right := found.withheld(write, self._map):
                self.forbidden[write.key] = right
            elif isinstance(write, SetFields) and CLIENT_FIELDS & set(write.fields):
                try:
                    await bind_client(self._portal, found, write)
                except (Refused, NotGranted) as refusal:
                    self._note(write, refusal)
        return found

    async def _some(self, planner: Planner, found: Found) -> bool:
        if isinstance(write := self._writes[self.done], AttachFile):
            await self._attach(write, found)
            return True
        commands, planned = self._plan(planner, found)
        outcome = await self._portal.batch(commands, halt=True)
        await self._empty(planner, planned, commands, outcome)
        for write, names in planned:
            failed = next((name for name in names if name in outcome.errors), None)
            if failed:
                await self._raise_if_gone(outcome.errors[failed])
                self._note(write, outcome.errors[failed], commands[failed])
                self.done += 1
                return False
            if not all(name in outcome.answers for name in names):
                raise CrmUnavailable(f"{self._portal.host} did not answer all of a batch")
            self.done += 1
        found.settle({name: answer.result for name, answer in outcome.answers.items()})
        return True

    async def _empty(
        self, planner: Planner, planned: Sequence[Planned], commands: Mapping[str, Command], outcome: Outcomes
    ) -> None:
        """What the portal still shows in fields that were written as empty."""
        for write, names in planned:
            left = list(kept(self._map, {name: commands[name] for name in names}, outcome.answers))
            of_deal = [one for one in left if one.entity_type == DEAL]
            if of_deal and await self._emptied(of_deal):
                left = [one for one in left if one not in of_deal]
            told = planner.left_over(write, left) if left and isinstance(write, OpenTask) else ()
            if left and isinstance(write, PutLine):
                told = planner.void(write, left)
            for said in told:
                await self._portal.call(*said)

    async def _emptied(self, left: Sequence[Kept]) -> bool:
        try:
            await self._portal.call(*emptying(self._id, left))
        except (Refused, NotGranted):
            return False
        return True

    async def _attach(self, write: AttachFile, found: Found) -> None:
        if not done_already(write, found) and not found.withheld(write, self._map):
            try:
                await attach(self._portal, self._files, found, write)
            except (CrmRefused, NotGranted) as refusal:
                await self._raise_if_gone(refusal)
                self._note(write, refusal)
        self.done += 1

    def _plan(self, planner: Planner, found: Found) -> tuple[dict[str, Command], list[Planned]]:
        """As many writes as fit. One that is done already, or that can't be planned, takes no command."""
        commands: dict[str, Command] = {}
        planned: list[Planned] = []
        for write in self._writes[self.done :]:
            if len(commands) > MOST_IN_BATCH - MOST_COMMANDS or isinstance(write, AttachFile):
                break
            taken: dict[str, Command] = {}
            if not done_already(write, found) and not found.withheld(write, self._map):
                noted = found.noted()
                try:
                    taken = planner.commands(write, f"w{len(planned)}")
                except (CrmRefused, NotGranted) as refusal:
                    self._note(write, refusal)
                if right := next(filter(None, map(self._missing, taken.values())), None):
                    self.forbidden[write.key], taken = right, {}
                    found.restore(noted)
            commands |= taken
            planned.append((write, list(taken)))
        return commands, planned

    def _missing(self, command: Command) -> Text | None:
        return self._rights.get(_kind(command))

    def _note(self, write: CrmWrite, refusal: WorldError, command: Command | None = None) -> None:
        """Raises what is neither for ever nor a matter of rights."""
        if right := missing(refusal):
            self.forbidden[write.key] = right
            if command:
                self._rights[_kind(command)] = right
        elif isinstance(refusal, Refused):
            self.refused[write.key] = str(refusal)
        else:
            raise refusal

    async def _raise_if_gone(self, refusal: Exception) -> None:
        if isinstance(refusal, PortalRefused) and refusal.not_found and await self._gone():
            raise DealGone(str(refusal)) from None


def _kind(command: Command) -> tuple[str, object]:
    method, params = command
    return method, params.get("entityTypeId")


async def users_of(people: People, writes: Sequence[CrmWrite]) -> Users:
    """The portal's user of each person that the writes name, or why there is none."""
    named = {write.person for write in writes if isinstance(write, OpenTask | Notify)}
    named |= {
        write.fields["manager"]
        for write in writes
        if isinstance(write, SetFields) and write.fields.get("manager")
    }
    users: dict[str, int | WorldError] = {}
    for person in sorted(named):
        try:
            users[person] = await people.user(person)
        except (CrmRefused, NotGranted) as refusal:
            users[person] = refusal
    return users
