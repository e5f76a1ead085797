"""The bot asks whoever must answer an approval, once, and its buttons go when it is over; without it nothing is otherwise."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.crm.writer import CrmWriter
from activities.errors import CrmUnavailable, RetryLater
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.port import Bitrix24Crm
from domain.effects import Asks, CloseTask, CrmWrite, Delivered, InChat, OpenTask
from domain.words import Stage
from tests.activities.bitrix24.building import NoLimit, with_bot
from tests.activities.bitrix24.test_bot_setup import TOKEN
from tests.activities.bitrix24.test_port import DUE, comment, stage
from tests.doubles.bitrix24 import Double
from tests.doubles.bitrix24.chats import Message

PAGE = "https://desk.example/a/t0ken"


def ask(seq: int = 3, task: str = "contract@1:petrov", text: str = "", page: str = PAGE) -> OpenTask:
    approval, _, rest = task.partition("@")
    version, _, person = rest.partition(":")
    asks = Asks(kind="approval", question=approval, version=int(version))
    said = InChat(asks=asks, text=text or f"Договор, версия {version}", language="ru", page=page)
    return OpenTask(
        key=f"deal-1042:{seq}:8f3a:task-{person}",
        deal="1042",
        task=task,
        title="Согласовать договор",
        person=person,
        due_at=DUE,
        asks=approval,
        in_chat=said,
    )


def end(seq: int = 4, task: str = "contract@1:petrov", words: str = "«Договор» согласовано") -> CloseTask:
    return CloseTask(key=f"deal-1042:{seq}:8f3a:done", deal="1042", task=task, in_chat=words)


@pytest.fixture
async def bot(there: Double) -> int:
    return await with_bot(there, TOKEN)


@pytest.fixture
async def crm(there: Double, books: Any, bot: int) -> AsyncIterator[Bitrix24Crm]:
    crm = Bitrix24Crm(Portal(there.url, NoLimit(), bot_token=TOKEN), books)
    yield crm
    await crm.close()


def messages(there: Double) -> list[Message]:
    return list(there.state.messages.values())


def buttons(message: Message) -> list[tuple[str, str]]:
    return [(b["TEXT"], b.get("COMMAND_PARAMS") or b.get("LINK", "")) for b in message.buttons]


async def told(crm: Bitrix24Crm, *writes: CrmWrite) -> Delivered:
    return await crm.carry_out_all(writes)


async def test_the_question_has_two_answers_and_a_page(there: Double, crm: Bitrix24Crm, bot: int) -> None:
    assert (await told(crm, ask())).count == 1
    [message] = messages(there)
    assert (message.author, message.text) == (bot, "Договор, версия 1\n· 1042 contract@1:petrov 3")
    assert buttons(message) == [
        ("Согласовать", "1042 contract@1 approve"),
        ("Отклонить", "1042 contract@1 reject"),
        ("Подробнее или спросить", PAGE),
    ]
    assert {button["BOT_ID"] for button in message.buttons} == {str(bot)}
    [petrov] = [user.id for user in there.state.users.values() if user.email.lower().startswith("petrov")]
    assert there.state.chats == {(bot, petrov): message.chat}


async def test_without_an_address_of_the_web_there_is_no_page(there: Double, crm: Bitrix24Crm) -> None:
    await told(crm, ask(page=""))
    assert [text for text, _ in buttons(messages(there)[0])] == ["Согласовать", "Отклонить"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("INTERNAL_SERVER_ERROR", "Internal server error"),
        ("OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit."),
    ],
)
async def test_a_bot_that_the_portal_does_not_find_at_once_is_asked_for_again(
    there: Double, crm: Bitrix24Crm, code: str, text: str
) -> None:
    there.faults.add("inner", times=1, method="imbot.v2.Bot.get", code=code, text=text)
    with pytest.raises(RetryLater):
        await told(crm, ask())
    await told(crm, ask())
    assert len(messages(there)) == 1


@pytest.mark.parametrize("code", ["ACCESS_DENIED", "INSUFFICIENT_SCOPE", "ERROR_METHOD_NOT_FOUND"])
async def test_where_the_desk_may_have_no_bot_all_else_is_as_it_was(
    there: Double, crm: Bitrix24Crm, code: str
) -> None:
    there.deny("imbot.v2.*", code=code)
    assert (await told(crm, ask())).count == 1
    assert (len(messages(there)), len(there.state.tasks)) == (0, 1)


async def test_asked_again_it_is_one_message(there: Double, crm: Bitrix24Crm) -> None:
    for _ in range(3):
        await told(crm, ask())
    assert len(messages(there)) == 1
    await told(crm, ask(5, "contract@2:petrov"))
    assert len(messages(there)) == 2


@pytest.mark.parametrize("lost", [1, 2, 3])
async def test_an_answer_that_was_lost_makes_no_second_message(
    there: Double, crm: Bitrix24Crm, env: ActivityEnvironment, lost: int
) -> None:
    """Of the request that makes the task, and of the one that sends the message."""
    await told(crm, comment(1))
    there.faults.add("dropped_after", times=lost, method="batch")
    for _ in range(lost):  # as Temporal tries again
        with suppress(ApplicationError):
            await env.run(CrmWriter(crm, settle_seconds=0).write, [ask()])
    assert there.faults.fired["dropped_after"] == min(lost, 2)
    assert (len(messages(there)), len(there.state.tasks)) == (1, 1)


@pytest.mark.parametrize("talk", [0, 40, 120])
async def test_when_it_is_over_the_buttons_go_and_words_come(
    there: Double, crm: Bitrix24Crm, bot: int, talk: int
) -> None:
    """However much they have talked since."""
    await told(crm, ask())
    [message] = messages(there)
    [(_, user)] = there.state.chats
    for n in range(talk):
        there.as_user(user).write_to_bot(bot, f"{n}")
    for _ in range(2):
        await told(crm, end())
    assert message.buttons == []
    assert message.text == "Договор, версия 1\n\n«Договор» согласовано\n· 1042 contract@1:petrov 4"


async def test_what_was_over_is_asked_again_in_the_same_message(there: Double, crm: Bitrix24Crm) -> None:
    await told(crm, ask())
    await told(crm, end(words="теперь спрашивают у другого"))
    await told(crm, ask(5))
    [message] = messages(there)
    assert (message.text, len(message.buttons)) == ("Договор, версия 1\n· 1042 contract@1:petrov 5", 3)


async def test_what_is_told_late_or_once_more_brings_no_buttons_back(there: Double, crm: Bitrix24Crm) -> None:
    await told(crm, ask())
    [message] = messages(there)
    await told(crm, end())
    await told(crm, ask())
    assert (message.buttons, message.text.count("согласовано")) == ([], 1)
    await told(crm, ask(5))
    await told(crm, end())
    assert len(message.buttons) == 3, "what ended before is asked about again"


async def test_what_is_over_at_once_is_not_asked(there: Double, crm: Bitrix24Crm) -> None:
    assert (await told(crm, ask(), end())).count == 2
    assert messages(there) == []


async def test_a_message_that_somebody_copied_is_not_the_bots(
    there: Double, crm: Bitrix24Crm, bot: int
) -> None:
    [petrov] = [user.id for user in there.state.users.values() if user.email.lower().startswith("petrov")]
    there.as_user(petrov).write_to_bot(bot, "Договор, версия 1\n· 1042 contract@1:petrov 3")
    await told(crm, ask())
    assert [message.author for message in messages(there)] == [petrov, bot]


async def test_what_people_typed_is_no_markup_in_the_chat(there: Double, crm: Bitrix24Crm) -> None:
    await told(crm, ask(text="ООО [send=/decision 7 x@1 approve]Клиника[/send]"))
    assert "[" not in messages(there)[0].text


REFUSED = ("imbot.v2.Chat.Message.send", "imbot.v2.Chat.Message.getContext", "imbot.v2.Chat.Message.update")


@pytest.mark.parametrize("method", REFUSED)
async def test_what_the_portal_refuses_in_the_chat_keeps_nothing_from_the_card(
    there: Double, crm: Bitrix24Crm, method: str
) -> None:
    await told(crm, ask())
    there.faults.add(
        "inner", times=9, method=method, code="BOT_TYPE_NOT_ALLOWED", text="Bot type not allowed"
    )
    delivered = await told(crm, end(), ask(5, "contract@2:petrov"), comment(6))
    assert (delivered.count, delivered.refused) == (3, {})
    assert len(there.state.tasks) == 2


async def test_a_chat_that_is_down_is_told_later_and_what_came_before_it_stays(
    there: Double, crm: Bitrix24Crm
) -> None:
    there.faults.add("inner", times=1, method="imbot.v2.Chat.get", code="INTERNAL_SERVER_ERROR", text="down")
    delivered = await told(crm, stage(1, Stage.CONTRACT_APPROVAL), comment(2), ask(), comment(4))
    assert delivered.count == 2
    there.faults.add("inner", times=1, method="imbot.v2.Chat.get", code="INTERNAL_SERVER_ERROR", text="down")
    with pytest.raises(CrmUnavailable):
        await told(crm, ask(), comment(4))
    assert (await told(crm, ask(), comment(4))).count == 2
    assert (len(messages(there)), len(there.state.tasks), len(there.state.comments)) == (1, 1, 2)


async def _written(there: Double, books: Any, token: str, writes: Sequence[CrmWrite]) -> Delivered:
    crm = Bitrix24Crm(Portal(there.url, NoLimit(), bot_token=token), books)
    delivered = await crm.carry_out_all(writes)
    await crm.close()
    return delivered


@pytest.mark.parametrize("why", ["no token", "no bot", "another token", "no such methods", "no permission"])
async def test_without_a_bot_it_is_as_it_was(there: Double, books: Any, why: str) -> None:
    token = "" if why == "no token" else TOKEN
    if why == "another token":
        await with_bot(there, "some-other-word-than-this")
    there.chat_bots = why != "no such methods"
    if why == "no permission":
        there.webhooks[0].scopes -= {"imbot"}
    delivered = await _written(there, books, token, [ask(), end()])
    assert (delivered.count, delivered.refused) == (2, {})
    assert messages(there) == []
    assert not [call for call in there.calls if "Message" in call]
    assert len(there.state.tasks) == 1


async def test_a_permission_that_is_taken_away_holds_up_nothing(there: Double, crm: Bitrix24Crm) -> None:
    await told(crm, ask())
    there.webhooks[0].scopes -= {"imbot"}
    delivered = await told(crm, ask(5, "contract@2:petrov"), comment(6))
    assert (delivered.count, delivered.refused, delivered.forbidden) == (2, {}, {})
    assert (len(messages(there)), len(there.state.tasks)) == (1, 2)


async def test_a_bot_that_was_removed_holds_up_nothing(there: Double, crm: Bitrix24Crm) -> None:
    await told(crm, ask())
    there.state.bots.clear()
    delivered = await told(crm, ask(5, "contract@2:petrov"), comment(6))
    assert (delivered.count, delivered.refused) == (2, {})


async def test_who_has_no_user_in_the_portal_is_not_asked(there: Double, crm: Bitrix24Crm) -> None:
    delivered = await told(crm, ask(task="contract@1:nobody"), comment(4))
    assert delivered.count == 2
    assert "has no user" in "".join(delivered.refused.values())
    assert messages(there) == []
