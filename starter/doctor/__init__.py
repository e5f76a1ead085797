"""What could be wrong with the desk, each with what to do about it."""

from temporalio.client import Client

from domain.wording import worded
from domain.words import Text
from starter.doctor import database, deals, ground, home, hung, limits, money, processes, rates, world
from starter.doctor.finding import Finding, Looks, guarded
from starter.errors import DealwrightError
from starter.settings import Settings


async def examine(client: Client, settings: Settings) -> Looks:
    """One finding after the other, the base first: what stands on a broken one is left out."""
    where = client.service_client.config.target_host
    yield Finding("Temporal", True, worded(ru="отвечает: {where}", en="answers at {where}", where=where))
    there = await ground.namespace(client)
    yield there
    if not there.ok:
        return
    async for finding in _each(
        ("home", home.private(settings)),
        ("disk", home.room(settings)),
        ("backup", home.restored(settings)),
        ("search attributes", ground.search_attributes(client)),
        ("workers", ground.workers(client)),
    ):
        yield finding
    records = await database.records(settings)
    yield records
    if records.ok:
        async for finding in _each(
            ("writing to the records", database.writing(settings)),
            ("inbox", database.inbox(settings)),
            ("post", database.post(settings)),
            ("unmatched money", money.waiting(settings)),
            ("rights in the CRM", database.deferred(settings)),
        ):
            yield finding
    async for finding in _each(
        (limits.LIMITS, limits.file(settings)),
        ("mail server", world.mail_server(settings)),
        ("CRM", world.crm(settings)),
        ("hung processes", hung.hung(client)),
        ("stopped deals", processes.stopped(client, settings)),
        ("deals", _of_deals(client, settings, records.ok)),
    ):
        yield finding


async def _of_deals(client: Client, settings: Settings, records: bool) -> Looks:
    found = await deals.running_deals(client)
    looks = [("deals", deals.answering(found))]
    looks.append((rates.RATES, rates.source(settings, found)))
    looks += [(target, deals.lagging(client, found, target)) for target in deals.TARGETS]
    if records:
        looks.append(("facts in the records", deals.complete_records(settings, found)))
    looks.append(("lines", processes.lines(client, found)))
    async for finding in _each(*looks):
        yield finding


async def _each(*looks: tuple[str, Looks]) -> Looks:
    for what, look in looks:
        async for finding in guarded(what, look):
            yield finding


def unreachable(error: DealwrightError) -> Finding:
    return Finding("Temporal", False, Text(ru="не отвечает", en="does not answer"), error.text)
