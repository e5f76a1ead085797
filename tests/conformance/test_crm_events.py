"""What people do in the CRM reaches the desk: by its webhook, and by the look that finds what the webhook missed.

Real web, inbox and relay. An event is a hint: whatever comes twice, late, out of order or not at all, what is heard is how the
deal stands.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import records
from activities.errors import CrmUnavailable
from adapters.crm.embedded.ringer import Ringer
from domain.effects import AddComment, SetStage
from domain.words import Stage
from tests.conformance.bitrix24_stand import Bitrix24Stand
from tests.conformance.embedded_stand import EmbeddedStand
from tests.conformance.listening import Ear, an_ear
from tests.conformance.stands import CrmStand, Delivery, a_moment_ago
from tests.doubles.bitrix24 import DEAL
from tests.support.hooks import OLD

NOT_OURS = "whsec_" + "c3Ry" * 10


@pytest.fixture(scope="session")
def empty_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("empty") / "records.db"
    records.migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
async def ear(stand: CrmStand, tmp_path: Path, empty_records: Path) -> AsyncIterator[Ear]:
    portal = stand.portal.url if isinstance(stand, Bitrix24Stand) else "https://portal.example/rest/1/secret/"
    async with an_ear(tmp_path, empty_records, stand.crm, portal) as ear:
        stand.listened(ear)
        yield ear


async def a_known_deal(stand: CrmStand, ear: Ear) -> str:
    ref = await stand.add_deal("ivanova")
    await stand.ring()
    await ear.listen()
    ear.heard.clear()
    return ref


async def test_what_a_person_does_is_heard_once(stand: CrmStand, ear: Ear) -> None:
    ref = await a_known_deal(stand, ear)
    await stand.move(ref, Stage.CUSTOMS, by="sidorov")
    await stand.ring()
    await ear.listen()
    assert ear.heard == [(ref, "CUSTOMS", "sidorov")]


async def test_echoes_of_our_own_writes_say_nothing(stand: CrmStand, ear: Ear, deliver: Delivery) -> None:
    await deliver(SetStage(key="deal-7:1:stage", deal="7", stage=Stage.CUSTOMS))
    await deliver(AddComment(key="deal-7:2:comment", deal="7", text="Таможня"))
    await stand.ring()
    await ear.listen()
    assert ear.heard == []
    if isinstance(stand, Bitrix24Stand):
        assert len(ear.inbox.events()) >= 2, "the portal did echo"


async def test_an_event_told_twice_is_heard_once(stand: CrmStand, ear: Ear) -> None:
    ref = await a_known_deal(stand, ear)
    stand.repeat_an_event()
    await stand.move(ref, Stage.CUSTOMS, by="sidorov")
    await stand.ring()
    await ear.listen()
    assert ear.heard == [(ref, "CUSTOMS", "sidorov")]


async def test_an_event_that_never_comes_is_found_by_the_look(stand: CrmStand, ear: Ear) -> None:
    ref = await a_known_deal(stand, ear)
    since = a_moment_ago()
    stand.miss_an_event()
    await stand.move(ref, Stage.CUSTOMS, by="sidorov")
    await stand.ring()
    await ear.listen()
    assert ear.heard == []
    assert await ear.look(since) == 1
    await ear.listen()
    assert ear.heard == [(ref, "CUSTOMS", "sidorov")]
    assert await ear.look(since) == 0, "the same change is one hint"


async def test_an_event_that_comes_late_tells_how_the_deal_stands_now(stand: CrmStand, ear: Ear) -> None:
    """Out of order: for the embedded CRM, two that were not told until both had happened."""
    ref = await a_known_deal(stand, ear)
    if isinstance(stand, Bitrix24Stand):
        stand.portal.faults.add("event_late")
    await stand.move(ref, Stage.CUSTOMS, by="sidorov")
    await stand.move(ref, Stage.SHIPPED, by="petrov")
    await stand.ring()
    await ear.listen()
    assert ear.heard == [(ref, "SHIPPED", "petrov")]


async def test_an_event_of_a_deleted_deal_is_left_with_a_trace(stand: CrmStand, ear: Ear) -> None:
    ref = await a_known_deal(stand, ear)
    await stand.move(ref, Stage.CUSTOMS, by="sidorov")
    await stand.delete(ref)
    await stand.ring()
    await ear.listen()
    assert ear.heard == []
    assert {event.status for event in ear.inbox.events() if event.subject == f"crm:{ref}"} <= {
        "ignored",
        "done",
    }


@pytest.mark.parametrize("short", [False, True], ids=["full", "short"])
async def test_both_shapes_of_the_webhooks_body_are_understood(
    bitrix24: Bitrix24Stand, tmp_path: Path, empty_records: Path, short: bool
) -> None:
    """Bitrix24 only: our own CRM speaks Standard Webhooks, of one shape."""
    portal = bitrix24.portal
    async with an_ear(tmp_path, empty_records, bitrix24.crm, portal.url) as ear:
        portal.events.hook(ear.url, "jvh9y1ulvt2m6k5or90v9mg8nn32ozas", short=short)
        ref = await bitrix24.add_deal("ivanova")
        await bitrix24.ring()
        await ear.listen()
        assert portal.events.answers.keys() == {200}
        assert [name for name, _, _ in ear.heard] == [ref]


async def test_a_webhook_of_a_stranger_is_turned_away(
    bitrix24: Bitrix24Stand, embedded: EmbeddedStand, tmp_path: Path, empty_records: Path
) -> None:
    """A wrong application token; a wrong signature."""
    async with an_ear(tmp_path, empty_records, bitrix24.crm, bitrix24.portal.url) as ear:
        bitrix24.portal.events.hook(ear.url, "guessed")
        await bitrix24.add_deal("ivanova")
        await bitrix24.ring()
        assert bitrix24.portal.events.answers.keys() <= {401, 403}
        await embedded.add_deal("ivanova")
        with pytest.raises(CrmUnavailable):
            await Ringer(embedded.crm, "http://desk.example", NOT_OURS, ear.client).ring()
        assert ear.inbox.events() == []


async def test_the_embedded_crms_event_waits_for_the_right_secret(
    embedded: EmbeddedStand, tmp_path: Path, empty_records: Path
) -> None:
    """Embedded only: Bitrix24 never sends an event again, which is why the look exists. The older of two secrets still opens."""
    async with an_ear(tmp_path, empty_records, embedded.crm, "https://portal.example/rest/1/secret/") as ear:
        ref = await embedded.add_deal("ivanova")
        with pytest.raises(CrmUnavailable):
            await Ringer(embedded.crm, "http://desk.example", NOT_OURS, ear.client).ring()
        assert await Ringer(embedded.crm, "http://desk.example", OLD, ear.client).ring() == 1
        await ear.listen()
        assert [name for name, _, _ in ear.heard] == [ref]


async def test_a_burst_of_events_is_heard_deal_by_deal(
    bitrix24: Bitrix24Stand, tmp_path: Path, empty_records: Path
) -> None:
    """A group action in the portal's list. Bitrix24 only: the embedded CRM has none."""
    async with an_ear(tmp_path, empty_records, bitrix24.crm, bitrix24.portal.url) as ear:
        refs = [await bitrix24.add_deal("ivanova") for _ in range(30)]
        bitrix24.listened(ear)
        hand = bitrix24.portal.as_user(bitrix24.users["sidorov"])
        for stage in (Stage.CUSTOMS, Stage.SHIPPED):
            hand.mass_edit([int(ref) for ref in refs], stageId=bitrix24.stage(stage))
        await bitrix24.ring()
        await ear.listen()
        assert sorted(ear.heard) == sorted((ref, "SHIPPED", "sidorov") for ref in refs)


async def test_a_deal_of_another_funnel_is_none_of_ours(
    bitrix24: Bitrix24Stand, tmp_path: Path, empty_records: Path
) -> None:
    """Bitrix24 only: there a company has other funnels."""
    async with an_ear(tmp_path, empty_records, bitrix24.crm, bitrix24.portal.url) as ear:
        bitrix24.listened(ear)
        since = a_moment_ago()
        id = bitrix24.portal.as_user(2).add(DEAL, title="Retail", categoryId=0)
        await bitrix24.ring()
        await ear.listen()
        assert ear.heard == []
        assert str(id) not in [changed.ref for changed in await bitrix24.crm.changed(since)]
