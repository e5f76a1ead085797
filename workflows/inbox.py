"""How messages are taken: checked without a trace, carried out once, refused in words; whatever comes, nothing hangs."""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from domain.deal import answers
from domain.deal.field_labels import FIELD_LABELS
from domain.deal.messages import MESSAGES, Kept, Message, Receipt
from domain.deal.state import DealState
from domain.facts import FloodRefused, MessageRefused
from domain.refusals import Refusal
from domain.wording import about, typed, worded
from domain.wording.invalid import summary
from domain.words import Text
from workflows.case import Case
from workflows.host import Task
from workflows.names import deal_id

MAX_RECEIPTS = 500
MONEY = ("pay:", "reverse:", "move:", "refund:", "write-off:", "correct:")
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


@dataclass(eq=False)
class _Came:
    """A message. An update takes itself, once it is its turn."""

    name: str
    raw: Any
    arrival: int
    is_update: bool = False


class Inbox:
    """`case` is the deal or the line whose messages these are. What comes before its playbook is there waits for it.

    One is taken after the other, each once the process has gone as far as the one before let it: what came together, or is applied
    anew by an operator's reset, has the effect it had one by one. Of what comes together updates are first: a replay brings
    updates that were applied anew after the signals they came between.
    """

    def __init__(self, case: Case[Any], acts: Mapping[type[Message], Act], internal: Internal) -> None:
        self._case = case
        self._acts = acts
        self._internal = internal
        self._queue: deque[_Came] = deque()
        self._taking = False
        self._loop: Task | None = None

    def begin(self) -> None:
        self._loop = self._case.host.background(self._serve())

    async def drain(self) -> None:
        """The last thing before a run ends: until then what comes is taken, for the next run will not know of it."""
        await self._case.pause(lambda: self.idle)

    @property
    def idle(self) -> bool:
        """Whether all that came is taken and answered."""
        return not (self._queue or self._taking or self._case.host.messages_coming)

    # --- updates: they answer ----------------------------------------------------------------------------------------

    def check(self, name: str, raw: Any) -> None:
        """Raises the Refusal that sending this would meet, as far as that is clear now, and changes nothing."""
        message = read(name, raw)
        if self._is_open() and self.idle and self._case.at_rest:
            self._plan(message)

    async def answer(self, name: str, raw: Any) -> Receipt:
        """Carries it out, after all that came before it. Raises Refusal."""
        message, came = read(name, raw), _Came(name, raw, self._case.host.arrival, is_update=True)
        self._queue.insert(self._place_of_update(), came)
        try:
            if not self._is_next(came):
                await self._case.host.wait(lambda: self._is_next(came))
            self._case.ring_due()
            return self._plan(message)()
        finally:
            self._queue.remove(came)

    # --- signals: what is refused leaves a fact ----------------------------------------------------------------------

    def put(self, name: str, raw: Any) -> None:
        self._queue.append(_Came(name, raw, self._case.host.arrival))
        self._case.changed()

    async def _serve(self) -> None:
        while True:
            await self._case.host.wait(lambda: self._is_open() and self._signal_waits())
            self._taking = True
            self._put_refused_on_record(await self._take_some())
            self._taking = False
            if self._case.host.history_is_long:
                self._case.wake()  # what is refused wakes nobody, and makes the history longer still
            if self._signal_waits():
                await self._case.host.wait(lambda: False, self._case.now + BREATH, "many messages at once")

    async def _take_some(self) -> list[MessageRefused]:
        """Signals, until an update has its turn; those that were refused."""
        refused: list[MessageRefused] = []
        for _ in range(AT_ONCE):
            if not self._signal_waits():
                break
            if not self._case.at_rest:
                await self._case.host.wait(lambda: self._case.at_rest)
                continue  # an update may have come before it
            self._case.ring_due()
            came = self._queue.popleft()
            if fact := self._take(came.name, came.raw):
                refused.append(fact)
        return refused

    def _take(self, name: str, raw: Any) -> MessageRefused | None:
        try:
            if name in self._internal:
                self._internal[name](raw)
            else:
                self._plan(read(name, raw))()
        except Refusal as refusal:
            return _refused(name, raw, refusal)
        except Exception as error:  # a bug in an act must not hang the deal: it is on record instead
            en, ru = "an error in the desk itself: {kind}", "ошибка в самом столе: {kind}"
            return _refused(name, raw, Refusal("stray", en=en, ru=ru, kind=type(error).__name__))
        return None

    def _put_refused_on_record(self, refused: list[MessageRefused]) -> None:
        for fact in refused[:MAX_REFUSALS]:
            self._case.record(fact)
        if rest := refused[MAX_REFUSALS:]:
            names = tuple(dict.fromkeys(fact.message for fact in rest))[:10]
            self._case.record(FloodRefused(count=len(rest), messages=names, reason=rest[0].reason))

    def _place_of_update(self) -> int:
        now = self._case.host.arrival
        signals = (n for n, other in enumerate(self._queue) if not other.is_update and other.arrival == now)
        return next(signals, len(self._queue))

    def _signal_waits(self) -> bool:
        return bool(self._queue) and not self._queue[0].is_update

    def _is_next(self, came: _Came) -> bool:
        return self._is_open() and self._queue[0] is came and not self._taking and self._case.at_rest

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
            raise _of_the_deal(message.name, state.deal)
        effect = self._acts[type(message)](self._case, message)

        def carry_out() -> Receipt:
            words = _placed(effect(), state.subject.line)
            self._case.follow_up()
            receipt = Receipt(id=message.id, words_ru=words.ru, words_en=words.en, at=self._case.now)
            _keep(state.receipts, key, Kept(digest=message.digest(), receipt=receipt))
            self._case.wake()
            return receipt

        return carry_out


