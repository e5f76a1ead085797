"""The composition root: builds the adapters, runs the workers, drains on SIGTERM: python worker.py [HOME]"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from starter.connection import connect
from starter.errors import DealwrightError, said
from starter.private import keep_private
from starter.rooms import check_rooms
from starter.settings import Settings, load_settings

Activities = Sequence[Callable[..., Any]]


@dataclass(frozen=True)
class Adapters:
    """The activities of each task queue. Tests put their own here."""

    desk: Activities
    crm: Activities
    mail: Activities


Build = Callable[[Settings, Client], Adapters]


def build_adapters(settings: Settings, client: Client) -> Adapters:
    from activities.client_limits import ClientLimits, clients_beside
    from activities.credit import CreditLookup
    from activities.crm.deferring import CrmDeferred
    from activities.crm.delivery import CrmDelivery
    from activities.mail.delivery import MailDelivery, MailSending
    from activities.mail.post import MailPost
    from activities.money_letters import MoneyLetters
    from activities.playbook import load_site
    from activities.playbook_shelf import PlaybookShelf
    from activities.playbooks import KnownPlaybooks
    from activities.postings import Postings
    from activities.rates import Rates
    from activities.reconcile import CrmReconcile
    from activities.records import RecordsDelivery
    from activities.todays_people import TodaysPeople
    from activities.watchdog import DealWatchdog, LineWatchdog
    from records.bank_payments import BankPayments
    from records.deferred import DeferredWrites
    from records.inbox_events import EventInbox
    from records.post import WaitingPost
    from records.queries import RecordQueries
    from records.seen import SeenDeals
    from records.stopped import StoppedProcesses
    from records.store import RecordStore
    from starter.cashier import cashier_of
    from starter.crms import open_crm
    from starter.desk import DealDesk
    from starter.intake.poll import Poll
    from starter.mailing import BounceInbox, domain_of, mailer_of, page_of, signer_of
    from starter.rates import rates_of

    shelf = PlaybookShelf(settings.playbook, settings.pace, settings.people)
    records = RecordsDelivery(RecordStore(settings.database_url))
    inbox, portal = EventInbox(settings.database_url), open_crm(settings, shelf.load)
    playbooks = KnownPlaybooks(shelf.load)
    signer, deferred = signer_of(settings), DeferredWrites(settings.database_url)
    sign = signer.sign if signer else None
    crm = CrmDelivery(portal, playbooks, deferred, page_of=page_of(settings), sign=sign)
    seen = SeenDeals(settings.database_url)
    reconcile = CrmReconcile(portal, Poll(inbox), seen)
    people = TodaysPeople(client, shelf.load, seen)
    desk = (mailer_of(settings), settings.mail_from, domain_of(settings))
    box = WaitingPost(settings.database_url)
    requisites = load_site(settings.playbook).requisites
    mail = MailDelivery(MailSending(*desk, box=box, signer=signer, requisites=requisites), playbooks)
    post = MailPost(*desk, box=box, bounces=BounceInbox(inbox), signer=signer, requisites=requisites)
    stopped, archive = StoppedProcesses(settings.database_url), RecordQueries(settings.database_url)
    deals = DealWatchdog(client, stopped, archive, box)
    credit = CreditLookup(archive, ClientLimits(clients_beside(settings.playbook)))
    rates = Rates(rates_of(settings))
    watch: Activities = [LineWatchdog(client).watch, deals.watch, people.tell_reset_deals]
    clerk = DealDesk(client, archive=archive, language=settings.lang)
    money = Postings(cashier_of(clerk, BankPayments(settings.database_url), archive, settings.payment_actor))
    return Adapters(
        desk=[shelf.load, records.deliver, credit.look_up, rates.find, money.post, *watch],
        crm=[crm.deliver, CrmDeferred(portal, deferred).write_due, reconcile.reconcile],
        mail=[mail.deliver, post.send_due, MoneyLetters(archive, box, shelf.load).tell],
    )


WORKFLOW_TASKS = 4 * (os.cpu_count() or 1)
"""At once: they share one interpreter, and more of them make one wait for its two seconds, which the SDK takes for a deadlock."""


def build_workers(client: Client, adapters: Adapters, settings: Settings) -> list[Worker]:
    """Three queues: a slow portal holds up nobody else, and the server keeps its rate over all workers."""
    from workflows.names import CRM_QUEUE, MAIL_QUEUE, TASK_QUEUE
    from workflows.temporal.definitions import Deal, OrderLine
    from workflows.temporal.guard import RefusalInterceptor
    from workflows.temporal.sandbox import RUNNER
    from workflows.temporal.upkeep import Upkeep

    drain = timedelta(seconds=settings.drain_seconds)
    pollers = PollerBehaviorAutoscaling()
    desk = Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[Deal, OrderLine, Upkeep],
        activities=adapters.desk,
        workflow_runner=RUNNER,
        interceptors=[RefusalInterceptor()],
        max_cached_workflows=settings.max_cached_workflows,
        max_concurrent_workflow_tasks=WORKFLOW_TASKS,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),  # what a killed worker costs its deals
        workflow_task_poller_behavior=pollers,
        activity_task_poller_behavior=pollers,
        graceful_shutdown_timeout=drain,
    )
    crm = Worker(
        client,
        task_queue=CRM_QUEUE,
        activities=adapters.crm,
        max_task_queue_activities_per_second=settings.crm_rate,
        graceful_shutdown_timeout=drain,
    )
    mail = Worker(client, task_queue=MAIL_QUEUE, activities=adapters.mail, graceful_shutdown_timeout=drain)
    return [desk, crm, mail]


async def run(settings: Settings, build: Build = build_adapters) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # Python installs no handler: every cached deal would wait
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    client = await connect(settings, timeout_seconds=30)
    workers = build_workers(client, build(settings, client), settings)
    async with asyncio.TaskGroup() as polling:
        for worker in workers:
            polling.create_task(worker.run())
        print("ready", flush=True)
        await stopping.wait()
        await asyncio.gather(*(worker.shutdown() for worker in workers))
    await asyncio.sleep(0.05)  # lets the SDK's threads leave before the interpreter does


def main(build: Build = build_adapters) -> None:
    keep_private()
    try:
        settings = load_settings(home=sys.argv[1] if len(sys.argv) > 1 else None)
        logging.basicConfig(
            level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
        )
        check_rooms()
        asyncio.run(run(settings, build))
    except DealwrightError as error:
        print(said(error), file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
