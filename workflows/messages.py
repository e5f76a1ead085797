"""Every message is offered twice under one name: as an update that answers, and as a signal that does not."""

import json
from collections.abc import Callable
from typing import Any, Protocol, cast

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from domain.messages import MESSAGES, Message, Receipt
from domain.refusals import Refusal


class Recipient(Protocol):
    """What takes messages. `plan` checks and changes nothing; the plan it returns, when called, does it."""

    def plan(self, name: str, message: Message) -> Callable[[], Receipt]: ...
    def refuse(self, name: str, raw: Any, refusal: Refusal) -> None: ...


NOTHING = cast(RawValue, None)
"""No payload at all. The SDK passes payloads through undecoded only to parameters annotated `RawValue`, nothing else."""

EXAMPLES: dict[str, dict[str, Any]] = {
    "order": {"id": "o-1", "actor": "ivanova", "order": {"lines": []}},
    "complete": {
        "id": "c-1",
        "actor": "ivanova",
        "assignment": "qualification",
        "fields": {"outcome": "qualified"},
    },
    "decide": {"id": "d-1", "actor": "petrov", "approval": "contract", "approve": True, "comment": ""},
    "pay": {"id": "pp-118", "actor": "kuznetsova", "amount": "1250000.00", "currency": "RUB", "line": 1},
    "sign": {"id": "s-1", "actor": "client", "document": "line-1:upd"},
    "reassign": {"id": "r-1", "actor": "petrov", "to": "sidorov"},
    "cancel": {"id": "x-1", "actor": "ivanova", "reason": "the clinic has closed"},
    "turn_back": {"id": "t-1", "actor": "crm", "what": "stage", "subject": "SHIPPED", "by": "Ольга Иванова"},
    "bounce": {"id": "b-1", "actor": "mail", "email": "anna@clinic.example", "reason": "550 no such user"},
}


def read(name: str, raw: Any) -> Message:
    """The message in what came, whatever came; a `Refusal` says what is wrong with it."""
    if isinstance(raw, RawValue):
        raw = _decoded(name, raw)
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


def _decoded(name: str, raw: RawValue) -> Any:
    try:
        return workflow.payload_converter().from_payload(raw.payload)
    except Exception as error:
        raise _malformed(name, f"it can't be read ({type(error).__name__})") from None


def _malformed(name: str, why: str) -> Refusal:
    example = json.dumps(EXAMPLES[name], ensure_ascii=False)
    return Refusal("malformed", en=f"{why}. Send it like {example}", ru=f"{why}. Пример: {example}")


def update(name: str) -> Any:
    """The update `name`: refused in its validator, with nothing written to history; answered with a receipt."""

    async def handle(self, message: Any = None) -> Receipt:  # type: ignore[no-untyped-def]  # the SDK's `self` is bare
        recipient = cast(Recipient, self)
        try:
            return recipient.plan(name, read(name, message))()
        except Refusal as refusal:
            raise _as_failure(refusal) from None

    def check(self, message: Any = None) -> None:  # type: ignore[no-untyped-def]
        try:
            self.plan(name, read(name, message))
        except Refusal as refusal:
            raise _as_failure(refusal) from None

    handle.__name__ = handle.__qualname__ = name
    handler = workflow.update(name=name, description=_description(name))(handle)
    handler.validator(check)
    return handler


def signal(name: str) -> Any:
    """The signal `name`: what is refused leaves a fact that says who tried what, and why not."""

    def handle(self, message: RawValue = NOTHING) -> None:  # type: ignore[no-untyped-def]
        try:
            self.plan(name, read(name, message))()
        except Refusal as refusal:
            self.refuse(name, message, refusal)

    handle.__name__ = handle.__qualname__ = f"{name}_signal"
    return workflow.signal(name=name, description=_description(name))(handle)


def _description(name: str) -> str:
    return f"{(MESSAGES[name].__doc__ or name).strip()} Example: {json.dumps(EXAMPLES[name], ensure_ascii=False)}"


def _as_failure(refusal: Refusal) -> ApplicationError:
    details = {"code": refusal.code, "ru": refusal.text.ru, "en": refusal.text.en}
    return ApplicationError(str(refusal), details, type="Refused", non_retryable=True)
