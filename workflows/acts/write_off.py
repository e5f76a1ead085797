"""A small rest that is missing is forgiven, on record: what waits for it goes on."""

from domain.deal import places, write_offs
from domain.deal.messages import WriteOff
from domain.facts import MoneyWrittenOff
from domain.wording import Cash, worded
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect


def write_off(deal: DealCase, message: WriteOff) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(WriteOff, deal.desk.identify(message.actor))
    milestone = write_offs.check_write_off(state, message)

    def effect() -> Text:
        entry = write_offs.forgive(state, milestone, message, actor, deal.now, deal.today)
        written_off = MoneyWrittenOff(**entry.about(), taken=entry.taken, put=entry.put, reason=entry.note)
        deal.record(written_off, by=actor)
        deal.lines.fund(places.lines_of(state, entry))
        return worded(
            ru="Списано {rest}: {target}",
            en="{rest} is written off: {target}",
            rest=Cash(entry.amount, entry.currency),
            target=places.named(state, entry.put),
        )

    return effect
