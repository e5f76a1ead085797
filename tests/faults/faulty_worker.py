"""The composition root with a world that fails by plan: python -m tests.faults.faulty_worker HOME"""

from temporalio.client import Client

import worker
from activities.client_limits import ClientLimits, clients_beside
from activities.credit import CreditLookup
from activities.crm.delivery import CrmDelivery
from activities.mail.delivery import MailDelivery, MailSending
from activities.playbook_shelf import PlaybookShelf
from activities.playbooks import KnownPlaybooks
from activities.postings import Postings
from activities.rates import Rates
from activities.records import RecordsDelivery
from activities.watchdog import LineWatchdog
from adapters.crm.embedded.crm import EmbeddedCrm
from adapters.mail.eml import MailFolder
from records.deferred import DeferredWrites
from records.queries import RecordQueries
from records.store import RecordStore
from starter.cashier import cashier_of
from starter.desk import DealDesk
from starter.mailing import page_of
from starter.settings import Settings
from tests.faults.doubles import FaultyBank, FaultyCrm, FaultyMailer, FaultyRecords
from tests.faults.plan import Plan
from tests.support.rates import NominalRates


def build_adapters(settings: Settings, client: Client) -> worker.Adapters:
    plan = Plan(settings)
    records = RecordsDelivery(FaultyRecords(RecordStore(settings.database_url), plan))
    shelf = PlaybookShelf(settings.playbook, settings.pace, settings.people)
    playbooks = KnownPlaybooks(shelf.load)
    port = FaultyCrm(EmbeddedCrm(settings.crm_db), plan)
    deferred = DeferredWrites(settings.database_url)
    crm = CrmDelivery(port, playbooks, deferred, page_of=page_of(settings), settle_seconds=0.2)
    mailer = FaultyMailer(MailFolder(settings.mail_folder), plan)
    sending = MailSending(mailer, settings.mail_from, settings.mail_from.partition("@")[2])
    limits = ClientLimits(clients_beside(settings.playbook))
    archive = RecordQueries(settings.database_url)
    credit = CreditLookup(archive, limits)
    clerk, bank = DealDesk(client, archive=archive), FaultyBank(settings.database_url, plan)
    money = Postings(cashier_of(clerk, bank, archive, settings.payment_actor))
    mail = MailDelivery(sending, playbooks)
    return worker.Adapters(
        desk=[
            *(shelf.load, records.deliver, LineWatchdog(client).watch),
            *(credit.look_up, Rates(NominalRates()).find, money.post),
        ],
        crm=[crm.deliver],
        mail=[mail.deliver],
    )


if __name__ == "__main__":
    worker.main(build_adapters)
