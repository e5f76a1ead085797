"""`deal crm probe` on the portal's double: all green on a kind one, each documented refusal named, and nothing left behind."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, get_args

import httpx
import pytest

from activities.errors import CrmAmbiguous, CrmUnavailable, WorldError
from adapters.crm.bitrix24.calls import CALLS, Repeat
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.fields import FieldKind, deal_fields, line_fields
from adapters.crm.bitrix24.probing.kit import call_in, said
from adapters.crm.bitrix24.probing.made import _WAYS
from adapters.crm.bitrix24.probing.probe import TRIALS, Probe
from adapters.crm.bitrix24.probing.refusals import REFUSALS
from adapters.crm.bitrix24.probing.report import MARKS, THING_LABELS, Report, Result, Thing
from adapters.crm.bitrix24.probing.structure import KINDS
from adapters.crm.bitrix24.probing.watched import Watched
from tests.activities.bitrix24.building import NoLimit, at_once, build, reached
from tests.doubles.bitrix24 import DEAL, Double, double
from tests.doubles.bitrix24.app import App
from tests.doubles.bitrix24.faults import EventFault, RequestFault
from tests.doubles.bitrix24.switches import SWITCHES, TRAPS, Switch
from tests.doubles.overheard import Overheard
from tests.factories import a_playbook
from tests.support.waiting import eventually

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.fixture
async def there() -> AsyncIterator[Double]:
    """A portal where all goes well: it keeps a task's XML_ID, too."""
    async with double() as portal:
        portal.keeps_xml_id = True
        yield portal


@pytest.fixture(scope="module")
async def strict() -> Report:
    """Of a portal that sets all traps."""
    async with double() as portal:
        return await probed(portal)


UNTRIED = {
    *("batch", "crm.type.update", "userfieldconfig.update", "lists.element.update"),
    *(method for method in CALLS if method.startswith("imbot.") and method != "imbot.v2.Bot.get"),
}
"""What a probe makes no use of, or, as a batch, is denied with what is in it; it makes no bot: people would see it, and asks by the desk's own only where there is one."""
NOT_VITAL = ("lists", "imbot", "imbot.v2.Bot.get", "the bot")
"""The desk works without."""
WIRED = ("lost-answer", "unreachable", "renamed")
"""What befalls connections. All else needs none, and is three times as quick."""


@asynccontextmanager
async def probing(there: Double, *, wired: bool = False, **how: Any) -> AsyncIterator[Probe]:
    if not wired:
        how.setdefault("transport", httpx.ASGITransport(App(there)))
    portal = Watched(there.url, NoLimit(), **{"sleep": at_once, **how})
    try:
        yield Probe(portal, a_playbook(), NOW)
    finally:
        await portal.close()


async def probed(there: Double, *, wired: bool = False) -> Report:
    async with probing(there, wired=wired) as probe:
        return await probe.run()


def held(there: Double) -> dict[str, object]:
    """All that stands in the portal, but for its own records of what happened."""
    kept = {
        name: value for name, value in vars(there.state).items() if name not in ("clock", "zone", "history")
    }
    return {
        **{name: repr(value) for name, value in kept.items() if name not in ("_serial", "items")},
        "items": {kind: repr(items) for kind, items in there.state.items.items() if items},
    }


def told(report: Report) -> str:
    return "\n".join(
        f"{MARKS[c.result]} {c.thing}: {c.what.en}: {c.expected.en} / {c.got.en} {c.refusal}"
        for c in report.checks
    )


async def test_a_kind_portal_is_all_green_and_nothing_stays_in_it(there: Double) -> None:
    before = held(there)
    report = await probed(there)
    assert report.all_green, told(report)
    assert report.ok
    assert report.removed > 20
    assert held(there) == before
    assert {check.thing for check in report.checks} == set(Thing) == set(THING_LABELS)


async def test_where_the_desk_has_a_bot_it_asks_the_webhooks_owner_and_takes_the_question_back(
    there: Double,
) -> None:
    async with reached(there, "t0ken") as portal:
        assert (await build(portal)).ok
    async with probing(there, bot_token="t0ken") as probe:
        report = await probe.run()
    told_of = [check.call for check in report.checks if check.thing is Thing.BOT]
    assert told_of == ["imbot.v2.Bot.get", "imbot.v2.Chat.Message.send", "imbot.v2.Chat.Message.update"]
    assert report.all_green, told(report)
    [message] = there.state.messages.values()
    assert "Проба закончена" in message.text
    assert not message.buttons


