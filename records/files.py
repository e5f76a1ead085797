"""The files that people attach to documents: kept in the records' database, so that worker, web and commands all have them."""

from datetime import UTC, datetime
from typing import Any

from domain.deal.attachments import digest_of
from records.reading import Readers

_CONTENT = "SELECT content FROM files WHERE digest = :digest"


class KeptFiles:
    """By the digest of their content: the same file is kept once. Every method raises RecordsUnavailable when it can't.

    One that its deal then refuses stays, and nothing leads to it.
    """

    def __init__(self, url: str) -> None:
        self._url, self._readers = url, Readers(url)

    def close(self) -> None:
        self._readers.close()

    def keep(self, content: bytes) -> str:
        """It outlives a power cut from now on. Gives its digest."""
        from sqlalchemy.dialects import postgresql, sqlite

        from records.engine import open_engine, reaching
        from records.ledgers import FileRecord

        table, digest = FileRecord.metadata.tables["files"], digest_of(content)
        row: dict[str, Any] = {
            "digest": digest,
            "size": len(content),
            "content": content,
            "kept_at": datetime.now(UTC),
        }
        engine = open_engine(self._url, writes=True, durable=True)
        try:
            insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert
            with reaching(self._url), engine.begin() as connection:
                connection.execute(insert(table).values(row).on_conflict_do_nothing())
        finally:
            engine.dispose()
        return digest

    def read(self, digest: str) -> bytes | None:
        with self._readers.reading() as reader:
            found = reader.rows(_CONTENT, digest=digest)
        return bytes(found[0]["content"]) if found else None
