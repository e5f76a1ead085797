"""How messages are taken: checked without a trace, carried out once, refused in words; whatever comes, nothing hangs."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from domain import answers
from domain.facts import FloodRefused, MessageRefused
from domain.messages import MESSAGES, Kept, Message, Receipt
from domain.refusals import Refusal
from domain.state import DealState
from domain.words import Text
from workflows.case import Case
from workflows.host import Task
from workflows.names import deal_id

MAX_RECEIPTS = 500
MONEY = ("pay:", "reverse:", "move:", "refund:")
MAX_TRIED = 300  # characters of a refused message that the trail keeps
AT_ONCE = 100  # messages taken before the host gets a breath: a thousand at once would count as a deadlock
MAX_REFUSALS = 20  # of these, each on record by itself; the rest are summed up
BREATH = timedelta(milliseconds=50)

Effect = Callable[[], Text]
"""Carries a checked message out; answers in words."""

Act = Callable[[Any, Any], Effect]
"""Checks a message to a deal or a line (the case, the message), and changes nothing. Raises Refusal."""

Internal = Mapping[str, Callable[[Any], None]]
"""What a deal and its lines tell each other, by name: takes what came, decoded. Raises Refusal."""


class Unreadable:
    """What came and can't be decoded. `raw` is the beginning of it."""

    def __init__(self, why: str, raw: str) -> None:
        self.why, self.raw = why, raw


class Inbox:
    """`case` is the deal or the line whose messages these are. What comes before its playbook is there waits for it."""

    def __init__(self, case: Case[Any], acts: Mapping[type[Message], Act], internal: Internal) -> None:
        self._case = case
        self._acts = acts
        self._internal = internal
        self._waiting: list[tuple[str, Any]] = []
        self._answering = 0
        self._loop: Task | None = None

    def begin(self) -> None:
        self._loop = self._case.host.background(self._serve())

    async def drain(self) -> None:
        """The last thing before a run ends: until then what comes is taken, for the next run will not know of it."""
        await self._case.host.wait(lambda: self.idle)

    @property
    def idle(self) -> bool:
        """Whether all that came is taken and answered."""
        return not self._waiting and not self._answering

    # --- updates: they answer ----------------------------------------------------------------------------------------

    def check(self, name: str, raw: Any) -> None:
        """Raises the Refusal that sending this would meet, and changes nothing."""
        message = read(name, raw)
        if self._is_open():
            self._plan(message)

    async def answer(self, name: str, raw: Any) -> Receipt:
        """Carries it out, after all that came before it. Raises Refusal."""
        message = read(name, raw)
        self._answering += 1
        try:
            if not self._is_open() or self._waiting:
                await self._case.host.wait(lambda: self._is_open() and not self._waiting)
            self._case.ring_due()
            return self._plan(message)()
        finally:
            self._answering -= 1

    # --- signals: what is refused leaves a fact ----------------------------------------------------------------------

    def put(self, name: str, raw: Any) -> None:
        self._waiting.append((name, raw))

    async def _serve(self) -> None:
        while True:
            await self._case.host.wait(lambda: self._is_open() and bool(self._waiting))
            self._case.ring_due()
            slice, self._waiting[:AT_ONCE] = self._waiting[:AT_ONCE], []
            self._put_refused_on_record(
                [refused for name, raw in slice if (refused := self._take(name, raw))]
            )
            if self._case.host.history_is_long:
                self._case.wake()  # what is refused wakes nobody, and makes the history longer still
            if self._waiting:
                await self._case.host.wait(lambda: False, self._case.now + BREATH, "many messages at once")

    def _take(self, name: str, raw: Any) -> MessageRefused | None:
        try:
            if name in self._internal:
                self._internal[name](raw)
            else:
                self._plan(read(name, raw))()
        except Refusal as refusal:
            return _refused(name, raw, refusal)
        except Exception as error:  # a bug in an act must not hang the deal: it is on record instead
            en = f"{name[:100]} could not be taken: {type(error).__name__}"
            ru = f"сообщение {name[:100]} не принято: {type(error).__name__}"
            return _refused(name, raw, Refusal("stray", en=en, ru=ru))
        return None

    def _put_refused_on_record(self, refused: list[MessageRefused]) -> None:
        for fact in refused[:MAX_REFUSALS]:
            self._case.record(fact)
        if rest := refused[MAX_REFUSALS:]:
            names = tuple(dict.fromkeys(fact.message for fact in rest))[:10]
            self._case.record(FloodRefused(count=len(rest), messages=names, reason=rest[0].reason))

    # --- both --------------------------------------------------------------------------------------------------------

    def _is_open(self) -> bool:
        return self._case.state.playbook is not None

    def _plan(self, message: Message) -> Callable[[], Receipt]:
        """Checks a message and changes nothing; the plan it returns carries it out, once for each id."""
        state, key = self._case.state, f"{message.name}:{message.id}"
        if message.about.startswith("line-") and isinstance(state, DealState):
            raise _of_a_line(message.about, state.deal)
        if kept := state.receipts.get(key):
            answers.check_repetition(kept, message)
            receipt = kept.receipt.model_copy(update={"repeated": True})
            return lambda: receipt
        if type(message) not in self._acts:
            raise _unknown(message.name, self._acts)
        effect = self._acts[type(message)](self._case, message)

        def carry_out() -> Receipt:
            words = effect()
            receipt = Receipt(id=message.id, words_ru=words.ru, words_en=words.en, at=self._case.now)
            _keep(state.receipts, key, Kept(digest=message.digest(), receipt=receipt))
            self._case.wake()
            return receipt

        return carry_out


