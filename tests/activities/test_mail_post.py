"""Mail with a time of its own: it waits in the post, many go as one, and no crash loses or doubles one unrecognisably."""

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

import records
from activities.errors import AddressBusy, AddressRefused, MailRefused, MailUnavailable
from activities.mail.delivery import MailSending
from activities.mail.letter import Letter
from activities.mail.links import Link
from activities.mail.post import MailPost
from domain.bounced import Bounced
from domain.effects import Asks, Delivered, Notice, Posted
from records.post import WaitingPost

Mail = Callable[..., Notice]
NOW = datetime.now(UTC)
PAST, FUTURE = NOW - timedelta(minutes=1), NOW + timedelta(hours=10)
AT_ONCE = timedelta(microseconds=1)
DESK = ("desk@dealwright.example", "dealwright.example")


@dataclass
class Mailer:
    sent: list[Letter] = field(default_factory=list)
    fails: dict[str, Exception] = field(default_factory=dict)
    """By address."""

    async def send(self, letter: Letter) -> None:
        if error := self.fails.get(letter.to.addr_spec):
            raise error
        self.sent.append(letter)

    async def ready(self) -> None: ...

    async def close(self) -> None: ...


@dataclass
class Heard:
    bounces: list[Bounced] = field(default_factory=list)

    def accept(self, bounced: Bounced, at: datetime) -> None:
        self.bounces.append(bounced)


class Signer:
    def sign(self, link: Link) -> str:
        return f"https://desk.example/a/{link.question}.{link.version}.{link.person}"


@dataclass
class Office:
    """A worker's mail, on a database of its own."""

    env: ActivityEnvironment
    box: WaitingPost
    mailer: Mailer = field(default_factory=Mailer)
    heard: Heard = field(default_factory=Heard)

    async def take(self, *notices: Notice) -> Delivered:
        delivery = MailSending(self.mailer, *DESK, box=self.box, signer=Signer())
        return await self.env.run(delivery.send, notices)

    def keep(self, *notices: Notice) -> None:
        """Puts them aside, however little they want to wait."""
        for notice in notices:
            self.box.put(notice, notice.send_at or PAST)

    async def round(self) -> Posted:
        post = MailPost(self.mailer, *DESK, box=self.box, bounces=self.heard, signer=Signer())
        return await self.env.run(post.send_due)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("schema") / "records.db"
    records.migrate(f"sqlite:///{file}")
    return file.read_bytes()


@pytest.fixture
def office(env: ActivityEnvironment, tmp_path: Path, schema: bytes) -> Iterator[Office]:
    (tmp_path / "records.db").write_bytes(schema)
    box = WaitingPost(f"sqlite:///{tmp_path / 'records.db'}")
    yield Office(env, box)
    box.close()


@pytest.fixture
def staff(mail: Mail) -> Mail:
    """A notice to the director that may wait for a digest."""

    def make(n: int, **changes: object) -> Notice:
        data = {
            "audience": "staff",
            "title_ru": "Аванс",
            "title_en": "Advance",
            "subject": "line 2",
            "number": "7",
        }
        fields = {
            "key": f"deal-7:{n}:petrov", "deal": "7", "person": "petrov", "kind": "assignment_reminded",
            "to_name": "Андрей Петров", "to_email": "petrov@x.example", "send_at": PAST, "digest": True, "data": data,
        }  # fmt: skip
        return mail(n, **fields | changes)

    return make


async def test_what_has_no_time_of_its_own_goes_at_once(office: Office, mail: Mail) -> None:
    assert await office.take(mail(1), mail(2, send_at=PAST)) == Delivered(count=2)
    assert len(office.mailer.sent) == 2
    assert await office.round() == Posted()


async def test_what_waits_for_the_morning_is_delivered_to_the_post_and_goes_out_once(
    office: Office, mail: Mail
) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=0.3)
    assert await office.take(mail(1, send_at=soon)) == Delivered(count=1)
    assert await office.round() == Posted()
    assert office.mailer.sent == []
    await asyncio.sleep(0.35)
    assert await office.round() == Posted(sent=1)
    assert await office.round() == Posted()
    await office.take(mail(1, send_at=FUTURE))  # the deal's answer was lost: it tells it again
    assert await office.round() == Posted()
    assert [letter.message_id for letter in office.mailer.sent] == ["<deal-1042+1+anna@dealwright.example>"]


