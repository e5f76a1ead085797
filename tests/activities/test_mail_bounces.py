"""Mail that came back: what mail servers write of it, by the standard and without, and what must not be taken for it."""

from collections.abc import Callable

import pytest

from activities.mail.bounces import Returned, read_bounce
from domain.bounced import Bounced

DOMAIN = "dealwright.example"
ID = "<deal-1042+17+client@dealwright.example>"
KEY = "deal-1042:17:client"

ORIGINAL = f"""Received: from desk by mail.example; Mon, 23 Nov 2026 10:00:00 +0300
From: =?utf-8?b?0JzQtdC00YLQtdGF0L3QuNC60LA=?= <desk@dealwright.example>
To: "a@b" <anna@clinic.example>
Subject: hello
Message-ID: {ID}
"""


def report(
    *, action: str = "failed", status: str = "5.1.1", kind: str = "message/rfc822", original: str = ORIGINAL
) -> str:
    return f"""Return-Path: <>
From: MAILER-DAEMON@mail.example (Mail Delivery System)
To: desk@dealwright.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=utf-8

This is the mail system at host mail.example.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0300

Final-Recipient: rfc822; anna@clinic.example
Original-Recipient: rfc822;anna@clinic.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <anna@clinic.example>:
    Recipient address rejected: User unknown

--B
Content-Type: {kind}

{original}
text

--B--
"""


def read(mail: str) -> Returned | None:
    return read_bounce(mail.replace("\n", "\r\n").encode(), DOMAIN)


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_by_the_standard(kind: str) -> None:
    assert read(report(kind=kind)) == Returned(
        ID, KEY, "anna@clinic.example", "5.1.1",
        "550 5.1.1 <anna@clinic.example>: Recipient address rejected: User unknown",
    )  # fmt: skip


QMAIL = f"""Return-Path: <>
From: MAILER-DAEMON@mail.example
To: desk@dealwright.example
Subject: failure notice

Hi. This is the qmail-send program at mail.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<anna@clinic.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{ORIGINAL}
text
"""

EXIM = f"""Return-Path: <>
X-Failed-Recipients: anna@clinic.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.example>
To: desk@dealwright.example
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

  anna@clinic.example
    host mx.clinic.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<anna@clinic.example>:
    550 No such user here

------ This is a copy of the message, including all the headers. ------

{ORIGINAL}
"""

RUSSIAN = f"""Return-Path: <>
From: =?utf-8?b?0J/QvtGH0YLQvtCy0LDRjyDRgdC70YPQttCx0LA=?= <mailer-daemon@pochta.example>
To: desk@dealwright.example
Subject: =?utf-8?b?0J3QtSDRg9C00LDQu9C+0YHRjA==?=
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Ваше письмо не удалось доставить.
Получатель anna@clinic.example не существует.

> Message-ID: {ID}
> To: anna@clinic.example
> Subject: hello
"""


@pytest.mark.parametrize(
    ("mail", "diagnostic"),
    [
        (QMAIL, "Sorry, no mailbox here by that name. (#5.1.1)"),
        (EXIM, "550 No such user here"),
        (RUSSIAN, "Получатель anna@clinic.example не существует."),
    ],
    ids=["qmail", "exim", "in Russian"],
)
def test_a_mail_server_that_keeps_to_no_standard(mail: str, diagnostic: str) -> None:
    returned = read(mail)
    assert returned
    assert returned[:3] == (ID, KEY, "anna@clinic.example")
    assert returned.status.startswith("5.")
    assert returned.diagnostic == diagnostic


PERSON = report().replace("Return-Path: <>", "Return-Path: <anna@clinic.example>")
OUT_OF_OFFICE = f"""Return-Path: <>
From: anna@clinic.example
Subject: I am away
In-Reply-To: {ID}

I am not found at my desk until Monday.

> Message-ID: {ID}
"""


@pytest.mark.parametrize(
    "mail",
    [
        report(action="delayed", status="4.4.1"),
        report(action="delivered", status="2.0.0"),
        report(action="failed", status="4.2.2"),
        report(original=ORIGINAL.replace("@dealwright.example>\n", "@elsewhere.example>\n")),
        report(original=ORIGINAL.replace("Message-ID", "X-Id")),
        QMAIL.replace("(#5.1.1)", "").replace("no mailbox here by that name", "I will keep trying"),
        EXIM.replace("failed: returning", "delayed: still"),
        PERSON,
        OUT_OF_OFFICE,
        "",
        "\x00\xff not a mail",
        "Content-Type: multipart/report; boundary=B\n\n"
        + "--B\nContent-Type: multipart/mixed; boundary=B\n\n" * 3000,
        f"Return-Path: <>\nFrom: mailer-daemon@x\n\nMessage-ID: {ID}\n" + "x" * 3_000_000,
    ],
)
def test_nothing_else_is_taken_for_one(mail: str) -> None:
    assert read(mail) is None


@pytest.mark.parametrize("change", [lambda mail: mail[: len(mail) // 2], lambda mail: mail.replace("B", "")])
@pytest.mark.parametrize("mail", [report(), QMAIL, EXIM, RUSSIAN])
def test_a_mail_that_is_cut_short_or_broken_is_read_or_left(mail: str, change: Callable[[str], str]) -> None:
    returned = read(change(mail))
    assert returned is None or returned.key == KEY


def test_its_deal_is_told_without_the_address_in_the_reason() -> None:
    returned = read(report())
    assert returned
    bounced = returned.bounced(lambda message_id: [])
    assert bounced == Bounced(
        email="anna@clinic.example",
        reason="5.1.1 550 5.1.1 <…>: Recipient address rejected: User unknown",
        deal="1042",
        notice=KEY,
    )
    assert (bounced.subject, "anna" in bounced.key) == ("deal:1042", False)


def test_a_digest_that_came_back_is_told_to_the_deal_of_its_first_notice() -> None:
    digest = "<digest+0123456789abcdef01234567@dealwright.example>"
    returned = read(report(original=ORIGINAL.replace(ID, digest)))
    assert returned
    known = {digest: ["deal-7:3:petrov", "deal-9:1:petrov"]}
    bounced = returned.bounced(lambda message_id: known.get(message_id, []))
    assert bounced
    assert (bounced.deal, bounced.notice) == ("7", "deal-7:3:petrov")
    assert returned.bounced(lambda message_id: []) is None
