"""Mail by SMTP to a real server: what arrives, and what each of its answers means for the desk."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiosmtplib
import pytest
from temporalio.testing import ActivityEnvironment

from activities.errors import AddressBusy, AddressRefused, MailRefused, MailUnavailable
from activities.mail.delivery import MailSending
from activities.mail.letter import Letter
from activities.mail.letters import Letters
from adapters.mail.smtp import SmtpMailer
from adapters.mail.smtp_answers import mail_error
from adapters.mail.smtp_server import SmtpServer, smtp_server
from domain.effects import Delivered, Notice
from tests.activities.mail_server import DROP, PASSWORD, USER, MailServer, client_context, mail_server

Mail = Callable[..., Notice]
TO = "anna@clinic.example"


@pytest.fixture
def letter(mail: Mail) -> Callable[..., Letter]:
    letters = Letters("desk@dealwright.example", "dealwright.example")
    return lambda n=1, **changes: letters.write([mail(n, **changes)])


@asynccontextmanager
async def mailer(server: MailServer, **changes: Any) -> AsyncIterator[SmtpMailer]:
    plain = SmtpServer("localhost", server.port, starttls=False)
    seconds = {name: changes.pop(name) for name in ("step_seconds", "idle_seconds") if name in changes}
    context = changes.pop("context", None) or client_context()
    made = SmtpMailer(replace(plain, **changes), context=context, **seconds)
    try:
        yield made
    finally:
        await made.close()


# --- what arrives ----------------------------------------------------------------------------------------------------


async def test_a_mail_arrives_whole_with_its_envelope(letter: Callable[..., Letter]) -> None:
    sent = letter()
    async with mail_server() as server, mailer(server) as smtp:
        await smtp.send(sent)
    [envelope], [read] = server.taken, server.letters
    assert (envelope.mail_from, envelope.rcpt_tos) == ("desk@dealwright.example", [TO])
    assert read["Message-ID"] == "<deal-1042+1+anna@dealwright.example>"
    body = read.get_body(("plain",))
    assert body
    assert body.get_content().replace("\r\n", "\n") == sent.text


async def test_tls_from_the_first_byte_and_a_login(letter: Callable[..., Letter]) -> None:
    async with (
        mail_server(tls="at once", auth=True) as server,
        mailer(server, tls_at_once=True, user=USER, password=PASSWORD) as smtp,
    ):
        await smtp.send(letter())
    assert (server.encrypted, server.users) == ([True], [USER])


async def test_starttls_comes_before_the_password(letter: Callable[..., Letter]) -> None:
    async with (
        mail_server(tls="starttls", auth=True) as server,
        mailer(server, starttls=True, user=USER, password=PASSWORD) as smtp,
    ):
        await smtp.send(letter())
        await smtp.ready()
    assert (server.encrypted, server.users) == ([True], [USER, USER])


async def test_a_server_without_starttls_gets_neither_password_nor_mail(
    letter: Callable[..., Letter],
) -> None:
    async with (
        mail_server(auth=True) as server,
        mailer(server, starttls=True, user=USER, password=PASSWORD) as smtp,
    ):
        with pytest.raises(MailUnavailable, match="STARTTLS"):
            await smtp.send(letter())
    assert (server.taken, server.users) == ([], [])


@pytest.mark.parametrize("tls", ["at once", "starttls"])
async def test_a_certificate_nobody_vouches_for_is_refused(letter: Callable[..., Letter], tls: str) -> None:
    strict = ssl.create_default_context()
    how = {"tls_at_once": tls == "at once", "starttls": tls == "starttls"}
    async with mail_server(tls=tls) as server, mailer(server, context=strict, **how) as smtp:
        for attempt in (smtp.send(letter()), smtp.ready()):
            with pytest.raises(MailUnavailable, match=r"(?i)certificate"):
                await attempt
    assert server.taken == []


async def test_a_batch_goes_over_one_connection(env: ActivityEnvironment, mail: Mail) -> None:
    async with mail_server() as server, mailer(server) as smtp:
        delivery = MailSending(smtp, "desk@dealwright.example", "dealwright.example")
        delivered = await env.run(delivery.send, tuple(mail(n) for n in range(5)))
    assert delivered == Delivered(count=5)
    assert (len(server.taken), server.connections) == (5, 1)


async def test_many_at_once_share_a_few_connections(letter: Callable[..., Letter]) -> None:
    async with mail_server() as server, mailer(server) as smtp:
        server.script.silent = 0.02
        await asyncio.gather(*(smtp.send(letter(n)) for n in range(20)))
    assert len({e["Message-ID"] for e in server.letters}) == 20
    assert server.connections <= 4


async def test_a_connection_the_server_closed_meanwhile_costs_no_mail(letter: Callable[..., Letter]) -> None:
    async with mail_server() as server, mailer(server) as smtp:
        await smtp.send(letter(1))
        server.script.mail = lambda nth: "421 too many mails on this connection" if nth == 2 else None
        await smtp.send(letter(2))
        server.script.mail = lambda nth: DROP if nth == 4 else None
        await smtp.send(letter(3))
    assert len(server.taken) == 3


async def test_an_idle_connection_is_given_back(letter: Callable[..., Letter]) -> None:
    async with mail_server() as server, mailer(server, idle_seconds=0.05) as smtp:
        await smtp.send(letter(1))
        await asyncio.sleep(0.2)
        await smtp.send(letter(2))
    assert server.connections == 2


async def test_an_international_address_goes_where_the_server_can_write_it(
    letter: Callable[..., Letter],
) -> None:
    async with mail_server() as server, mailer(server) as smtp:
        await smtp.send(letter(to_email="анна@клиника.рф"))
        await smtp.send(letter(to_email="anna@клиника.рф"))
    assert [e.rcpt_tos for e in server.taken] == [
        ["анна@xn--80apagcdp.xn--p1ai"],
        ["anna@xn--80apagcdp.xn--p1ai"],
    ]
    assert "SMTPUTF8" in server.taken[0].mail_options
    assert server.taken[1].mail_options == []


async def test_an_international_address_is_refused_where_the_server_can_not(
    letter: Callable[..., Letter],
) -> None:
    async with mail_server(utf8=False) as server, mailer(server) as smtp:
        with pytest.raises(AddressRefused, match="letters outside"):
            await smtp.send(letter(to_email="анна@клиника.рф"))
        await smtp.send(letter())
    assert len(server.taken) == 1


# --- what the answers mean -------------------------------------------------------------------------------------------

NO_SUCH_USER = f"550 5.1.1 <{TO}> no such user"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (NO_SUCH_USER, AddressRefused),
        ("553 mailbox name not allowed", AddressRefused),
        ("552 5.2.2 mailbox full", AddressRefused),
        ("550 5.7.1 blocked by policy", MailRefused),
        ("554 5.7.1 Relay access denied", MailUnavailable),
        ("530 5.7.0 authentication required", MailUnavailable),
        ("450 4.2.0 greylisted", AddressBusy),
        ("452 4.2.2 over quota", AddressBusy),
        ("421 4.3.2 shutting down", MailUnavailable),
        (DROP, MailUnavailable),
    ],
)
async def test_an_answer_to_the_addressee(
    letter: Callable[..., Letter], answer: str, error: type[Exception]
) -> None:
    async with mail_server() as server, mailer(server) as smtp:
        server.script.rcpt = lambda address: answer
        with pytest.raises(error) as caught:
            await smtp.send(letter())
        assert type(caught.value) is error
        assert TO not in str(caught.value)
        server.script.rcpt = lambda address: None
        await smtp.send(letter())
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("554 5.6.0 looks like spam", MailRefused),
        ("550 5.1.1 no such user", AddressRefused),
        ("451 4.7.1 try again later", MailUnavailable),
        (DROP, MailUnavailable),
    ],
)
async def test_an_answer_to_the_mail(
    letter: Callable[..., Letter], answer: str, error: type[Exception]
) -> None:
    async with mail_server() as server, mailer(server) as smtp:
        server.script.data = lambda nth: answer
        with pytest.raises(error) as caught:
            await smtp.send(letter())
        assert type(caught.value) is error


async def test_a_mail_whose_answer_was_lost_is_sent_again_under_its_id(
    env: ActivityEnvironment, mail: Mail
) -> None:
    async with mail_server() as server, mailer(server) as smtp:
        delivery = MailSending(smtp, "desk@dealwright.example", "dealwright.example")
        server.script.data = lambda nth: DROP if nth == 2 else None
        batch = (mail(1), mail(2))
        delivered = await env.run(delivery.send, batch)
        assert delivered == Delivered(count=1)
        await env.run(delivery.send, batch[1:])
    ids = [read["Message-ID"] for read in server.letters]
    assert len(ids) == 3
    assert ids[1] == ids[2]


async def test_a_refused_address_is_told_apart_in_a_batch(env: ActivityEnvironment, mail: Mail) -> None:
    async with mail_server() as server, mailer(server) as smtp:
        delivery = MailSending(smtp, "desk@dealwright.example", "dealwright.example")
        server.script.rcpt = lambda address: NO_SUCH_USER if "gone" in address else None
        server.script.data = lambda nth: "554 spam" if nth == 1 else None
        notices = (mail(1, to_email="gone@clinic.example"), mail(2), mail(3), mail(4, to_email="broken"))
        delivered = await env.run(delivery.send, notices)
    assert delivered.count == 4
    assert list(delivered.refused) == [notices[n].key for n in (0, 1, 3)]
    assert delivered.bad_addresses == (notices[0].key, notices[3].key)


async def test_a_password_that_no_longer_counts_costs_no_mail_and_is_not_told(
    letter: Callable[..., Letter],
) -> None:
    async with (
        mail_server(tls="starttls", auth=True) as server,
        mailer(server, starttls=True, user=USER, password=PASSWORD) as smtp,
    ):
        server.script.password = "a new one"
        for attempt in (smtp.send(letter()), smtp.ready()):
            with pytest.raises(MailUnavailable, match="correct DEALWRIGHT_SMTP_URL") as caught:
                await attempt
            assert PASSWORD not in str(caught.value)
        server.script.password = PASSWORD
        await smtp.send(letter())
    assert len(server.taken) == 1


async def test_a_sender_the_server_does_not_know_is_the_operators_matter(
    letter: Callable[..., Letter],
) -> None:
    async with mail_server() as server, mailer(server) as smtp:
        server.script.mail = lambda nth: "550 5.7.1 sender not owned by user"
        with pytest.raises(MailUnavailable, match="correct DEALWRIGHT_MAIL_FROM"):
            await smtp.send(letter())


async def test_a_server_that_says_nothing_is_left_in_time(letter: Callable[..., Letter]) -> None:
    async with mail_server() as server, mailer(server, step_seconds=0.2) as smtp:
        server.script.silent = 1.0
        with pytest.raises(MailUnavailable, match="no answer in time"):
            await smtp.send(letter())


async def test_nobody_there_is_worth_a_retry(letter: Callable[..., Letter]) -> None:
    async with mail_server() as server:
        port = server.port
    smtp = SmtpMailer(SmtpServer("localhost", port, starttls=False))
    for attempt in (smtp.send(letter()), smtp.ready()):
        with pytest.raises(MailUnavailable, match="can't be reached"):
            await attempt


def errors_of_the_client() -> list[Exception]:
    raised = [getattr(aiosmtplib.errors, name) for name in aiosmtplib.errors.__all__]
    several = aiosmtplib.SMTPRecipientsRefused
    address = (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPRecipientRefused)
    made: list[Exception] = []
    for error in raised:
        if error is several:
            made.append(several([]))
        elif issubclass(error, aiosmtplib.SMTPResponseException):
            rest = (TO,) if error in address else ()
            made += [error(code, "why", *rest) for code in (-1, 421, 450, 500, 550, 599)]
        else:
            made.append(error("why"))
    return made


@pytest.mark.parametrize("error", errors_of_the_client(), ids=repr)
def test_every_error_of_the_client_means_something(error: Exception, letter: Callable[..., Letter]) -> None:
    meant = mail_error(error, SmtpServer("mail.example", 465), letter())
    assert isinstance(meant, MailUnavailable | MailRefused)
    assert isinstance(meant, MailUnavailable) or getattr(error, "code", 0) >= 500


# --- the setting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://mail.example", SmtpServer("mail.example", 465, tls_at_once=True, starttls=False)),
        ("smtp://mail.example", SmtpServer("mail.example", 587, starttls=True)),
        ("smtp://localhost:25", SmtpServer("localhost", 25, starttls=False)),
        ("smtp://127.0.0.2:25", SmtpServer("127.0.0.2", 25, starttls=False)),
        ("smtp://[::1]:25", SmtpServer("::1", 25, starttls=False)),
        (
            "smtp://desk%40x.example:p%2Fa%40s%23@mail.example:2525/",
            SmtpServer("mail.example", 2525, user="desk@x.example", password="p/a@s#"),
        ),
    ],
)
def test_an_address_of_a_server_is_read(url: str, server: SmtpServer) -> None:
    assert smtp_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example:465",
        "https://user:s3cret@mail.example",
        "smtp://",
        "smtps://user:s3cret@mail.example:port",
        "smtps://user:s3cret@mail.example/path",
        "smtps://user:s3cret@mail.example?timeout=5",
        "smtps://user:s3/cret@mail.example",
        "smtps://user:s3#cret@mail.example",
    ],
)
def test_a_wrong_one_is_refused_without_telling_the_password(url: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        smtp_server(url)
    assert "s3" not in str(caught.value)
    assert "s3" not in repr(smtp_server("smtps://user:s3cret@mail.example"))