async def test_without_a_post_box_everything_goes_at_once(env: ActivityEnvironment, staff: Mail) -> None:
    mailer = Mailer()
    batch = (staff(1, send_at=FUTURE), staff(2, send_at=FUTURE, digest=False))
    await env.run(MailSending(mailer, *DESK).send, batch)
    assert len(mailer.sent) == 2


async def test_ten_notices_are_one_mail(office: Office, staff: Mail) -> None:
    await office.take(*(staff(n) for n in range(10)))
    assert await office.round() == Posted(sent=1)
    [letter] = office.mailer.sent
    assert (letter.kind, letter.deal) == ("digest", "")
    assert letter.subject == "Сводка по сделкам (10)"
    assert (
        letter.text.count("Напоминание о задании «Аванс»")
        == letter.html.count("Напоминание о задании") - 1
        == 10
    )
    assert letter.text.count("Сделка 7") == 1


def escalated(staff: Mail, n: int, deal: str, **more: str) -> Notice:
    data = {
        "audience": "staff",
        "number": deal,
        "id": f"item-{n}",
        "title_ru": f"Акт {n}",
        "due": "2026-03-02T15:00:00Z",
        "acknowledge": f"deal acknowledge {deal} --until … --as petrov",
        "how": f"deal sign {deal} item-{n} --as petrov",
    }
    return staff(n, key=f"deal-{deal}:{n}:petrov", deal=deal, kind="document_escalated", data=data | more)


async def test_what_is_overdue_is_one_line_a_deal(office: Office, staff: Mail) -> None:
    """What is escalated is not reminded of besides, and of very much it says how much there is."""
    reminded = escalated(staff, 1, "7").model_copy(
        update={"kind": "document_reminded", "key": "deal-7:99:petrov"}
    )
    await office.take(reminded, *(escalated(staff, n, "7") for n in range(15)), escalated(staff, 1, "8"))
    assert await office.round() == Posted(sent=1)
    [letter] = office.mailer.sent
    assert letter.subject == "Сводка по сделкам (16)"
    lines = [line for line in letter.text.splitlines() if line.startswith("- ")]
    assert len(lines) == 2
    assert lines[0].startswith("- Просрочено: «Акт 0», срок был 02.03.2026 18:00 МСК; «Акт 10», ")
    assert lines[0].endswith("; и ещё 5")
    assert letter.text.count("deal acknowledge 7 --until … --as petrov") == 1
    assert "deal sign" not in letter.text, "the director is asked to know of it, not to do it"


async def test_what_is_overdue_in_a_deal_leads_to_one_page_that_of_the_last_escalation(
    office: Office, staff: Mail
) -> None:
    def told(n: int, deal: str, times: int) -> Notice:
        notice = escalated(staff, n, deal, times=str(times))
        asks = Asks(kind="escalation", question=f"item-{n}", version=times)
        return notice.model_copy(update={"acknowledges": asks, "key": f"deal-{deal}:{n}:{-times}:petrov"})

    await office.take(told(1, "7", 2), told(1, "7", 1), told(2, "7", 1), told(3, "8", 4))
    await office.round()
    [letter] = office.mailer.sent
    for part in (letter.text, letter.html):
        assert re.findall(r"desk.example/a/([\w.-]+)", part) == ["item-1.2.petrov", "item-3.4.petrov"]
        assert "В курсе, до…" in part
        assert "deal acknowledge" not in part


async def test_whoever_must_act_on_what_is_overdue_finds_how(office: Office, staff: Mail) -> None:
    asks = Asks(kind="approval", question="contract", version=2)
    await office.take(
        escalated(staff, 1, "7", acknowledge=""),
        escalated(staff, 2, "7", acknowledge="").model_copy(
            update={"kind": "approval_escalated", "asks": asks}
        ),
    )
    await office.round()
    [letter] = office.mailer.sent
    for part in (letter.text, letter.html):
        assert "https://desk.example/a/contract.2.petrov" in part
        assert part.count("deal sign 7 item-1 --as petrov") == 1


