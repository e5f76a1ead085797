"""Serial numbers that other lines have are said on the page before they are sent; sent once more, they are taken. The line itself knows those
of its own deal, and refuses them."""

import asyncio
import hashlib
from collections.abc import Collection, Mapping
from typing import Protocol

from domain.deal.pieces import SERIALS, serials_said
from domain.deal.state import LineState
from domain.playbook.forms import Form
from domain.serials import SerialElsewhere
from domain.view.serial_words import there_already
from domain.words import Text, join, same
from records.errors import RecordsUnavailable
from starter.web.pages.questions.kind import FoundQuestion, Wrong

SECONDS = 2.0
CONFIRM = "confirm"
"""The hidden field in which the numbers come back that were told of."""
_AGAIN = Text(
    ru="Если номера верные, отправьте ещё раз.", en="If the numbers are right, send the answer once more."
)


class KnownSerials(Protocol):
    def serials_known(
        self, sku: str, serials: Collection[str], deal: str, line: int
    ) -> list[SerialElsewhere]: ...


async def warn_of_serials(
    records: KnownSerials | None,
    found: FoundQuestion,
    form: Form,
    fields: Mapping[str, str],
    sent: Mapping[str, str],
) -> None:
    """Raises Wrong, once for the same numbers. While the records don't answer they are sent, and compared later."""
    line = found.process
    serials = serials_said(line, found.asked.kind, form, fields)
    about = hashlib.sha256("\n".join(serials).encode()).hexdigest()[:16]
    if records is None or not isinstance(line, LineState) or not serials or sent.get(CONFIRM) == about:
        return
    try:
        async with asyncio.timeout(SECONDS):
            known = await asyncio.to_thread(
                records.serials_known, line.good.sku, serials, line.deal, line.number
            )
    except (RecordsUnavailable, TimeoutError):
        return
    if known:
        raise Wrong({SERIALS: join([*map(there_already, known), _AGAIN], " "), CONFIRM: same(about)})
