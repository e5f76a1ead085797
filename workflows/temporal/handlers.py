"""Every message is offered twice under one name: as an update that answers, and as a signal that does not."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar, cast

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.deal.messages import Message, Receipt
    from domain.refusals import Refusal
    from workflows.inbox import Inbox, Unreadable

C = TypeVar("C", bound=type)
NOTHING = cast(RawValue, None)
"""No payload at all. The SDK passes payloads through undecoded only to parameters annotated `RawValue`, nothing else."""


class Recipient(Protocol):
    """A workflow that takes messages. It has no inbox if it could not even start."""

    inbox: Inbox | None


def takes(messages: Iterable[type[Message]], *internal: str) -> Callable[[C], C]:
    """Gives a workflow an update and a signal for each message, and a signal for each word among deals and lines."""

    def add(cls: C) -> C:
        for message in messages:
            setattr(cls, message.name, _update(message))
            setattr(cls, f"{message.name}_signal", _signal(message.name, _description(message)))
        for name in internal:
            setattr(cls, name, _signal(name, "Between a deal and its lines: nobody else may send it."))
        return cls

    return add


def _update(message: type[Message]) -> Any:
    name = message.name

    async def handle(self, message: Any = None) -> Receipt:  # type: ignore[no-untyped-def]  # the SDK's `self` is bare
        return await answer(self, name, message)

    def validate(self, message: Any = None) -> None:  # type: ignore[no-untyped-def]
        check(self, name, message)

    handle.__name__ = handle.__qualname__ = name
    handler = workflow.update(name=name, description=_description(message))(handle)
    handler.validator(validate)
    return handler


def _signal(name: str, description: str) -> Any:
    def handle(self, message: RawValue = NOTHING) -> None:  # type: ignore[no-untyped-def]
        put(self, name, message)

    handle.__name__ = handle.__qualname__ = f"{name}_signal"
    return workflow.signal(name=name, description=description)(handle)


def check(recipient: Recipient, name: str, message: Any) -> None:
    """Raises the failure that an update is refused with."""
    try:
        _inbox(recipient).check(name, decoded(message))
    except Refusal as refusal:
        raise as_failure(refusal) from None


async def answer(recipient: Recipient, name: str, message: Any) -> Receipt:
    try:
        return await _inbox(recipient).answer(name, decoded(message))
    except Refusal as refusal:
        raise as_failure(refusal) from None


def put(recipient: Recipient, name: str, message: Any) -> None:
    if recipient.inbox:
        recipient.inbox.put(name, decoded(message))


def decoded(raw: Any) -> Any:
    """What came, as JSON has it; `Unreadable` where nobody can read it."""
    if not isinstance(raw, RawValue):
        return raw
    try:
        return workflow.payload_converter().from_payload(raw.payload)
    except Exception as error:
        beginning = raw.payload.data[:300].decode("utf-8", errors="replace")
        return Unreadable(type(error).__name__, beginning)


def as_failure(refusal: Refusal) -> ApplicationError:
    details = {"code": refusal.code, "ru": refusal.text.ru, "en": refusal.text.en}
    return ApplicationError(str(refusal), details, type="Refused", non_retryable=True)


def _inbox(recipient: Recipient) -> Inbox:
    if recipient.inbox is None:
        en, ru = "this workflow could not start: look at its failure", "этот процесс не смог начаться"
        raise Refusal("not_started", en=en, ru=ru)
    return recipient.inbox


def _description(message: type[Message]) -> str:
    example = json.dumps(message.example, ensure_ascii=False)
    return f"{(message.__doc__ or message.name).strip()} Example: {example}"