async def test_a_clients_digest_is_of_orders_and_says_nothing_of_the_companys(
    office: Office, mail: Mail
) -> None:
    data = {
        "audience": "client",
        "number": "7",
        "client": "ООО «Клиника»",
        "outstanding": "10.00",
        "currency": "RUB",
    }
    for n, kind in enumerate(("payment_reminded", "document_reminded")):
        await office.take(
            mail(
                n,
                kind=kind,
                person="client",
                digest=True,
                send_at=PAST,
                data=data | {"id": f"i-{n}", "title_ru": "УПД"},
            )
        )
    assert await office.round() == Posted(sent=1)
    [letter] = office.mailer.sent
    assert letter.subject == "Заказ 7: напоминания (2)"
    for part in (letter.text, letter.html):
        assert "делк" not in part
        assert "Клиника" not in part


async def test_a_digest_is_for_one_address_one_language_and_one_time(office: Office, staff: Mail) -> None:
    office.keep(
        *(staff(n) for n in (1, 2)),
        *(staff(n, to_email="other@x.example") for n in (3, 4)),
        *(staff(n, language="en") for n in (5, 6)),
        *(staff(n, send_at=PAST + timedelta(seconds=1)) for n in (7, 8)),
        staff(9, send_at=FUTURE),
        staff(10, digest=False),
    )
    assert await office.round() == Posted(sent=5)
    assert sorted((letter.to.addr_spec, letter.language, letter.kind) for letter in office.mailer.sent) == [
        ("other@x.example", "ru", "digest"),
        ("petrov@x.example", "en", "digest"),
        ("petrov@x.example", "ru", "assignment_reminded"),
        ("petrov@x.example", "ru", "digest"),
        ("petrov@x.example", "ru", "digest"),
    ]


async def test_a_digest_of_one_is_that_mail_itself(office: Office, staff: Mail) -> None:
    await office.take(staff(1))
    assert await office.round() == Posted(sent=1)
    assert [(letter.kind, letter.deal) for letter in office.mailer.sent] == [("assignment_reminded", "7")]


async def test_the_digest_of_a_round_that_died_is_made_again_as_it_was(office: Office, staff: Mail) -> None:
    await office.take(staff(1), staff(2))
    claimed = office.box.claim(datetime.now(UTC), timedelta(seconds=0.2))  # and it died: nothing was settled
    assert len(claimed) == 2
    await office.take(staff(3))
    assert await office.round() == Posted(sent=1)
    await asyncio.sleep(0.25)
    assert await office.round() == Posted(sent=1)
    single, digest = office.mailer.sent
    assert (single.kind, digest.kind) == ("assignment_reminded", "digest")
    assert office.box.sent_in(digest.message_id) == [claimed[0].key, claimed[1].key]


async def test_a_digest_put_off_is_the_same_mail_when_it_goes(office: Office, staff: Mail) -> None:
    await office.take(staff(2), staff(1))
    tried: list[Letter] = []

    async def lost(letter: Letter) -> None:
        tried.append(letter)
        raise MailUnavailable("the answer was lost", AT_ONCE)

    send, office.mailer.send = office.mailer.send, lost  # type: ignore[method-assign]
    assert await office.round() == Posted(put_off=1)
    office.mailer.send = send  # type: ignore[method-assign]
    assert await office.round() == Posted(sent=1)
    assert tried[0].message_id == office.mailer.sent[0].message_id
    assert tried[0].message_id.startswith("<digest+")


async def test_what_the_server_does_not_take_now_waits_and_the_round_ends(
    office: Office, staff: Mail
) -> None:
    office.keep(*(staff(n, digest=False) for n in range(3)))
    office.mailer.fails = {"petrov@x.example": MailUnavailable("down")}
    assert await office.round() == Posted(put_off=1)
    office.mailer.fails = {}
    assert await office.round() == Posted(sent=2)


async def test_one_busy_address_holds_up_nobody(office: Office, staff: Mail) -> None:
    office.keep(staff(1, to_email="busy@x.example", digest=False), staff(2, digest=False))
    office.mailer.fails = {"busy@x.example": AddressBusy("over quota")}
    assert await office.round() == Posted(sent=1, put_off=1)
    assert await office.round() == Posted()


