"""The messages of the desk: what people, the CRM and the bank tell a deal. One model each, so that fields can be added.

Each says its name, who may send it and an example; `workflows/acts/` has a module for each: its check and its effect.
"""

from domain.deal.messages.agreement import Amend, Cancel, Compose, Decide, MakeOffer
from domain.deal.messages.answers import Acknowledge, Ask, Complete, Correct, Reassign, Reschedule
from domain.deal.messages.base import Amount, Answer, Comment, Day, Id, Kept, Message, Receipt
from domain.deal.messages.journey import Delay, SplitLine
from domain.deal.messages.money import AboutPayment, Move, Pay, PaymentOrder, Refund, Reverse, WriteOff
from domain.deal.messages.outside import ApplyPeople, Bounce, ReportCard, Revert
from domain.deal.messages.papers import Attach, Refuse, Sign, Waive

__all__ = [
    "BY_WEBHOOK",
    "MESSAGES",
    "AboutPayment",
    "Acknowledge",
    "Amend",
    "Amount",
    "Answer",
    "ApplyPeople",
    "Ask",
    "Attach",
    "Bounce",
    "Cancel",
    "Comment",
    "Complete",
    "Compose",
    "Correct",
    "Day",
    "Decide",
    "Delay",
    "Id",
    "Kept",
    "MakeOffer",
    "Message",
    "Move",
    "Pay",
    "PaymentOrder",
    "Reassign",
    "Receipt",
    "Refund",
    "Refuse",
    "ReportCard",
    "Reschedule",
    "Reverse",
    "Revert",
    "Sign",
    "SplitLine",
    "Waive",
    "WriteOff",
]

MESSAGES: dict[str, type[Message]] = {
    message.name: message
    for message in (
        Compose,
        MakeOffer,
        Amend,
        Complete,
        Decide,
        Ask,
        Pay,
        Reverse,
        Move,
        Refund,
        WriteOff,
        Delay,
        SplitLine,
        Sign,
        Refuse,
        Waive,
        Attach,
        Acknowledge,
        Correct,
        Reschedule,
        Reassign,
        Cancel,
        Revert,
        ReportCard,
        Bounce,
        ApplyPeople,
    )
}
BY_WEBHOOK = tuple(name for name, message in MESSAGES.items() if message.by_webhook)
