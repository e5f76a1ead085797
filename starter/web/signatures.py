"""Standard Webhooks: who knows the secret sent exactly this body, and not long ago. https://www.standardwebhooks.com"""

import re
from collections.abc import Mapping, Sequence

from standardwebhooks import Webhook, WebhookVerificationError

from domain.words import Text
from starter.web.errors import Declined

LONGEST_ID = 200
_NAMES = ("id", "timestamp", "signature")
_PREFIXES = ("webhook-", "svix-")  # some senders keep the headers' older names

WRONG_SIGNATURE = Text(
    ru="Подпись не подходит, или сообщению больше пяти минут.",
    en="The signature is wrong, or the message is older than five minutes.",
)


def verified(body: str, headers: Mapping[str, str], secrets: Sequence[str]) -> str:
    """The message's id, signed with any of the secrets. Raises Declined (401), and never says what was wrong."""
    signed = _signed(headers)
    for secret in secrets:
        try:
            Webhook(secret).verify(body, signed, json_parse=False)
        except (WebhookVerificationError, ValueError):  # ValueError: base64 or header of no known form
            continue
        return _usable(signed["webhook-id"])
    raise Declined(401, "wrong-signature", WRONG_SIGNATURE)


def _signed(headers: Mapping[str, str]) -> dict[str, str]:
    for prefix in _PREFIXES:
        if all(f"{prefix}{name}" in headers for name in _NAMES):
            return {f"webhook-{name}": headers[f"{prefix}{name}"] for name in _NAMES}
    raise Declined(401, "wrong-signature", WRONG_SIGNATURE)


def _usable(id: str) -> str:
    if not re.fullmatch(f"[!-~]{{1,{LONGEST_ID}}}", id):
        words = Text(
            ru=f"webhook-id: до {LONGEST_ID} печатных знаков ASCII без пробелов.",
            en=f"webhook-id: up to {LONGEST_ID} printable ASCII characters and no spaces.",
        )
        raise Declined(400, "bad-id", words)
    return id
