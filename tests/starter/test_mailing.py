"""Mail as the settings want it, and `deal bounced`, which the mail server calls."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import records
from activities.mail.links import Link
from adapters.mail.api import ApiMailer
from adapters.mail.eml import MailFolder
from adapters.mail.smtp import SmtpMailer
from domain.bounced import Bounced
from domain.effects import Notice
from records.inbox_events import EventInbox
from records.post import WaitingPost
from starter.errors import Exit, UsageError
from starter.mailing import BounceInbox, mailer_of, signer_of
from starter.settings import Settings
from tests.activities.test_mail_bounces import ID, ORIGINAL, report
from tests.starter.conftest import run_deal

S3CRET = "s3cret"


def settings(home: Path, **changes: str) -> Settings:
    return Settings.model_validate({"home": home, "mail_from": "desk@dealwright.example"} | changes)


@pytest.mark.parametrize(
    ("given", "mailer"),
    [
        ({}, MailFolder),
        ({"mail": "smtp", "smtp_url": f"smtps://desk:{S3CRET}@mail.example"}, SmtpMailer),
        ({"mail": "api", "mail_api_key": S3CRET}, ApiMailer),
        ({"mail": "api", "mail_api_key": S3CRET, "mail_api_url": "http://localhost:8000"}, ApiMailer),
    ],
)
async def test_the_settings_choose_how_mail_goes(tmp_path: Path, given: dict[str, str], mailer: type) -> None:
    made = mailer_of(settings(tmp_path, **given))
    assert isinstance(made, mailer)
    await made.close()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"mail": "smtp"}, "set DEALWRIGHT_SMTP_URL"),
        (
            {"mail": "smtp", "smtp_url": f"https://desk:{S3CRET}@mail.example"},
            "DEALWRIGHT_SMTP_URL: write it like",
        ),
        ({"mail": "api"}, "set DEALWRIGHT_MAIL_API_KEY"),
        ({"mail": "api", "mail_api_key": f"{S3CRET}\nx"}, "set DEALWRIGHT_MAIL_API_KEY"),
        (
            {"mail": "api", "mail_api_key": S3CRET, "mail_api_url": "http://api.example"},
            "https:// address is needed",
        ),
    ],
)
def test_settings_that_can_send_nothing_are_refused(
    tmp_path: Path, given: dict[str, str], words: str
) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        mailer_of(settings(tmp_path, **given))
    assert S3CRET not in str(caught.value)


def test_without_a_web_that_people_reach_no_mail_has_a_link(tmp_path: Path) -> None:
    assert signer_of(settings(tmp_path)) is None
    signer = signer_of(settings(tmp_path, public_url="https://desk.example/"))
    assert signer
    assert signer.sign(Link("7", "contract", 1, "petrov")).startswith("https://desk.example/a/")


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("schema") / "records.db"
    records.migrate(f"sqlite:///{file}")
    return file.read_bytes()


@pytest.fixture
def home(tmp_path: Path, schema: bytes) -> Path:
    (tmp_path / "records.db").write_bytes(schema)
    return tmp_path


def heard(home: Path) -> list[tuple[str, str | None, object]]:
    inbox = EventInbox(f"sqlite:///{home / 'records.db'}")
    try:
        return [(event.kind, event.deal, event.body["data"]) for event in inbox.events(source="mail")]
    finally:
        inbox.close()


def bounced(home: Path, mail: str, *, file: bool = True) -> tuple[int, str]:
    (home / "returned.eml").write_text(mail)
    env = {"DEALWRIGHT_HOME": str(home), "DEALWRIGHT_MAIL_FROM": "desk@dealwright.example"}
    env["DEALWRIGHT_LANG"] = "en"
    ended = run_deal("bounced", home / "returned.eml", **env)
    return ended.code, ended.err


def test_a_mail_that_came_back_is_put_into_the_inbox_once(home: Path) -> None:
    for _ in range(2):
        code, words = bounced(home, report())
        assert (code, words.strip()) == (0, "Deal 1042 hears of it.")
    [(kind, deal, data)] = heard(home)
    assert (kind, deal) == ("email.bounced", "1042")
    assert data == {
        "to": ["anna@clinic.example"],
        "bounce": {
            "type": "Permanent",
            "message": "5.1.1 550 5.1.1 <…>: Recipient address rejected: User unknown",
        },
        "tags": {"deal": "1042", "notice": "deal-1042:17:client"},
    }


def test_a_mail_server_pipes_it_in(home: Path) -> None:
    env = {
        "DEALWRIGHT_HOME": str(home),
        "DEALWRIGHT_MAIL_FROM": "desk@dealwright.example",
        "PATH": "/usr/bin",
    }
    deal = Path(sys.executable).with_name("deal")
    ended = subprocess.run([deal, "bounced", "-"], input=report().encode(), env=env, capture_output=True)
    assert (ended.returncode, len(heard(home))) == (0, 1), ended.stderr


def test_any_other_mail_is_left_and_the_mail_server_told_that_all_is_well(home: Path) -> None:
    for mail in ("Subject: hello\n\nIs anybody there?", report(action="delayed", status="4.4.1"), ""):
        code, words = bounced(home, mail)
        assert (code, "ignored" in words) == (0, True)
    assert heard(home) == []


def test_a_digest_that_came_back_finds_its_deal(home: Path) -> None:
    digest = "<digest+0123456789abcdef01234567@dealwright.example>"
    returned = report(original=ORIGINAL.replace(ID, digest))
    assert "No mail of the desk" in bounced(home, returned)[1]
    post = WaitingPost(f"sqlite:///{home / 'records.db'}")
    notice = Notice(
        key="deal-7:3:petrov",
        deal="7",
        kind="status_check",
        to_name="",
        to_email="p@x.example",
        language="ru",
    )
    post.put(notice, datetime.now(UTC))
    post.settle([notice.key], datetime.now(UTC), digest)
    post.close()
    assert "Deal 7 hears" in bounced(home, returned)[1]


def test_while_the_database_is_down_the_mail_server_keeps_the_mail(tmp_path: Path) -> None:
    code, words = bounced(tmp_path, report())
    assert code == Exit.TRY_LATER == 75
    assert "deal rebuild" in words


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    ended = run_deal("bounced", tmp_path / "none", DEALWRIGHT_HOME=str(tmp_path), DEALWRIGHT_LANG="en")
    assert (ended.code, "can't be read" in ended.err) == (Exit.USAGE, True)


def test_a_bounce_keeps_to_one_line_of_reason() -> None:
    told = Bounced(email="a@b.example", reason="550\r\n\x00 no " + "x" * 900, deal="7")
    assert told.reason.startswith("550 no xxx")
    assert len(told.reason) == 500


def test_the_same_bounce_is_one_event(home: Path) -> None:
    inbox = EventInbox(f"sqlite:///{home / 'records.db'}")
    told = Bounced(email="a@b.example", reason="no", deal="7", notice="deal-7:1:client")
    for change in ({}, {"email": "A@b.example", "reason": "still no"}, {"notice": "deal-7:2:client"}):
        BounceInbox(inbox).accept(told.model_copy(update=change), datetime.now(UTC))
    inbox.close()
    assert len(heard(home)) == 2