def read(name: str, raw: Any) -> Message:
    """The message in what came, whatever came; a `Refusal` says what is wrong with it."""
    if name not in MESSAGES:
        raise _unknown(name)
    if isinstance(raw, Unreadable):
        raise Malformed(name, worded(ru="не читается", en="not readable: {why}", why=raw.why))
    if raw is None:
        raise Malformed(name, _EMPTY)
    try:
        return MESSAGES[name].model_validate(raw)
    except ValidationError as error:
        raise Malformed(name, summary(error), summary(error, names=FIELD_LABELS)) from None


def _unknown(name: str) -> Refusal:
    known, nearest = ", ".join(MESSAGES), get_close_matches(name[:100], MESSAGES, 1)
    perhaps = (
        Text(ru=f"; может быть, {nearest[0]}?", en=f"; perhaps {nearest[0]}?")
        if nearest
        else Text(ru=".", en=".")
    )
    return Refusal(
        "unknown_message",
        en="there is no message {name}{perhaps} There are {known}",
        ru="нет сообщения {name}{perhaps} Есть {known}",
        name=typed(name),
        perhaps=perhaps,
        known=known,
    )


def _of_the_deal(name: str, deal: str) -> Refusal:
    return Refusal(
        "wrong_workflow",
        en="this is for the deal's own process, {id}",
        ru="это нужно отправлять процессу сделки, {id}",
        id=deal_id(deal),
    )


def _of_a_line(id: str, deal: str) -> Refusal:
    where = f"{deal_id(deal)}-{id.partition(':')[0]}"
    return Refusal(
        "wrong_workflow",
        en="this is answered at the line's own process, {where}",
        ru="на это отвечают в процессе позиции, {where}",
        where=where,
    )


_EMPTY = Text(ru="пусто", en="it is empty")


class Malformed(Refusal):
    """Who sent it reads its fields' names and an example; people who read the trail, `in_words`, read neither."""

    def __init__(self, name: str, why: Text, in_words: Text | None = None) -> None:
        example = json.dumps(MESSAGES[name].example, ensure_ascii=False)
        en, ru = "{why}. Send it like {example}", "{why}. Пример: {example}"
        super().__init__("malformed", en=en, ru=ru, why=why, example=example)
        self.in_words = in_words or why


def _refused(name: str, raw: Any, refusal: Refusal) -> MessageRefused:
    reason = refusal.in_words if isinstance(refusal, Malformed) else refusal.text
    return MessageRefused(
        message=name[:100],
        tried=_tried(raw),
        code=refusal.code,
        reason=Text(ru=reason.ru[:1000], en=reason.en[:1000]),
    )


def _tried(raw: Any) -> str:
    if isinstance(raw, Unreadable):
        return raw.raw[:MAX_TRIED]
    return "" if raw is None else json.dumps(raw, ensure_ascii=False, default=str)[:MAX_TRIED]


def _placed(words: Text, line: int | None) -> Text:
    """One asks several lines at once, and each answers for itself."""
    return worded(ru="{of}. {words}", en="{of}. {words}", of=about(line), words=words) if line else words


def _keep(receipts: dict[str, Kept], key: str, kept: Kept) -> None:
    """What is told of money is remembered for ever; of the rest, enough to answer whoever asks again."""
    receipts[key] = kept
    disposable = [k for k in receipts if not k.startswith(MONEY)]
    for old in disposable[: max(len(disposable) - MAX_RECEIPTS, 0)]:
        del receipts[old]
