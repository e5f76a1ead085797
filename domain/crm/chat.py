"""What the buttons under a question in the CRM's chat say, and what they send back: one answer to one version of one approval."""

import hashlib
import re
from typing import NamedTuple

from domain.order.order import NUMBER
from domain.words import Text

APPROVE = Text(ru="Согласовать", en="Approve")
REJECT = Text(ru="Отклонить", en="Reject")
OPEN = Text(ru="Подробнее или спросить", en="Read more, or ask")

_ANSWERS = {True: "approve", False: "reject"}
_SENT = re.compile(r"(\S{1,50}) (\S{1,90})@([0-9]{1,6}) (approve|reject)(?:\s+(.+))?", re.DOTALL)


class ChatAnswer(NamedTuple):
    deal: str
    approval: str
    version: int
    approve: bool
    comment: str = ""

    @property
    def sent(self) -> str:
        """What its button sends, and what a comment can be typed behind. It proves nothing: whoever sends it answers in their own
        name."""
        return f"{self.deal} {self.approval}@{self.version} {_ANSWERS[self.approve]}"

    def id_of(self, person: str) -> str:
        """Of the message to the deal: pressed again, or told again, it is the same one."""
        said = hashlib.sha256(self.comment.encode()).hexdigest()[:8] if self.comment else ""
        return f"chat:{self.approval}@{self.version}:{person}:{_ANSWERS[self.approve]}{said and ':'}{said}"


def read_answer(sent: str) -> ChatAnswer | None:
    """None for what no button sends, or begins."""
    found = _SENT.fullmatch(sent.strip())
    if found is None or not re.fullmatch(NUMBER, found[1]):
        return None
    return ChatAnswer(found[1], found[2], int(found[3]), found[4] == _ANSWERS[True], found[5] or "")
