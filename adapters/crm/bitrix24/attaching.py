"""A file on the deal's card: a comment in its timeline, which carries the file and the desk's mark in one request.

`crm.timeline.comment.add` takes the content itself, in FILES (api-reference/crm/timeline/comments/crm-timeline-comment-add.md,
api-reference/files/how-to-upload-files.md). Why not the drive: `disk.storage.getForApp` answers applications only, so a webhook is
left with the drives of people (`disk.storage.getList`), where a contract is seen by whoever sees the drive, while a comment's file is
seen by whoever sees the deal; no type of a deal's field binds a file of the drive to its card (`userfieldconfig.getTypes`); and an
upload and its binding are two requests, either of which can be lost alone. A field of the type `file` shows no names, so nothing
could be looked up in it. `crm.documentgenerator` makes papers by a portal's templates: it takes none that is there already.
"""

import base64
from typing import Any

from activities.crm.port import Files
from activities.errors import CrmRefused, RetryLater
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.lookup import Found
from adapters.crm.bitrix24.text import marked
from domain.effects import AttachFile


async def no_files(digest: str) -> bytes | None:
    return None


async def attach(portal: Portal, files: Files, found: Found, write: AttachFile) -> None:
    """Not in a batch: its commands are written as queries, whose length is limited.

    Raises CrmRefused for a file that the desk has lost, and where the portal kept the comment without it.
    """
    content = await files(write.digest)
    if content is None:
        raise CrmRefused(f"the desk no longer has the file {write.name}: attach it again")
    fields = {
        "ENTITY_ID": found.id,
        "ENTITY_TYPE": "deal",
        "COMMENT": marked(write.text, write.key),
        "FILES": [[write.name, base64.b64encode(content).decode()]],
    }
    made = await portal.call("crm.timeline.comment.add", {"fields": fields})
    found.marks.add(write.key)
    if not await _carries_one(portal, made.result):
        raise CrmRefused(
            f"{portal.host}: crm.timeline.comment.add kept the comment, but not the file {write.name}:"
            " is the portal's drive on, and is there room on it?"
        )


async def _carries_one(portal: Portal, comment: Any) -> bool:
    """No page says what becomes of a file that the drive has no room for. Where the answer is lost, the comment's mark must do."""
    try:
        shown = (await portal.call("crm.timeline.comment.get", {"id": comment})).result
    except RetryLater:
        return True
    return bool(shown.get("FILES"))
