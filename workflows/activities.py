"""The activities as the process names them: typed, without importing what carries them out.

`activities/` implements each under the same name; a test holds the two against each other.
"""

from datetime import timedelta

from domain.deal.batches import FactBatch, RecordBatch, WatchedLines
from domain.deal.credit import CreditAsked, CreditFound
from domain.deal.rates import RateAsked, RateFound
from domain.effects import Delivered
from domain.playbook.book import StaffedPlaybook
from workflows.host import Activity
from workflows.names import CRM_QUEUE, MAIL_QUEUE, TASK_QUEUE

LOAD_PLAYBOOK: Activity[None, StaffedPlaybook] = Activity(
    "playbook.load", StaffedPlaybook, TASK_QUEUE, seconds=30
)
DELIVER_TO_RECORDS: Activity[RecordBatch, Delivered] = Activity(
    "records.deliver", Delivered, TASK_QUEUE, beats=True
)
DELIVER_TO_CRM: Activity[FactBatch, Delivered] = Activity("crm.deliver", Delivered, CRM_QUEUE, beats=True)
DELIVER_MAIL: Activity[FactBatch, Delivered] = Activity("mail.deliver", Delivered, MAIL_QUEUE, beats=True)
WATCH_LINES: Activity[WatchedLines, WatchedLines] = Activity(
    "lines.watch", WatchedLines, TASK_QUEUE, patience=timedelta(hours=1)
)
"""Of the lines asked about, those whose workflow no longer runs, and those whose id is somebody else's."""

LOOK_UP_CREDIT: Activity[CreditAsked, CreditFound] = Activity(
    "credit.look_up", CreditFound, TASK_QUEUE, seconds=20, patience=timedelta(minutes=1)
)
"""Asked by a line whose payment type is credit, and by no other."""

FIND_RATE: Activity[RateAsked, RateFound] = Activity(
    "rates.find", RateFound, TASK_QUEUE, seconds=30, patience=timedelta(minutes=2), beats=True
)
"""The Bank of Russia's rate of a day. Only deals with a rate clause ask."""

OF_A_DEAL = (
    *(LOAD_PLAYBOOK, DELIVER_TO_RECORDS, DELIVER_TO_CRM, DELIVER_MAIL, WATCH_LINES),
    *(LOOK_UP_CREDIT, FIND_RATE),
)
