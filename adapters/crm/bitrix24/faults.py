"""What a portal's refusal means (docs: limits, system errors). Codes come as words, numbers, "" and 0; texts with tags."""

import html
import re
from enum import Enum
from typing import Any, NamedTuple

from activities.errors import CrmRefused, CrmUnavailable
from domain.words import Text

LONGEST = 300


class Meaning(Enum):
    TOO_FAST = "the bucket is full: a little later"
    METHOD_CLOSED = "this method has used up its time: when it is free again"
    OVERLOADED = "the portal has locked REST by hand: much later"
    SHUT_OUT = "credentials: somebody must mend them, and then it goes on"
    NOT_GRANTED = "a permission of the webhook, or the plan: the same, for this kind of call"
    DENIED = "a right of the webhook's owner: the same, for this thing"
    BROKEN = "a fault on their side: what was asked may have been done"
    REFUSED = "never, however often it is asked"


_BY_CODE = {
    "QUERY_LIMIT_EXCEEDED": Meaning.TOO_FAST,
    "OPERATION_TIME_LIMIT": Meaning.METHOD_CLOSED,
    "OVERLOAD_LIMIT": Meaning.OVERLOADED,
    **dict.fromkeys(
        (
            "EXPIRED_TOKEN",
            "INVALID_TOKEN",
            "NO_AUTH_FOUND",
            "WRONG_AUTH_TYPE",
            "APPLICATION_NOT_FOUND",
            "PORTAL_DELETED",
        ),
        Meaning.SHUT_OUT,
    ),
    **dict.fromkeys(
        ("INVALID_CREDENTIALS", "INSUFFICIENT_SCOPE", "USER_ACCESS_ERROR", "ALLOWED_ONLY_INTRANET_USER"),
        Meaning.NOT_GRANTED,
    ),
    "ACCESS_DENIED": Meaning.DENIED,
    "ERROR_ACCESS_DENIED": Meaning.DENIED,
    "INTERNAL_SERVER_ERROR": Meaning.BROKEN,
    "ERROR_UNEXPECTED_ANSWER": Meaning.BROKEN,
    **dict.fromkeys(  # of a bot, which the desk can do without: HTTP says 403 of some of them
        ("BOT_NOT_FOUND", "BOT_OWNERSHIP_ERROR", "BOT_TYPE_NOT_ALLOWED", "MESSAGE_ACCESS_DENIED"),
        Meaning.REFUSED,
    ),
}
_BY_STATUS = {401: Meaning.SHUT_OUT, 403: Meaning.SHUT_OUT, 410: Meaning.SHUT_OUT, 429: Meaning.TOO_FAST}
_OF_PLAN = ("commercial plan", "by subscription", "коммерческих тариф", "по подписке")
_OF_RIGHTS = (
    "access denied",
    "access_denied",
    "permission",
    "action on the task is not allowed",  # of one that is there, and open: both were looked up
    "доступ запрещ",
    "нет доступа",
    "недостаточно прав",
    "нет прав",
    "действие над задачей не разрешено",
)


class PortalRefused(CrmRefused):
    """`missing` is the right that it was refused for want of; none if it never will be done."""

    def __init__(self, words: str, code: str = "", missing: Text | None = None) -> None:
        super().__init__(words)
        self.code = code
        self.missing = missing

    @property
    def not_found(self) -> bool:
        return self.code in ("NOT_FOUND", "OWNER_NOT_FOUND") or "not found" in str(self).lower()


class NotGranted(CrmUnavailable):
    """What is read waits until `missing` is granted; what is written is kept aside."""

    def __init__(self, words: str, missing: Text) -> None:
        super().__init__(words)
        self.missing = missing


class Fault(NamedTuple):
    meaning: Meaning
    code: str
    words: str

    @property
    def said(self) -> str:
        """With its code, where that says more than the words."""
        return f"{self.code}: {self.words}" if self.code and self.code not in self.words else self.words

    @property
    def of_plan(self) -> bool:
        return any(sign in self.words.lower() for sign in _OF_PLAN)

    @property
    def of_scope(self) -> bool:
        return self.meaning is Meaning.NOT_GRANTED


def fault_in(status: int, body: Any) -> Fault | None:
    """None if the answer is a good one. `body` is the parsed JSON, or None if it was none."""
    if isinstance(body, dict) and "error" in body:
        return inner_fault(body, status)
    if 300 <= status < 400:
        return Fault(
            Meaning.SHUT_OUT, "", "the portal has moved: put its new address into DEALWRIGHT_BITRIX24_URL"
        )
    if status == 404:
        return Fault(Meaning.SHUT_OUT, "", "there is no REST at this address")
    if status >= 400:
        return Fault(
            _BY_STATUS.get(status, Meaning.BROKEN if status >= 500 else Meaning.REFUSED), "", f"HTTP {status}"
        )
    if not isinstance(body, dict) or "result" not in body:
        return Fault(Meaning.BROKEN, "", "the answer is not the portal's")
    return None


def inner_fault(body: dict[str, Any], status: int = 400) -> Fault:
    """`{"error", "error_description"}`, or REST 3.0's `{"error": {"code", "message", "validation"}}`."""
    error = body["error"]
    if isinstance(error, dict):
        code, text = error.get("code", ""), error.get("message", "")
        named = [f"{v.get('field', '')}: {v.get('message', '')}" for v in error.get("validation") or []]
        text = "; ".join([str(text), *named])
    else:
        code, text = error, body.get("error_description", "")
    code = str(code or "")
    words = _readable(str(text or "")) or code or f"HTTP {status}"
    return Fault(_meaning(code, words.lower(), status), code, words)


def _meaning(code: str, words: str, status: int) -> Meaning:
    """With 401 or 403 it is the whole of REST that is denied, with 400 one thing."""
    if any(sign in words for sign in _OF_PLAN):
        return Meaning.NOT_GRANTED
    known = _BY_CODE.get(code.upper()) or _BY_STATUS.get(status)
    if known is Meaning.DENIED and status in (401, 403):
        return Meaning.NOT_GRANTED
    if known:
        return known
    if status >= 500:
        return Meaning.BROKEN
    return Meaning.DENIED if any(sign in words for sign in _OF_RIGHTS) else Meaning.REFUSED


def _readable(text: str) -> str:
    plain = html.unescape(re.sub(r"<[^>]*>", " ", text))
    return " ".join(plain.split())[:LONGEST]
