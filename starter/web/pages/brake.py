"""How often one address on the network may send the form. Kept in memory alone, under a keyed hash: no address is on record."""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

BURST = 10
SECONDS_EACH = 20.0
MOST_KEPT = 20_000


class Brake:
    """A leaky bucket for each address: `burst` at once, then one every `seconds_each`.

    Each web process counts for itself: several allow as many times more.
    """

    def __init__(
        self,
        burst: int = BURST,
        seconds_each: float = SECONDS_EACH,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._burst, self._each, self._clock = burst, seconds_each, clock
        self._key = secrets.token_bytes(32)
        self._empty_at: OrderedDict[bytes, float] = OrderedDict()

    def try_take(self, address: str) -> float:
        """Seconds to wait; 0 if it may pass now."""
        who, now = self._hashed(address), self._clock()
        empty_at = max(self._empty_at.pop(who, now), now)
        wait = empty_at + self._each - now - self._burst * self._each
        self._empty_at[who] = empty_at if wait > 0 else empty_at + self._each
        while len(self._empty_at) > MOST_KEPT:
            self._empty_at.popitem(last=False)
        return max(wait, 0.0)

    def _hashed(self, address: str) -> bytes:
        return hmac.digest(self._key, _network(address).encode(), hashlib.sha256)[:16]


def _network(address: str) -> str:
    """One customer of a provider has 2**64 addresses of IPv6."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped or ip.packed[:8].hex())
