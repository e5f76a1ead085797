"""Whose events of a portal are taken: whoever knows the token, from the portal that came first with it. Its domain may change."""

import asyncio
import hashlib
import hmac
import logging
from typing import Any

from domain.words import Text
from records.inbox_events import EventInbox
from starter.crms import BITRIX24
from starter.settings import Settings
from starter.web.errors import Declined

log = logging.getLogger("dealwright.web")

WRONG_TOKEN = Text(
    ru="Токен приложения не подходит: проверьте DEALWRIGHT_BITRIX24_TOKEN.",
    en="The application token is wrong: check DEALWRIGHT_BITRIX24_TOKEN.",
)
WRONG_PORTAL = Text(ru="Это другой портал.", en="This is another portal.")
_LOOKED_AT = 50  # events of the portal: those of a robot do not say who sends them


class Senders:
    """What an event keeps of its sender is no secret: domain, member id, and a digest of the token that it came with."""

    def __init__(self, settings: Settings, inbox: EventInbox) -> None:
        self._token = settings.bitrix24_token.get_secret_value()
        self._inbox = inbox
        self._member = ""

    def knows(self, given: str) -> bool:
        return bool(self._token) and hmac.compare_digest(given.encode(), self._token.encode())

    async def check(self, auth: Any, token: str = "") -> dict[str, str]:
        """What is kept of it. `token`: given in the handler's address, by who can't give it in the event. Raises Declined, and
        RecordsUnavailable while nobody can say which portal came before."""
        auth = auth if isinstance(auth, dict) else {}
        if not self.knows(token or str(auth.get("application_token", ""))):
            log.warning("bitrix24: an event with a wrong application token was turned away")
            raise Declined(403, "wrong-token", WRONG_TOKEN)
        domain, member = (str(auth.get(name) or "")[:100] for name in ("domain", "member_id"))
        if member and member != (await self._known() or member):
            log.warning("bitrix24: an event of another portal was turned away")
            raise Declined(403, "wrong-portal", WRONG_PORTAL)
        self._member = self._member or member
        return {"domain": domain, "member_id": member, "key": self._key}

    @property
    def _key(self) -> str:
        return hashlib.sha256(self._token.encode()).hexdigest()[:12]

    async def _known(self) -> str:
        """The member id that came with this token before."""
        if not self._member:
            events = await asyncio.to_thread(self._inbox.events, source=BITRIX24.source, limit=_LOOKED_AT)
            senders = [event.body.get("portal") or {} for event in events]
            known = (s["member_id"] for s in senders if s.get("key") == self._key and s.get("member_id"))
            self._member = next(known, "")
        return self._member
