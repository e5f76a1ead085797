"""The files of documents in the records' database."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from domain.deal.attachments import MOST_BYTES, digest_of
from records.engine import open_engine
from records.errors import RecordsUnavailable
from records.files import KeptFiles
from records.ledgers import FileRecord

CONTENT = bytes(range(256)) * 40


def count(url: str) -> int:
    engine = open_engine(url)
    with engine.connect() as connection:
        found: int = (
            connection.scalar(select(func.count()).select_from(FileRecord.metadata.tables["files"])) or 0
        )
    engine.dispose()
    return found


def test_a_file_is_kept_once_and_read_whole_by_another_process(url: str) -> None:
    with closing(KeptFiles(url)) as files:
        assert files.keep(CONTENT) == files.keep(CONTENT) == digest_of(CONTENT)
        files.keep(b"another")
    with closing(KeptFiles(url)) as others:
        assert others.read(digest_of(CONTENT)) == CONTENT
        assert others.read("0" * 64) is None
    assert count(url) == 2


def test_the_largest_file_goes_in_and_out(url: str) -> None:
    content = b"x" * MOST_BYTES
    with closing(KeptFiles(url)) as files:
        assert files.read(files.keep(content)) == content


def test_records_that_are_down_say_so(tmp_path: Path) -> None:
    files = KeptFiles(f"sqlite:///{tmp_path / 'nowhere' / 'records.db'}")
    with pytest.raises(RecordsUnavailable):
        files.keep(CONTENT)
    with pytest.raises(RecordsUnavailable):
        files.read(digest_of(CONTENT))
