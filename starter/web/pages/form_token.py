"""The lead form's signed token: shows that we made the form, and when, and tells one form from another.

It is bound to no cookie, for browsers give a page in another site's frame none. That no other site posts it is the browser's own
word (`reader.from_own_page`); that it is not stored up and sent for ever is its age's.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

LIFETIME = timedelta(hours=12)
SALT = "dealwright.form"


class BadToken(Exception):
    """Not one of ours, or too old: a new form is needed."""


class FormTokens:
    """`keys` are the newest first."""

    def __init__(
        self, keys: Sequence[str], *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._serializer = URLSafeTimedSerializer(
            list(reversed(keys)),  # itsdangerous signs with the last
            salt=SALT,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
        self._now = now

    def issue(self) -> str:
        return str(self._serializer.dumps(secrets.token_urlsafe(9)))

    def read(self, token: str) -> str:
        """What tells this form from others. Raises BadToken."""
        try:
            nonce, made_at = self._serializer.loads(token, return_timestamp=True)
        except (BadData, ValueError):
            raise BadToken from None
        if self._now() - made_at > LIFETIME:
            raise BadToken
        return str(nonce)

    def renew(self, token: str) -> str:
        """The same while it holds: a form shown again is still the same form. Else a new one."""
        try:
            self.read(token)
        except BadToken:
            return self.issue()
        return token
