"""Sending mail: each once, none stuck behind a bad one, and nothing that a person wrote becomes a header."""

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.errors import MailRefused, MailUnavailable
from activities.mail.delivery import MailSending
from activities.mail.letter import Letter
from adapters.mail.eml import MailFolder
from domain.effects import Delivered, Notice

Mail = Callable[..., Notice]


@dataclass
class MailerDouble:
    """Takes what it is given, as SMTP does: it cannot know what it has sent before."""

    fails: dict[int, Exception] = field(default_factory=dict)
    """By call, from 0."""
    sent: list[Letter] = field(default_factory=list)
    calls: int = 0

    async def send(self, letter: Letter) -> None:
        self.calls += 1
        if error := self.fails.get(self.calls - 1):
            raise error
        self.sent.append(letter)

    async def ready(self) -> None: ...

    @property
    def wire(self) -> list[Any]:
        """As whoever gets it reads it."""
        return [
            email.message_from_string(letter.as_bytes().decode(), policy=email.policy.default)
            for letter in self.sent
        ]


def delivery(mailer: Any) -> MailSending:
    return MailSending(mailer, sender="desk@dealwright.example", domain="dealwright.example")


def ids(mailer: MailerDouble) -> list[str]:
    return [letter.message_id for letter in mailer.sent]


async def test_a_mail_sent_is_not_sent_again_because_a_later_one_failed(
    env: ActivityEnvironment, mail: Mail
) -> None:
    mailer = MailerDouble(fails={2: MailUnavailable("greylisted")})
    notices = tuple(mail(n) for n in (1, 2, 3))

    delivered = await env.run(delivery(mailer).send, notices)
    assert delivered == Delivered(count=2)
    await env.run(delivery(mailer).send, notices[delivered.count :])
    assert ids(mailer) == [f"<deal-1042+{n}+anna@dealwright.example>" for n in (1, 2, 3)]


async def test_a_mailer_that_is_down_is_tried_again(env: ActivityEnvironment, mail: Mail) -> None:
    with pytest.raises(ApplicationError, match="down") as caught:
        await env.run(delivery(MailerDouble(fails={0: MailUnavailable("down")})).send, (mail(),))
    assert (caught.value.type, caught.value.non_retryable) == ("MailUnavailable", False)


async def test_an_attempt_repeated_after_a_crash_carries_the_same_message_id(
    env: ActivityEnvironment, mail: Mail
) -> None:
    mailer = MailerDouble()
    for _ in range(2):
        await env.run(delivery(mailer).send, (mail(),))
    first, second = ids(mailer)
    assert first == second


async def test_files_are_not_even_written_twice(env: ActivityEnvironment, tmp_path: Path, mail: Mail) -> None:
    folder = MailFolder(tmp_path)
    for _ in range(2):
        delivered = await env.run(delivery(folder).send, (mail(1), mail(2)))
        assert delivered == Delivered(count=2)
    assert len(folder.sent()) == 2


async def test_a_mail_refused_for_good_blocks_nothing_and_is_reported(
    env: ActivityEnvironment, mail: Mail
) -> None:
    mailer = MailerDouble(fails={0: MailRefused("550 no such user")})
    delivered = await env.run(delivery(mailer).send, (mail(1), mail(2)))
    assert delivered == Delivered(count=2, refused={"deal-1042:1:anna": "550 no such user"})
    assert len(mailer.sent) == 1


@pytest.mark.parametrize(
    "address",
    [
        "anna@clinic.example, evil@attacker.example",
        "anna@clinic.example,evil@attacker.example",
        "anna@clinic.example; evil@attacker.example",
        "anna@clinic.example\r\nBcc: evil@attacker.example",
        "anna@clinic.example\nBcc: evil@attacker.example",
        "anna@clinic.example\x00",
        "an\x00na@clinic.example",
        "<anna@clinic.example>",
        "anna@clinic.example>\r\n\r\n<evil@attacker.example",
        '"a\r\nBcc: evil@attacker.example"@clinic.example',
        "group:evil@attacker.example;",
        "anna",
        "@clinic.example",
        "",
    ],
)
async def test_a_bad_address_is_refused_once_and_blocks_nothing(
    env: ActivityEnvironment, mail: Mail, address: str
) -> None:
    mailer = MailerDouble()
    batch = (mail(1, to_email=address), mail(2))
    delivered = await env.run(delivery(mailer).send, batch)
    assert (delivered.count, list(delivered.refused)) == (2, ["deal-1042:1:anna"])
    assert ids(mailer) == ["<deal-1042+2+anna@dealwright.example>"]
    assert not set("\r\n\x00") & set(delivered.refused["deal-1042:1:anna"])


