"""Who is who: a person of the playbook is the portal's user with the same e-mail, whatever the case of its letters."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from activities.errors import CrmRefused
from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.client import Portal
from domain.playbook.book import StaffedPlaybook

FRESH = 600.0
Books = Callable[[], Awaitable[StaffedPlaybook]]
"""The playbook of today."""


class People:
    def __init__(self, portal: Portal, book: Books) -> None:
        self._portal = portal
        self._book = book
        self._users: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._read_at = -FRESH
        self._reading = asyncio.Lock()

    async def user(self, person: str) -> int:
        """Raises CrmRefused, with what to do about it, for one who has no user."""
        if found := (await self._known()).get(person):
            return found
        if found := (await self._known(again=True)).get(person):
            return found
        raise CrmRefused(
            f"{person} has no user in the portal: invite the e-mail address that the playbook has of them"
        )

    async def person(self, user: int) -> str | None:
        """Who of the playbook this user is."""
        for again in (False, True):
            for person, id in (await self._known(again=again)).items():
                if id == user:
                    return person
        return None

    async def named(self, users: Iterable[int]) -> dict[int, str]:
        """Persons of the playbook by their ids, all others as the portal names them."""
        known = {user: person for person, user in (await self._known()).items()}
        asked = {user for user in users if user}
        strangers = [user for user in sorted(asked) if user not in known and user not in self._names]
        if strangers:
            for found in rows((await self._portal.call("user.get", {"filter": {"@ID": strangers}})).result):
                self._names[int(found["ID"])] = _name(found)
        return {user: known.get(user) or self._names.get(user) or str(user) for user in asked}

    async def _known(self, *, again: bool = False) -> dict[str, int]:
        async with self._reading:
            age = time.monotonic() - self._read_at
            if age > FRESH or (again and age > FRESH / 10):
                self._users = await self._read()
                self._read_at = time.monotonic()
            return self._users

    async def _read(self) -> dict[str, int]:
        emails = {p.email.lower(): id for id, p in (await self._book()).people.items()}
        filter = {"@EMAIL": list(emails), "ACTIVE": True}
        users = await self._portal.pages("user.get", {"filter": filter, "sort": "ID", "order": "ASC"})
        return {
            emails[email]: int(user["ID"])
            for user in users
            if (email := str(user.get("EMAIL") or "").lower()) in emails
        }


def _name(user: dict[str, Any]) -> str:
    return " ".join(part for part in (user.get("NAME"), user.get("LAST_NAME")) if part) or str(user["ID"])
