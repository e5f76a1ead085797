"""The seller's bank requisites, with what can be checked of them: the digits that guard accounts and numbers."""

from typing import Self

from pydantic import Field, field_validator, model_validator
from stdnum.ru import inn as inn_number

from domain.base import Value

_WEIGHTS = (7, 1, 3)


class Requisites(Value):
    """Where clients pay to. Lengths are those of the payment QR code by GOST R 56042-2014."""

    name: str = Field(min_length=1, max_length=160, pattern=r"^[^|]+$")
    inn: str
    kpp: str = Field(default="", pattern=r"^$|^[0-9]{4}[0-9A-Z]{2}[0-9]{3}$")
    bank: str = Field(min_length=1, max_length=45, pattern=r"^[^|]+$")
    bic: str = Field(pattern=r"^[0-9]{9}$")
    account: str = Field(pattern=r"^[0-9]{20}$")
    correspondent: str = Field(default="", pattern=r"^$|^[0-9]{20}$")

    @field_validator("inn")
    @classmethod
    def _real_inn(cls, value: str) -> str:
        if not inn_number.is_valid(value):
            raise ValueError("this is no INN: look for a typing error")
        return str(inn_number.compact(value))

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        """The Bank of Russia's key of an account, which counts with a part of the bank's own number."""
        if _remainder(self.bic[-3:] + self.account):
            raise ValueError("account and BIC do not belong together: look for a typing error")
        if self.correspondent and _remainder(f"0{self.bic[4:6]}{self.correspondent}"):
            raise ValueError("correspondent account and BIC do not belong together: look for a typing error")
        return self


def _remainder(digits: str) -> int:
    return sum(int(digit) * _WEIGHTS[place % 3] for place, digit in enumerate(digits)) % 10
