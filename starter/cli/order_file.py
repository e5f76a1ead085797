"""The order file of `deal start` and `deal order`. Of a file that is no order nothing is echoed: it may be anybody's."""

import re
import sys
from collections.abc import Mapping
from typing import Any

from domain.wording import worded
from domain.words import Text
from starter.cli.typed import refuse_placeholder
from starter.errors import UsageError

STDIN = "-"
_ORDERS = ("client", "lines", "wish")
_PLAYBOOKS = ("company", "payments", "deliveries", "assignments", "approvals", "calendar")
_SPEAKS_OF_AN_ORDER = re.compile(rb"""^[\s{,]*["']?(client|lines|wish)["']?\s*:""", re.MULTILINE)

_NO_ORDER = Text(
    ru="{file}: это не заказ. Заказ — YAML или JSON с полями client и lines; образец: playbooks/orders/three-goods.yaml.",
    en="{file}: this is no order. An order is YAML or JSON with client and lines; see playbooks/orders/three-goods.yaml.",
)
_PLAYBOOK = Text(
    ru="{file}: это справочники (playbook), а не заказ. Проверить их: deal playbook check {file}.",
    en="{file}: this is a playbook, not an order. To check it: deal playbook check {file}.",
)
_PEOPLE = Text(
    ru="{file}: это список людей, а не заказ. Проверить его: deal people check {file}.",
    en="{file}: this is a file of people, not an order. To check it: deal people check {file}.",
)


def read_order_document(file: str) -> Mapping[str, Any]:
    """Raises BadFile for what may be an order and can't be read, UsageError for what is none."""
    from activities.files import BadFile, parse_document, read_document

    refuse_placeholder(file)
    raw = b"" if file != STDIN else sys.stdin.buffer.read()
    try:
        if file != STDIN:
            document = read_document(file)
        else:
            document = parse_document(raw, "stdin.json" if raw.lstrip().startswith(b"{") else "stdin")
    except BadFile:
        if (file == STDIN and not _SPEAKS_OF_AN_ORDER.search(raw)) or _is_no_order(file):
            raise UsageError(_about(file, _NO_ORDER)) from None
        raise
    if not isinstance(document, Mapping) or not _has(document, _ORDERS):
        raise UsageError(_about(file, _kind(document)))
    return document


def _about(file: str, words: Text) -> Text:
    return worded(ru=words.ru, en=words.en, file=file)


def _kind(document: Any) -> Text:
    if isinstance(document, Mapping) and len([name for name in _PLAYBOOKS if name in document]) > 1:
        return _PLAYBOOK
    return _PEOPLE if isinstance(document, Mapping) and "people" in document else _NO_ORDER


def _has(document: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    return any(name in document for name in names)


def _is_no_order(file: str) -> bool:
    """Of a file that is there: whether none of its beginning speaks of an order."""
    from activities.files import MAX_BYTES

    try:
        with open(file, "rb") as opened:
            return not _SPEAKS_OF_AN_ORDER.search(opened.read(MAX_BYTES))
    except OSError:
        return False