def read(name: str, raw: Any) -> Message:
    """The message in what came, whatever came; a `Refusal` says what is wrong with it."""
    if name not in MESSAGES:
        raise _unknown(name, MESSAGES.values())
    if isinstance(raw, Unreadable):
        raise _malformed(name, f"not readable: {raw.why}")
    if raw is None:
        raise _malformed(name, "it is empty")
    try:
        return MESSAGES[name].model_validate(raw)
    except ValidationError as error:
        wrong = (
            f"{'.'.join(map(str, e['loc'])) or 'it'}: {e['msg']}"
            for e in error.errors(include_url=False)[:10]
        )
        raise _malformed(name, "; ".join(wrong)) from None


def _unknown(name: str, there: Iterable[type[Message]]) -> Refusal:
    known = ", ".join(message.name for message in there)
    en, ru = f"no message {name[:100]!r}: there are {known}", f"нет сообщения {name[:100]!r}: есть {known}"
    return Refusal("unknown_message", en=en, ru=ru)


def _of_a_line(id: str, deal: str) -> Refusal:
    where = f"{deal_id(deal)}-{id.partition(':')[0]}"
    return Refusal(
        "wrong_workflow",
        en=f"{id} is answered at the line's own workflow, {where}",
        ru=f"{id}: отвечать нужно в процессе строки, {where}",
    )


def _malformed(name: str, why: str) -> Refusal:
    example = json.dumps(MESSAGES[name].example, ensure_ascii=False)
    return Refusal("malformed", en=f"{why}. Send it like {example}", ru=f"{why}. Пример: {example}")


def _refused(name: str, raw: Any, refusal: Refusal) -> MessageRefused:
    return MessageRefused(
        message=name[:100],
        tried=_tried(raw),
        code=refusal.code,
        reason=Text(ru=refusal.text.ru[:1000], en=refusal.text.en[:1000]),
    )


def _tried(raw: Any) -> str:
    if isinstance(raw, Unreadable):
        return raw.raw[:MAX_TRIED]
    return "" if raw is None else json.dumps(raw, ensure_ascii=False, default=str)[:MAX_TRIED]


def _keep(receipts: dict[str, Kept], key: str, kept: Kept) -> None:
    """What is told of money is remembered for ever; of the rest, enough to answer whoever asks again."""
    receipts[key] = kept
    disposable = [k for k in receipts if not k.startswith(MONEY)]
    for old in disposable[: max(len(disposable) - MAX_RECEIPTS, 0)]:
        del receipts[old]
