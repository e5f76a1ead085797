"""The bot that asks for approvals: made once, found again, and no trouble to a portal that can't have one."""

from collections.abc import AsyncIterator

import pytest

from adapters.crm.bitrix24.building.check import IN_ORDER, Finding, check
from adapters.crm.bitrix24.building.steps import Part
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.portal_map import MapKeeper
from tests.activities.bitrix24.building import build, reached, said, with_people
from tests.doubles.bitrix24.server import Double, double
from tests.factories import a_playbook

TOKEN = "a-word-that-nobody-guesses"


@pytest.fixture
async def there() -> AsyncIterator[Double]:
    async with double() as portal:
        with_people(portal, a_playbook())
        yield portal


@pytest.fixture
async def portal(there: Double) -> AsyncIterator[Portal]:
    async with reached(there, TOKEN) as portal:
        yield portal


async def found(portal: Portal) -> Finding:
    return next(one for one in await check(portal, a_playbook()) if one.part is Part.BOT)


async def test_one_bot_is_made_however_often_the_portal_is_built(there: Double, portal: Portal) -> None:
    for _ in range(3):
        assert (await build(portal)).ok
    [bot] = there.state.bots.values()
    assert (bot.code, bot.type, bot.event_mode) == ("dealwright", "personal", "fetch")
    assert [(one["command"], one["hidden"]) for one in bot.commands.values()] == [("/decision", True)]
    assert (await MapKeeper(portal).get()).bot == bot.id
    assert await found(portal) == Finding(Part.BOT, True, IN_ORDER)


@pytest.mark.parametrize("method", ["imbot.v2.Bot.register", "imbot.v2.Command.register"])
async def test_a_lost_answer_makes_no_second_one(there: Double, portal: Portal, method: str) -> None:
    there.faults.add("dropped_after", times=1, method="batch")
    there.faults.add(
        "inner", times=1, method=method, code="BOT_REGISTER_FAILED", text="Bot registration failed"
    )
    built = await build(portal)
    assert built.ok, "the desk works without a bot"
    assert [trouble.part for trouble in built.failed] == [Part.BOT]
    assert (await build(portal)).plan.steps == ()
    [bot] = there.state.bots.values()
    assert len(bot.commands) == 1


async def test_what_the_bot_has_lost_it_gets_back(there: Double, portal: Portal) -> None:
    await build(portal)
    [bot] = there.state.bots.values()
    bot.commands.clear()
    bot.event_mode = "webhook"
    words = (await found(portal)).words.en
    assert words == "teach the bot its buttons; give the bot's events back to the desk"
    done = said((await build(portal)).done)
    assert done == ["teach the bot its buttons", "give the bot's events back to the desk"]
    assert (bot.event_mode, len(bot.commands)) == ("fetch", 1)


async def test_a_portal_that_knows_no_such_bots_works_as_before(there: Double, portal: Portal) -> None:
    there.chat_bots = False
    built = await build(portal)
    assert built.ok
    assert built.plan.steps == ()
    assert "does not know the methods of imbot.v2" in (await found(portal)).words.en
    assert (await found(portal)).advice is None
    assert (await MapKeeper(portal).get()).bot is None


async def test_a_webhook_without_the_permission_is_told_and_works_as_before(
    there: Double, portal: Portal
) -> None:
    there.webhooks[0].scopes -= {"imbot"}
    assert (await build(portal)).ok
    assert "lacks the permission imbot" in (await found(portal)).words.en
    rights = next(one for one in await check(portal, a_playbook()) if one.part is Part.RIGHTS)
    assert (rights.ok, "imbot" in rights.words.en) == (True, True)
    assert (await MapKeeper(portal).get()).bot is None


async def test_without_a_token_no_bot_is_wanted_nor_a_permission_for_it(there: Double) -> None:
    there.webhooks[0].scopes -= {"imbot"}
    async with reached(there) as portal:
        assert (await build(portal)).ok
        assert "DEALWRIGHT_BITRIX24_BOT_TOKEN" in (await found(portal)).words.en
        rights = next(one for one in await check(portal, a_playbook()) if one.part is Part.RIGHTS)
        assert rights.words.en == "in order"
    assert there.state.bots == {}
    assert not any(call.startswith("imbot") for call in there.calls)


async def test_a_bot_made_with_another_token_is_nobody_we_know(there: Double, portal: Portal) -> None:
    await build(portal)
    async with reached(there, "another-word-than-before") as other:
        built = await build(other)
        assert built.ok, "the desk works without a bot"
        told = await found(other)
        assert told.ok
        assert "made with another token" in told.words.en
        assert told.advice
        assert "what it was" in told.advice.en
        assert (await MapKeeper(other).get()).bot is None
    assert len(there.state.bots) == 1


async def test_the_token_stands_in_nothing_that_is_said(there: Double, portal: Portal) -> None:
    planned = await build(portal)
    assert TOKEN not in repr(portal)
    assert TOKEN not in "".join(step.words.en + step.words.ru for step in planned.done)
