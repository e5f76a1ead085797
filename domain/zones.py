"""Time zones by name."""

from functools import lru_cache
from zoneinfo import ZoneInfo

MOSCOW = "Europe/Moscow"


@lru_cache(maxsize=32)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
