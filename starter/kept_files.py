"""The desk's files, for whoever shows them elsewhere."""

import asyncio

from activities.crm.port import Files
from activities.errors import CrmUnavailable
from records.errors import RecordsUnavailable
from records.files import KeptFiles
from starter.settings import Settings


def files_of(settings: Settings) -> Files:
    kept = KeptFiles(settings.database_url)

    async def read(digest: str) -> bytes | None:
        try:
            return await asyncio.to_thread(kept.read, digest)
        except RecordsUnavailable as error:
            raise CrmUnavailable(str(error)) from error

    return read