async def test_a_portal_that_the_desk_lives_in_is_not_touched(there: Double) -> None:
    async with reached(there) as portal:
        assert (await build(portal)).ok
    there.as_user(1).add_deal("Своя", category=1, company={"title": "Клиника"})
    before = held(there)
    assert (await probed(there)).all_green
    assert held(there) == before


def test_every_refusal_has_a_switch_and_every_fault_of_the_double_is_one() -> None:
    assert {*SWITCHES, *TRAPS} == set(REFUSALS)
    assert {name for name, refusal in REFUSALS.items() if refusal.trap} == set(TRAPS)
    unnamed = {"slow", "nameless", "inner"}  # nothing is refused, and refusals with other codes
    assert set(get_args(RequestFault)) - unnamed == {
        *("busy", "blocked", "overload", "dropped_before", "dropped_after", "html", "html_after", "expired")
    }
    assert len(get_args(EventFault)) == 3, "what befalls events befalls no call"


def switched() -> Iterator[Any]:
    for name, ways in SWITCHES.items():
        for way, switch in ways:
            yield pytest.param(name, switch, id=f"{name}-{way}" if way else name)


@pytest.mark.parametrize(("name", "switch"), list(switched()))
async def test_a_refusal_is_named_and_what_was_made_is_removed(
    there: Double, name: str, switch: Switch
) -> None:
    switch(there)
    changed = held(there)
    report = await probed(there, wired=name in WIRED)
    assert name in {refusal.name for refusal in report.met()}, told(report)
    if name != "lost-answer":  # what hangs on what was lost is not tried
        vital = REFUSALS[name].fatal and switch not in [
            way for what, way in SWITCHES[name] if what in NOT_VITAL
        ]
        assert report.ok is not vital, told(report)
    assert report.left == ()
    assert held(there) == changed


@pytest.mark.parametrize("method", [method for method in CALLS if method not in UNTRIED])
async def test_a_right_that_is_missing_is_named_whichever_call_lacks_it(there: Double, method: str) -> None:
    """What is read back and removed too."""
    there.deny(method)
    report = await probed(there)
    assert "no-rights" in {refusal.name for refusal in report.met()}, told(report)
    assert not report.all_green
    assert "not-kept" not in {refusal.name for refusal in report.met()}, (
        "nothing is there, as far as it knows"
    )


@pytest.mark.parametrize("name", TRAPS)
async def test_a_trap_is_named_where_the_portal_sets_it_and_where_it_sets_none(
    there: Double, strict: Report, name: str
) -> None:
    before = held(there)
    assert [c.result for c in strict.checks if c.refusal == name] == [Result.AS_EXPECTED]
    there.lenient.add(name)
    report = await probed(there)
    assert name not in {check.refusal for check in report.checks}
    [kinder] = [c for c in report.checks if c.what == REFUSALS[name].words]
    assert kinder.result is (Result.OTHERWISE if name == "row-price" else Result.OTHERWISE_BUT_FINE)
    assert held(there) == before


async def test_an_unknown_refusal_is_told_in_the_portals_words(there: Double) -> None:
    there.faults.add("nameless", method="crm.type.add", text="Something<br>went wrong")
    report = await probed(there)
    [wrong] = [c for c in report.checks if c.result is Result.OTHERWISE]
    assert (wrong.thing, wrong.got.en, wrong.refusal) == (Thing.TYPE, "Something went wrong", "")
    assert not report.ok


async def test_a_portal_that_is_slow_only_takes_longer(there: Double) -> None:
    there.faults.add("slow", 5, seconds=0.01)
    assert (await probed(there)).all_green


@pytest.mark.parametrize(
    ("error", "call", "words"),
    [
        (
            PortalRefused("crm.type.add: ACCESS_DENIED: Access denied"),
            "crm.type.add",
            "ACCESS_DENIED: Access denied",
        ),
        (PortalRefused("scope: Max batch length exceeded"), "scope", "Max batch length exceeded"),
        (CrmUnavailable("127.0.0.1:80: lists.get: HTTP 502"), "lists.get", "HTTP 502"),
        (
            CrmAmbiguous("portal.example: no answer to crm.item.add (ReadError)"),
            "crm.item.add",
            "no answer to crm.item.add (ReadError)",
        ),
        (CrmUnavailable("portal.example can't be reached (x)"), "", "portal.example can't be reached (x)"),
    ],
)
def test_a_row_names_the_call_and_the_portals_own_words(error: WorldError, call: str, words: str) -> None:
    assert (call_in(error), said(error).en) == (call, words)