async def test_an_address_busy_for_days_counts_as_one_that_does_not_work(office: Office, staff: Mail) -> None:
    office.keep(staff(1, send_at=NOW - timedelta(days=4)), staff(2, send_at=NOW - timedelta(days=2)))
    office.mailer.fails = {"petrov@x.example": AddressBusy("over quota")}
    assert await office.round() == Posted(refused=1, put_off=1)
    [bounced] = office.heard.bounces
    assert "for 3 days" in bounced.reason


async def test_a_deals_mail_to_a_busy_address_waits_in_the_post_and_holds_up_nothing(
    office: Office, mail: Mail
) -> None:
    office.mailer.fails = {"busy@x.example": AddressBusy("greylisted", AT_ONCE)}
    assert await office.take(mail(1, to_email="busy@x.example"), mail(2)) == Delivered(count=2)
    assert len(office.mailer.sent) == 1
    office.mailer.fails = {}
    assert await office.round() == Posted(sent=1)


async def test_a_refused_mail_is_kept_with_the_reason_and_its_deal_hears_of_a_bad_address(
    office: Office, staff: Mail
) -> None:
    office.keep(staff(1, digest=False), staff(2, digest=False, to_email="spam@x.example"))
    office.mailer.fails = {
        "petrov@x.example": AddressRefused("550 5.1.1 no such user"),
        "spam@x.example": MailRefused("554 spam"),
    }
    assert await office.round() == Posted(refused=2)
    assert office.heard.bounces == [
        Bounced(email="petrov@x.example", reason="550 5.1.1 no such user", deal="7", notice="deal-7:1:petrov")
    ]
    office.mailer.fails = {}
    assert await office.round() == Posted()
    await office.take(staff(1, digest=False, send_at=FUTURE, to_email="new@x.example"))
    assert office.box.claim(FUTURE, timedelta(0))[0].to_email == "new@x.example"


async def test_what_can_never_be_sent_is_told_before_it_is_put_aside(office: Office, staff: Mail) -> None:
    delivered = await office.take(staff(1, to_email="nobody"), staff(2, kind="no_such_kind"))
    assert (delivered.count, len(delivered.refused)) == (2, 2)
    assert delivered.bad_addresses == ("deal-7:1:petrov",)


async def test_a_post_that_can_not_be_reached_is_tried_again(
    office: Office, staff: Mail, tmp_path: Path
) -> None:
    office.box.close()
    (tmp_path / "records.db").unlink()
    with pytest.raises(ApplicationError) as caught:
        await office.round()
    assert not caught.value.non_retryable
    with pytest.raises(ApplicationError):
        await office.take(staff(1))


async def test_two_rounds_at_once_send_each_mail_once(office: Office, staff: Mail) -> None:
    office.keep(*(staff(n, digest=False) for n in range(20)))
    await asyncio.gather(office.round(), office.round())
    assert len({letter.message_id for letter in office.mailer.sent}) == len(office.mailer.sent) == 20


async def test_a_round_asked_to_stop_finishes_its_mail_and_leaves_the_rest(
    office: Office, staff: Mail
) -> None:
    office.keep(*(staff(n, digest=False) for n in range(5)))

    async def slow(letter: Letter) -> None:
        office.env.cancel()
        await asyncio.sleep(0.05)
        office.mailer.sent.append(letter)

    office.mailer.send = slow  # type: ignore[method-assign]
    assert await office.round() == Posted(sent=1)
    assert len(office.mailer.sent) == 1


async def test_links_are_signed_when_the_mail_goes_out(office: Office, staff: Mail) -> None:
    data = {"audience": "staff", "version": "2", "number": "7"}
    asks = Asks(kind="approval", question="contract", version=2)
    asked = [staff(n, kind="approval_reminded", data=data, asks=asks) for n in (1, 2)]
    await office.take(*asked)
    await office.round()
    link = "https://desk.example/a/contract.2.petrov"
    assert office.mailer.sent[0].text.count(link) == office.mailer.sent[0].html.count(link) == 2
