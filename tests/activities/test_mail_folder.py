"""Mail as files: a Message-ID is sent once, whoever sends it and wherever the first attempt stopped."""

import email
import email.policy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from activities.errors import MailUnavailable
from activities.mail.address import own_address
from activities.mail.letter import Letter
from activities.mail.render import render
from adapters.mail.eml import LEDGER, MailFolder
from domain.effects import Notice

ROOT = Path(__file__).parents[2]
Mail = Callable[..., Notice]


@pytest.fixture
def folder(tmp_path: Path) -> MailFolder:
    return MailFolder(tmp_path / "mail")


def letter(notice: Notice) -> Letter:
    return render(notice, sender=own_address("desk@dealwright.example"), domain="dealwright.example")


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "mail").glob("*.eml"))


async def test_a_mail_becomes_a_file_any_mail_program_opens(
    folder: MailFolder, tmp_path: Path, mail: Mail
) -> None:
    await folder.send(letter(mail()))
    [file] = files(tmp_path)
    read = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert read["Message-ID"] == "<deal-1042+1+anna@dealwright.example>"
    assert read["To"] == "Анна Смирнова <anna@clinic.example>"
    assert read.get_body(("plain",)) is not None
    assert read.get_body(("html",)) is not None
    assert file.name.startswith("deal-1042+1+anna.")


async def test_the_ledger_has_a_line_for_each_mail_in_order(folder: MailFolder, mail: Mail) -> None:
    assert folder.sent() == []
    for n in (2, 1):
        await folder.send(letter(mail(n)))
    assert [(sent.deal, sent.kind, sent.to) for sent in folder.sent()] == [
        ("1042", "payment_due", "anna@clinic.example")
    ] * 2
    assert [sent.message_id[:13] for sent in folder.sent()] == ["<deal-1042+2+", "<deal-1042+1+"]


async def test_the_same_message_id_is_sent_once(folder: MailFolder, tmp_path: Path, mail: Mail) -> None:
    for _ in range(2):
        await folder.send(letter(mail()))
    assert len(files(tmp_path)) == len(folder.sent()) == 1


async def test_a_crash_between_file_and_ledger_is_made_good(
    folder: MailFolder, tmp_path: Path, mail: Mail
) -> None:
    await folder.send(letter(mail()))
    written = files(tmp_path)[0].read_bytes()
    (tmp_path / "mail" / LEDGER).unlink()

    await folder.send(letter(mail()))
    assert len(folder.sent()) == 1
    assert files(tmp_path)[0].read_bytes() == written


async def test_a_file_left_unfinished_is_no_mail(folder: MailFolder, tmp_path: Path, mail: Mail) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / ".unfinished.tmp").write_bytes(b"From: half a ma")
    await folder.send(letter(mail()))
    assert len(files(tmp_path)) == 1
    assert b"half a ma" not in files(tmp_path)[0].read_bytes()


async def test_keys_that_differ_only_in_case_or_length_stay_apart(
    folder: MailFolder, tmp_path: Path, mail: Mail
) -> None:
    keys = [
        "deal-a:1",
        "deal-A:1",
        "deal-a+1",
        "x" * 300,
        "x" * 301,
        "../../etc/passwd",
        "deal-1.2:3",
        "deal-1:2.3",
    ]
    for key in keys:
        await folder.send(letter(mail(key=key)))
    assert len({file.name.lower() for file in files(tmp_path)}) == len(keys)
    assert len({sent.message_id for sent in folder.sent()}) == len(keys)


SENDER = """
import asyncio, sys
from pathlib import Path
from activities.mail.address import own_address
from adapters.mail.eml import MailFolder
from activities.mail.letter import Letter
from activities.mail.render import render
from domain.effects import Notice
async def main():
    for n in range(20):
        notice = Notice(
            key=f"deal-1:{n}", deal="1", kind="deal_paid", to_name="A", to_email="a@x.example", language="en"
        )
        mail = render(notice, sender=own_address("d@x.example"), domain="x.example")
        await MailFolder(Path(sys.argv[1])).send(mail)
asyncio.run(main())
"""


def test_several_processes_send_each_mail_once(folder: MailFolder, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SENDER, str(tmp_path / "mail")]
    senders = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [sender.wait() for sender in senders] == [0, 0, 0]
    assert (
        len({sent.message_id for sent in folder.sent()}) == len(folder.sent()) == len(files(tmp_path)) == 20
    )


async def test_a_folder_that_cannot_be_written_is_worth_a_retry(tmp_path: Path, mail: Mail) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    folder = MailFolder(tmp_path / "mail")
    with pytest.raises(MailUnavailable, match="mail"):
        await folder.ready()
    with pytest.raises(MailUnavailable):
        await folder.send(letter(mail()))
    (tmp_path / "mail").unlink()
    await folder.ready()
    await folder.send(letter(mail()))
    assert len(folder.sent()) == 1
