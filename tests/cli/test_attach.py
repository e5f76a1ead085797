"""`deal attach`: a file from disk to the desk's files and the deal, and what is said of one that will not do."""

from contextlib import closing
from pathlib import Path

import pytest

from domain.deal.attachments import MOST_BYTES, digest_of
from domain.deal.messages import Attach
from records.files import KeptFiles
from starter.errors import Exit
from tests.cli.conftest import Run
from tests.starter.conftest import run_deal
from tests.support.memory import OpenDeal
from tests.support.memory_desk import MemoryDesk

CONTENT = b"%PDF-1.7 the contract"
pytestmark = pytest.mark.usefixtures("recorded")


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    file = tmp_path / "Договор № 7.pdf"
    file.write_bytes(CONTENT)
    return file


def kept(home: Path, digest: str) -> bytes | None:
    with closing(KeptFiles(f"sqlite:///{home / 'records.db'}")) as files:
        return files.read(digest)


def test_the_deal_shows_it_and_the_desk_has_it(
    desk: MemoryDesk, three_goods: OpenDeal, done: Run, paper: Path, tmp_path: Path
) -> None:
    said = done("attach", three_goods.number, "contract", paper, "--as", "ivanova").out
    assert "Приложено к «Договор поставки»: Договор № 7.pdf" in said
    [file] = three_goods.state.documents["contract"].files
    assert (file.name, file.digest, file.size) == ("Договор № 7.pdf", digest_of(CONTENT), len(CONTENT))
    assert kept(tmp_path, file.digest) == CONTENT
    assert "Договор № 7.pdf" in (shown := done("show", three_goods.number).out)
    assert "Файлы" in shown
    assert "1\xa0КБ" in shown


def test_the_same_file_again_is_answered_as_before(
    desk: MemoryDesk, three_goods: OpenDeal, done: Run, paper: Path
) -> None:
    for actor in ("ivanova", "client"):
        again = done("attach", three_goods.number, "contract", paper, "--as", actor)
    assert "уже было принято" in again.err
    assert len(three_goods.state.documents["contract"].files) == 1
    first, second = (message for message in desk.sent if isinstance(message, Attach))
    assert first.id == second.id


def test_a_lines_document_goes_by_its_end(
    desk: MemoryDesk, three_goods: OpenDeal, done: Run, paper: Path
) -> None:
    three_goods.agree()
    done("attach", three_goods.number, "2:upd", paper, "--as", "kuznetsova")
    assert three_goods.state.lines[2].documents["line-2:upd"].files


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("scan.pdf", CONTENT + b" " * MOST_BYTES, "больше 10 МБ: уменьшите разрешение скана"),
        ("run.exe", b"MZ", "файлы этого вида не принимаются, только pdf"),
        ("scan.pdf", b"MZ", "внутри не .pdf"),
        ("scan.pdf", b"", "файл пуст"),
    ],
    ids=["too large", "another kind", "renamed", "empty"],
)
def test_a_file_that_will_not_do_is_refused_before_anybody_is_asked(
    desk: MemoryDesk, three_goods: OpenDeal, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    outcome = run_deal("attach", three_goods.number, "contract", tmp_path / name, "--as", "ivanova")
    assert outcome.code == Exit.USAGE
    assert words in outcome.err
    assert name in outcome.err
    assert desk.sent == []
    assert kept(tmp_path, digest_of(content)) is None


def test_a_file_that_is_not_there_and_a_folder_are_told(
    desk: MemoryDesk, three_goods: OpenDeal, tmp_path: Path
) -> None:
    for place, words in ((tmp_path / "no.pdf", "нет такого файла"), (tmp_path, "это папка")):
        outcome = run_deal("attach", three_goods.number, "contract", place, "--as", "ivanova")
        assert (outcome.code, words in outcome.err) == (Exit.USAGE, True)


def test_who_may_not_is_refused(desk: MemoryDesk, three_goods: OpenDeal, paper: Path) -> None:
    outcome = run_deal("attach", three_goods.number, "contract", paper, "--as", "sidorov")
    assert outcome.code == Exit.REFUSED
    assert three_goods.state.documents["contract"].files == ()