@pytest.mark.parametrize(
    "attack",
    [
        "Анна\r\nBcc: evil@attacker.example",
        "Анна\nBcc: evil@attacker.example\n\nnew body",
        "Анна\rBcc: evil@attacker.example",
        "Анна\x00\x0b\x0c\x85\u2028Bcc: evil@attacker.example",
        "Анна <evil@attacker.example>, x",
        'Анна" <evil@attacker.example>, "',
        "=?utf-8?q?=0D=0ABcc=3A_evil=40attacker.example?=",
        "\u202eanna",
    ],
)
async def test_nothing_a_person_wrote_adds_a_header_or_an_addressee(
    env: ActivityEnvironment, mail: Mail, attack: str
) -> None:
    mailer = MailerDouble()
    words = (
        "number",
        "company",
        "client",
        "title_ru",
        "title_en",
        "good",
        "due",
        "amount",
        "manager",
        "line",
    )
    data = {"audience": "client", **dict.fromkeys(words, attack)}
    kinds = ("payment_due", "document_ready", "line_shipped", "approval_asked")
    notices = tuple(
        mail(n, kind=kind, to_name=attack, deal=attack, key=f"{attack}{n}", data=data)
        for n, kind in enumerate(kinds)
    )
    delivered = await env.run(delivery(mailer).send, notices)

    assert delivered == Delivered(count=len(kinds))
    for message in mailer.wire:
        assert [a.addr_spec for a in message["To"].addresses] == ["anna@clinic.example"]
        assert [a.addr_spec for a in message["From"].addresses] == ["desk@dealwright.example"]
        assert {"Bcc", "Cc"}.isdisjoint(message)
        assert len(message.keys()) == len(set(message.keys()))
        assert not any(set("\r\n\x00\u202e") & set(str(value)) for value in message.values())


async def test_a_kind_nobody_wrote_a_template_for_is_refused_once(
    env: ActivityEnvironment, mail: Mail
) -> None:
    kinds = ("no_such_kind", "../en/deal_paid", "deal_paid\r\nBcc: x", "layout", "")
    batch = tuple(mail(n, kind=kind) for n, kind in enumerate(kinds))
    delivered = await env.run(delivery(MailerDouble()).send, batch)
    assert (delivered.count, len(delivered.refused)) == (len(kinds), len(kinds))


async def test_mail_says_who_it_is_from_and_that_a_machine_wrote_it(
    env: ActivityEnvironment, mail: Mail
) -> None:
    mailer = MailerDouble()
    await env.run(delivery(mailer).send, (mail(data={"company": "ООО «Медтех Образец»"}),))
    [message] = mailer.wire
    assert message["From"] == "ООО «Медтех Образец» <desk@dealwright.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["References"] == "<deal-1042@dealwright.example>"
    assert message["Content-Language"] == "ru"


@pytest.mark.parametrize("name", ["", "Анна", 'O\'Brien, "Ann" (x)', "Ann \\", "Ann " * 60, "a@b.example"])
async def test_any_name_arrives_as_it_is_in_a_mail_without_defects(
    env: ActivityEnvironment, mail: Mail, name: str
) -> None:
    mailer = MailerDouble()
    await env.run(delivery(mailer).send, (mail(to_name=name, deal="D" * 50),))
    [letter], [message] = mailer.sent, mailer.wire
    assert message["To"].addresses[0].display_name == name.strip()
    assert message["Subject"] == letter.subject
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == letter.text
    assert message.get_body(("html",)).get_content().replace("\r\n", "\n") == letter.html
    assert [part.defects for part in message.walk()] == [[], [], []]
    assert b"\n" not in letter.as_bytes().replace(b"\r\n", b"")


async def test_an_international_address_is_written_to(env: ActivityEnvironment, mail: Mail) -> None:
    mailer = MailerDouble()
    notices = (mail(1, to_email="anna@клиника.рф"), mail(2, to_email="анна@клиника.рф"))
    assert (await env.run(delivery(mailer).send, notices)).refused == {}
    to = [message["To"].addresses[0].addr_spec for message in mailer.wire]
    assert to == [f"{name}@xn--80apagcdp.xn--p1ai" for name in ("anna", "анна")]


@pytest.mark.parametrize(
    ("sender", "domain"),
    [
        ("nobody", "x.example"),
        ("a@x.example\r\nBcc: b@x.example", "x.example"),
        ("a@x.example, b@x.example", "x.example"),
        ("a@x.example", "x>\r\ny"),
        ("a@x.example", ""),
    ],
)
def test_a_bad_sender_or_domain_is_refused_at_start(sender: str, domain: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        MailSending(MailerDouble(), sender=sender, domain=domain)


def test_a_desk_on_one_machine_may_send_from_a_local_address() -> None:
    MailSending(MailerDouble(), sender="dealwright@localhost", domain="localhost")
