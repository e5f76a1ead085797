"""Mail that came back, as the inbox holds it: in the shape a mail service tells it, whichever way the desk heard of it."""

import hashlib
from typing import Any

from pydantic import field_validator

from domain.base import Value

KIND = "email.bounced"
LONGEST_REASON = 500


class Bounced(Value):
    """`email` can't be reached, `reason` says why, `deal` is the deal's number, `notice` the key of the mail's notice."""

    email: str
    reason: str
    deal: str
    notice: str = ""

    @field_validator("reason")
    @classmethod
    def _one_line(cls, words: str) -> str:
        shown = "".join(c if c.isprintable() else " " for c in words)
        return " ".join(shown.split())[:LONGEST_REASON]

    @property
    def key(self) -> str:
        """Its id in the inbox: one mail that came back is told once. It holds no address."""
        told = f"{self.notice or self.deal} {self.email.lower()}"
        return f"bounce:{hashlib.sha256(told.encode()).hexdigest()[:24]}"

    @property
    def subject(self) -> str:
        """Events of a deal are handed on one after the other."""
        return f"deal:{self.deal}"

    @property
    def body(self) -> dict[str, Any]:
        bounce = {"type": "Permanent", "message": self.reason}
        return {
            "type": KIND,
            "data": {
                "to": [self.email],
                "bounce": bounce,
                "tags": {"deal": self.deal, "notice": self.notice},
            },
        }
