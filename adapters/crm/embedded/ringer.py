"""The embedded CRM's own webhook: what people did is told to the web, signed by Standard Webhooks."""

import asyncio
import json
from datetime import UTC, datetime

import httpx
from standardwebhooks import Webhook

from activities.crm.card import CrmEvent
from activities.errors import CrmUnavailable
from adapters.crm.embedded.crm import EmbeddedCrm

AT_ONCE = 100
PAUSE = 1.0


class Ringer:
    """Rings until it is heard: an event stays until the web has it for good."""

    def __init__(
        self, crm: EmbeddedCrm, url: str, secret: str, client: httpx.AsyncClient | None = None
    ) -> None:
        """`url` is the web's address, `secret` its hook's newest."""
        self._crm = crm
        self._url = f"{url.rstrip('/')}/webhooks/crm"
        self._hook = Webhook(secret)
        self._client = client or httpx.AsyncClient(timeout=10)

    async def ring(self) -> int:
        """How many events were heard. Raises `CrmUnavailable` where one was not: it is the next call's first."""
        count = 0
        while events := await self._crm.unheard(AT_ONCE):
            for event in events:
                await self._tell(event)
                await self._crm.heard(event.uid)
            count += len(events)
        return count

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                await self.ring()
            except CrmUnavailable:
                await asyncio.sleep(PAUSE)
            await asyncio.sleep(PAUSE / 10)

    async def close(self) -> None:
        await self._client.aclose()

    async def _tell(self, event: CrmEvent) -> None:
        body = json.dumps(
            {"type": "deal.changed", "timestamp": event.at.isoformat(), "data": {"id": event.deal}}
        )
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": f"evt_{event.uid}",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._hook.sign(f"evt_{event.uid}", now, body),
        }
        try:
            response = await self._client.post(self._url, content=body.encode(), headers=headers)
        except httpx.HTTPError as error:
            raise CrmUnavailable(
                f"the web does not hear the CRM's webhook ({type(error).__name__})"
            ) from None
        if not response.is_success:
            raise CrmUnavailable(f"the web answered the CRM's webhook with {response.status_code}")
