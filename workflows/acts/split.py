"""A part of a line goes on by itself: the line is ordered to cut it off, and the deal starts what it reports; see `splits`."""

from domain.deal.messages import SplitLine
from domain.deal.splitting import check_split
from domain.wording import Measured, worded
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect


def split_line(deal: DealCase, message: SplitLine) -> Effect:
    actor = deal.desk.authorize(SplitLine, deal.desk.identify(message.actor))
    split = check_split(deal.state, message, actor)

    def effect() -> Text:
        deal.lines.order_split(split)
        return worded(
            ru="Позиция {line} делится: {quantity} — позиция {part}",
            en="Line {line} is split: {quantity} become line {part}",
            line=split.line,
            quantity=Measured(split.quantity, deal.state.lines[split.line].good.unit),
            part=split.number,
        )

    return effect
