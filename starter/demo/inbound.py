"""What comes to the desk from outside, as the demo shows it: the inbox's events, and who answers by the link in a mail."""

import asyncio
import re
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path

import httpx

from activities.mail.links import PATH, BadLink, Link, LinkSigner
from adapters.mail.eml import MailFolder
from domain.wording import worded
from domain.words import Text
from records.arrivals import InboxEvent
from records.inbox_events import EventInbox
from starter.demo.timeline import Timeline
from starter.errors import DealwrightError

LOOK_SECONDS = 0.15
_CAME = Text(
    ru="→ {source}, {kind}: событие входящих {seq} → сделка {deal} ({outcome})",
    en="→ {source}, {kind}: inbox event {seq} → deal {deal} ({outcome})",
)
_BY_LINK = Text(
    ru="✉ {email}: открывает ссылку из письма и нажимает «Согласовать»",
    en="✉ {email}: opens the link in the mail and presses “Approve”",
)
_NOT_TAKEN = Text(
    ru="Страница подписанной ссылки ответила {status}.", en="A signed link's page answered {status}."
)


class Arrivals:
    """Tells of each event once it is finished. Those that changed nothing, echoes of the desk's own writes among them, are
    only counted."""

    def __init__(self, inbox: EventInbox, timeline: Timeline) -> None:
        self._inbox, self._timeline = inbox, timeline
        self.counted: Counter[str] = Counter()
        self._told: set[int] = set()

    async def follow(self) -> None:
        """For ever."""
        while True:
            for event in reversed(await asyncio.to_thread(self._inbox.events, limit=500)):
                if event.finished_at and event.seq not in self._told:
                    self._told.add(event.seq)
                    self._tell(event)
            await asyncio.sleep(LOOK_SECONDS)

    async def started(self, ref: str) -> str:
        """The number of the deal that came of the CRM's deal. Raises DealwrightError if none did."""
        while True:
            for event in await asyncio.to_thread(self._inbox.events, limit=500):
                if event.subject == f"crm:{ref}" and event.finished_at:
                    if event.status == "done" and event.deal:
                        return event.deal
                    raise DealwrightError(event.outcome)
            await asyncio.sleep(LOOK_SECONDS)

    def _tell(self, event: InboxEvent) -> None:
        self.counted[event.status] += 1
        if event.status != "ignored":
            words = _CAME.to(self._timeline.language).format(
                source=event.source,
                kind=event.kind,
                seq=event.seq,
                deal=event.deal or "–",
                outcome=event.outcome.to(self._timeline.language),
            )
            self._timeline.aside(words, "bold magenta")


class MailReader:
    """Answers as a person does who has the mail and nothing else: by the link in it."""

    def __init__(self, folder: Path, signer: LinkSigner, timeline: Timeline) -> None:
        self._folder, self._signer, self._timeline = folder, signer, timeline

    async def approve(self, link: Link) -> None:
        to, address = await self._mail_with(link)
        language = self._timeline.language
        self._timeline.aside(_BY_LINK.to(language).format(email=to))
        async with httpx.AsyncClient(timeout=30, follow_redirects=True) as browser:
            page = await browser.get(address)
            if page.is_success:
                page = await browser.post(address, data={"answer": "approve", "comment": ""})
        if not page.is_success:
            raise DealwrightError(worded(ru=_NOT_TAKEN.ru, en=_NOT_TAKEN.en, status=page.status_code))

    async def _mail_with(self, link: Link) -> tuple[str, str]:
        """To whom it went, and the link's address; waits until it has come."""
        while True:
            for mail in await asyncio.to_thread(MailFolder(self._folder).sent):
                if mail.deal == link.deal:
                    for address in await asyncio.to_thread(_links, self._folder / mail.file):
                        if self._is(address, link):
                            return mail.to, address
            await asyncio.sleep(LOOK_SECONDS)

    def _is(self, address: str, link: Link) -> bool:
        try:
            return self._signer.read(address.rpartition(PATH)[2]) == link
        except BadLink:
            return False


def _links(file: Path) -> list[str]:
    text = message_from_bytes(file.read_bytes(), policy=policy.default).get_body(("plain",))
    return re.findall(rf"\S+{PATH}\S+", text.get_content()) if text else []
