"""Which files the desk takes, and the words for those it does not."""

import pytest
from pydantic import ValidationError

from domain.deal.attachments import KINDS, MOST_BYTES, Attachment, attachment, digest_of
from domain.wording import file_size
from domain.wording.invalid import Invalid, why
from domain.words import Text

PDF = b"%PDF-1.7 the contract"


def refused(name: str, content: bytes = PDF) -> Text:
    with pytest.raises((Invalid, ValidationError)) as caught:
        attachment(name, content)
    error = caught.value
    return error.text if isinstance(error, Invalid) else why(error.errors()[0])  # type: ignore[attr-defined]


def test_a_file_is_known_by_its_name_size_and_content() -> None:
    made = attachment(" Договор № 7.PDF ", PDF)
    assert (made.name, made.size) == ("Договор № 7.PDF", len(PDF))
    assert made.digest == digest_of(PDF) != digest_of(PDF + b" ")


@pytest.mark.parametrize("suffix", KINDS)
def test_each_kind_is_taken_with_its_own_beginning_only(suffix: str) -> None:
    for begin in KINDS[suffix].begins:
        assert attachment(f"scan{suffix}", begin + b"...").size
    assert suffix in refused(f"scan{suffix}", b"MZ\x90 a program").en


@pytest.mark.parametrize("name", ["run.exe", "contract.pdf.js", "contract", ".pdf", "page.html", "scan.svg"])
def test_other_kinds_are_refused_and_told_which_are_taken(name: str) -> None:
    words = refused(name)
    assert "pdf, docx" in words.ru
    assert "only pdf, docx" in words.en


@pytest.mark.parametrize(
    "name", ["../a.pdf", "a\\b.pdf", "a\n.pdf", "x\u202efdp.exe.pdf", 'a".pdf', "a:b.pdf"]
)
def test_a_name_that_could_be_a_path_or_looks_like_another_is_refused(name: str) -> None:
    assert "имени файла" in refused(name).ru


def test_a_name_is_as_long_as_people_read_it() -> None:
    assert attachment("д" * 116 + ".pdf", PDF)
    assert refused("д" * 117 + ".pdf")


def test_the_same_name_written_by_a_mac_is_the_same() -> None:
    assert attachment("Договор поставкии\u0306.pdf", PDF).name == "Договор поставкий.pdf"


def test_too_large_a_file_is_refused_with_a_way_on() -> None:
    assert attachment("scan.pdf", PDF + b" " * (MOST_BYTES - len(PDF))).size == MOST_BYTES
    words = refused("scan.pdf", PDF + b" " * MOST_BYTES)
    assert "больше 10 МБ" in words.ru
    assert "larger than 10 MB" in words.en
    assert "пуст" in refused("scan.pdf", b"").ru


@pytest.mark.parametrize(
    "change", [{"digest": "x" * 64}, {"digest": "0"}, {"size": 0}, {"size": MOST_BYTES + 1}]
)
def test_what_others_say_of_a_file_is_checked(change: dict[str, object]) -> None:
    said = {"name": "a.pdf", "digest": "0" * 64, "size": 5} | change
    with pytest.raises(ValidationError):
        Attachment.model_validate(said)


def test_sizes_are_told_as_people_compare_them() -> None:
    assert [file_size(n, "ru") for n in (1, 48_213, 999_999, 1_250_000)] == [
        "1\xa0КБ",
        "49\xa0КБ",
        "1000\xa0КБ",
        "1,2\xa0МБ",
    ]
    assert file_size(10_000_000, "en") == "10.0\xa0MB"