# --- what it leaves behind


@pytest.mark.parametrize(
    "moment",
    [
        "crm.category.add",
        "crm.status.add",
        "userfieldconfig.add",
        "crm.type.add",
        "lists.add",
        "crm.item.add",
        "crm.item.productrow.add",
        "crm.requisite.add",
        "crm.requisite.link.register",
    ],
)
async def test_what_was_made_is_removed_also_after_a_ctrl_c(there: Double, moment: str) -> None:
    """While the portal is at it: it makes the thing after nobody waits for the answer any more."""
    before = held(there)
    there.faults.add("slow", method=moment, seconds=0.2)

    async def struck() -> int:
        return there.faults.fired["slow"]

    async def until_it_is_made(seconds: float = 0.0) -> None:
        await asyncio.sleep(0.4)

    async with probing(there, wired=True, sleep=until_it_is_made) as probe:
        running = asyncio.create_task(probe.run())
        await eventually(struck, pause=0.005)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert probe.report.left == ()
    await until_it_is_made()
    assert held(there) == before


async def test_after_a_second_ctrl_c_what_was_not_removed_yet_is_named_and_goes_with_the_next_probe(
    there: Double,
) -> None:
    before = held(there)

    async def types() -> int:
        return len(there.state.types)

    there.faults.add("slow", 1000, seconds=0.03)
    async with probing(there) as probe:
        running = asyncio.create_task(probe.run())
        await eventually(types, pause=0.005)
        for _ in range(2):
            running.cancel()
            await asyncio.sleep(0.01)
        with pytest.raises(asyncio.CancelledError):
            await running
        named = {(left.made.thing.en, left.made.id) for left in probe.report.left}
    assert ("funnel", "1") in named
    there.faults.clear()
    assert (await probed(there)).all_green
    assert held(there) == before


async def test_what_a_killed_probe_left_goes_with_the_next(there: Double) -> None:
    before = held(there)
    for way in ("crm.*.delete", "*.delete", "crm.requisite.link.unregister"):
        there.deny(way)
    stayed = await probed(there)
    assert len(stayed.left) > 20
    there.allow()
    assert (await probed(there)).all_green
    gone = held(there)
    assert {name for name in before if gone[name] != before[name]} <= {"notices"}


async def test_what_could_not_be_removed_is_named_with_its_id_and_why(there: Double) -> None:
    there.deny("crm.item.delete")
    report = await probed(there)
    items = [left for left in report.left if left.made.removal[0] == "crm.item.delete"]
    deals = [left for left in items if left.made.removal[1]["entityTypeId"] == DEAL]
    assert [left.made.id for left in deals] == [str(id) for id in there.state.deals()]
    assert "ACCESS_DENIED" in deals[0].why
    assert "funnel" in {left.made.thing.en for left in report.left}, "a deal stands in it"
    assert not report.ok


# --- whether it tries all there is


def test_a_field_of_each_type_that_the_desk_uses_is_tried() -> None:
    used = {field.kind for field in (*deal_fields(a_playbook()), *line_fields(a_playbook()))}
    assert used <= set(KINDS) == set(get_args(FieldKind))


async def test_it_tries_all_calls_but_what_it_says(there: Double) -> None:
    overheard = Overheard()
    async with probing(there, transport=overheard) as probe:
        await probe.run()
    assert {method for method, _ in overheard.calls} == set(CALLS) - UNTRIED | {"batch"}


async def test_every_call_that_makes_something_and_has_a_trial_is_undone(there: Double) -> None:
    overheard = Overheard()
    async with probing(there, transport=overheard) as probe:
        await probe.run()
    made = {method for method, _ in overheard.calls if CALLS[method] is Repeat.CREATE}
    assert made
    assert made <= set(_WAYS)
    assert {way.removal for way in _WAYS.values()} <= set(CALLS)
    assert len(TRIALS) == len(Thing)
