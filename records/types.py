"""Money, quantities and moments as the database keeps them: exact, and always in UTC."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Numeric, TypeDecorator
from sqlalchemy.types import TypeEngine

from domain.goods.quantity import Number, read_quantity

_KOPECK = Decimal("0.01")
_MOST = Decimal(9 * 10**16)
"""An SQLite integer of kopecks holds no more."""


class Money(TypeDecorator[Decimal]):
    """NUMERIC; on SQLite, which would make a float of it, whole kopecks: sums are exact there too."""

    impl = Numeric
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(24, 2)

    def __repr__(self) -> str:
        return "Money()"

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(24, 2))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return _kopecks(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value).scaleb(-2) if dialect.name == "sqlite" else Decimal(value).quantize(_KOPECK)


def _kopecks(amount: Decimal) -> int:
    if abs(amount) > _MOST:
        raise OverflowError("an amount beyond what the database counts")
    return int(amount.scaleb(2).to_integral_value(ROUND_HALF_UP))


class Much(TypeDecorator[Number]):
    """How much of a good: NUMERIC; SQLite, whose columns take any number, keeps three decimals of up to a million exactly."""

    impl = Numeric
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(16, 3)

    def __repr__(self) -> str:
        return "Much()"

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else Numeric(16, 3))

    def process_bind_param(self, value: Number | None, dialect: Dialect) -> Any:
        return float(value) if isinstance(value, Decimal) and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Number | None:
        return None if value is None else read_quantity(value)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept and given back in UTC. A naive one is refused."""

    impl = DateTime
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(timezone=True)

    def __repr__(self) -> str:
        return "Moment()"

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
