"""Every act by its message. Updates, signals, webhooks, the CLI and `docs/reference/messages.md` come from here and from `domain.deal.messages`."""

from domain.deal.messages import (
    Acknowledge,
    Amend,
    ApplyPeople,
    Ask,
    Attach,
    Bounce,
    Cancel,
    Complete,
    Compose,
    Correct,
    Decide,
    Delay,
    MakeOffer,
    Message,
    Move,
    Pay,
    Reassign,
    Refund,
    Refuse,
    ReportCard,
    Reschedule,
    Reverse,
    Revert,
    Sign,
    SplitLine,
    Waive,
    WriteOff,
)
from workflows.acts.acknowledge import acknowledge
from workflows.acts.amend import amend
from workflows.acts.ask import ask
from workflows.acts.attach import attach
from workflows.acts.bounce import bounce
from workflows.acts.cancel import cancel
from workflows.acts.card import report_card
from workflows.acts.complete import complete
from workflows.acts.correct import correct
from workflows.acts.decide import decide
from workflows.acts.delay import delay
from workflows.acts.move import move
from workflows.acts.offer import offer
from workflows.acts.order import compose_order
from workflows.acts.pay import pay
from workflows.acts.people import apply_people
from workflows.acts.reassign import reassign
from workflows.acts.refund import refund
from workflows.acts.refuse import refuse
from workflows.acts.reschedule import reschedule
from workflows.acts.reverse import reverse
from workflows.acts.revert import revert
from workflows.acts.sign import sign
from workflows.acts.split import split_line
from workflows.acts.waive import waive
from workflows.acts.write_off import write_off
from workflows.inbox import Act

DEAL_ACTS: dict[type[Message], Act] = {
    Compose: compose_order,
    MakeOffer: offer,
    Amend: amend,
    Complete: complete,
    Decide: decide,
    Ask: ask,
    Pay: pay,
    Reverse: reverse,
    Move: move,
    Refund: refund,
    WriteOff: write_off,
    Delay: delay,
    SplitLine: split_line,
    Sign: sign,
    Refuse: refuse,
    Waive: waive,
    Attach: attach,
    Acknowledge: acknowledge,
    Correct: correct,
    Reschedule: reschedule,
    Reassign: reassign,
    Cancel: cancel,
    Revert: revert,
    ReportCard: report_card,
    Bounce: bounce,
    ApplyPeople: apply_people,
}
LINE_ACTS = {message: act for message, act in DEAL_ACTS.items() if message.of_lines}
"""What a line owns, the line answers for."""
