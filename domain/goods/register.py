"""The register of goods: what is known of each by its SKU, and how a line of an order is completed from it.

It is of today, as the people are: what was agreed about a line stands in the offer, and a later change of the register does not reach it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from domain.base import Value
from domain.calendar import Day
from domain.goods.certificates import certificate_number

Tracking = Literal["serial", "lot", "none"]
"""What pieces of a good are known by: each by a serial number, many by a lot with its expiry, or neither."""

_FIELDS = {
    "name": "name",
    "vat": "vat",
    "okpd2": "okpd2",
    "device": "medical_device",
    "certificate": "registration_certificate",
    "certified_on": "certified_on",
    "certified_until": "certified_until",
    "tracking": "tracking",
    "warranty_months": "warranty_months",
}
"""By the register's columns, the fields of an order's line."""
FILLED = frozenset(_FIELDS.values())
_OF_CERTIFICATE = ("certified_on", "certified_until")
_BINDING = ("vat", "okpd2", "medical_device", "registration_certificate", "tracking")
"""What of a line must not be other than the register has it. A good may be called otherwise in a contract."""


class Good(Value):
    """A row of the register. A good that says nothing of `device` is a medical device if it has a certificate."""

    sku: str = Field(min_length=1, max_length=255)
    name: str = Field(min_length=1, max_length=255)
    device: bool | None = None
    certificate: str | None = None
    certified_on: Day | None = None
    certified_until: Day | None = None
    vat: str | None = None
    okpd2: str | None = None
    tracking: Tracking | None = None
    warranty_months: int | None = Field(default=None, ge=0, le=240)

    def as_line(self) -> dict[str, Any]:
        """The fields of a line that it fills."""
        device = self.device if self.device is not None else bool(self.certificate)
        said = self.model_dump(mode="json", exclude_none=True) | {"device": device}
        return {_FIELDS[name]: value for name, value in said.items() if name in _FIELDS}


def folded(sku: str) -> str:
    return " ".join(sku.split()).casefold()


class GoodsRegister:
    """The goods by their SKUs, however these are written. Empty where a company keeps none."""

    def __init__(self, goods: Iterable[Good] = ()) -> None:
        self._goods = {folded(good.sku): good for good in goods}

    def __iter__(self) -> Iterator[Good]:
        return iter(self._goods.values())

    def __len__(self) -> int:
        return len(self._goods)

    def find(self, sku: Any) -> Good | None:
        return self._goods.get(folded(str(sku))) if isinstance(sku, str | int) else None


class Contradiction(Value):
    """A field of a line says something else than the register."""

    field: str
    known: str


def completed(raw: Mapping[str, Any], register: GoodsRegister) -> dict[str, Any]:
    """A line as it was written, with what the register knows in the fields that were left empty."""
    good = register.find(raw.get("sku"))
    if good is None:
        return dict(raw)
    known = good.as_line()
    certificate = raw.get("registration_certificate")
    if certificate and not same_value(certificate, known.get("registration_certificate")):
        known = {name: value for name, value in known.items() if name not in _OF_CERTIFICATE}
    return {**known, **{name: value for name, value in raw.items() if value not in (None, "")}}


def contradictions(raw: Mapping[str, Any], register: GoodsRegister) -> Iterator[Contradiction]:
    """What of a line as it was written is other than the register has it."""
    good = register.find(raw.get("sku"))
    known = good.as_line() if good else {}
    for field in _BINDING:
        said = raw.get(field)
        if said not in (None, "") and field in known and not same_value(said, known[field]):
            yield Contradiction(field=field, known=str(known[field]))


def same_value(said: Any, known: Any) -> bool:
    if isinstance(known, bool):
        return str(said).casefold() == str(known).casefold()
    said, known = (certificate_number(str(value)) or folded(str(value)) for value in (said, known))
    return bool(said == known)
