"""From a button in the portal's chat to the deal's state, once; and words in the chat where it does not count."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from activities.mail.links import Link, LinkSigner
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.port import Bitrix24Crm
from domain.playbook.book import StaffedPlaybook
from domain.words import Stage
from records.arrivals import InboxEvent
from starter.intake.answers import Told
from starter.intake.building import build_relay
from starter.intake.chat import ChatAnswers
from starter.intake.chat_poll import LISTEN_SECONDS, MORE_SECONDS, WITHOUT_SECONDS, ChatPoll
from starter.intake.crm import CrmReader
from starter.intake.intake import Intake, is_hint
from starter.settings import Settings
from tests.activities.bitrix24.building import NoLimit, with_bot
from tests.activities.bitrix24.conftest import furnished
from tests.activities.bitrix24.test_bot_setup import TOKEN
from tests.doubles.bitrix24 import Double
from tests.doubles.bitrix24.chats import Message
from tests.starter.intake.conftest import Box, relaying, running
from tests.support.memory import OpenDeal, World, default_playbook
from tests.support.orders import an_order
from tests.support.waiting import eventually
from tests.support.world_desk import WorldDesk

KEYS = ["k" * 40]
YES, NO = "Согласовать", "Отклонить"


async def books() -> StaffedPlaybook:
    return default_playbook()


@dataclass
class Office:
    """A desk in memory, its portal with a bot, and what goes between them."""

    there: Double
    crm: Bitrix24Crm
    box: Box
    bot: int
    public_url: str = "https://desk.example"
    world: World = field(default_factory=World)
    told: int = 0

    def __post_init__(self) -> None:
        self.desk = WorldDesk(self.world)
        self.woken = 0
        self.poll = ChatPoll(self.crm.chat, self.box.real, self.wake)
        self.links = LinkSigner(KEYS, self.public_url, 14)

    def wake(self) -> None:
        self.woken += 1

    def intake(self) -> Intake:
        sign = self.links.sign if self.public_url else None
        reader = CrmReader(self.crm, self.desk, self.box.seen, books, "bitrix24")  # type: ignore[arg-type]
        told = Told(self.desk, books, "kuznetsova", "en")  # type: ignore[arg-type]
        return Intake(reader, told, ChatAnswers(self.crm.chat, self.desk, books, sign))  # type: ignore[arg-type]

    def asked(self) -> OpenDeal:
        """A deal whose contract waits for the director."""
        deal = self.world.open(an_order())
        deal.qualify()
        return deal

    async def deliver(self) -> None:
        """What the deals have to tell the portal since."""
        writes = list(self.world.crm.taken.values())[self.told :]
        delivered = await self.crm.carry_out_all([w for w in writes if w.op in ("open_task", "close_task")])
        assert not delivered.refused
        self.told += len(writes)

    def user(self, person: str) -> int:
        email = default_playbook().people[person].email
        return next(u.id for u in self.there.state.users.values() if u.email.lower() == email)

    def messages(self, person: str = "petrov") -> list[Message]:
        chat = self.there.state.chats.get((self.bot, self.user(person)))
        return [m for m in self.there.state.messages.values() if m.chat == chat and m.author == self.bot]

    def press(self, text: str, message: int | None = None, person: str = "petrov") -> None:
        self.there.as_user(self.user(person)).press(message or self.messages()[0].id, text)

    async def hear(self) -> list[InboxEvent]:
        """Until all that is in the inbox is dealt with: the newest first."""
        await self.poll.look()
        async with relaying(self.box, self.intake().handle, is_hint):
            await eventually(lambda: asyncio.to_thread(self.box.real.waiting), lambda left: left.events == 0)
        return self.box.real.events(source="chat")


@asynccontextmanager
async def opened(box: Box, **more: Any) -> AsyncIterator[Office]:
    async with furnished(default_playbook()) as there:
        bot = await with_bot(there, TOKEN)
        crm = Bitrix24Crm(Portal(there.url, NoLimit(), bot_token=TOKEN), books)
        yield Office(there, crm, box, bot, **more)
        await crm.close()


@pytest.fixture
async def office(box: Box) -> AsyncIterator[Office]:
    async with opened(box) as office:
        yield office


def votes(deal: OpenDeal) -> list[tuple[str, bool]]:
    return [(vote.actor.person, vote.approve) for vote in deal.state.approvals["contract"].votes]


async def test_a_pressed_button_is_the_directors_decision(office: Office) -> None:
    deal = office.asked()
    await office.deliver()
    [question] = office.messages()
    office.press(YES)
    [event] = await office.hear()
    assert (event.status, event.deal, event.outcome.en) == (
        "done",
        deal.number,
        "Approved: Contract approval",
    )
    assert votes(deal) == [("petrov", True)]
    assert question.buttons == []
    assert "\n\nСогласовано: Согласование договора\n· " in question.text
    deal.approve("contract", "client")
    assert deal.state.stage is Stage.PREPAYMENT
    await office.deliver()
    assert "согласовано, версия 1" in question.text.splitlines()[-2]
    assert len(office.messages()) == 1


async def test_pressed_twice_and_told_twice_it_counts_once(office: Office) -> None:
    deal = office.asked()
    await office.deliver()
    office.press(YES)
    office.press(YES)
    await office.poll.look()
    await office.poll.look()
    events = await office.hear()
    assert [event.status for event in events] == ["done", "done"]
    await asyncio.to_thread(office.box.real.replay, events[0].seq, events[0].received_at)
    await office.hear()
    assert votes(deal) == [("petrov", True)]
    assert len(deal.facts_told) == len({fact.key for fact in deal.facts_told})
    assert (len(office.messages()), office.messages()[0].text.count("Согласовано")) == (1, 1)


async def test_yes_and_then_no_is_told_that_it_was_answered(office: Office) -> None:
    deal = office.asked()
    await office.deliver()
    office.press(YES)
    office.press(NO)
    newest, first = await office.hear()
    assert (first.status, newest.status) == ("done", "refused")
    assert votes(deal) == [("petrov", True)]
    assert office.messages()[-1].text == "Сделка 1: ответ не принят.\nОтвет по версии 1 уже дан: директор"


async def test_a_button_of_an_older_version_does_not_count(office: Office) -> None:
    deal = office.asked()
    await office.deliver()
    deal.reject("contract", "client", "дорого")
    deal.complete("contract-revision")
    await office.deliver()
    first, second = office.messages()
    assert (first.buttons, bool(second.buttons)) == ([], True)
    first.buttons = [
        dict(b) | {"COMMAND_PARAMS": b["COMMAND_PARAMS"].replace("@2", "@1")}
        for b in second.buttons
        if "COMMAND" in b
    ]
    office.press(YES, first.id)
    [event] = await office.hear()
    assert event.status == "refused"
    assert votes(deal) == []
    assert "версия 1 уже не на согласовании" in office.messages()[-1].text.lower()
    office.press(YES, second.id)
    await office.hear()
    assert votes(deal) == [("petrov", True)]


@pytest.mark.parametrize("person", ["ivanova", "kuznetsova"])
async def test_somebody_else_is_told_that_it_is_not_theirs(office: Office, person: str) -> None:
    deal = office.asked()
    await office.deliver()
    office.there.as_user(office.user(person)).write_to_bot(
        office.bot, f"/decision {deal.number} contract@1 approve"
    )
    [event] = await office.hear()
    assert event.status == "refused"
    assert votes(deal) == []
    [answer] = office.messages(person)
    assert answer.text.startswith("Сделка 1: ответ не принят.\n")
    assert "нет права ответить на согласование" in answer.text
    assert office.messages()[0].buttons


async def test_who_is_not_in_the_peoples_file_is_told_so(office: Office) -> None:
    deal = office.asked()
    await office.deliver()
    stranger = office.there.user("Чужой", "Человек", "stranger@elsewhere.example")
    office.there.as_user(stranger.id).press(office.messages()[0].id, YES)
    [event] = await office.hear()
    assert event.status == "refused"
    assert votes(deal) == []
    said = office.there.state.messages[max(office.there.state.messages)]
    assert "Вас нет в списке людей стола" in said.text


@pytest.mark.parametrize(
    "sent", ["/decision", "/decision 1 contract@1 maybe", "/decision ../1 x@1 approve", "привет"]
)
async def test_what_is_no_answer_is_left_alone(office: Office, sent: str) -> None:
    office.asked()
    office.there.as_user(office.user("petrov")).write_to_bot(office.bot, sent)
    [event] = await office.hear()
    assert event.status == "ignored"
    assert office.messages() == []


async def test_a_deal_that_is_not_there_is_told(office: Office) -> None:
    office.there.as_user(office.user("petrov")).write_to_bot(office.bot, "/decision 77 contract@1 approve")
    [event] = await office.hear()
    assert (event.status, event.deal) == ("refused", "77")
    assert len(office.messages()) == 1


async def test_a_rejection_asks_for_its_reason_here_or_on_the_persons_own_page(office: Office) -> None:
    deal = office.asked()
    await office.deliver()
    office.press(NO)
    [event] = await office.hear()
    assert event.status == "ignored"
    assert votes(deal) == []
    question, answer = office.messages()
    assert question.buttons
    assert answer.text.startswith("Чтобы отклонить, напишите")
    here, page = answer.buttons
    assert [here["TEXT"], page["TEXT"]] == ["Написать здесь", "Написать на странице"]
    token = page["LINK"].rpartition("/")[2]
    assert office.links.read(token) == Link(deal.number, "contract", 1, "petrov")


@pytest.mark.parametrize("public_url", ["", "https://desk.example"])
async def test_a_reason_typed_in_the_chat_rejects_that_version_once(box: Box, public_url: str) -> None:
    async with opened(box, public_url=public_url) as office:
        deal = office.asked()
        await office.deliver()
        office.press(NO)
        await office.hear()
        begun = office.messages()[-1].buttons[0]["ACTION_VALUE"]
        assert begun == "/decision 1 contract@1 reject "
        hand = office.there.as_user(office.user("petrov"))
        for _ in range(2):
            hand.write_to_bot(office.bot, f"{begun}Дорого,\nи срок велик")
        newest, event, _ = await office.hear()
        assert (event.status, newest.status) == ("done", "done")
        assert votes(deal) == [("petrov", False)]
        assert deal.state.approvals["contract"].votes[0].comment == "Дорого,\nи срок велик"
        assert deal.asked() == {"contract-revision"}
        hand.write_to_bot(office.bot, f"{begun}и ещё")
        assert (await office.hear())[0].status == "refused"
        await office.deliver()
        assert office.messages()[0].buttons == []


async def test_a_reason_without_end_is_refused_in_words(office: Office) -> None:
    deal = office.asked()
    await office.deliver()
    hand = office.there.as_user(office.user("petrov"))
    hand.write_to_bot(office.bot, "/decision 1 contract@1 reject " + "ы" * 15_000)
    [event] = await office.hear()
    assert (event.status, votes(deal)) == ("refused", [])
    assert len(str(event.body)) < 5000
    said = office.messages()[-1].text
    assert said.startswith("Сделка 1: ответ не принят.")
    assert "4000" in said.replace("\xa0", "")


async def test_words_are_in_the_language_of_whom_they_are_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = default_playbook()
    petrov = book.people["petrov"].model_copy(update={"language": "en"})

    async def english() -> StaffedPlaybook:
        return book.model_copy(update={"people": {**book.people, "petrov": petrov}})

    monkeypatch.setitem(globals(), "books", english)
    office.asked()
    await office.deliver()
    office.press(NO)
    await office.hear()
    assert office.messages()[-1].text.startswith("To reject, say what must change")


async def test_while_the_desk_is_down_the_answer_waits(office: Office) -> None:
    deal = office.asked()
    await office.deliver()
    office.desk.down = True
    office.press(YES)
    await office.poll.look()
    async with relaying(office.box, office.intake().handle, is_hint):
        [event] = office.box.real.events(source="chat")
        await office.box.tried(event.seq)
        office.desk.down = False
        assert (await office.box.outcome(event.seq)).status == "done"
    assert votes(deal) == [("petrov", True)]


async def test_a_lost_answer_of_the_portal_makes_no_second_word(office: Office) -> None:
    deal = office.asked()
    await office.deliver()
    office.press(NO)
    office.there.faults.add("dropped_after", times=1, method="batch")
    [event] = await office.hear()
    assert (event.status, event.attempts) == ("ignored", 2)
    assert len(office.messages()) == 2
    assert votes(deal) == []


async def test_what_is_fetched_is_stored_before_the_portal_forgets_it(office: Office) -> None:
    """And no event is lost between two who fetch."""
    office.asked()
    await office.deliver()
    office.press(YES)
    first, other = (await office.crm.chat.heard(None)), (await office.crm.chat.heard(None))
    assert first == other, "nothing is forgotten by asking"
    assert await office.poll.look() == LISTEN_SECONDS
    [event] = office.box.real.events(source="chat")
    assert event.key == f"{office.bot}:{first.events[0].place:018}"
    assert office.there.state.bots[office.bot].queue, "not before it is asked for what comes after"
    await office.poll.look()
    assert office.there.state.bots[office.bot].queue == []
    assert office.woken == 1


async def test_of_much_talk_only_how_far_it_was_read_is_kept(office: Office) -> None:
    office.asked()
    await office.deliver()
    hand = office.there.as_user(office.user("petrov"))
    for n in range(150):
        hand.write_to_bot(office.bot, f"{n}")
    office.press(YES)
    assert [await office.poll.look() for _ in range(3)] == [MORE_SECONDS, LISTEN_SECONDS, LISTEN_SECONDS]
    kept = office.box.real.events(source="chat")
    assert [event.status for event in kept] == ["new", "ignored"]
    assert "149" not in "".join(str(event.body) for event in kept)


@pytest.mark.parametrize("trouble", ["no token", "removed", "another token", "no such methods"])
async def test_where_there_is_no_bot_the_desk_waits_quietly(
    office: Office, box: Box, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    office.there.chat_bots = trouble != "no such methods"
    if trouble == "removed":
        await office.crm.chat.bot()
        office.there.state.bots.clear()
    token = {"no token": "", "another token": "another-word-than-before"}.get(trouble, TOKEN)
    crm = (
        office.crm
        if trouble == "removed"
        else Bitrix24Crm(Portal(office.there.url, NoLimit(), bot_token=token), books)
    )
    poll = ChatPoll(crm.chat, box.real, office.wake)
    assert [await poll._try() for _ in range(3)] == [WITHOUT_SECONDS] * 3
    assert box.real.events() == []
    assert sum("the chat can't be read" in record.message for record in caplog.records) <= 1
    assert token == "" or token not in caplog.text
    if crm is not office.crm:
        await crm.close()


async def test_the_bots_token_stands_in_no_log_and_in_nothing_that_is_kept(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the portal says of it."""
    caplog.set_level(logging.DEBUG)
    said = {"code": "BOT_OWNERSHIP_ERROR", "text": f"{TOKEN} is another application's"}
    office.asked()
    office.there.faults.add("inner", times=1, method="imbot.v2.Chat.Message.send", **said)
    await office.deliver()
    office.told = 0
    await office.deliver()
    office.there.faults.add("inner", times=1, method="imbot.v2.Chat.Message.update", **said)
    office.press(YES)
    events = await office.hear()
    assert caplog.text.count("another application's") == 2
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(events) + repr(office.crm) + repr(office.world.crm.taken)


async def test_the_web_listens_by_itself(office: Office, tmp_path: Path) -> None:
    deal = office.asked()
    await office.deliver()
    office.press(YES)
    settings = Settings(home=tmp_path, public_url="https://desk.example")
    async with build_relay(settings, office.box.real, office.desk, office.crm) as relay, running(relay):  # type: ignore[arg-type]
        await eventually(lambda: _now(votes(deal)), lambda seen: seen == [("petrov", True)])


async def _now(seen: Sequence[Any]) -> Sequence[Any]:
    return seen
